"""What is known of a customer after so many of her events: attributes, calendar and position, from the list alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from models.calendars import Calendar
from models.events import Event
from models.geometry import contains
from models.moments import zone
from models.places import CellPlace, Place, Shape
from models.text import fold
from models.types import Kind, Value
from models.vocabulary import RESERVED_EVENTS, EventType, Vocabulary
from rules.interpreter.happenings import Taken

Attributes = Mapping[str, Value]


@dataclass(frozen=True)
class Position:
    """Where she was seen: a point (latitude, longitude) or the name of a cell, by the event numbered `index`."""

    where: tuple[float, float] | str
    index: int
    time: int
    taken: int


@dataclass(frozen=True, eq=False)
class History:
    """One customer's taken events, in the order of taking, and what her attributes were before the first."""

    vocabulary: Vocabulary
    taken: Sequence[Taken]
    before: Attributes = field(default_factory=dict)

    def event_type(self, name: str) -> EventType:
        """The type of that name, the reserved ones included."""
        found = self.vocabulary.events.get(name) or RESERVED_EVENTS.get(name)
        if found is None:
            raise KeyError(f'no event type "{name}" in the vocabulary; the rule or the event was not checked')
        return found

    @cached_property
    def attributes(self) -> tuple[Attributes, ...]:
        """Her attributes after the first n events, for each n. An older time does not overwrite."""
        values: dict[str, Value] = dict(self.before)
        times: dict[str, int] = {}
        after: list[Attributes] = [dict(values)]
        for taken in self.taken:
            event = taken.event
            if event.type == "customer changed":
                for name, value in event.data.items():
                    if name not in times or event.time >= times[name]:
                        times[name] = event.time
                        values[name] = value
            after.append(dict(values))
        return tuple(after)

    @cached_property
    def positions(self) -> tuple[Position | None, ...]:
        """Where her latest position was after the first n events, for each n; it may have faded since."""
        latest: Position | None = None
        after: list[Position | None] = [None]
        for index, taken in enumerate(self.taken):
            if self.faded(latest, taken.taken):
                latest = None
            where = self._position_of(taken.event)
            if taken.fresh and where is not None and (latest is None or taken.event.time >= latest.time):
                latest = Position(where, index, taken.event.time, taken.taken)
            after.append(latest)
        return tuple(after)

    def position(self, count: int, now: int) -> Position | None:
        """Her position at a moment, known from the first `count` events; None where it is unknown or has faded."""
        latest = self.positions[count]
        return None if self.faded(latest, now) else latest

    def faded(self, position: Position | None, now: int) -> bool:
        """Whether a position is forgotten at that moment."""
        return position is not None and now >= position.taken + self.vocabulary.position_fades

    def _position_of(self, event: Event) -> tuple[float, float] | str | None:
        type_ = self.event_type(event.type)
        if type_.family != "location":
            return None
        for name, field_type in type_.fields.items():
            value = event.data.get(name)
            if field_type.kind in (Kind.POINT, Kind.CELL) and isinstance(value, tuple | str):
                return value
        return None

    def zone(self, count: int) -> ZoneInfo:
        """Her zone after the first `count` events; a missing or unknown one is the vocabulary's."""
        name = self.attributes[count].get("time zone")
        try:
            return zone(str(name))
        except ValueError:
            return zone(self.vocabulary.time_zone)

    def calendar(self, count: int) -> Calendar:
        bill_day = self.attributes[count].get("bill day")
        return Calendar(self.zone(count), bill_day if isinstance(bill_day, int) else None)

    def calendars(self, count: int, now: int) -> list[tuple[int, Calendar]]:
        """(moment, calendar from then on), the first being the one after her first event."""
        if count == 0:
            return [(now, self.calendar(0))]
        changes: list[tuple[int, Calendar]] = []
        for index in range(count):
            calendar = self.calendar(index + 1)
            if not changes or calendar != changes[-1][1]:
                changes.append((self.taken[index].taken, calendar))
        return changes


def inside(place: Place, position: Position | None) -> tuple[str, ...]:
    """The members of a place that hold a position, in the order they were written."""
    if position is None:
        return ()
    return tuple(name for name, shape in place.members if _holds(shape, position.where))


def _holds(shape: Shape, where: tuple[float, float] | str) -> bool:
    if isinstance(shape, CellPlace):
        return isinstance(where, str) and fold(where) == fold(shape.cell)
    return not isinstance(where, str) and contains(shape, *where)
