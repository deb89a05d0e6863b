from __future__ import annotations

from calendar import monthrange
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.calendars import Calendar, boundaries, boundary_at_or_before, local_dates, next_boundary, usable_bill_day
from models.moments import (
    DAY,
    HOUR,
    civil,
    date_of,
    days_of,
    format_moment,
    local_to_moment,
    parse_moment,
    zone,
)

UNITS = ["day", "week", "month", "billing cycle"]
ZONES = [
    "America/Havana", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Kathmandu", "Asia/Shanghai",
    "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "UTC",
]  # fmt: skip

zones = st.sampled_from(ZONES).map(zone)
bill_days = st.integers(1, 31)
#: Between 1970 and 2040, often about midnight of some zone, often about the day that Apia skipped.
moments = st.one_of(
    st.integers(0, 2_200_000_000_000),
    st.builds(lambda days, ms: days * DAY + ms, st.integers(0, 25_000), st.integers(-3, 3)),
    st.builds(lambda name, days, ms: local_to_moment(zone(name), days, 0) + ms,
              st.sampled_from(ZONES), st.integers(0, 25_000) | st.integers(15_330, 15_345), st.integers(-1, 1)),
)  # fmt: skip


def begins(unit: str, bill_day: int, days: int) -> bool:
    """Whether a window begins on a date."""
    year, month, day = civil(days)
    match unit:
        case "day":
            return True
        case "week":
            return (days + 3) % 7 == 0
        case "month":
            return day == 1
        case _:
            return day == min(bill_day, monthrange(year, month)[1])


def naive_boundaries(unit: str, name: str, bill_day: int, around: int) -> list[int]:
    """All boundaries near a moment, found by looking at one day after the other."""
    today = date_of(zone(name), around)
    days = [day for day in range(today - 70, today + 70) if begins(unit, bill_day, day)]
    return sorted({local_to_moment(zone(name), day, 0) for day in days})


@settings(max_examples=300)
@given(st.sampled_from(UNITS), st.sampled_from(ZONES), bill_days, moments)
def test_boundaries_are_those_of_a_day_by_day_search(unit: str, name: str, bill_day: int, ms: int) -> None:
    """The next boundary is the first after a moment, the one before the last that is not after it."""
    found = naive_boundaries(unit, name, bill_day, ms)
    assert next_boundary(unit, zone(name), bill_day, ms) == min(mark for mark in found if mark > ms)
    assert boundary_at_or_before(unit, zone(name), bill_day, ms) == max(mark for mark in found if mark <= ms)


@given(st.sampled_from(UNITS), zones, bill_days, st.integers(-(10**14), 10**15))
def test_windows_follow_each_other_without_a_gap(unit: str, where: ZoneInfo, bill_day: int, ms: int) -> None:
    """A boundary is its own boundary; the last one before the next is the one that the moment's window began with."""
    after = next_boundary(unit, where, bill_day, ms)
    before = boundary_at_or_before(unit, where, bill_day, ms)
    assert before is not None
    assert after is not None
    assert before <= ms < after
    assert boundary_at_or_before(unit, where, bill_day, after) == after
    assert boundary_at_or_before(unit, where, bill_day, after - 1) == before
    assert next_boundary(unit, where, bill_day, before) == after


@pytest.mark.parametrize("bill_day", [None, 0, 32, -1])
def test_no_cycle_without_a_bill_day(bill_day: int | None) -> None:
    """Without a usable bill day there are no billing cycles, but days, weeks and months go on."""
    assert usable_bill_day(bill_day) is None
    assert next_boundary("billing cycle", zone("UTC"), bill_day, 0) is None
    assert boundary_at_or_before("billing cycle", zone("UTC"), bill_day, 0) is None
    assert boundaries("billing cycle", [(0, Calendar(zone("UTC"), bill_day))], 1, 5) is None
    assert next_boundary("month", zone("UTC"), bill_day, 0) == 31 * DAY


def test_unknown_unit() -> None:
    """A unit that is no calendar window is refused by naming those that are."""
    with pytest.raises(ValueError, match='"year" is not a calendar window; there are day, week, month, billing cycle'):
        next_boundary("year", zone("UTC"), None, 0)


def test_bill_day_31_is_the_last_day_of_shorter_months() -> None:
    """Each cycle is counted from the anchor day, so that a short month does not shorten those after it."""
    marks, ms = [], parse_moment("2027-12-31T00:00:00Z")
    for _ in range(5):
        found = next_boundary("billing cycle", zone("UTC"), 31, ms)
        assert found is not None
        marks.append(format_moment(found)[:10])
        ms = found
    assert marks == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]


def test_a_day_that_ended_does_not_begin_again() -> None:
    """In Newfoundland clocks once went back from 00:01 to 23:01: the new day had begun, and went on."""
    st_johns = zone("America/St_Johns")
    midnight = parse_moment("2008-11-02T00:00:00-02:30")
    again = parse_moment("2008-11-01T23:30:00-03:30")
    assert midnight < again
    assert date_of(st_johns, again) == days_of(2008, 11, 1)
    for unit in ("day", "week"):
        assert boundary_at_or_before(unit, st_johns, None, again) == (midnight if unit == "day" else midnight - 6 * DAY)
    assert next_boundary("day", st_johns, None, again) == midnight + 25 * HOUR


def test_days_of_23_and_25_hours() -> None:
    """Days on which clocks change are as long as they are."""
    berlin = zone("Europe/Berlin")
    for start, hours in (("2026-03-29T00:00:00+01:00", 23), ("2026-10-25T00:00:00+02:00", 25)):
        ms = parse_moment(start)
        assert next_boundary("day", berlin, None, ms) == ms + hours * HOUR


# ------------------------------------------------ calendars that change

calendars = st.builds(Calendar, zones, st.integers(1, 31))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, Calendar]], int]:
    """Calendars with the moments from which they held, and a moment after the last."""
    began = draw(moments)
    gaps = draw(st.lists(st.integers(0, 50 * DAY), max_size=4))
    changes = [(began, draw(calendars))]
    for gap in gaps:
        changes.append((changes[-1][0] + gap, draw(calendars)))
    return changes, changes[-1][0] + draw(st.integers(0, 90 * DAY))


@settings(max_examples=200)
@given(st.sampled_from(UNITS), histories(), st.integers(0, 4))
def test_each_window_ends_by_the_calendar_it_began_with(
    unit: str, history: tuple[list[tuple[int, Calendar]], int], back: int
) -> None:
    """Every window ends at the first boundary after its start of the calendar in force just before that start."""
    changes, now = history
    marks = boundaries(unit, changes, back, now)
    assert marks is not None
    assert len(marks) == back + 2
    assert marks[-2] <= now < marks[-1]
    for start, end in pairwise(marks):
        in_force = [calendar for moment, calendar in changes if moment < start] or [changes[0][1]]
        assert end == next_boundary(unit, in_force[-1].zone, in_force[-1].bill_day, start)


@given(st.sampled_from(UNITS), calendars, moments, st.integers(-50 * DAY, 50 * DAY), st.integers(0, 3))
def test_an_unchanged_calendar_goes_both_ways(unit: str, calendar: Calendar, began: int, away: int, back: int) -> None:
    """With one calendar the windows are simply its own, before her first event too."""
    now = began + away
    marks = boundaries(unit, [(began, calendar)], back, now)
    start = boundary_at_or_before(unit, calendar.zone, calendar.bill_day, now)
    assert marks is not None
    assert start is not None
    expected = [start, next_boundary(unit, calendar.zone, calendar.bill_day, start)]
    for _ in range(back):
        first = expected[0]
        assert first is not None
        expected.insert(0, boundary_at_or_before(unit, calendar.zone, calendar.bill_day, first - 1))
    assert marks == expected


def written(marks: list[int] | None) -> list[str] | None:
    """Boundaries to the minute, in UTC."""
    return None if marks is None else [format_moment(mark)[:16] for mark in marks]


def test_a_move_lets_the_running_day_end_where_it_would_have() -> None:
    """After a flight from Berlin to New York the day ends at Berlin's midnight, the next at New York's."""
    berlin, new_york = Calendar(zone("Europe/Berlin")), Calendar(zone("America/New_York"))
    changes = [(parse_moment("2026-01-10T08:00:00Z"), berlin), (parse_moment("2026-01-12T12:00:00Z"), new_york)]
    assert written(boundaries("day", changes, 1, parse_moment("2026-01-12T13:00:00Z"))) == [
        "2026-01-10T23:00", "2026-01-11T23:00", "2026-01-12T23:00",
    ]  # fmt: skip
    assert written(boundaries("day", changes, 1, parse_moment("2026-01-13T13:00:00Z"))) == [
        "2026-01-12T23:00", "2026-01-13T05:00", "2026-01-14T05:00",
    ]  # fmt: skip


def test_a_change_at_a_boundary_comes_after_it() -> None:
    """A calendar that begins exactly where a window begins does not yet say where that window ends."""
    shanghai, utc = Calendar(zone("Asia/Shanghai")), Calendar(zone("UTC"))
    midnight = parse_moment("2026-01-12T00:00:00Z")
    changes = [(midnight - 9 * DAY, utc), (midnight, shanghai)]
    assert written(boundaries("day", changes, 0, midnight)) == ["2026-01-12T00:00", "2026-01-13T00:00"]
    assert written(boundaries("day", changes, 0, midnight + DAY)) == ["2026-01-13T00:00", "2026-01-13T16:00"]


def test_the_first_bill_day_acts_at_once() -> None:
    """A bill day that arrives after the first event makes cycles at once, and backwards."""
    utc = zone("UTC")
    changes = [(0, Calendar(utc)), (parse_moment("2026-01-12T00:00:00Z"), Calendar(utc, 5))]
    assert written(boundaries("billing cycle", changes, 2, parse_moment("2026-01-12T00:00:00Z"))) == [
        "2025-11-05T00:00", "2025-12-05T00:00", "2026-01-05T00:00", "2026-02-05T00:00",
    ]  # fmt: skip


def test_a_changed_bill_day_waits_for_the_end_of_the_cycle() -> None:
    """The running cycle ends at its old boundary, the next at the new bill day's first boundary after that."""
    utc = zone("UTC")
    changes = [(0, Calendar(utc, 5)), (parse_moment("2026-01-12T00:00:00Z"), Calendar(utc, 20))]
    assert written(boundaries("billing cycle", changes, 1, parse_moment("2026-02-25T00:00:00Z"))) == [
        "2026-02-05T00:00", "2026-02-20T00:00", "2026-03-20T00:00",
    ]  # fmt: skip


def test_a_removed_bill_day_ends_cycles_and_a_new_one_begins_afresh() -> None:
    """Without a bill day there is no cycle; given again, it acts as if it were the first."""
    utc = zone("UTC")
    changes = [(0, Calendar(utc, 5)), (parse_moment("2026-01-12T00:00:00Z"), Calendar(utc, None))]
    assert boundaries("billing cycle", changes, 1, parse_moment("2026-01-13T00:00:00Z")) is None
    changes.append((parse_moment("2026-01-14T00:00:00Z"), Calendar(utc, 20)))
    assert written(boundaries("billing cycle", changes, 1, parse_moment("2026-01-14T00:00:00Z"))) == [
        "2025-11-20T00:00", "2025-12-20T00:00", "2026-01-20T00:00",
    ]  # fmt: skip


# ------------------------------------------------ dates in a window


@settings(max_examples=200)
@given(st.sampled_from(ZONES), st.sampled_from(ZONES), bill_days, moments)
def test_dates_in_a_cycle_are_counted_one_by_one(name: str, made_in: str, bill_day: int, now: int) -> None:
    """The day of the cycle, and the days in it, are the local dates met when going through it."""
    start = boundary_at_or_before("billing cycle", zone(made_in), bill_day, now)
    end = next_boundary("billing cycle", zone(made_in), bill_day, now)
    assert start is not None
    assert end is not None
    # Where clocks go back over midnight, a date is met again; it is then the earlier one.
    step = HOUR // 2
    met = {date_of(zone(name), moment) for moment in [*range(start, end, step), end - 1]}
    until_now = {date_of(zone(name), moment) for moment in [*range(start, now, step), now]}
    assume(date_of(zone(name), now) == max(until_now))
    assume(date_of(zone(name), end - 1) == max(met))
    assert local_dates(zone(name), start, end, now) == (len(until_now), len(met))


def test_a_skipped_date_is_no_day_of_the_cycle() -> None:
    """Samoa had no 30 December 2011: the 31st was the thirtieth day of a month of thirty."""
    apia = zone("Pacific/Apia")
    start, end = local_to_moment(apia, days_of(2011, 12, 1), 0), local_to_moment(apia, days_of(2012, 1, 1), 0)
    assert local_dates(apia, start, end, end - 1) == (30, 30)
    assert local_dates(apia, start, end, start) == (1, 30)
