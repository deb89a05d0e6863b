"""Lines of `at most` that never stop anything, and one that stops everything."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from models.vocabulary import DAY
from rules.checks.written import Place, quoted, rules
from rules.problems import Problem
from rules.typed import CalendarUnit, CalendarWindow, Cap, Ever, Sliding, Window
from rules.workspace.workspace import Workspace

_DAYS = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7, CalendarUnit.MONTH: 31}
_INSIDE = {
    (CalendarUnit.DAY, CalendarUnit.WEEK),
    (CalendarUnit.DAY, CalendarUnit.MONTH),
    (CalendarUnit.DAY, CalendarUnit.BILLING_CYCLE),
}


def check_caps(workspace: Workspace) -> Iterator[Problem]:
    """Caps of one rule of which another always stops first."""
    for rule in rules(workspace):
        caps = rule.caps
        found: list[Place] = []
        for place, cap in caps:
            stricter = next(
                (other for at, other in caps if at is not place and at not in found and _stops_first(other, cap)), None
            )
            if stricter is not None:
                found.append(place)
                what = say(
                    "{phrase} never stops anything: {stricter} always stops first.",
                    phrase=quoted(place.text),
                    stricter=quoted(stricter.text),
                )
                yield place.problem("W510", what, say("Delete it, or lower it."))


def _stops_first(other: Cap, cap: Cap) -> bool:
    """Whether no more than `cap.number` firings fit in the window of `cap` because of `other`."""
    times = _windows_in(cap.window, other.window)
    return times is not None and other.number * times <= cap.number


def _windows_in(outer: Window, inner: Window) -> int | None:
    """How many windows of the one kind cover one of the other, at most; None if that cannot be said."""
    if inner == outer or isinstance(inner, Ever):
        return 1
    match outer, inner:
        case Sliding(length=long), Sliding(length=short):
            return -(-long // short)
        case CalendarWindow(unit=CalendarUnit.DAY), CalendarWindow():
            return 1
        case CalendarWindow(unit=long_unit), CalendarWindow(unit=short_unit) if (short_unit, long_unit) in _INSIDE:
            return _DAYS.get(long_unit)
        case CalendarWindow(unit=unit), Sliding(length=short) if unit in _DAYS:
            # a day may have 25 hours
            return -(-(_DAYS[unit] * DAY + DAY // 24) // short)
        case _:
            return None
