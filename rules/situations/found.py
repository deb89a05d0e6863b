"""A situation found complete: what the engine then judges."""

from __future__ import annotations

from typing import NamedTuple

from models.types import Value
from rules.compile.view import Bound


class EventTrigger(NamedTuple):
    """The event that completed the situation. `time` is the event's own, in milliseconds."""

    source: str
    id: str
    time: int

    def key(self) -> tuple[str, ...]:
        return ("event", self.source, self.id)


class TimerTrigger(NamedTuple):
    """The timer that completed it: its kind, when it was due (ms), and the event that opened the wait, if one did."""

    kind: str
    due: int
    source: str = ""
    id: str = ""

    @property
    def time(self) -> int:
        return self.due

    def key(self) -> tuple[str, ...]:
        return ("timer", self.kind, str(self.due), self.source, self.id)


Trigger = EventTrigger | TimerTrigger


class Found(NamedTuple):
    """Rule number, value of `each`, what completed it, and the events of its steps."""

    rule: int
    each: Value
    trigger: Trigger
    bound: tuple[Bound, ...] = ()

    def order(self) -> tuple[int, str]:
        return self.rule, "" if self.each is None else str(self.each)
