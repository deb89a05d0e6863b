"""What ends a rule, or holds it back, otherwise: `stop when`, `at most`, `runs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from models.moments import format_date
from models.speech import say
from models.vocabulary import DAY
from rules.checks.written import Place, WrittenRule
from rules.language.unresolve import unresolve_cap
from rules.mutations.change import Change, dropped, instead, reads, without
from rules.mutations.events import wheres
from rules.mutations.shifts import shifted_count, shifted_length
from rules.mutations.windows import OTHER_UNITS
from rules.mutations.wording import Wording
from rules.typed import (
    Aggregate,
    AggregateFunction,
    CalendarUnit,
    CalendarWindow,
    Cap,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Ever,
    EveryCycle,
    Moment,
    Named,
    Rule,
    Situation,
    Sliding,
    Window,
)

#: Aggregates that, over `ever`, only grow.
_ONLY_GROW = frozenset({AggregateFunction.COUNT, AggregateFunction.DISTINCT})


def stops(written: WrittenRule, wording: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule that is not stopped by one of the events of `stop when`, or by others."""
    rule = written.file.rule
    at = [place for place, patterns in written.stop_when for _ in patterns]
    for number, (place, pattern) in enumerate(zip(at, rule.stop_when, strict=True)):
        text = wording.events((pattern,))
        told_by = say("with `{text}` while something is still to come", text=text)
        yield place, dropped(replace(rule, stop_when=without(rule.stop_when, number)), text, told_by)
        for change in wheres(pattern, wording):
            to = replace(rule, stop_when=instead(rule.stop_when, number, change.to))
            yield place, Change(to, change.said, change.told_by)


def caps(written: WrittenRule, wording: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule with a line of `at most` dropped or changed, where it can stop anything at all."""
    rule = written.file.rule
    for number, (place, cap) in enumerate(written.caps):
        if not _comes_once(rule.situation, cap.window):
            told_by = say("in which it would act {number} times within that time", number=cap.number + 1)
            without_it = replace(rule, at_most=without(rule.at_most, number))
            said = wording.phrase(unresolve_cap(cap))
            yield place, dropped(without_it, say("at most {cap}", cap=said), told_by)
        for change in _caps(cap, rule.situation, wording):
            to = replace(rule, at_most=instead(rule.at_most, number, change.to))
            yield place, Change(to, change.said, change.told_by)


def _caps(of: Cap, situation: Situation, wording: Wording) -> Iterator[Change[Cap]]:
    """The ways to be heard of more or less often."""
    said = wording.phrase(unresolve_cap(of))
    idle = _comes_once(situation, of.window)
    for number in () if idle else shifted_count(of.number):
        to = Cap(number, of.window, of.text)
        told_by = say("in which it would act {number} times within that time", number=max(number, of.number))
        yield reads(to, said, wording.phrase(unresolve_cap(to)), told_by)
    for window in _windows(of.window):
        if idle and _comes_once(situation, window):
            continue
        to = Cap(of.number, window, of.text)
        other = wording.phrase(unresolve_cap(to))
        told_by = say("in which it would act again, as `{said}` and `{other}` see differently", said=said, other=other)
        yield reads(to, said, other, told_by)


def _windows(of: Window) -> Iterator[Window]:
    match of:
        case Ever():
            yield Sliding(30 * DAY)
        case Sliding(length):
            yield from (Sliding(other) for other in shifted_length(length))
        case CalendarWindow(unit):
            yield from (CalendarWindow(other) for other in OTHER_UNITS[unit])
        case _:
            assert_never(of)


def _comes_once(situation: Situation, window: Window) -> bool:
    """Whether a situation comes no more than once in any such window, whatever happens.

    So does a line on what only grows, and a day of the billing cycle within a cycle. (A time of day does not: she
    may travel, and have it again.)
    """
    match situation:
        case Crosses(Compare(Comparator.AT_LEAST | Comparator.MORE, of, Constant())):
            while isinstance(of, Named):
                of = of.of
            return isinstance(of, Aggregate) and of.window == Ever() and of.function in _ONLY_GROW
        case Moment(EveryCycle()):
            return window == CalendarWindow(CalendarUnit.BILLING_CYCLE)
        case _:
            return False


def runs(written: WrittenRule) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule with its first and last day moved by one, or without them."""
    rule, place = written.file.rule, written.place.get("runs")
    for number, day in enumerate(rule.runs if place is not None else ()):
        if day is None or place is None:
            continue
        told_by = (
            say("before {day}, and one on that day", day=format_date(day))
            if number == 0
            else say("after {day}, and one on that day", day=format_date(day))
        )
        name = _end(number, day)
        yield place, dropped(_running(rule, number, None), name, told_by)
        for other in (day + 1, day - 1):
            yield place, reads(_running(rule, number, other), name, _end(number, other), told_by)


def _end(number: int, day: int) -> str:
    return say("until {day}", day=format_date(day)) if number else say("from {day}", day=format_date(day))


def _running(rule: Rule, number: int, day: int | None) -> Rule:
    first, last = rule.runs
    return replace(rule, runs=(day, last) if number == 0 else (first, day))
