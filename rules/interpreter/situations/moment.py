"""A moment of the calendar, in the customer's zone."""

# ruff: noqa: ARG002 - a watch is told more than every kind of it needs

from __future__ import annotations

from collections.abc import Iterator

from models.calendars import BILLING_CYCLES, boundaries
from models.events import Event
from models.moments import MINUTE, civil, date_of, local_parts, local_to_moment
from models.types import Kind, Value
from rules.interpreter.evaluate import Bound, World, each_of
from rules.interpreter.functions import birthday
from rules.interpreter.situations.base import Complete, Taking, Timer, Watch
from rules.typed import (
    Around,
    Attribute,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    FieldOf,
    Moment,
    Rule,
)


class Calendar(Watch):
    def __init__(self, rule: Rule, situation: Moment) -> None:
        super().__init__(rule)
        self.when = situation.when
        #: For `EVENT.FIELD`: the events that fit, in the order of taking.
        self.events: list[Bound] = []
        self.ahead: list[Timer] = []
        #: When the rule began, if that was after her record: what is due just then is its first moment.
        self.began: int | None = None

    def begin(self, world: World) -> None:
        self.began = world.now if world.count else None

    def take(self, taking: Taking) -> tuple[()]:
        if isinstance(self.when, EveryYear | Around) and self.when.patterns:
            bound = taking.bind(self.when.patterns, each=taking.each(self.rule))
            if bound is not None and not self._overtaken(bound):
                self.events.append(bound)
            self.events = [bound for bound in self.events if not self._past(bound, taking.after)]
        return ()

    def _past(self, bound: Bound, world: World) -> bool:
        """Whether the one moment of an event is gone, or its field is missing; a year comes again."""
        point = _point(self.when, world, bound)
        if not isinstance(point, int):
            return True
        return isinstance(self.when, Around) and _around(self.when, point, world) <= world.now

    def _overtaken(self, bound: Bound) -> bool:
        """Of the tellings of one event, and of the events of one `each` value, the one whose time is latest counts."""
        same = [other for other in self.events if bound.source == other.source or self._same_each(bound, other)]
        if any(other.time > bound.time for other in same):
            return True
        self.events = [other for other in self.events if other not in same]
        return False

    def _same_each(self, one: Bound, other: Bound) -> bool:
        value = each_of(_event_of(one), self.rule.each)
        return value is not None and each_of(_event_of(other), self.rule.each) == value

    def look_ahead(self, world: World, until: int) -> None:
        """Whatever changes her calendar or an attribute is an event, so all moments are found afresh after each."""
        after = world.now - 1 if self.began == world.now else world.now
        self.began = None
        self.ahead = [
            Timer(due, "moment") if bound is None else Timer(due, "moment", (bound.index,), bound.source)
            for bound in self._bound_to()
            for due in sorted(set(_dues(self.when, _point(self.when, world, bound), world, until)))
            if after < due <= until
        ]

    def _bound_to(self) -> list[Bound | None]:
        of = getattr(self.when, "of", None)
        return list(self.events) if isinstance(of, FieldOf) else [None]

    def timers(self) -> list[Timer]:
        return self.ahead

    def run(self, timer: Timer, world: World) -> Iterator[Complete]:
        self.ahead = [other for other in self.ahead if other is not timer]
        bound = next((bound for bound in self.events if (bound.index,) == timer.key), None)
        self.events = [other for other in self.events if other is not bound or isinstance(self.when, EveryYear)]
        if bound is None or bound.event is None:
            yield Complete(timer.trigger)
        else:
            yield Complete(timer.trigger, each_of(bound.event, self.rule.each), (bound,))


When = EveryDay | EveryWeek | EveryCycle | EveryYear | Around


def _event_of(bound: Bound) -> Event:
    assert bound.event is not None
    return bound.event


def _point(when: When, world: World, bound: Bound | None) -> Value:
    """The date or moment that a moment is measured from."""
    if not isinstance(when, EveryYear | Around):
        return None
    if isinstance(when.of, Attribute):
        return world.attributes.get(when.of.name)
    assert bound is not None
    assert bound.event is not None
    return bound.event.data.get(when.of.name)


def _dues(when: When, point: Value, world: World, until: int) -> Iterator[int]:
    """When it is due, at least for every time after now and up to `until`."""
    zone = world.zone
    # Two days of margin: no two clocks on earth are further apart.
    days = range(date_of(zone, world.now) - 2, date_of(zone, until) + 3)
    match when:
        case EveryDay(at):
            yield from (local_to_moment(zone, day, at) for day in days)
        case EveryWeek(weekday, at):
            yield from (local_to_moment(zone, day, at) for day in days if (day + 3) % 7 == weekday)
        case EveryCycle():
            yield from _in_cycles(when, world, until)
        case EveryYear(of, at) if isinstance(point, int):
            first = date_of(zone, point) if of.type.kind is Kind.MOMENT else point
            for year in range(civil(days[0])[0], civil(days[-1])[0] + 1):
                if birthday(year, first) >= first:
                    yield local_to_moment(zone, birthday(year, first), at)
        case Around() if isinstance(point, int):
            yield _around(when, point, world)


def _in_cycles(when: EveryCycle, world: World, until: int) -> Iterator[int]:
    zone, changes, now = world.zone, world.history.calendars(world.count, world.now), world.now
    while (marks := boundaries(BILLING_CYCLES, changes, 0, now)) is not None and marks[0] <= until:
        due = local_to_moment(zone, date_of(zone, marks[0]) + when.day - 1, when.at)
        if marks[0] <= due < marks[1]:
            yield due
        now = marks[1]


def _around(when: Around, point: int, world: World) -> int:
    zone, shift = world.zone, when.shift
    if when.of.type.kind is Kind.DATE:
        assert when.at is not None, "a moment counted from a date says at what time"
        return local_to_moment(zone, point + shift.days, when.at) + shift.millis
    moved = point + shift.millis
    if when.at is None and shift.days == 0:
        return moved
    day, minutes, _ = local_parts(zone, moved)
    if when.at is not None:
        return local_to_moment(zone, day + shift.days, when.at)
    found = local_to_moment(zone, day + shift.days, minutes)
    # A local time that clocks skip becomes the next that they show, without the seconds that were skipped too.
    shown = local_parts(zone, found)[:2] == (day + shift.days, minutes)
    return found + moved % MINUTE if shown else found
