"""offers.yaml and facts.yaml as JSON Schema."""

from __future__ import annotations

from models.speech import say
from rules.file_schemas.shapes import Schema, Shapes, described, each, suggested, text
from rules.language.parse import Start
from rules.workspace import offers_file


def offers_schema(shapes: Shapes) -> Schema:
    """What can be offered or granted, by name."""
    return each(say("offers and grants by name"), _offer(shapes))


def _offer(shapes: Shapes) -> Schema:
    titles = suggested(
        say("what a message says where the offer stands alone, one for all languages or one each"),
        {language: text(say("the title in this language")) for language in shapes.names.languages},
        text(say("the title in this language")),
    )
    return shapes.closed(
        offers_file.KEYS,
        {
            "kind": shapes.word(say("offer, or grant: an exception that puts something at risk"), "offer", "grant"),
            "title": {**titles, "type": ["string", "object"]},
            "cost": text(say("an amount of money, or an expression over attributes and facts")),
            "value": text(say("an amount of money, or an expression over attributes and facts")),
            "likelihood": text(say("that she takes it: 12%, or an expression"), "12%"),
            "for customer": text(say("what it is worth to her: an amount of money, or an expression")),
            "partner": text(say("who provides it")),
            "stock": {"description": say("how many there are"), "type": ["integer", "string"]},
            "good for": shapes.amount(say("how long it is valid: 30 days"), Start.DURATION, "30 days"),
            "at risk": text(say("of a grant: the money put at risk, or an expression")),
            "limit": described(
                say("of a grant: the most that may be put at risk"),
                shapes.closed(
                    offers_file.LIMIT_KEYS,
                    {
                        "customer": text(say("the most for one customer")),
                        "total": text(say("the most for all of them")),
                    },
                ),
            ),
            "recover": text(
                say("of a grant: EVENT within 30 days"), *(f"{name} within 30 days" for name in shapes.names.events)
            ),
        },
    )


def facts_schema(shapes: Shapes) -> Schema:
    """Facts by name."""
    events = next(iter(shapes.names.events), "EVENT")
    return each(say("facts and audiences by name"), fact_schema(f"count of {events} over last 30 days"))


def fact_schema(*examples: str) -> Schema:
    """The definition of a fact."""
    return text(say("an aggregate, an expression, or a condition (an audience)"), *examples)
