"""Mistyped years: a few lines far behind all others in time are not believed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from models.moments import DAY

#: A gap in the arrivals of a file that is longer than this, in milliseconds, is looked at.
LONGEST_GAP = 35 * DAY
#: What follows such a gap is believed if it is at least one line in so many.
BELIEVED_SHARE = 100

#: The first and the last arrival of a day (ms), and how many lines arrive on it.
Day = tuple[int, int, int]


class Days:
    """How many lines arrive on each day, with the first and last arrival of each: enough to find every long gap.

    Memory grows with the days, not with the lines.
    """

    __slots__ = ("_days",)

    def __init__(self) -> None:
        self._days: dict[int, list[int]] = {}

    def add(self, arrived: int) -> None:
        """One more line."""
        day = self._days.get(arrived // DAY)
        if day is None:
            self._days[arrived // DAY] = [arrived, arrived, 1]
            return
        if arrived > day[1]:
            day[1] = arrived
        elif arrived < day[0]:
            day[0] = arrived
        day[2] += 1

    def add_all(self, ascending: list[int]) -> None:
        """More lines, in the order in which they arrive."""
        begin = 0
        while begin < len(ascending):
            first = ascending[begin]
            end = bisect_left(ascending, (first // DAY + 1) * DAY, begin)
            self.add(first)
            self.add(ascending[end - 1])
            self._days[first // DAY][2] += end - begin - 2
            begin = end

    def each(self) -> list[Day]:
        """All days."""
        return [(first, last, count) for first, last, count in self._days.values()]

    def join(self, days: Iterable[Day]) -> None:
        """Lines that somebody else has counted arrive, too."""
        for first, last, count in days:
            self.add(first)
            self.add(last)
            self._days[first // DAY][2] += count - 2

    def first_disbelieved(self, floor: int | None, lines: int) -> int | None:
        """The arrival from which on nothing is believed, or None.

        `floor` is the last arrival before these lines, below which none arrives; `lines` all lines of the file.
        """
        days = [self._days[day] for day in sorted(self._days)]
        left = sum(count for _, _, count in days)
        before = floor
        for first, last, count in days:
            if before is not None and first - before > LONGEST_GAP and left * BELIEVED_SHARE < lines:
                return first
            before = last if before is None else max(before, last)
            left -= count
        return None

    def last_below(self, end: int | None) -> int | None:
        """The last arrival before `end`, where `end` begins a gap."""
        lasts = [last for _, last, _ in self._days.values() if end is None or last < end]
        return max(lasts, default=None)
