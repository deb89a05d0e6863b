"""A backlog that compiled code counts, and what generated Python makes of it: the same series."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.types import MONEY, Kind, Type, Value
from models.vocabulary import EventType, Vocabulary
from rules.facts.backlog import Entry
from rules.facts.series import ASKED, Series
from rules.plan import plan
from rules.program import Program, program
from rules.record import Record
from rules.typed import Aggregate, AggregateFunction, Constant, Crosses, OneOf, Pattern
from streams.blocks import Terms
from streams.compiled import COMPILED, CountRows
from streams.deciding import Decider
from streams.engine import Engine
from streams.generated_backlog import counting_of
from streams.judge import Judge
from tests.property.building import HOUR, MINUTE, compare, count, field, last, of_field, rule

KIND = Type(Kind.CHOICE, ("milk", "bread", "wine"))
FIELDS = {"price": MONEY, "product": KIND, "instead": KIND}
VOCABULARY = Vocabulary({"paid": EventType("paid", "consumption", FIELDS, "paid")}, {})
PRODUCT = field("product", KIND)


def on(product: str | None) -> Pattern:
    """Payments, for one product or (None) for any."""
    return Pattern("paid", None if product is None else compare(PRODUCT, "is", product))


def facts() -> list[Aggregate]:
    """Counts and sums of payments, of all and of some, with several for one value; and what needs each value."""
    spent = [
        of_field(AggregateFunction.SUM, "price", on(product), last(hours * HOUR), MONEY)
        for product, hours in ((None, 1), ("milk", 2), ("bread", 3))
    ]
    highest = of_field(AggregateFunction.HIGHEST, "price", on("milk"), last(HOUR), MONEY)
    either = Pattern("paid", OneOf(PRODUCT, tuple(Constant(name, KIND) for name in ("bread", "milk"))))
    instead = Pattern("paid", compare(field("instead", KIND), "is", "milk"))
    counts = [count(pattern, last(HOUR)) for pattern in (on(None), on("wine"), instead, either)]
    return [*spent, highest, *counts, count(on("bread"), last(MINUTE))]


def compiled_program() -> Program:
    """Rules with a line on each."""
    rules = [rule(f"{number}", Crosses(compare(fact, ">=", 1_000))) for number, fact in enumerate(facts())]
    return program(plan(rules, VOCABULARY))


def entries(seed: int, late: bool) -> list[Entry]:
    """Many payments of a few hours, some told `late`; of some the price or the product is missing or odd."""
    random, now, found = Random(seed), 1_772_000_000_000, []
    for _ in range(6 * ASKED):
        now += random.choice((0, 1, 10_000, 30_000))
        odd = random.random() < 0.02 and late
        price: Value = random.choice((None, -5, True)) if odd else random.choice((0, 1, 700))
        product, instead = (random.choice(KIND.choices) for _ in range(2))
        data: dict[str, Value] = {"price": price, "product": product, "instead": instead}
        for name in [name for name in data if late and random.random() < 0.01]:
            del data[name]
        found.append((now, now - random.choice((0, 5_000)) * (late and random.random() < 0.1), data))
    return found


def kept(record: Record) -> list[tuple[int, dict[str, Any]]]:
    """All that its series say, in their order."""
    return [
        (key, {name: getattr(series, name) for name in Series.__slots__ if name != "buckets"})
        for key, series in record.kept_series.items()
    ]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_rows_count_as_the_generated_function_does(seed: int, late: bool) -> None:
    """However many there are at once, and after each of them."""
    if not COMPILED:
        pytest.skip("there is nothing to compile it with")
    made = compiled_program()
    engine = Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())))
    ways = [counting_of("paid", made.events["paid"], made.compiler, compiled=way).count for way in (True, False)]
    assert isinstance(ways[0], CountRows)
    records, all_of_them, random = [engine.new_record("c") for _ in ways], entries(seed, late), Random(seed)
    while all_of_them:
        size = random.choice((1, 2, 32))
        for count_all, record in zip(ways, records, strict=True):
            count_all(record, all_of_them[:size])
        assert kept(records[0]) == kept(records[1])
        del all_of_them[:size]
    assert all(len(series.times) < 5 * ASKED for series in records[0].kept_series.values())
