"""Timers of lines: as few as will do."""

from __future__ import annotations

from models.types import DURATION, YES_NO
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import AllOf, Condition, Crosses, Holds, Named, Pattern, Rule, SinceLast, Truth
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import DAY, HOUR, VOCABULARY, compare, count, last, moment, rule, taken

START = moment("2026-03-02 10:00")


def engine_of(one: Rule) -> Engine:
    """An engine of this rule alone."""
    made = program(plan((one,), VOCABULARY))
    return Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())))


def missing(each: str | None = None) -> Crosses:
    """`time since last paid reaches 1 day`."""
    return Crosses(compare(SinceLast((Pattern("paid"),), DURATION, each), ">=", DAY))


def pay(engine: Engine, record: Record, at: int, product: str) -> None:
    """She pays for something."""
    engine.take(record, taken("paid", at, product=product).event, at)


def test_a_line_that_every_event_puts_off_has_one_timer() -> None:
    """However often she pays, of whatever: one timer comes back for what is due next."""
    engine = engine_of(rule("missing", missing("product"), each="product"))
    record = engine.new_record("c")
    for hour in range(12):
        pay(engine, record, START + hour * HOUR, ("milk", "bread", "coffee")[hour % 3])
    assert len(record.heap) == 1
    assert len(record.line_due) == 3


def test_a_timer_that_comes_early_comes_again() -> None:
    """What was put off meanwhile fires when it is due, each value at its own moment."""
    engine = engine_of(rule("missing", missing("product"), each="product"))
    record = engine.new_record("c")
    for hour, product in enumerate(("milk", "bread", "milk", "coffee")):
        pay(engine, record, START + hour * HOUR, product)
    decisions = engine.run_timers(record, START + 3 * DAY)
    found = [(decision.each, moment(decision.time) - START - DAY) for decision in decisions]
    assert found == [("bread", HOUR), ("milk", 2 * HOUR), ("coffee", 3 * HOUR)]
    assert not record.heap


def busy() -> Condition:
    """She has paid five times within a day, and twice within an hour."""
    day, hour = (count("paid", last(length)) for length in (DAY, HOUR))
    return AllOf((compare(day, ">=", 5), compare(hour, ">=", 2)))


def test_counts_that_only_fall_need_no_timer() -> None:
    """Time makes counts smaller, and so no line true that waits for many, be it of two counts or an audience."""
    for condition in (busy(), Holds(Named("busy", Truth(busy(), YES_NO), YES_NO))):
        engine = engine_of(rule("busy", Crosses(condition)))
        record = engine.new_record("c")
        pay(engine, record, START, "milk")
        assert not record.heap


def test_a_count_that_must_be_small_needs_a_timer() -> None:
    """Where the same count stands on both sides of what is asked, time may make the line true."""
    day = count("paid", last(DAY))
    condition = AllOf((compare(day, ">=", 1), compare(day, "<", 2)))
    engine = engine_of(rule("once", Crosses(condition)))
    record = engine.new_record("c")
    for hour in range(2):
        pay(engine, record, START + hour * HOUR, "milk")
    (decision,) = engine.run_timers(record, START + DAY)
    assert moment(decision.time) == START + DAY
