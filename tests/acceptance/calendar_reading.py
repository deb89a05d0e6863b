"""A second, naive reading of local time: which windows a customer's calendar has had, and when moments come."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def local(instant: int, zone: str) -> datetime:
    """The clock on the wall."""
    return (EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


@lru_cache(maxsize=100_000)
def instant_of(day: date, clock: time, zone: str) -> int:
    """When a clock shows this: the first time if twice, the next time that exists if never."""
    wanted = datetime.combine(day, clock)
    candidates = [milliseconds(wanted.replace(tzinfo=ZoneInfo(zone), fold=fold)) for fold in (0, 1)]
    exact = [each for each in candidates if local(each, zone).replace(tzinfo=None) == wanted]
    if exact:
        return min(exact)
    # It does not exist: the gap's end is where the offset changes, between the two readings.
    low, high = min(candidates) - MINUTE, max(candidates) + MINUTE
    before = local(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if local(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def clipped(year: int, month: int, day: int) -> date:
    """The day of the month, or its last one."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def months_on(day: date, count: int) -> tuple[int, int]:
    """Year and month, some months later."""
    months = day.year * 12 + day.month - 1 + count
    return months // 12, months % 12 + 1


def begins(unit: str, day: date, bill_day: int | None) -> date:
    """The first day of the day, week, month or cycle a local day lies in."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    anchor = 1 if unit == "month" else bill_day
    assert anchor is not None
    this = clipped(day.year, day.month, anchor)
    return this if this <= day else clipped(*months_on(day, -1), anchor)


def following(unit: str, first: date, bill_day: int | None) -> date:
    """The first day of the window after."""
    if unit == "day":
        return first + timedelta(days=1)
    if unit == "week":
        return first + timedelta(days=7)
    anchor = 1 if unit == "month" else bill_day
    assert anchor is not None
    return clipped(*months_on(first.replace(day=1), 1), anchor)


class Windows:
    """The boundaries of one calendar unit of one customer, as they were; a change of calendar acts at the next one."""

    def __init__(self, unit: str, now: int, zone: str, bill_day: int | None) -> None:
        """Begin with the window that runs now, and some before it."""
        self.unit = unit
        first = begins(unit, local(now, zone).date(), bill_day)
        midnight = time()
        days = [first]
        for _ in range(200 if unit == "day" else 40):
            days.append(begins(unit, days[-1] - timedelta(days=1), bill_day))
        self.boundaries = [instant_of(day, midnight, zone) for day in reversed(days)]
        self.boundaries.append(instant_of(following(unit, first, bill_day), midnight, zone))

    def end(self) -> int:
        """When the running window ends."""
        return self.boundaries[-1]

    def pass_on(self, zone: str, bill_day: int | None) -> None:
        """The running window is over: the next ends at the calendar's first boundary after it."""
        day = begins(self.unit, local(self.end(), zone).date() - timedelta(days=1), bill_day)
        while instant_of(day, time(), zone) <= self.end():
            day = following(self.unit, day, bill_day)
        self.boundaries.append(instant_of(day, time(), zone))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """From the beginning of one window to the end of another, counted back from the running one (0)."""
        return self.boundaries[-2 - first], self.boundaries[-1 - last]

    def start_of(self, instant: int) -> int:
        """The beginning of the window that something lies in."""
        return max(each for each in self.boundaries if each <= instant)
