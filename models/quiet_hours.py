"""Quiet hours: a span of the day, by a customer's clocks, in which she gets no message of a purpose."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from models.moments import date_of, local_to_moment, zone

#: From and until, in minutes after midnight, 0 to 1439; until is the first minute that is not quiet, maybe of the next
#: day.
Hours = tuple[int, int]

DAY_MINUTES = 24 * 60


def quiet_until(hours: Hours, where: ZoneInfo, now: int) -> int | None:
    """When it is no longer quiet (ms), by the clocks of `where`; None if it is not quiet at `now` (ms).

    A local time that the clocks skip is the next that they show, one that comes twice is the first.
    """
    begins, ends = hours
    today = date_of(where, now)
    for day in (today - 1, today):
        last = local_to_moment(where, day if ends > begins else day + 1, ends)
        if local_to_moment(where, day, begins) <= now < last:
            return last
    return None


class QuietSpan(Struct, frozen=True, rename={"begins": "from", "ends": "until"}):
    """The same on the wire: `20:00` and `09:00` by the clocks of a time zone."""

    begins: str
    ends: str
    time_zone: str

    def includes(self, now: int) -> bool:
        """Whether it is quiet at a moment (ms). Raises ValueError if it is not written as it should be."""
        return quiet_until((_minutes(self.begins), _minutes(self.ends)), zone(self.time_zone), now) is not None


def span_of(hours: Hours, where: ZoneInfo) -> QuietSpan:
    """As it stands on the wire."""
    return QuietSpan(_written(hours[0]), _written(hours[1]), where.key)


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return (int(hours) * 60 + int(minutes)) % DAY_MINUTES
