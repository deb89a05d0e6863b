"""What a household runs out of at a steady pace: the data's categories, and what people call them."""

from __future__ import annotations

#: Category of the Complete Journey's product list -> its name in a message.
STAPLES = {
    "BABY FOODS": "baby food",
    "BACON": "bacon",
    "BAKED BREAD/BUNS/ROLLS": "bread",
    "BATH TISSUES": "bath tissue",
    "BUTTER": "butter",
    "CAT FOOD": "cat food",
    "CHEESE": "cheese",
    "COFFEE": "coffee",
    "COLD CEREAL": "cereal",
    "DIAPERS & DISPOSABLES": "diapers",
    "DISHWASH DETERGENTS": "dishwashing detergent",
    "DOG FOODS": "dog food",
    "EGGS": "eggs",
    "FLUID MILK PRODUCTS": "milk",
    "INFANT FORMULA": "infant formula",
    "LAUNDRY DETERGENTS": "laundry detergent",
    "LUNCHMEAT": "lunch meat",
    "PAPER TOWELS": "paper towels",
    "REFRGRATD JUICES/DRNKS": "juice",
    "TROPICAL FRUIT": "bananas and tropical fruit",
    "WATER - CARBONATED/FLVRD DRINK": "water",
    "YOGURT": "yogurt",
}
