from __future__ import annotations

from fractions import Fraction

import pytest

from models.types import DATA, DATE, DURATION, LENGTH, MOMENT, MONEY, NUMBER, TEXT, WHOLE, YES_NO, Type, Value
from rules.interpreter import Taken
from rules.interpreter.evaluate import Evaluate, World
from rules.interpreter.history import History
from rules.typed import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Between,
    Call,
    Condition,
    Constant,
    Contains,
    Expression,
    Function,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    Operator,
    Rounded,
    StartsWith,
    Truth,
)
from tests.property.building import FALSE, HOUR, TRUE, VOCABULARY, compare, moment, taken

DAY = 86_400_000
MISSING = Attribute("unheard of", TEXT)


def evaluate(now: int = 0, events: tuple[Taken, ...] = (), **before: Value) -> Evaluate:
    """Evaluation for a customer with these attributes, after these events."""
    attributes = {name.replace("_", " "): value for name, value in before.items()}
    return Evaluate(World(History(VOCABULARY, events, attributes), len(events), now))


def worked(left: Constant, sign: str, right: Constant, type_: Type) -> Value:
    """What arithmetic makes of two constants."""
    return evaluate().value(Arithmetic(Operator(sign), left, right, type_))


def test_arithmetic_is_exact_across_grids() -> None:
    """Kinds are worked in main units: a number's millionths times cents are cents, a quotient of bytes is a number."""
    assert worked(Constant(1_500_000, NUMBER), "*", Constant(250, MONEY), MONEY) == 375
    assert worked(Constant(1, DATA), "/", Constant(3, DATA), NUMBER) == Fraction(1_000_000, 3)
    assert worked(Constant(100, MONEY), "/", Constant(3_000_000, NUMBER), MONEY) == Fraction(100, 3)
    assert worked(Constant(2, WHOLE), "+", Constant(500_000, NUMBER), NUMBER) == 2_500_000


def test_division_by_zero_is_missing() -> None:
    """What is divided by zero has no value."""
    assert worked(Constant(1, WHOLE), "/", Constant(0, WHOLE), NUMBER) is None


@pytest.mark.parametrize(("value", "rounded"), [(5, 2), (7, 4), (-5, -2), (6, 3)])
def test_rounded_goes_half_to_even(value: int, rounded: int) -> None:
    """A quotient comes back to the grid half to even: 2.5 is 2, 3.5 is 4."""
    half = Arithmetic(Operator.DIVIDE, Constant(value, MONEY), Constant(2_000_000, NUMBER), MONEY)
    assert evaluate().value(Rounded(half, MONEY)) == rounded


def test_dates_and_moments() -> None:
    """Dates count days, durations whole days of 24 hours; what is left of a day is rounded down."""
    assert worked(Constant(10, DATE), "-", Constant(7, DATE), DURATION) == 3 * DAY
    assert worked(Constant(10, DATE), "+", Constant(36 * HOUR, DURATION), DATE) == 11
    assert worked(Constant(10, DATE), "-", Constant(36 * HOUR, DURATION), DATE) == 8
    assert worked(Constant(9 * HOUR, MOMENT), "-", Constant(HOUR, DURATION), MOMENT) == 8 * HOUR
    assert worked(Constant(9 * HOUR, MOMENT), "-", Constant(10 * HOUR, MOMENT), DURATION) == -HOUR


@pytest.mark.parametrize(
    ("value", "type_", "rounded"),
    [
        (2_500_000, NUMBER, 2_000_000),
        (1_499, DURATION, 1_000),
        (1_500, LENGTH, 2_000),
        (250, MONEY, 200),
        (351, MONEY, 400),
    ],
)
def test_round_goes_to_what_people_count_in(value: int, type_: Type, rounded: int) -> None:
    """`round` gives whole ones, seconds, metres, units of the currency (EUR here, in cents), half to even."""
    assert evaluate().value(Call(Function.ROUND, (Constant(value, type_),), type_)) == rounded


def test_lower_and_higher() -> None:
    """The lower and the higher of two values; missing if one is."""
    two, three = Constant(2, WHOLE), Constant(3, WHOLE)
    assert evaluate().value(Call(Function.LOWER, (two, three), WHOLE)) == 2
    assert evaluate().value(Call(Function.HIGHER, (two, three), WHOLE)) == 3
    assert evaluate().value(Call(Function.HIGHER, (two, MISSING), WHOLE)) is None


@pytest.mark.parametrize(
    ("score", "group"),
    [(9_000_000, "promoter"), (8_999_999, "passive"), (7_000_000, "passive"), (6_999_999, "detractor"),
     (0, "detractor"), (10_000_001, None), (-1, None)],
)  # fmt: skip
def test_nps_groups(score: int, group: str | None) -> None:
    """Promoters give 9 or 10, passives 7 or 8, detractors less; there is nothing beyond 0 and 10."""
    assert evaluate().value(Call(Function.NPS_GROUP, (Constant(score, NUMBER),), TEXT)) == group


def test_the_clock_is_the_customers() -> None:
    """Hour, weekday and dates are those of her zone now: Sunday 20:00 in Shanghai is Sunday noon in UTC."""
    noon = moment("2026-03-01 20:00")
    there = evaluate(noon, time_zone="Asia/Shanghai")
    assert there.value(Call(Function.HOUR, (), WHOLE)) == 4
    assert there.value(Call(Function.WEEKDAY, (), TEXT)) == "Monday"
    assert there.value(Call(Function.DAYS_UNTIL, (Constant(noon, MOMENT),), WHOLE)) == 0
    assert there.value(Call(Function.DAYS_UNTIL, (Constant(noon - 5 * HOUR, MOMENT),), WHOLE)) == -1
    assert evaluate(noon).value(Call(Function.WEEKDAY, (), TEXT)) == "Sunday"
    today = noon // DAY
    assert evaluate(noon).value(Call(Function.DAYS_SINCE, (Constant(today - 3, DATE),), WHOLE)) == 3


@pytest.mark.parametrize(
    ("today", "age"), [("2023-02-27", 22), ("2023-02-28", 23), ("2024-02-28", 23), ("2024-02-29", 24)]
)
def test_age_on_29_february(today: str, age: int) -> None:
    """Who was born on 29 February is a year older on the 28th of other years."""
    born = moment("2000-02-29 00:00") // DAY
    assert evaluate(moment(f"{today} 12:00")).value(Call(Function.AGE, (Constant(born, DATE),), WHOLE)) == age


def test_distance_is_from_her_position() -> None:
    """Distance is to the border of the nearest member, 0 inside; missing without a position, or after it faded."""
    to_airport = Call(Function.DISTANCE, (), LENGTH, "airport")
    there = (taken("seen", 0, spot=(2.0, 0.0)),)
    # Two degrees of latitude are 222.39 km, and the border lies 100 km from the middle.
    found = evaluate(1, there).value(to_airport)
    assert isinstance(found, int)
    assert 122_389_000 < found < 122_391_000
    assert evaluate(1, (taken("seen", 0, spot=(0.1, 0.0)),)).value(to_airport) == 0
    assert evaluate(1).value(to_airport) is None
    assert evaluate(2 * HOUR, there).value(to_airport) is None
    assert evaluate(2 * HOUR - 1, there).value(to_airport) is not None


def test_a_cell_says_inside_or_nothing() -> None:
    """A position by cell is no distance from anything but the places that are this cell."""
    there = evaluate(1, (taken("seen", 0, cell="c-1"),))
    assert there.value(Call(Function.DISTANCE, (), LENGTH, "tower")) == 0
    assert there.value(Call(Function.DISTANCE, (), LENGTH, "airport")) is None


# -------------------------------------------------------------- conditions

UNKNOWN = compare(MISSING, "is", "x")
HOLDS, FAILS = Holds(TRUE), Holds(FALSE)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (UNKNOWN, None),
        (compare(MISSING, "is not", "x"), None),
        (Not(UNKNOWN), None),
        (Not(FAILS), True),
        (AllOf((UNKNOWN, FAILS)), False),
        (AllOf((UNKNOWN, HOLDS)), None),
        (AllOf((HOLDS, HOLDS)), True),
        (AnyOf((UNKNOWN, HOLDS)), True),
        (AnyOf((UNKNOWN, FAILS)), None),
        (AnyOf((FAILS, FAILS)), False),
        (Known(MISSING), False),
        (Known(TRUE), True),
        (Holds(MISSING), None),
        (Holds(Named("audience", Truth(UNKNOWN, YES_NO), YES_NO)), None),
        (Known(Named("audience", Truth(UNKNOWN, YES_NO), YES_NO)), False),
    ],
)
def test_missing_is_unknown(condition: Condition, truth: bool | None) -> None:
    """A comparison with a missing value is unknown, `is not` included; and, or, not are Kleene's."""
    assert evaluate().condition(condition) is truth


def test_texts_compare_without_case_and_width() -> None:
    """Case and width make no difference, to whatever compares texts."""
    of, query = Constant("ＲOAMING abroad", TEXT), Constant("roaming ABROAD", TEXT)
    for condition in (
        compare(of, "is", query),
        OneOf(of, (Constant("x", TEXT), query)),
        Contains(of, (Constant("x", TEXT), Constant("ｍING", TEXT))),
        StartsWith(of, Constant("Roam", TEXT)),
        Not(compare(of, "is not", query)),
    ):
        assert evaluate().condition(condition) is True


def test_one_of_several_may_be_missing() -> None:
    """A list with a missing value holds if another one does; else it is unknown."""
    of = Constant("x", TEXT)
    assert evaluate().condition(OneOf(of, (MISSING, Constant("x", TEXT)))) is True
    assert evaluate().condition(OneOf(of, (MISSING, Constant("y", TEXT)))) is None


def whole(value: int) -> Expression:
    """A whole number."""
    return Constant(value, WHOLE)


@pytest.mark.parametrize(("value", "truth"), [(1, False), (2, True), (4, True), (5, False)])
def test_between_has_both_ends(value: int, truth: bool) -> None:
    """`between 2 and 4` holds for 2 and for 4."""
    assert evaluate().condition(Between(whole(value), whole(2), whole(4))) is truth


def test_between_with_one_end_missing() -> None:
    """What lies beyond the known end is outside, whatever the missing one is."""
    limit = Attribute("limit", WHOLE)
    assert evaluate().condition(Between(whole(5), limit, whole(4))) is False
    assert evaluate().condition(Between(whole(3), limit, whole(4))) is None


def test_fractions_compare_exactly() -> None:
    """A third of 100 cents is more than 33 cents and less than 34, and three of them are 100."""
    third = Arithmetic(Operator.DIVIDE, Constant(100, MONEY), Constant(3_000_000, NUMBER), MONEY)
    assert evaluate().condition(compare(third, ">", 33)) is True
    assert evaluate().condition(compare(third, "<", 34)) is True
    thrice = Arithmetic(Operator.MULTIPLY, third, Constant(3_000_000, NUMBER), MONEY)
    assert evaluate().condition(compare(thrice, "is", 100)) is True
