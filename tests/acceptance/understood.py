"""What a reader of the rule language has in hand: events as they were taken, rules, and a customer's facts.

Facts are counted anew from the list of what was taken each time they are asked. Nothing of the project is imported.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.acceptance.calendar_reading import local

if TYPE_CHECKING:
    from tests.acceptance.reading import Customer

Truth = bool | None
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.eq,
    "is not": operator.ne,
}


@dataclass
class Event:
    """One event as it was taken."""

    type: str
    time: int
    taken: int
    fresh: bool
    source: str
    id: str
    data: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    entered: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """A field of its data, None where it is missing."""
        return self.data.get(name)


@dataclass
class Step:
    """A later step: something that follows, or (`absent`) does not."""

    kind: Callable[[Event], bool]
    where: Callable[[Event, dict[str, Event]], bool] = lambda event, bound: True
    within: int = 0
    after: str | None = None
    name: str | None = None
    absent: bool = False
    lateness: int = 0


@dataclass
class Open:
    """A sequence under way."""

    bound: dict[str, Event]
    each: str | None
    at: int
    last_time: int
    step: int = 1
    starts: dict[str, int] = field(default_factory=dict)

    def advanced(self, step: Step, event: Event) -> Open:
        """One step further, by an event; this one stays where it is."""
        named = {step.name: event} if step.name else {}
        starts = {**self.starts, **dict.fromkeys(named, event.taken)}
        return Open({**self.bound, **named}, self.each, event.taken, event.time, self.step + 1, starts)


@dataclass
class Block:
    """What follows a match."""

    kinds: list[str]
    delay: int = 0
    without: tuple[str, ...] = ()
    only_if: list[Callable[[Any], Truth]] = field(default_factory=list)
    needs: list[tuple[str, Callable[[Any], Any]]] = field(default_factory=list)
    channels: list[str] = field(default_factory=lambda: ["app", "sms"])
    every_channel: bool = False


@dataclass
class Due:
    """A block that waits."""

    at: int
    match: Matched
    block: Block


@dataclass
class Matched:
    """A match, for `at most`."""

    at: int
    time: int
    each: str | None
    trigger: str
    bound: dict[str, Event]
    counts: bool = True
    waiting: int = 0
    sent: bool = False


@dataclass
class Rule:
    """One rule, as its reader understands it."""

    id: str
    event: Callable[[Event], bool] | None = None
    line: Callable[[Any], Truth] | None = None
    stays: tuple[str, int] | None = None
    steps: list[Step] = field(default_factory=list)
    moment: Callable[[Any], Iterable[tuple[int, str | None, dict[str, Event]]]] | None = None
    each: str | None = None
    each_types: list[str] = field(default_factory=list)
    only_if: list[Callable[[Any], Truth]] = field(default_factory=list)
    unless: list[Callable[[Any], Truth]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=lambda: [Block(["guidance"])])
    stop: tuple[str, ...] = ()
    at_most: list[tuple[int, str | int, str]] = field(default_factory=list)
    runs: tuple[date, date] | None = None
    changes: Callable[[Any], Iterable[int]] = lambda view: ()


@dataclass
class Moment:
    """What a condition sees: a customer now."""

    customer: Customer
    now: int
    each: str | None = None
    bound: dict[str, Event] = field(default_factory=dict)
    event: Event | None = None

    def get(self, name: str) -> Any:
        """An attribute, None where it is missing."""
        return self.customer.attribute(name)

    @property
    def zone(self) -> str:
        """Her time zone."""
        return self.get("time zone") or "Europe/Berlin"

    @property
    def local(self) -> datetime:
        """The clock on her wall."""
        return local(self.now, self.zone)

    def sliding(self, length: int, ago: int = 0) -> tuple[int, int]:
        """Half-open (from, to], said as [from + 1, to + 1)."""
        return self.now - ago - length + 1, self.now - ago + 1

    def calendar(self, unit: str, first: int = 0, last: int = 0) -> tuple[int, int] | None:
        """Windows of her calendar, [from, to); None without a bill day."""
        windows = self.customer.windows.get(unit)
        return windows.span(first, last) if windows else None

    def events(
        self,
        type: str,
        window: tuple[int, int] | str | None = "ever",
        where: Callable[[Event], bool] = lambda event: True,
        each: str | None = None,
    ) -> list[Event] | None:
        """What a fact counts, by own time."""
        if window is None:
            return None
        low, high = (-(10**18), 10**18) if isinstance(window, str) else window
        found = [e for e in self.customer.of_type.get(type, []) if low <= e.time < high and where(e)]
        if each:
            found = [e for e in found if e.data.get(each) == self.each]
        return found


def total(events: list[Event] | None, name: str) -> Any:
    """A sum starts at 0."""
    return None if events is None else sum((e.data[name] for e in events if e.data.get(name) is not None), Fraction(0))


def average(events: list[Event] | None, name: str) -> Any:
    """The mean of what is there."""
    values = [e.data[name] for e in events or [] if e.data.get(name) is not None]
    return Fraction(sum(values)) / len(values) if values else None


def average_gap(events: list[Event] | None) -> Any:
    """The mean time between neighbours."""
    if not events or len(events) < 2:
        return None
    return Fraction(events[-1].time - events[0].time, len(events) - 1)


def compare(left: Any, sign: str, right: Any) -> Truth:
    """None where a side is missing."""
    if left is None or right is None:
        return None
    return bool(SIGNS[sign](left, right))
