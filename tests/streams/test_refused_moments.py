"""Moments that come to everybody, and are refused before anything is made for them."""

from __future__ import annotations

from msgspec.structs import replace

from models.decisions import Decision
from rules.plan import plan
from rules.program import program
from rules.typed import Attribute, EveryDay, Moment, Rule
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge, Note
from tests.property.building import DAY, HOUR, PLAN, VOCABULARY, compare, count, event, last, line, moment, rule

NOON = moment("2026-03-02 12:00")
_ON_PLAN_S = line(compare(Attribute("plan", PLAN), "is", "S"), "plan is S")
_BUSY = line(compare(count("paid", last(30 * DAY)), ">=", 2), "busy")
DAILY = rule("daily", Moment(EveryDay(9 * 60)), only_if=(_ON_PLAN_S, _BUSY))


def engine_of(one: Rule, notes: list[Note] | None = None) -> Engine:
    """An engine of one rule, whose notes go where it is said."""
    made = program(plan([one], VOCABULARY))
    return Engine(
        made, Judge(made, Decider(VOCABULARY, made.compiler, Terms()), None if notes is None else notes.append)
    )


def course(engine: Engine, payments: int, plan_: str = "S") -> list[Decision]:
    """What comes of so many payments, and of the morning after."""
    record = engine.new_record("c")
    engine.take(record, event("customer changed", NOON, plan=plan_), NOON)
    for number in range(payments):
        engine.take(record, event("paid", NOON + HOUR + number), NOON + HOUR + number)
    return engine.run_timers(record, NOON + DAY)


def test_a_moment_is_refused_by_what_was_counted() -> None:
    """It decides nothing while there is too little, and speaks when there is enough."""
    engine = engine_of(DAILY)
    assert [len(course(engine, payments)) for payments in (0, 1, 2)] == [0, 0, 1]
    assert course(engine, 2, plan_="M") == []


def test_who_listens_is_told_what_refuses_a_moment() -> None:
    """The line that stops it, though the customer's attributes alone would have ruled it out."""
    notes: list[Note] = []
    engine = engine_of(DAILY, notes)
    course(engine, 2, plan_="M")
    course(engine, 1)
    assert [note.line for note in notes] == ["plan is S", "busy"]


def test_a_moment_whose_rule_throws_decides_a_rule_error() -> None:
    """And it does so each day anew."""
    engine = engine_of(DAILY)
    one = engine.program.rules[0]
    one.lines = tuple(replace(judged, check=lambda _: 1 / 0) for judged in one.read_lines())
    one.unsettled = one.lines
    assert [decision.reason for decision in course(engine, 2)] == ["rule error"]


def test_a_moment_that_was_moved_comes_once() -> None:
    """A timer that is out of date finds nothing due: where her clock goes back, her morning comes later."""
    engine = engine_of(rule("daily", Moment(EveryDay(9 * 60))))
    record = engine.new_record("c")
    engine.take(record, event("customer changed", NOON, time_zone="Asia/Tokyo"), NOON)
    engine.take(record, event("customer changed", NOON + HOUR, time_zone="UTC"), NOON + HOUR)
    found = engine.run_timers(record, NOON + DAY)
    assert [decision.time for decision in found] == ["2026-03-03T09:00:00.000Z"]
