"""Moments: when the calendar, an attribute or a field of an event says that it is time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from heapq import heappush
from zoneinfo import ZoneInfo

from models.calendars import anniversary, next_boundary
from models.events import Event
from models.moments import MINUTE, civil, date_of, local_parts, local_to_moment
from models.types import Kind, Value
from rules.compile.view import Bound
from rules.facts.chains import advance
from rules.program import Program
from rules.record import Record
from rules.situations.found import Found, TimerTrigger
from rules.situations.timers import TimerKind, set_timer
from rules.typed import (
    Around,
    Attribute,
    CalendarUnit,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    FieldOf,
    Moment,
    Rule,
)

_LAST_YEAR = 9998
#: Every day of a billing cycle that ever comes, comes within so many cycles.
_CYCLES = 13
#: Answers that are remembered of when it is next Monday.
_DAYS_KEPT = 256

#: (To look a member up in its class takes as long as a call.)
_MOMENT = TimerKind.MOMENT
_WORD = _MOMENT.word

Backs = Mapping[CalendarUnit, int]


def next_moment(rule: Rule, record: Record, now: int, backs: Backs) -> int | None:
    """The first moment strictly after `now` at which a rule without an event is due, or None for never."""
    when = rule.situation.when  # type: ignore[union-attr]  # of a rule without an event
    match when:
        case EveryDay(at=at):
            return _next_day(record.zone, now, at, None)
        case EveryWeek(weekday=weekday, at=at):
            return _next_day(record.zone, now, at, weekday)
        case EveryCycle():
            return _next_cycle_day(when, record, now, backs[CalendarUnit.BILLING_CYCLE])
        case EveryYear(of=Attribute(name=name, type=type_), at=at):
            return _next_year(record, now, record.attributes.get(name), type_.kind, at)
        case Around(of=Attribute(name=name)):
            due = around(when, record, record.attributes.get(name))
            return due if due is not None and due > now else None
        case _:
            return None


@lru_cache(maxsize=_DAYS_KEPT)  # it is the same moment for all customers of a zone, and they ask at the same moment
def _next_day(zone: ZoneInfo, now: int, at: int, weekday: int | None) -> int | None:
    today, _, of_week = local_parts(zone, now)
    day = today if weekday is None else today + (weekday - of_week) % 7
    step = 1 if weekday is None else 7
    while (moment := local_to_moment(zone, day, at)) <= now:
        day += step
    return moment


def _next_cycle_day(when: EveryCycle, record: Record, now: int, back: int) -> int | None:
    """Days are counted in the running cycle, as `day of billing cycle` does."""
    unit, zone = CalendarUnit.BILLING_CYCLE, record.zone
    chain = advance(record, unit, back, now)
    if chain is None:
        return None
    start, end = chain[-2:]
    for _ in range(_CYCLES):
        moment = local_to_moment(zone, date_of(zone, start) + when.day - 1, when.at)
        if now < moment and start <= moment < end:
            return moment
        start, following = end, next_boundary(unit, zone, record.bill_day, end)
        assert following is not None
        end = following
    return None


def _next_year(record: Record, now: int, value: Value, kind: Kind, at: int) -> int | None:
    if value is None:
        return None
    zone = record.zone
    point: int = value  # type: ignore[assignment]  # of a date: days, of a moment: milliseconds
    day = date_of(zone, point) if kind is Kind.MOMENT else point
    year = max(civil(date_of(zone, now))[0], civil(day)[0])  # the day itself is the first time
    while year <= _LAST_YEAR:
        moment = local_to_moment(zone, anniversary(day, year), at)
        if moment > now:
            return moment
        year += 1
    return None


def around(when: Around, record: Record, value: Value) -> int | None:
    """`D before | after X [at T]` as a moment."""
    if value is None:
        return None
    zone, shift = record.zone, when.shift
    moment: int = value  # type: ignore[assignment]  # of a date: days, of a moment: milliseconds
    if when.of.type.kind is Kind.DATE:
        assert when.at is not None
        return local_to_moment(zone, moment + shift.days, when.at) + shift.millis
    moved = moment + shift.millis
    if when.at is None and not shift.days:
        return moved
    day, minutes, _ = local_parts(zone, moved)
    day += shift.days
    if when.at is not None:
        return local_to_moment(zone, day, when.at)
    found = local_to_moment(zone, day, minutes)
    # A local time that clocks skip becomes the next that they show: its seconds are skipped, too.
    return found + moved % MINUTE if local_parts(zone, found)[:2] == (day, minutes) else found


def schedule(rule: Rule, record: Record, now: int, backs: Backs) -> None:
    """Set the timer of a moment that needs no event."""
    due = next_moment(rule, record, now, backs)
    if due is None:
        record.moment_due.pop(rule.id, None)
    elif record.moment_due.get(rule.id) != due:
        record.moment_due[rule.id] = due
        set_timer(record, due, _MOMENT, rule.id)


def schedule_event(rule: Rule, record: Record, event: Event, now: int) -> None:
    """Set a timer for `EVENT.FIELD`, unless it is already past."""
    assert isinstance(rule.situation, Moment)
    bound = Bound(event.data, event.time, now, event.source, event.id)
    if _overtaken(rule, record, bound):
        return
    due = _event_due(rule.situation, record, bound, now)
    if due is not None and due > now:
        record.moment_events.setdefault(rule.id, []).append((due, bound))
        set_timer(record, due, _MOMENT, rule.id)


def _overtaken(rule: Rule, record: Record, bound: Bound) -> bool:
    """Of the tellings of one event, and with `each` of the events of one value, the one whose time is latest counts.

    So a booking that is moved moves its reminder, and one that is told again is reminded of once.
    """
    waits = record.moment_events.get(rule.id, [])
    same = [wait for wait in waits if _renews(rule, bound, wait[1])]
    if any(wait[1].time > bound.time for wait in same):
        return True
    if same:
        record.moment_events[rule.id] = [wait for wait in waits if wait not in same]
    return False


def _renews(rule: Rule, bound: Bound, earlier: Bound) -> bool:
    """Whether an event takes the place of an earlier one: it is the same, or is of the same value of `each`."""
    if (bound.source, bound.id) == (earlier.source, earlier.id):
        return True
    value = None if rule.each is None else bound.data.get(rule.each)
    return value is not None and earlier.data.get(rule.each) == value  # type: ignore[arg-type]  # not None: it has a value


def _event_due(situation: Moment, record: Record, bound: Bound, now: int) -> int | None:
    when = situation.when
    if isinstance(when, Around) and isinstance(when.of, FieldOf):
        return around(when, record, bound.data.get(when.of.name))
    if isinstance(when, EveryYear) and isinstance(when.of, FieldOf):
        return _next_year(record, now, bound.data.get(when.of.name), when.of.type.kind, when.at)
    return None


def reschedule_all(
    program: Program, record: Record, now: int, active: Collection[int], inactive: Collection[int]
) -> None:
    """Look at all moments again: her record begins, or her zone or an attribute has changed.

    Of rules that are `inactive` none is due.
    """
    if record.moment_due:
        for number in inactive:
            record.moment_due.pop(program.plan.rules[number].id, None)
    for number in active:
        schedule(program.plan.rules[number], record, now, program.plan.backs)
    for rule_id, waits in record.moment_events.items():
        rule = program.plan.rules[program.number_of[rule_id]]
        assert isinstance(rule.situation, Moment)
        moved = []
        for _, bound in waits:
            due = _event_due(rule.situation, record, bound, now)
            if due is not None and due > now:
                moved.append((due, bound))
                set_timer(record, due, _MOMENT, rule_id)
        record.moment_events[rule_id] = moved


def due(program: Program, record: Record, rule_id: str, now: int) -> list[Found]:
    """The moments of a rule that are due now; the next one is set."""
    number, found = program.number_of[rule_id], []
    moment = record.moment_due.get(rule_id)
    if moment is not None and moment <= now:
        found = [Found(number, None, TimerTrigger(_WORD, moment))]
        set_next(program, record, number, now)
    if record.moment_events:
        found += _event_moments(program.plan.rules[number], number, record, now)
    return found


def set_next(program: Program, record: Record, number: int, now: int) -> None:
    """A moment of a rule has come: set the timer of the one after it."""
    rule, moments = program.plan.rules[number], record.moment_due
    following = next_moment(rule, record, now, program.plan.backs)
    if following is None:
        del moments[rule.id]
    else:
        moments[rule.id] = following
        heappush(record.heap, (following, _MOMENT, rule.id))


def _event_moments(rule: Rule, number: int, record: Record, now: int) -> Iterator[Found]:
    waits = record.moment_events.get(rule.id)
    if not waits or all(due > now for due, _ in waits):
        return
    assert isinstance(rule.situation, Moment)
    del record.moment_events[rule.id]
    kept: list[tuple[int, Bound]] = []
    for when, bound in waits:
        if when > now:
            kept.append((when, bound))
            continue
        each = bound.data.get(rule.each) if rule.each else None
        yield Found(number, each, TimerTrigger(_WORD, when, bound.source, bound.id), (bound,))
        again = _event_due(rule.situation, record, bound, now) if isinstance(rule.situation.when, EveryYear) else None
        if again is not None:
            kept.append((again, bound))
            set_timer(record, again, _MOMENT, rule.id)
    if kept:
        record.moment_events[rule.id] = kept
