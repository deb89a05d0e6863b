"""Quiet hours: when they begin and end, by whose clocks, also where clocks are changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.moments import DAY, MINUTE, format_moment, local_parts, offset_at, parse_moment, zone
from models.quiet_hours import QuietSpan, quiet_until, span_of

MINUTES = st.integers(0, 24 * 60 - 1)
HOURS = st.tuples(MINUTES, MINUTES).filter(lambda hours: hours[0] != hours[1])
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])
MOMENTS = st.integers(parse_moment("2024-01-01T00:00:00Z"), parse_moment("2027-01-01T00:00:00Z"))


@given(hours=HOURS, name=ZONES, now=MOMENTS)
def test_it_is_quiet_at_the_minutes_that_her_clocks_show(hours: tuple[int, int], name: str, now: int) -> None:
    """From the first minute to before the last, over midnight or not; where clocks are changed see below."""
    where, (begins, ends) = zone(name), hours
    if len({offset_at(where, now + days * DAY) for days in (-2, -1, 0, 1, 2)}) > 1:
        return
    minute = local_parts(where, now)[1]
    inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    assert (quiet_until(hours, where, now) is not None) == inside


@given(hours=HOURS, name=ZONES, now=MOMENTS)
def test_quiet_hours_end_later_and_within_a_day(hours: tuple[int, int], name: str, now: int) -> None:
    """Whatever clocks do: the end lies ahead, is no longer quiet, and what is between is quiet."""
    where = zone(name)
    until = quiet_until(hours, where, now)
    if until is not None:
        assert now < until <= now + DAY + 3 * 60 * MINUTE
        assert quiet_until(hours, where, until) is None
        assert quiet_until(hours, where, until - 1) == until


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [
        # 02:00 to 03:00 does not exist
        ("2026-03-29T00:30:00Z", (60, 150), "2026-03-29T01:00:00.000Z"),
        ("2026-03-29T01:30:00Z", (150, 240), "2026-03-29T02:00:00.000Z"),
        # 02:00 to 03:00 comes twice: the first 02:30 ends it, and the second hour is not quiet again
        ("2026-10-25T00:15:00Z", (60, 150), "2026-10-25T00:30:00.000Z"),
        ("2026-10-25T01:15:00Z", (60, 150), None),
        ("2026-10-25T01:15:00Z", (150, 200), "2026-10-25T02:20:00.000Z"),
    ],
)
def test_where_clocks_are_changed(now: str, hours: tuple[int, int], until: str | None) -> None:
    """A time that does not exist is the next that does; of one that comes twice it is the first."""
    found = quiet_until(hours, zone("Europe/Berlin"), parse_moment(now))
    assert (None if found is None else format_moment(found)) == until


@given(hours=HOURS, name=ZONES, now=MOMENTS)
def test_on_the_wire_they_say_the_same(hours: tuple[int, int], name: str, now: int) -> None:
    """What stands in a hand-off is quiet when the policy is."""
    assert span_of(hours, zone(name)).includes(now) == (quiet_until(hours, zone(name), now) is not None)


def test_they_are_written_as_people_do() -> None:
    """Hours and minutes, and the zone's name."""
    assert span_of((1200, 545), zone("Asia/Shanghai")) == QuietSpan("20:00", "09:05", "Asia/Shanghai")
