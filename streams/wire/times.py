"""ISO times of a stream, read quickly.

Times of a stream share their hours: the millisecond at which an hour begins, with its offset, is read once by
`models.moments` and kept; minutes, seconds and milliseconds are looked up.
"""

from __future__ import annotations

from contextlib import suppress

from models.moments import parse_moment

_MINUTES = {f"{minute:02}:": minute * 60_000 for minute in range(60)}
_SECONDS = {f"{second:02}": second * 1_000 for second in range(60)}
_MILLIS = {f".{milli:03}": milli for milli in range(1_000)}
#: What an offset begins with.
_OFFSETS = frozenset("Zz+-")
#: Hours kept: more than a year of them. Then the memory starts afresh.
_KEPT = 10_000


class TimeReader:
    """Reads ISO 8601 times with offset into milliseconds since 1970, rounded down."""

    __slots__ = ("_hours",)

    def __init__(self) -> None:
        self._hours: dict[str, int] = {}

    def read(self, text: str) -> int:
        """The moment of `2026-03-02T10:00:00+08:00`; ValueError as `models.moments.parse_moment`."""
        try:
            if text[19:20] != ".":
                return self._hours[text[:14] + text[19:]] + _MINUTES[text[14:17]] + _SECONDS[text[17:19]]
            hour = self._hours[text[:14] + text[23:]]
            return hour + _MINUTES[text[14:17]] + _SECONDS[text[17:19]] + _MILLIS[text[19:23]]
        except KeyError:
            return self._read_and_keep(text)

    def _read_and_keep(self, text: str) -> int:
        moment = parse_moment(text)
        tail = text[23:] if text[19:20] == "." else text[19:]
        # Only what has seconds, and none or three decimals, is of the form that `read` takes apart.
        if text[14:17] in _MINUTES and text[17:19] in _SECONDS and tail[:1] in _OFFSETS:
            if len(self._hours) >= _KEPT:
                self._hours.clear()
            with suppress(ValueError):  # an hour that begins before year 1
                self._hours[text[:14] + tail] = parse_moment(text[:14] + "00:00" + tail)
        return moment
