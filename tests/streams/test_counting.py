"""What compiled code counts, and what generated Python makes of it: the same series, and the same lines are asked."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import pytest

from models.events import Event
from models.types import MONEY, Kind, Type, Value
from models.vocabulary import EventType, Vocabulary
from rules.compile.resting import Cross
from rules.facts.backlog import Entry
from rules.facts.series import ASKED, Series
from rules.plan import plan
from rules.program import Program, program
from rules.record import Record
from rules.typed import Aggregate, AggregateFunction, Constant, Crosses, Line, OneOf, Pattern
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
    """Counts and sums of payments, of all and of some, with several for one value."""
    spent = [
        of_field(AggregateFunction.SUM, "price", on(product), last(hours * HOUR), MONEY)
        for product, hours in ((None, 1), ("milk", 2), ("bread", 3))
    ]
    either = Pattern("paid", OneOf(PRODUCT, tuple(Constant(name, KIND) for name in ("bread", "milk"))))
    instead = Pattern("paid", compare(field("instead", KIND), "is", "milk"))
    counts = [count(pattern, last(HOUR)) for pattern in (on(None), on("wine"), instead, either)]
    return [*spent, *counts, count(on("bread"), last(MINUTE))]


def only_if() -> tuple[Line, ...]:
    """What needs each value, and what no line is on."""
    highest = of_field(AggregateFunction.HIGHEST, "price", on("milk"), last(HOUR), MONEY)
    instead = count(Pattern("paid", compare(field("instead", KIND), "is", "bread")), last(HOUR))
    return Line("highest", compare(highest, ">=", 0)), Line("instead", compare(instead, ">=", 0))


def compiled_program(limit: int = 1_000) -> Program:
    """Rules with a line on each."""
    lines = [Crosses(compare(fact, ">=", limit)) for fact in facts()]
    rules = [rule(f"{number}", line, only_if=() if number else only_if()) for number, line in enumerate(lines)]
    return program(plan(rules, VOCABULARY))


def entries(seed: int, late: bool, strange: Sequence[Value] = (None, -5, True)) -> list[Entry]:
    """Many payments of a few days, some told `late`; then the price or the product of some is missing or `strange`."""
    random, now, found = Random(seed), 1_772_000_000_000, []
    for _ in range(6 * ASKED):
        now += random.choice((0, 1, 10_000, 30_000, HOUR // 3))
        odd = random.random() < 0.02 and late
        price: Value = random.choice(strange) if odd else random.choice((0, 1, 700))
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


def engine_of(limit: int, *, compiled: bool, puts_off: bool) -> Engine:
    """An engine for rules that all have this limit."""
    made = compiled_program(limit)
    judge = Judge(made, Decider(VOCABULARY, made.compiler, Terms()))
    return Engine(made, judge, compiled=compiled, puts_off=puts_off)


def course(engine: Engine, told: list[Entry]) -> tuple[list[Any], list[bytes], Record]:
    """Which parts are asked for their lines by which event, and what they say; the decisions; and her record."""
    record, asked = engine.new_record("c"), list[Any]()

    def noting(number: int, cross: Cross) -> Cross:
        def noted(of: Record, kept: Any, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
            found = cross(of, kept, now, time, data)
            asked.append((number, now, time, data, found, len(kept.times)))
            return found

        return noted

    quick = engine.tables(record, 0)["paid"].quick
    quick.update({number: noting(number, cross) for number, cross in quick.items()})
    decisions: list[bytes] = []
    for number, (now, time, data) in enumerate(told):
        event = Event("paid", "c", time, now, "s", f"{number}", data)
        decisions += map(msgspec.json.encode, engine.take(record, event, now))
    record.catch_up()
    return asked, decisions, record


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("puts_off", [False, True])
@pytest.mark.parametrize("limit", [2, 3, 20, 1_400])
def test_rows_ask_for_lines_as_the_generated_function_does(limit: int, puts_off: bool, late: bool) -> None:
    """Of the same parts at the same events, whatever waits to be counted; and what is crossed is decided."""
    if not COMPILED:
        pytest.skip("there is nothing to compile it with")
    told = entries(limit, late, (None, -5))
    (asked, decisions, record), without = (
        course(engine_of(limit, compiled=way, puts_off=puts_off), told) for way in (True, False)
    )
    assert asked == without[0]
    assert decisions == without[1]
    assert kept(record) == kept(without[2])
    assert decisions
    assert len(decisions) < len(asked) < 4 * len(told)
