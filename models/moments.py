"""Points in time, dates, and the local time of a zone.

A *moment* is whole milliseconds since 1970-01-01T00:00:00Z, a *date* whole days since 1970-01-01 (proleptic
Gregorian). Zones are those of the `tzdata` package, not of the machine, so that every machine decides alike.

Asking `zoneinfo` for every event is slow, so the offsets of a zone are kept as *spans* (since, until, offset), found
once for each year; the span last asked for is tried first. Nothing here depends on the clock or place of the machine.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from models.speech import quoted, say
from models.visible import visible

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: The first and last moment that can be written: years 1 to 9999.
EARLIEST = -62_135_596_800_000
LATEST = 253_402_300_799_999

#: ISO 8601's extended form with an offset. What Python reads besides (basic form, weeks, 24:00, stray blanks) differs
#: between its versions.
_EXTENDED: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
).fullmatch

#: Characters of a wrong text that a message repeats.
_SHOWN: Final = 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The same without its zone, which need not be written then.
_EPOCH_UTC = datetime(1970, 1, 1)  # noqa: DTZ001
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MILLISECOND = timedelta(milliseconds=1)
#: Days and years after which the Gregorian calendar, its weekdays included, repeats.
_ERA_DAYS = 146_097
_ERA_YEARS = 400


# ---------------------------------------------------------------- texts


def parse_moment(text: str) -> int:
    """The moment that an ISO 8601 text with offset (or `Z`) names, rounded down to whole milliseconds.

    The extended form: `2026-03-02T10:00:00+08:00`; seconds and their decimals may be left out. Raises ValueError
    for anything else, above all for a time without offset, and for years outside 1 to 9999.
    """
    if _EXTENDED(text) is None:
        raise ValueError(_what_is_wrong_with_moment(text))
    try:
        moment = (datetime.fromisoformat(text.upper()) - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        raise ValueError(_what_is_wrong_with_moment(text)) from None
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(say('"{text}" lies outside the years 1 to 9999 (UTC)', text=visible(text, _SHOWN)))
    return moment


def format_moment(ms: int) -> str:
    """The moment as `2026-03-02T02:00:00.000Z`: UTC, always with milliseconds.

    Years beyond 9999 (they arise from adding long durations) get ISO 8601's signed form, which is not read back.
    """
    try:
        return (_EPOCH_UTC + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds") + "Z"
    except OverflowError:  # beyond EARLIEST and LATEST
        pass
    days, rest = divmod(ms, DAY)
    seconds, millis = divmod(rest, SECOND)
    return f"{format_date(days)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{millis:03}Z"


def parse_date(text: str) -> int:
    """The date that `2026-03-02` names, in days since 1970-01-01; ValueError for any other form."""
    try:
        if len(text) != 10 or text[4] != "-" or text[7] != "-":
            raise ValueError
        return date.fromisoformat(text).toordinal() - _EPOCH_ORDINAL
    except ValueError:
        raise ValueError(
            say('"{text}" is not a date of the calendar; write it as 2026-03-02', text=visible(text, _SHOWN))
        ) from None


def format_date(days: int) -> str:
    """The date as `2026-03-02`; years outside 1 to 9999 in ISO 8601's signed form."""
    year, month, day = civil(days)
    written = f"{year:04}" if 1 <= year <= 9999 else f"{year:+05}"
    return f"{written}-{month:02}-{day:02}"


def civil(days: int) -> tuple[int, int, int]:
    """(year, month, day) of a date, for any year."""
    eras, rest = divmod(days, _ERA_DAYS)
    read = date.fromordinal(_EPOCH_ORDINAL + rest)
    return read.year + _ERA_YEARS * eras, read.month, read.day


def days_of(year: int, month: int, day: int) -> int:
    """The date of (year, month, day), for any year; ValueError if the month has no such day."""
    eras, rest = divmod(year - 1970, _ERA_YEARS)
    return date(1970 + rest, month, day).toordinal() - _EPOCH_ORDINAL + _ERA_DAYS * eras


def _what_is_wrong_with_moment(text: str) -> str:
    shown = quoted(visible(text, _SHOWN))
    try:
        lacks_offset = _EXTENDED(text + "Z") is not None and datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        lacks_offset = False
    if lacks_offset:
        return say("{shown} has no offset from UTC; add it, as in 2026-03-02T10:00:00+08:00, or Z", shown=shown)
    return say(
        "{shown} is not a moment of the calendar; write it with its offset, as in 2026-03-02T10:00:00+08:00",
        shown=shown,
    )


# ---------------------------------------------------------------- zones

Span = tuple[int, int, int]  # since, until, offset: local time = moment + offset within [since, until)

#: How far beyond its year the spans of a year reach: more than any two clocks on earth are apart.
_MARGIN = 4 * DAY
#: No zone has ever changed its offset twice within less than six days, so that probing misses nothing.
_PROBE = 2 * DAY
#: Before this year no zone changes; from the other on, all changes follow rules that repeat with the calendar.
_FIRST_YEAR = 1800
_RULES_ONLY = 2500


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The names of all time zones there are (`Asia/Shanghai`)."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name, always the same object; ValueError for an unknown name."""
    if name not in zone_names():
        raise ValueError(
            say('"{name}" is not a time zone; write an IANA name such as Asia/Shanghai', name=visible(name, _SHOWN))
        )
    return _load(name)


@cache  # as many as there are zones
def _load(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset_at(zone: ZoneInfo, ms: int) -> int:
    """How far local time is ahead of UTC at that moment, in milliseconds."""
    return _clock(zone).span_at(ms)[2]


def local_parts(zone: ZoneInfo, ms: int) -> tuple[int, int, int]:
    """The local (date, minutes after midnight, weekday with Monday 0) at a moment."""
    clock = _clock(zone)
    span = clock.latest
    if not span[0] <= ms < span[1]:
        span = clock.span_at(ms)
    days, rest = divmod(ms + span[2], DAY)
    return days, rest // MINUTE, (days + 3) % 7


def date_of(zone: ZoneInfo, ms: int) -> int:
    """The local date at a moment."""
    clock = _clock(zone)
    span = clock.latest
    if not span[0] <= ms < span[1]:
        span = clock.span_at(ms)
    return (ms + span[2]) // DAY


def local_to_moment(zone: ZoneInfo, days: int, minutes: int) -> int:
    """The moment at which that zone's clocks show `minutes` after midnight on that date.

    A local time that is skipped is the first moment after the gap; one that comes twice is the first of them.
    """
    clock = _clock(zone)
    local = days * DAY + minutes * MINUTE
    since, until, offset = clock.latest
    moment = local - offset
    # So long after the last change of clocks, no earlier moment can have shown the same.
    if since + _MARGIN // 2 <= moment < until:
        return moment
    return clock.first_showing(local)


class _Clock:
    """The offsets of one zone, and the span of them last asked for."""

    __slots__ = ("latest", "zone")

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        # One tuple, replaced as a whole, so that threads never see half of it.
        self.latest: Span = (0, 0, 0)

    def span_at(self, ms: int) -> Span:
        span = self.latest
        if span[0] <= ms < span[1]:
            return span
        sinces, spans = _spans_around(self.zone, ms)
        span = spans[bisect_right(sinces, ms) - 1]
        self.latest = span
        return span

    def first_showing(self, local: int) -> int:
        """The first moment at which the clocks show `local`; if they skip it, the first after it."""
        _, spans = _spans_around(self.zone, local)
        return next(max(since, local - offset) for since, until, offset in spans if local - offset < until)


@cache  # as many as there are zones
def _clock(zone: ZoneInfo) -> _Clock:
    return _Clock(zone)


def _spans_around(zone: ZoneInfo, ms: int) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """The spans of the (UTC) year of `ms` and some days around it, and where each begins."""
    year = civil(ms // DAY)[0]
    if year < _FIRST_YEAR:
        offset = _offset(zone, days_of(_FIRST_YEAR, 1, 1) * DAY)
        since, until = days_of(year, 1, 1) * DAY - _MARGIN, days_of(year + 1, 1, 1) * DAY + _MARGIN
        return (since,), ((since, until, offset),)
    eras = max(0, (year - _RULES_ONLY) // _ERA_YEARS + 1)
    if not eras:
        return _spans_of_year(zone, year)
    shift = eras * _ERA_DAYS * DAY
    spans = tuple(
        (since + shift, until + shift, offset)
        for since, until, offset in _spans_of_year(zone, year - eras * _ERA_YEARS)[1]
    )
    return tuple(span[0] for span in spans), spans


@lru_cache(maxsize=4096)
def _spans_of_year(zone: ZoneInfo, year: int) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    first = days_of(year, 1, 1) * DAY - _MARGIN
    last = days_of(year + 1, 1, 1) * DAY + _MARGIN
    spans: list[Span] = []
    since, offset, known = first, _offset(zone, first), first
    while known < last:
        ahead = min(known + _PROBE, last)
        found = _offset(zone, ahead)
        if found == offset:
            known = ahead
            continue
        change = _first_change(zone, known, ahead, offset)
        spans.append((since, change, offset))
        since, offset, known = change, _offset(zone, change), change
    spans.append((since, last, offset))
    return tuple(span[0] for span in spans), tuple(spans)


def _first_change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The moment (a whole second) in (before, after] from which the offset is no longer `offset`."""
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, ms: int) -> int:
    local = (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)
    return (local.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND - ms
