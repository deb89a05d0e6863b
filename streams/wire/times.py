"""ISO times of a stream, read quickly.

A time such as `2026-03-02T10:00:00.250+08:00` is the sum of two parts that come again and again: what stands before the
point, and what stands after it. A time without a point comes again as a whole. Each is read once, then looked up. Where
seconds seldom come again their hours do, so a second is the sum of its hour, which is read by `models.moments`, and of
what has passed of the hour.
"""

from __future__ import annotations

from models.moments import DAY, MINUTE, parse_moment
from models.speech import say
from streams.wire.remembered import Remembered

#: What happens lies between these, in milliseconds: calendars are computed centuries around it.
EARLIEST = parse_moment("1900-01-01T00:00:00Z")
LATEST = parse_moment("3000-01-01T00:00:00Z")

#: Where the parts of a time stand.
_HOUR, _WITHIN_HOUR, _SECOND, _OFFSET = slice(0, 14), slice(14, 19), slice(0, 19), slice(19, None)
#: What has passed of an hour at `10:30`, in milliseconds.
_WITHIN_HOURS = {
    f"{minute:02}:{second:02}": (minute * 60 + second) * 1_000 for minute in range(60) for second in range(60)
}
_MIDNIGHT = "2000-01-01T00:00:00"
_DIGITS = "0123456789"
#: Decimals that are kept.
_DECIMALS = 3
#: Seconds kept, of nearly three hours; times without a point. Then the memory starts afresh.
_KEPT = 10_000
_OF_MINUTE = [f"{second:02}" for second in range(60)]


class TimeReader:
    """Reads ISO 8601 times with offset into milliseconds since 1970, rounded down.

    Whoever is in haste reads `text` by himself: `second, point, tail = text.partition(".")`, then
    `seconds[second] + tails[tail] if point else whole[text]`. That is the moment of the text, between EARLIEST and
    LATEST; where it is a KeyError, `learn` is to be asked.
    """

    __slots__ = ("_before", "_hours", "_offsets", "_tails", "seconds", "tails", "whole")

    def __init__(self) -> None:
        #: The beginning of an hour, as if it were in UTC; what an offset takes off.
        self._hours, self._offsets, self._tails = Remembered(_hour), Remembered(_offset), Remembered(_tail)
        #: Of times with a point: what stands before it, as if it were in UTC; what stands after it.
        self.seconds: dict[str, int] = {}
        self.tails: dict[str, int] = self._tails.known
        #: Times without a point.
        self.whole: dict[str, int] = {}
        #: The second that was learned last.
        self._before = 0

    def read(self, text: str) -> int:
        """The moment of `2026-03-02T10:00:00+08:00`; ValueError as `models.moments.parse_moment`."""
        try:
            return self.learn(text)
        except (KeyError, ValueError):
            return parse_moment(text)

    def learn(self, text: str) -> int:
        """The moment of a text, between EARLIEST and LATEST; or a KeyError or ValueError, which says nothing."""
        second, point, tail = text.partition(".")
        if not point:
            moment: int = self._second(text[_SECOND]) + self._offsets[text[_OFFSET]]
            if len(self.whole) >= _KEPT:
                self.whole.clear()
            self.whole[text] = moment
            return moment
        offset = tail.lstrip(_DIGITS)
        if len(tail) - len(offset) > _DECIMALS:
            tail = tail[:_DECIMALS] + offset
        at = self.seconds.get(second)
        moment = self._tails[tail]
        return moment + (self._learn_second(second) if at is None else at)

    def _learn_second(self, text: str) -> int:
        if len(text) != len(_MIDNIGHT):
            raise KeyError(text)
        seconds, at = self.seconds, self._second(text)
        if len(seconds) >= _KEPT:
            seconds.clear()
        if at == self._before + 1_000:
            # Where one second follows the other, the others of the minute will come.
            begin = at - at % MINUTE
            seconds.update(zip(map(text[:-2].__add__, _OF_MINUTE), range(begin, begin + MINUTE, 1_000), strict=True))
            at, self._before = seconds[text], begin + MINUTE - 1_000
        else:
            seconds[text] = self._before = at
        return at

    def _second(self, text: str) -> int:
        second: int = self._hours[text[_HOUR]] + _WITHIN_HOURS[text[_WITHIN_HOUR]]
        return second


def _hour(text: str) -> int:
    hour = parse_moment(f"{text}00:00Z")
    # An offset is less than a day.
    if not EARLIEST + DAY <= hour < LATEST - 2 * DAY:
        raise ValueError(say("too near to the edge of what is read"))
    return hour


def _offset(text: str) -> int:
    return parse_moment(_MIDNIGHT + text) - parse_moment(_MIDNIGHT + "Z")


def _tail(text: str) -> int:
    return _offset("." + text)
