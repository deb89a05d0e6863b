"""Windows written otherwise: longer and shorter, of another calendar, and of another time."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, assert_never

from models.speech import say
from rules.mutations.change import Change, dropped
from rules.mutations.shifts import shifted_count, shifted_length
from rules.mutations.wording import Wording
from rules.typed import CalendarUnit, CalendarWindow, Ever, Sliding, Window

_THIRTY_DAYS = Sliding(30 * 24 * 3_600_000)
#: The calendars that a test may take for one another.
OTHER_UNITS: Final = MappingProxyType(
    {
        CalendarUnit.DAY: (CalendarUnit.WEEK,),
        CalendarUnit.WEEK: (CalendarUnit.DAY, CalendarUnit.MONTH),
        CalendarUnit.MONTH: (CalendarUnit.WEEK,),
        CalendarUnit.BILLING_CYCLE: (CalendarUnit.MONTH,),
    }
)


def windows(of: Window, wording: Wording, what: str, events: str) -> Iterator[Change[Window]]:
    """The ways to look further back, or less far. `what` is aggregated, of `events`."""
    before = wording.window(of)
    for other in _others(of):
        after = wording.window(other)
        told_by = say(
            "with `{events}` that lies in one of `{before}` and `{after}`, and not in the other",
            events=events,
            before=before,
            after=after,
        )
        yield Change(
            other, say("the {what} over `{before}` goes over `{after}`", what=what, before=before, after=after), told_by
        )
    if isinstance(of, Sliding) and of.ending:
        ago = wording.length(of.ending)
        yield dropped(
            Sliding(of.length),
            say("ending {ago} ago", ago=ago),
            say("with `{events}` in the last {ago}", events=events, ago=ago),
        )


def _others(of: Window) -> Iterator[Window]:
    match of:
        case Ever():
            yield _THIRTY_DAYS
        case Sliding(length, ending):
            yield from (Sliding(other, ending) for other in shifted_length(length))
            yield from (Sliding(length, other) for other in (shifted_length(ending) if ending else ()))
        case CalendarWindow(unit, 0, 1):
            yield from (CalendarWindow(other) for other in OTHER_UNITS[unit])
            yield CalendarWindow(unit, 1, 1)
        case CalendarWindow(unit, 1, 1):
            yield from (CalendarWindow(other, 1, 1) for other in OTHER_UNITS[unit])
            yield CalendarWindow(unit)
        case CalendarWindow(unit, back, count) if back == count:
            yield from (CalendarWindow(unit, other, other) for other in shifted_count(count))
        case CalendarWindow():
            return
        case _:
            assert_never(of)
