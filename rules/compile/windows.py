"""A window as a closure: from a view to (after, until), both milliseconds; an entry counts if after < time <= until."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.compile.view import View
from rules.facts.chains import advance
from rules.typed import CalendarUnit, CalendarWindow, Sliding

#: Bounds of a window, or None where it does not exist (no bill day).
Bounds = Callable[[View], tuple[int, int] | None]


def bounds_of(window: Sliding | CalendarWindow, backs: Mapping[CalendarUnit, int]) -> Bounds:
    """`backs`: how many windows before the running one the rule set needs, by unit."""
    if isinstance(window, Sliding):
        return _sliding(window)
    return _calendar(window, backs.get(window.unit, window.back))


def _sliding(window: Sliding) -> Bounds:
    length, ending = window.length, window.ending

    def bounds(view: View) -> tuple[int, int]:
        until = view.now - ending
        return until - length, until

    return bounds


def _calendar(window: CalendarWindow, keep: int) -> Bounds:
    unit, first, last = window.unit, -2 - window.back, -2 - window.back + window.count

    def bounds(view: View) -> tuple[int, int] | None:
        chain = advance(view.record, unit, keep, view.now)
        if chain is None:
            return None
        return chain[first] - 1, min(chain[last] - 1, view.now)

    return bounds
