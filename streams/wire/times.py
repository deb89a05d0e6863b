"""ISO times of a stream, read quickly.

A time such as `2026-03-02T10:00:00.250+08:00` is the sum of three parts that come again and again: its hour, what has
passed of the hour, and its tail of decimals and offset. Each is read once by `models.moments`, then looked up.
"""

from __future__ import annotations

import re

from models.moments import DAY, parse_moment
from models.speech import say
from streams.wire.remembered import Remembered

#: What happens lies between these, in milliseconds: calendars are computed centuries around it.
EARLIEST = parse_moment("1900-01-01T00:00:00Z")
LATEST = parse_moment("3000-01-01T00:00:00Z")

#: Where the parts of a time stand.
HOUR, WITHIN_HOUR, TAIL = slice(0, 14), slice(14, 19), slice(19, None)
#: What has passed of an hour at `10:30`, in milliseconds.
WITHIN_HOURS = {
    f"{minute:02}:{second:02}": (minute * 60 + second) * 1_000 for minute in range(60) for second in range(60)
}
_MIDNIGHT = "2000-01-01T00:00:00"
#: A tail with more decimals than are kept: those that are, those that are not, the offset.
_FINE_TAIL = re.compile(r"(\.[0-9]{3})[0-9]+([Zz+-].*)").fullmatch


class TimeReader:
    """Reads ISO 8601 times with offset into milliseconds since 1970, rounded down.

    Whoever is in haste adds up `hours[text[HOUR]] + WITHIN_HOURS[text[WITHIN_HOUR]] + tails[text[TAIL]]` by himself:
    that is the moment of the text, between EARLIEST and LATEST; or a KeyError or ValueError, which says nothing.
    """

    __slots__ = ("hours", "tails")

    def __init__(self) -> None:
        #: The beginning of an hour, as if it were in UTC.
        self.hours = Remembered(_hour)
        #: Decimals less offset.
        self.tails = Remembered(self._tail)

    def read(self, text: str) -> int:
        """The moment of `2026-03-02T10:00:00+08:00`; ValueError as `models.moments.parse_moment`."""
        try:
            moment: int = self.hours[text[HOUR]] + WITHIN_HOURS[text[WITHIN_HOUR]] + self.tails[text[TAIL]]
        except (KeyError, ValueError):
            return parse_moment(text)
        return moment

    def _tail(self, text: str) -> int:
        fine = _FINE_TAIL(text)
        if fine is not None:
            tail: int = self.tails[fine[1] + fine[2]]
            return tail
        return parse_moment(_MIDNIGHT + text) - parse_moment(_MIDNIGHT + "Z")


def _hour(text: str) -> int:
    hour = parse_moment(f"{text}00:00Z")
    # An offset is less than a day.
    if not EARLIEST + DAY <= hour < LATEST - 2 * DAY:
        raise ValueError(say("too near to the edge of what is read"))
    return hour
