"""What a compiled expression sees: one customer's record at one moment, and what the situation has bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from models.events import Event
from models.types import Value

if TYPE_CHECKING:
    from rules.record import Record


class Bound(Struct, gc=False, eq=False):
    """The event bound to a step. For a step that is an absence `taken` is the end of the wait and `data` is empty.

    `place` is (place, member) where the step was a visit.
    """

    data: dict[str, Value]
    time: int
    taken: int
    source: str
    id: str
    place: tuple[str, str] | None = None


class View(Struct, eq=False):
    """The scope of evaluation; one is reused for all that is asked at one moment. `now` is milliseconds.

    `ahead` moves only what grows with the clock (`time since last`): so the slope of a comparison is found.
    """

    record: Record
    now: int
    ahead: int = 0
    #: When the event happened (ms), where there is one.
    time: int | None = None
    #: Whether the event fits patterns that were tried already.
    fits: dict[object, bool] = {}
    data: dict[str, Value] = {}
    bound: tuple[Bound, ...] = ()
    each: Value = None


def view_of(record: Record, event: Event, now: int) -> View:
    """A view of an event, before any situation has bound anything."""
    view = View(record, now)
    view.data = event.data
    view.time = event.time
    return view
