"""Calendar windows: days, weeks, months and billing cycles in a customer's zone, and how they go on when it changes.

A *boundary* is the moment at which one window ends and the next begins: local midnight of the day, the Monday, the
first of the month or the bill day. Windows are [boundary, next boundary). A bill day of 31 is the last day of a
shorter month; each month is counted from the bill day itself, never from the shortened one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from models.moments import DAY, civil, date_of, days_of, local_to_moment, offset_at

DAYS: Final = "day"
WEEKS: Final = "week"
MONTHS: Final = "month"
BILLING_CYCLES: Final = "billing cycle"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a customer's windows depend on. A `bill_day` outside 1 to 31 counts as missing."""

    zone: ZoneInfo
    bill_day: int | None = None


def next_boundary(unit: str, zone: ZoneInfo, bill_day: int | None, ms: int) -> int | None:
    """The first boundary strictly after `ms`. None only for billing cycles without a bill day.

    `unit` is `day`, `week`, `month` or `billing cycle`; ValueError for any other.
    """
    anchor = _anchor(unit, bill_day)
    if anchor is None:
        return None
    return _start(unit, zone, anchor, _number_at(unit, zone, anchor, ms) + 1)


def boundary_at_or_before(unit: str, zone: ZoneInfo, bill_day: int | None, ms: int) -> int | None:
    """The last boundary at or before `ms`. None only for billing cycles without a bill day."""
    anchor = _anchor(unit, bill_day)
    if anchor is None:
        return None
    return _start(unit, zone, anchor, _number_at(unit, zone, anchor, ms))


def boundaries(unit: str, changes: Sequence[tuple[int, Calendar]], back: int, now: int) -> list[int] | None:
    """[start of the `back`-th window before the running one, ..., start of the running one, its end].

    `changes` are (moment, calendar from then on) in order, the first being the calendar after her first event; changes
    after `now` must not be among them. A window ends at the first boundary, after its start, of the calendar
    in force when it began; a change at a boundary comes after it. Windows before the first calendar are counted
    backwards in it. Of billing cycles the first calendar with a bill day counts as the first calendar; None while
    the bill day is missing, and one given again begins afresh.
    """
    known = _since_last_missing(changes) if unit == BILLING_CYCLES else list(changes)
    if not known:
        return None
    began, first = known[0]
    anchor = min(began, now)
    marks = [_before(unit, first, anchor), _after(unit, first, anchor)]
    while marks[-1] <= now:
        in_force = [calendar for moment, calendar in known if moment < marks[-1]]
        marks.append(_after(unit, in_force[-1], marks[-1]))
    while len(marks) < back + 2:
        marks.insert(0, _before(unit, first, marks[0] - 1))
    return marks[-(back + 2) :]


def local_dates(zone: ZoneInfo, start: int, end: int, now: int) -> tuple[int, int]:
    """(number of the local date of `now` in the window [start, end), number of local dates in it), from 1.

    Dates are those of `zone`, whatever zone the window was made in; a date that a zone skipped is not counted.
    """
    return _dates_between(zone, start, now), _dates_between(zone, start, end - 1)


def anniversary(day: int, year: int) -> int:
    """The day (since 1970) on which `day` comes round in `year`; 29 February is the 28th in other years."""
    _, month, date = civil(day)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return days_of(year, month, 28 if (month, date) == (2, 29) and not leap else date)


def usable_bill_day(bill_day: int | None) -> int | None:
    """The bill day if it is one (1 to 31), else None."""
    return bill_day if bill_day is not None and 1 <= bill_day <= 31 else None


def _since_last_missing(changes: Sequence[tuple[int, Calendar]]) -> list[tuple[int, Calendar]]:
    known: list[tuple[int, Calendar]] = []
    for change in changes:
        if usable_bill_day(change[1].bill_day) is None:
            known.clear()
        else:
            known.append(change)
    return known


def _after(unit: str, calendar: Calendar, ms: int) -> int:
    found = next_boundary(unit, calendar.zone, calendar.bill_day, ms)
    assert found is not None, "a calendar without bill day is never asked for its cycles"
    return found


def _before(unit: str, calendar: Calendar, ms: int) -> int:
    found = boundary_at_or_before(unit, calendar.zone, calendar.bill_day, ms)
    assert found is not None, "a calendar without bill day is never asked for its cycles"
    return found


def _dates_between(zone: ZoneInfo, start: int, end: int) -> int:
    # A zone that crosses the date line moves its clocks by a day; to the west that day is no date there.
    skipped = max(0, round((offset_at(zone, end) - offset_at(zone, start)) / DAY))
    return date_of(zone, end) - date_of(zone, start) - skipped + 1


# ------------------------------------------------ numbered windows
# Windows of a unit are numbered, so that "the next" is the number plus one. What is anchored to nothing but the
# calendar has anchor 1; billing cycles are months that begin on the bill day.


def _anchor(unit: str, bill_day: int | None) -> int | None:
    return usable_bill_day(bill_day) if unit == BILLING_CYCLES else 1


def _number_at(unit: str, zone: ZoneInfo, anchor: int, ms: int) -> int:
    """The number of the window that `ms` lies in: it begins at or before `ms`, the next one after."""
    number = _NUMBERED[unit][0](date_of(zone, ms), anchor) if unit in _NUMBERED else _refuse(unit)
    # Where clocks go back over midnight, the date returns to a day whose window has already ended. (The other way
    # round never happens: when clocks show a date, its first moment has been.)
    while _start(unit, zone, anchor, number + 1) <= ms:
        number += 1
    return number


def _start(unit: str, zone: ZoneInfo, anchor: int, number: int) -> int:
    return local_to_moment(zone, _NUMBERED[unit][1](number, anchor), 0)


def _refuse(unit: str) -> int:
    raise ValueError(f'"{unit}" is not a calendar window; there are {", ".join(_NUMBERED)}')


def _cycle_of(days: int, anchor: int) -> int:
    year, month, _ = civil(days)
    number = year * 12 + month - 1
    return number if days >= _cycle_start(number, anchor) else number - 1


@lru_cache(maxsize=4096)
def _cycle_start(number: int, anchor: int) -> int:
    year, month = divmod(number, 12)
    first = days_of(year, month + 1, 1)
    following = days_of(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(first + anchor, following) - 1


#: unit -> (number of the window a date lies in, first date of a window), both with the anchor.
_NUMBERED: Final[dict[str, tuple[Callable[[int, int], int], Callable[[int, int], int]]]] = {
    DAYS: (lambda days, anchor: days, lambda number, anchor: number),
    # 1970-01-01 was a Thursday.
    WEEKS: (lambda days, anchor: (days + 3) // 7, lambda number, anchor: number * 7 - 3),
    MONTHS: (_cycle_of, _cycle_start),
    BILLING_CYCLES: (_cycle_of, _cycle_start),
}
