"""Small charts: how often something happened, day by day or week by week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.moments import format_date

_BARS = "▁▂▃▄▅▆▇█"
#: More days than these are shown week by week.
_MOST_DAYS = 62
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Course:
    """A chart in one line, what one bar stands for, and where it is highest."""

    bars: str
    #: Whether a bar is a day; else it is a week.
    by_day: bool
    most: int
    most_on: str


def course(days: Mapping[int, int], first: int, last: int) -> Course:
    """The chart of counts by day (days since 1970), from the first day to the last; days without any are dots."""
    width = 1 if last - first < _MOST_DAYS else _WEEK
    counts = [0] * ((last - first) // width + 1)
    for day, count in days.items():
        counts[(day - first) // width] += count
    most = max(counts)
    bars = "".join("·" if count == 0 else _BARS[(count * len(_BARS) - 1) // most] for count in counts)
    highest = format_date(first + counts.index(most) * width)
    return Course(bars, width == 1, most, highest)
