"""Moments that come to everybody, and are refused before anything is made for them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.decisions import Decision
from models.types import MOMENT
from rules.codec import encode
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import Around, Attribute, EveryDay, EveryWeek, Moment, Rule, Shift
from streams.blocks import Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge, Note
from streams.stepper import Stepper
from tests.property.building import DAY, HOUR, PLAN, VOCABULARY, compare, count, event, last, line, moment, rule

NOON = moment("2026-03-02 12:00")
_ON_PLAN_S = line(compare(Attribute("plan", PLAN), "is", "S"), "plan is S")
_BUSY = line(compare(count("paid", last(30 * DAY)), ">=", 2), "busy")
DAILY = rule("daily", Moment(EveryDay(9 * 60)), only_if=(_ON_PLAN_S, _BUSY))
WAYS = pytest.mark.parametrize("compiled", [COMPILED, False])


def stepper(*rules: Rule, compiled: bool = COMPILED, notes: list[Note] | None = None) -> Stepper:
    """A stepper of these rules, whose notes go where it is said."""
    made = program(plan(list(rules), VOCABULARY))
    judge = Judge(made, Decider(VOCABULARY, made.compiler, Terms()), None if notes is None else notes.append)
    return Stepper(Engine(made, judge, compiled=compiled), lambda _: {})


def course(way: Stepper, payments: int, plan_: str = "S") -> list[Decision]:
    """What comes of so many payments, and of the morning after."""
    way.records.clear()
    way.take(NOON, event("customer changed", NOON, plan=plan_))
    for number in range(payments):
        way.take(NOON + HOUR + number, event("paid", NOON + HOUR + number))
    return list(way.run_timers(NOON + DAY))


@WAYS
def test_a_moment_is_refused_by_what_was_counted(compiled: bool) -> None:
    """It decides nothing while there is too little, and speaks when there is enough."""
    way = stepper(DAILY, compiled=compiled)
    assert [len(course(way, payments)) for payments in (0, 1, 2)] == [0, 0, 1]
    assert course(way, 2, plan_="M") == []


@WAYS
def test_who_listens_is_told_what_refuses_a_moment(compiled: bool) -> None:
    """The line that stops it, though the customer's attributes alone would have ruled it out."""
    notes: list[Note] = []
    way = stepper(DAILY, compiled=compiled, notes=notes)
    course(way, 2, plan_="M")
    course(way, 1)
    assert [note.line for note in notes] == ["plan is S", "busy"]


@WAYS
def test_a_moment_whose_rule_throws_decides_a_rule_error(compiled: bool) -> None:
    """It is no refusal, and the next morning comes all the same."""
    way = stepper(DAILY, compiled=compiled)
    one = way.engine.program.rules[0]
    one.lines = tuple(replace(judged, check=lambda _: 1 / 0) for judged in one.read_lines())
    one.unsettled = one.lines
    assert [decision.reason for decision in course(way, 2)] == ["rule error"]
    assert [decision.reason for decision in way.run_timers(NOON + 2 * DAY)] == ["rule error"]


@WAYS
def test_a_moment_that_was_moved_comes_once(compiled: bool) -> None:
    """A timer that is out of date finds nothing due: where her clock goes back, her morning comes later."""
    way = stepper(rule("daily", Moment(EveryDay(9 * 60))), compiled=compiled)
    way.take(NOON, event("customer changed", NOON, time_zone="Asia/Tokyo"))
    way.take(NOON + HOUR, event("customer changed", NOON + HOUR, time_zone="UTC"))
    found = list(way.run_timers(NOON + DAY))
    assert [decision.time for decision in found] == ["2026-03-03T09:00:00.000Z"]


@WAYS
def test_a_rule_that_has_run_out_is_refused_for_its_days(compiled: bool) -> None:
    """What limits the days of a rule refuses its moments, too."""
    paused = rule("paused", Moment(EveryDay(9 * 60)), paused=True)
    assert course(stepper(paused, compiled=compiled), 2) == []


@WAYS
def test_a_refused_moment_that_comes_but_once_is_over(compiled: bool) -> None:
    """Of every customer, though it is known from the first that the rule refuses it."""
    ends = Around(Attribute("ends", MOMENT), Shift(millis=-HOUR), None)
    way = stepper(rule("once", Moment(ends), only_if=(_BUSY,)), compiled=compiled)
    for customer in ("a", "b"):
        known = event("customer changed", NOON, customer, ends=NOON + DAY)
        way.take(NOON, replace(known, customer=customer))
    assert list(way.run_timers(NOON + 2 * DAY)) == []
    assert [(record.heap, record.moment_due) for record in way.records.values()] == [([], {})] * 2


_RULES = [
    DAILY,
    rule("weekly", Moment(EveryWeek(2, 9 * 60)), only_if=(_BUSY,)),
    rule("late", Moment(EveryDay(9 * 60 + 1)), unless=(_BUSY,)),
    rule("once", Moment(Around(Attribute("ends", MOMENT), Shift(millis=-HOUR), None)), only_if=(_BUSY,)),
]


_STEPS = st.sampled_from([0, 1, HOUR, 21 * HOUR, DAY, 2 * DAY])


@given(st.lists(st.tuples(st.sampled_from(["paid", "S", "M", "Asia/Tokyo", "UTC", "wait"]), _STEPS), max_size=20))
@example([("S", 0), *[("wait", DAY)] * 9])
@example([("S", 0), ("wait", 21 * HOUR), ("paid", HOUR), ("paid", HOUR), *[("wait", DAY)] * 9])
@example([("S", 0), ("wait", DAY), ("M", HOUR), ("wait", DAY), ("paid", 0), ("paid", 0), ("wait", DAY), ("S", 0)])
@example([("S", 0), *[("wait", DAY)] * 8, ("Asia/Tokyo", HOUR), ("UTC", HOUR), *[("wait", 21 * HOUR)] * 3])
@example([("wait", 21 * HOUR), ("wait", 21 * HOUR), ("wait", HOUR), ("wait", 2 * DAY)])
def test_refused_moments_are_passed_over_alike(told: list[tuple[str, int]]) -> None:
    """Compiled or not: the same decisions, the same record, the same timers; whether all are refused, or some."""
    for rules in (_RULES, _RULES[:2]):
        assert _life(told, rules, compiled=COMPILED) == _life(told, rules, compiled=False)


def _life(told: list[tuple[str, int]], rules: list[Rule], *, compiled: bool) -> tuple[list[Decision], list[object]]:
    way, at = stepper(*rules, compiled=compiled), NOON
    found = way.take(at, event("customer changed", at, "first", ends=at + 3 * DAY + HOUR))
    left: list[object] = []
    for what, step in told:
        at += step
        name = {"S": "plan", "M": "plan", "Asia/Tokyo": "time_zone", "UTC": "time_zone"}.get(what)
        if what != "wait":
            found += way.take(at, event("customer changed", at, **{name: what}) if name else event("paid", at))
        found += way.run_timers(at)
        record: Record = way.records["c"]
        left += [encode(record), sorted(record.heap), record.taken, way.next_due("c")]
    return found, left
