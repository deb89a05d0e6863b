"""A calendar window as a closure: from a view to (after, until), in ms; an entry counts if after < time <= until."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.compile.view import View
from rules.facts.chains import advance
from rules.typed import CalendarUnit, CalendarWindow

#: Bounds of a window, or None where it does not exist (no bill day).
Bounds = Callable[[View], tuple[int, int] | None]


def calendar_bounds(window: CalendarWindow, backs: Mapping[CalendarUnit, int]) -> Bounds:
    """`backs`: how many windows before the running one the rule set needs, by unit."""
    unit, keep = window.unit, backs.get(window.unit, window.back)
    first, last = -2 - window.back, -2 - window.back + window.count

    def bounds(view: View) -> tuple[int, int] | None:
        chain = advance(view.record, unit, keep, view.now)
        if chain is None:
            return None
        return chain[first] - 1, min(chain[last] - 1, view.now)

    return bounds
