from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.moments import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    MINUTE,
    civil,
    date_of,
    days_of,
    format_date,
    format_moment,
    local_parts,
    local_to_moment,
    offset_at,
    parse_date,
    parse_moment,
    zone,
    zone_names,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Zones with clocks that did something unusual, and two that do what most do.
PLACES = [
    "Africa/Casablanca", "Africa/Monrovia", "America/Havana", "America/Juneau", "America/New_York", "America/Sao_Paulo",
    "America/St_Johns", "Antarctica/Troll", "Asia/Gaza", "Asia/Kathmandu", "Asia/Manila", "Asia/Shanghai",
    "Asia/Tehran", "Australia/Lord_Howe", "Europe/Amsterdam", "Europe/Dublin", "Pacific/Apia", "Pacific/Kiritimati",
    "Pacific/Kwajalein", "UTC",
]  # fmt: skip


def stdlib_offset(where: ZoneInfo, ms: int) -> int:
    """The offset in milliseconds as the standard library gives it."""
    local = (EPOCH + timedelta(milliseconds=ms)).astimezone(where)
    offset = local.utcoffset()
    assert offset is not None
    return offset // timedelta(milliseconds=1)


def stored_changes(name: str) -> list[int]:
    """The moments (in seconds) at which the zone's own file says that its clocks change."""
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()

    def counts(at: int) -> tuple[int, ...]:
        return struct.unpack(">6l", data[at + 20 : at + 44])

    ut, std, leaps, times, types, letters = counts(0)
    second = 44 + times * 5 + types * 6 + letters + leaps * 8 + std + ut
    times = counts(second)[3]
    return list(struct.unpack(f">{times}q", data[second + 44 : second + 44 + 8 * times]))


@st.composite
def zones_and_moments(draw: st.DrawFn) -> tuple[ZoneInfo, int]:
    """A zone, and a moment that is often near a change of its clocks."""
    name = draw(st.sampled_from(PLACES) | st.sampled_from(sorted(zone_names())))
    anywhere = st.integers(-6_000_000_000_000, 12_000_000_000_000)
    # Some files begin with a mark long before the first clocks.
    changes = [second * 1000 for second in stored_changes(name) if second > -(2**35)]
    if not changes:
        return zone(name), draw(anywhere)
    near = st.builds(
        lambda change, away: change + away,
        st.sampled_from(changes),
        st.integers(-2 * DAY, 2 * DAY) | st.integers(-2 * HOUR, 2 * HOUR) | st.integers(-2, 2),
    )
    return zone(name), draw(near | near | anywhere)


# ---------------------------------------------------------------- texts


@given(st.integers(EARLIEST, LATEST))
def test_a_moment_survives_being_written(ms: int) -> None:
    """Every moment of the years 1 to 9999 reads back as itself, and is written with milliseconds and Z."""
    text = format_moment(ms)
    assert parse_moment(text) == ms
    assert len(text) == 24
    assert text.endswith("Z")


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - the offset is written below
    st.integers(0, 9),
    st.integers(0, 10**9 - 1),
    st.integers(-14 * 60, 14 * 60),
)
def test_moments_are_rounded_down(local: datetime, decimals: int, fraction: int, offset: int) -> None:
    """However many decimals and whatever the offset, the moment is the exact one rounded down to milliseconds."""
    digits = f"{fraction:09}"[:decimals]
    sign, (hours, minutes) = "+-"[offset < 0], divmod(abs(offset), 60)
    text = f"{local:%Y-%m-%dT%H:%M:%S}".zfill(19) + (f".{digits}" if digits else "") + f"{sign}{hours:02}:{minutes:02}"
    seconds = (local.replace(microsecond=0, tzinfo=UTC) - EPOCH) // timedelta(seconds=1) - offset * 60
    exact = (seconds + (Fraction(int(digits), 10**decimals) if digits else 0)) * 1000
    assert parse_moment(text) == exact.__floor__()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-03-02T10:00:00+08:00", "2026-03-02T02:00:00.000Z"),
        ("2026-03-02T10:00+08", "2026-03-02T02:00:00.000Z"),
        ("2026-03-02 10:00:00.5Z", "2026-03-02T10:00:00.500Z"),
        ("2026-03-02t10:00:00z", "2026-03-02T10:00:00.000Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ("1969-12-31T23:59:59.9990001Z", "1969-12-31T23:59:59.999Z"),
        ("2026-03-02T10:00:00-00:00", "2026-03-02T10:00:00.000Z"),
    ],
)
def test_ways_to_write_a_moment(text: str, written: str) -> None:
    """The forms of ISO 8601 that producers use are all read."""
    assert format_moment(parse_moment(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "2026-03-02", "20260302T100000Z", "2026-W10-1T10:00:00Z", "2026-03-02T10Z", "2026-03-02T24:00:00Z",
        "2026-03-02T23:60:00Z", "2026-02-30T10:00:00Z", "0000-01-01T00:00:00Z", "2026-03-02T10:00:00 Z",
        "2026-03-02T10:00:00Zz", "2026-03-02T10:00:00+25:00", "２０２６-03-02T10:00:00Z",
        "1772413500", "2026-3-2T10:00:00Z", "2026-03-02X10:00:00Z", " 2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    """What is not ISO 8601's extended form with an offset is refused with an example."""
    with pytest.raises(ValueError, match=r"write it with its offset, as in 2026-03-02T10:00:00\+08:00"):
        parse_moment(text)


def test_a_moment_needs_its_offset() -> None:
    """A local time is refused by saying that the offset is missing."""
    with pytest.raises(ValueError, match='"2026-03-02T10:00:00" has no offset from UTC; add it'):
        parse_moment("2026-03-02T10:00:00")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_moments_outside_the_calendar(text: str) -> None:
    """A moment that leaves the years 1 to 9999 once it is in UTC is refused."""
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        parse_moment(text)


def test_moments_beyond_the_last_year_can_be_shown() -> None:
    """A moment that arose from adding a very long duration is written with a sign instead of failing."""
    assert format_moment(LATEST + 1) == "+10000-01-01T00:00:00.000Z"
    assert format_moment(EARLIEST - 1) == "+0000-12-31T23:59:59.999Z"


@given(st.integers(-719_162, 2_932_896))
def test_a_date_survives_being_written(days: int) -> None:
    """Every date of the years 1 to 9999 reads back as itself."""
    assert parse_date(format_date(days)) == days


@given(st.integers(-(10**7), 10**7))
def test_civil_dates_count_on(days: int) -> None:
    """Year, month and day give the date back, and the next date is the next day, month or year, in any century."""
    year, month, day = civil(days)
    assert days_of(year, month, day) == days
    following = {(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)}
    assert civil(days + 1) in following


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "20260302", "2026-W10-1", "2026-3-2", "2026-03-02T10:00:00Z", "0000-01-01"]
)
def test_what_is_no_date(text: str) -> None:
    """Anything but a date of the calendar in the form 2026-03-02 is refused."""
    with pytest.raises(ValueError, match="is not a date of the calendar; write it as 2026-03-02"):
        parse_date(text)


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize(
    "name", ["", "../x", "/etc/localtime", "Asia", "asia/shanghai", "Mars/Olympus", "a\0b", "UTC+8", "x" * 9999]
)
def test_unknown_zones(name: str) -> None:
    """A name that is no zone is refused, whatever it would mean to a file system."""
    with pytest.raises(ValueError, match="is not a time zone; write an IANA name such as Asia/Shanghai"):
        zone(name)


def test_a_zone_is_loaded_once() -> None:
    """The same name gives the same object, which knows its name."""
    assert zone("Asia/Shanghai") is zone("Asia/Shanghai")
    assert zone("Asia/Shanghai").key == "Asia/Shanghai"


@settings(max_examples=300, deadline=None)
@given(zones_and_moments())
def test_offsets_are_those_of_the_zone(case: tuple[ZoneInfo, int]) -> None:
    """At any moment, near changes of the clocks above all, local time is what the standard library says."""
    where, ms = case
    local = (EPOCH + timedelta(milliseconds=ms)).astimezone(where)
    assert offset_at(where, ms) == stdlib_offset(where, ms)
    days, minutes, weekday = local_parts(where, ms)
    assert format_date(days) == f"{local:%Y-%m-%d}"
    assert minutes == local.hour * 60 + local.minute
    assert weekday == local.weekday()
    assert date_of(where, ms) == days


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(zone_names()))
def test_every_change_of_every_zone(name: str) -> None:
    """At every change of clocks that any zone has ever seen, the offset just before and just after is the zone's."""
    where = zone(name)
    for second in stored_changes(name):
        if second > -(2**35):
            for ms in (second * 1000 - 1, second * 1000):
                assert offset_at(where, ms) == stdlib_offset(where, ms)


def shown_as(where: ZoneInfo, days: int, minutes: int) -> int:
    """`local_to_moment` looked for minute by minute: the first moment that shows it, else the first after it."""
    local = days * DAY + minutes * MINUTE
    matching = sorted(
        moment
        for offset in {stdlib_offset(where, local + hours * HOUR) for hours in range(-30, 31)}
        if stdlib_offset(where, moment := local - offset) == offset
    )
    if matching:
        return matching[0]
    moment = local - 30 * HOUR
    for step in (HOUR, MINUTE, 1000):
        while moment + step + stdlib_offset(where, moment + step) < local:
            moment += step
    return moment + 1000


@settings(max_examples=400, deadline=None)
@given(zones_and_moments(), st.integers(-180, 180) | st.integers(-3000, 3000))
def test_local_times_become_moments(case: tuple[ZoneInfo, int], away: int) -> None:
    """A local time is the first moment at which clocks show it; if they skip it, the first moment after the gap."""
    where, ms = case
    days, minutes = divmod((ms + offset_at(where, ms)) // MINUTE + away, 24 * 60)
    assert local_to_moment(where, days, minutes) == shown_as(where, days, minutes)


@pytest.mark.parametrize(
    ("name", "date", "minutes", "moment"),
    [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T03:00:00+02:00"),  # 02:30 is skipped
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T02:30:00+02:00"),  # 02:30 comes twice
        ("America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T01:00:00-02:00"),  # midnight is skipped
        ("America/Havana", "2026-11-01", 0, "2026-11-01T00:00:00-04:00"),  # midnight comes twice
        ("Pacific/Apia", "2011-12-30", 720, "2011-12-31T00:00:00+14:00"),  # the day is skipped
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-04T02:30:00+11:00"),  # half an hour is skipped
        ("Asia/Kathmandu", "2026-01-01", 0, "2026-01-01T00:00:00+05:45"),
        ("Europe/Berlin", "9999-12-31", 1439, "9999-12-31T23:59:00+01:00"),
        ("Europe/Berlin", "0001-01-01", 60, "0001-01-01T00:06:32Z"),  # local mean time, 53 min 28 s ahead
    ],
)
def test_local_times_one_by_one(name: str, date: str, minutes: int, moment: str) -> None:
    """Skipped and repeated local times, those of half-hour zones, and those of the first and last year."""
    assert local_to_moment(zone(name), parse_date(date), minutes) == parse_moment(moment)


@given(st.sampled_from(PLACES), st.integers(2_000, 40_000), st.integers(0, 365), st.integers(0, 1439))
def test_far_years_follow_the_rules_of_near_ones(name: str, year: int, day: int, minutes: int) -> None:
    """Beyond what a date can hold, the rules repeat every 400 years, with their weekdays."""
    where = zone(name)
    near, far = days_of(2100 + year % 400, 1, 1) + day, days_of(2100 + year % 400 + 4000, 1, 1) + day
    shift = (far - near) * DAY
    assert local_to_moment(where, far, minutes) == local_to_moment(where, near, minutes) + shift
    ms = near * DAY + minutes * MINUTE
    assert local_parts(where, ms + shift)[1:] == local_parts(where, ms)[1:]
