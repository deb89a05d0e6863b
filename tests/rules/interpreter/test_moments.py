from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.types import DATE, MOMENT, Value
from rules.interpreter import RuleSet, Taken, TimerTrigger
from rules.typed import (
    Around,
    Attribute,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    FieldOf,
    Moment,
    Pattern,
    Rule,
    Shift,
)
from tests.property.building import DAY, HOUR, MINUTE, changed, fired, matches, moment, rule, taken

NINE = 9 * 60
BORN, ENDS = Attribute("born", DATE), Attribute("ends", MOMENT)
EXPIRES, ON_DAY = FieldOf("expires", MOMENT, 0), FieldOf("day", DATE, 0)
BERLIN, SHANGHAI = {"time zone": "Europe/Berlin"}, {"time zone": "Asia/Shanghai"}


def on(when: EveryDay | EveryWeek | EveryCycle | EveryYear | Around, **parts: object) -> Rule:
    """A rule on a moment."""
    return rule("moment", Moment(when), **parts)


def dues(rule_: Rule, start: str, until: str, before: Mapping[str, Value] | None = None) -> list[int]:
    """When it fires for a customer whose only event is at `start`."""
    return fired(rule_, [taken("opened", moment(start))], moment(until), before)


def moments(*texts: str) -> list[int]:
    """The moments of texts."""
    return [moment(text) for text in texts]


def test_every_day_in_her_zone() -> None:
    """Nine in Shanghai is one in UTC; the timer has no opening event."""
    found = matches(
        on(EveryDay(NINE)), [taken("opened", moment("2026-03-02 00:00"))], moment("2026-03-03 01:00"), SHANGHAI
    )
    assert [match.trigger for match in found] == [
        TimerTrigger("moment", due) for due in moments("2026-03-02 01:00", "2026-03-03 01:00")
    ]


def test_moments_begin_with_the_record() -> None:
    """What is due just when her first event is taken is not after it."""
    assert dues(on(EveryDay(NINE)), "2026-03-02 09:00", "2026-03-03 09:00") == moments("2026-03-03 09:00")


def test_clocks_that_change() -> None:
    """A local time that is skipped becomes the next there is; one that comes twice is the first."""
    half_past_two = on(EveryDay(150))
    # On 29 March Berlin goes from 02:00 (01:00 UTC) to 03:00; on 25 October 02:30 is 00:30 and 01:30 UTC.
    assert dues(half_past_two, "2026-03-28 12:00", "2026-03-29 12:00", BERLIN) == moments("2026-03-29 01:00")
    assert dues(half_past_two, "2026-10-24 12:00", "2026-10-25 12:00", BERLIN) == moments("2026-10-25 00:30")


def test_every_week() -> None:
    """Mondays at nine: the 2nd and the 9th of March 2026."""
    found = dues(on(EveryWeek(0, NINE)), "2026-03-01 00:00", "2026-03-12 00:00")
    assert found == moments("2026-03-02 09:00", "2026-03-09 09:00")


def test_a_day_of_the_cycle() -> None:
    """Day 1 is the first of the cycle; a cycle that is too short has no such day; without a bill day there is none."""
    first, late = on(EveryCycle(1, NINE)), on(EveryCycle(30, NINE))
    of_ten = {"bill day": 10}
    assert dues(first, "2026-02-01 00:00", "2026-03-15 00:00", of_ten) == moments(
        "2026-02-10 09:00", "2026-03-10 09:00"
    )
    # The cycle from 10 February has 28 days, the one from 10 March 31: its 30th is 8 April.
    assert dues(late, "2026-02-10 12:00", "2026-04-30 00:00", of_ten) == moments("2026-04-08 09:00")
    assert dues(first, "2026-02-01 00:00", "2026-03-15 00:00") == []


def test_every_year() -> None:
    """Her birthday at nine; 29 February is the 28th in other years."""
    born = moment("2000-02-29 00:00") // DAY
    found = dues(on(EveryYear(BORN, NINE)), "2027-01-01 00:00", "2028-12-31 00:00", {"born": born})
    assert found == moments("2027-02-28 09:00", "2028-02-29 09:00")


def test_every_year_begins_with_the_day_itself() -> None:
    """A day that is still to come has no anniversaries before."""
    ends = moment("2027-05-01 10:00")
    found = dues(on(EveryYear(ENDS, NINE)), "2026-01-01 00:00", "2028-12-31 00:00", {"ends": ends})
    assert found == moments("2027-05-01 09:00", "2028-05-01 09:00")


@pytest.mark.parametrize(
    ("shift", "at", "due"),
    [
        # Berlin's clocks go forward on the 29th: 13:15 there is 11:15 UTC that day, and 12:15 three days before.
        (Shift(days=-3), None, "2026-03-26 12:15"),
        (Shift(days=-3), NINE, "2026-03-26 08:00"),
        (Shift(days=1), None, "2026-03-30 11:15"),
        (Shift(millis=-3 * 24 * HOUR), None, "2026-03-26 11:15"),
        (Shift(millis=90 * MINUTE), None, "2026-03-29 12:45"),
    ],
)
def test_around_a_moment(shift: Shift, at: int | None, due: str) -> None:
    """Days keep the local time of the moment, or take another; hours and minutes are exact."""
    ends = moment("2026-03-29 11:15")
    around = on(Around(ENDS, shift, at))
    assert dues(around, "2026-03-20 00:00", "2026-04-10 00:00", {**BERLIN, "ends": ends}) == moments(due)


def test_seconds_are_kept() -> None:
    """A shift in days keeps seconds and milliseconds too; a time that clocks skip loses them."""
    ends = moment("2026-03-28 01:30") + 12_345
    assert dues(on(Around(ENDS, Shift(days=-1), None)), "2026-03-20 00:00", "2026-04-10 00:00", {"ends": ends}) == [
        ends - DAY
    ]
    # 02:30:12.345 in Berlin does not exist on the 29th.
    found = dues(
        on(Around(ENDS, Shift(days=1), None)), "2026-03-20 00:00", "2026-04-10 00:00", {**BERLIN, "ends": ends}
    )
    assert found == moments("2026-03-29 01:00")


def test_around_a_date() -> None:
    """A date needs a time of day, in her zone."""
    born = moment("2026-03-10 00:00") // DAY
    found = dues(
        on(Around(BORN, Shift(days=-3), NINE)), "2026-03-01 00:00", "2026-04-01 00:00", {**SHANGHAI, "born": born}
    )
    assert found == moments("2026-03-07 01:00")


def test_an_attribute_that_changes_is_looked_at_again() -> None:
    """The moment follows the attribute; what is already past then does not fire."""
    hour_before = on(Around(ENDS, Shift(millis=-HOUR), None))
    events = [changed(0, ends=10 * HOUR), changed(HOUR, ends=5 * HOUR), changed(2 * HOUR, ends=2 * HOUR + 1)]
    assert fired(hour_before, events[:1], DAY) == [9 * HOUR]
    assert fired(hour_before, events[:2], DAY) == [4 * HOUR]
    assert fired(hour_before, events, DAY) == []
    assert fired(hour_before, [*events, changed(3 * HOUR, ends=20 * HOUR)], DAY) == [19 * HOUR]


def test_moments_change_at_once_with_the_zone() -> None:
    """What the new zone has passed today does not fire again today; what it has still to come does."""
    nine = on(EveryDay(NINE))
    start = taken("opened", moment("2026-03-02 00:00"))
    # 09:00 UTC has fired; she moves to New York, where 09:00 (14:00 UTC) is still to come.
    west = changed(moment("2026-03-02 10:00"), time_zone="America/New_York")
    assert fired(nine, [start, west], moment("2026-03-02 20:00")) == moments("2026-03-02 09:00", "2026-03-02 14:00")
    # At 08:00 UTC she moves to Shanghai, where 09:00 has passed.
    east = changed(moment("2026-03-02 08:00"), time_zone="Asia/Shanghai")
    assert fired(nine, [start, east], moment("2026-03-03 02:00")) == moments("2026-03-03 01:00")


def test_moments_of_events() -> None:
    """Each event that fits has a timer of its own, bound to it; old news too; not when it is past."""
    before = on(Around(EXPIRES, Shift(millis=-HOUR), None, (Pattern("paid"),)))
    events = [
        taken("paid", 0, "a", expires=3 * HOUR),
        taken("paid", 1, "b", expires=5 * HOUR, fresh=False),
        taken("paid", 2, "c", expires=HOUR),
        taken("paid", 3, "d"),
    ]
    found = matches(before, events, DAY)
    assert [match.trigger for match in found] == [
        TimerTrigger("moment", 2 * HOUR, "file", "a"),
        TimerTrigger("moment", 4 * HOUR, "file", "b"),
    ]
    assert [event.id for match in found for event in match.bound if event is not None] == ["a", "b"]


@pytest.mark.parametrize(
    ("again", "due"),
    [
        # Told again as it was; moved; told again without the field, or too late; an older telling that comes later.
        (taken("paid", 2 * HOUR, "a", time=0, fresh=False, expires=5 * HOUR), [4 * HOUR]),
        (taken("paid", 2 * HOUR, "a", expires=9 * HOUR), [8 * HOUR]),
        (taken("paid", 2 * HOUR, "a"), []),
        (taken("paid", 2 * HOUR, "a", expires=3 * HOUR), []),
        (taken("paid", 2 * HOUR, "a", time=-1, fresh=False, expires=9 * HOUR), [4 * HOUR]),
        # Another event, though of the same moment.
        (taken("paid", 2 * HOUR, "b", expires=5 * HOUR), [4 * HOUR, 4 * HOUR]),
    ],
)
def test_an_event_told_again_renews_its_moment(again: Taken, due: list[int]) -> None:
    """Of the tellings of one event the one with the latest time sets the timer, so that its decision comes once."""
    before = on(Around(EXPIRES, Shift(millis=-HOUR), None, (Pattern("paid"),)))
    assert fired(before, [taken("paid", 0, "a", expires=5 * HOUR), again], DAY) == due


def test_each_of_a_moment_is_the_events() -> None:
    """A moment on `EVENT.FIELD` is kept apart by the value of its event."""
    before = on(Around(EXPIRES, Shift(millis=-HOUR), None, (Pattern("paid"),)), each="product")
    found = matches(before, [taken("paid", 0, "a", expires=3 * HOUR, product="tea")], DAY)
    assert [match.each for match in found] == ["tea"]


def test_every_year_of_an_event() -> None:
    """Each event has its anniversaries."""
    yearly = on(EveryYear(ON_DAY, NINE, (Pattern("paid"),)))
    events = [taken("paid", moment("2026-03-02 12:00"), day=moment("2026-03-02 00:00") // DAY)]
    assert fired(yearly, events, moment("2028-03-02 09:00")) == moments("2027-03-02 09:00", "2028-03-02 09:00")


def test_a_new_rule_has_the_moments_from_its_beginning() -> None:
    """What is due just when the rule set begins is decided by it."""
    nine = moment("2026-03-03 09:00")
    sets = (RuleSet(0, ()), RuleSet(nine, (on(EveryDay(NINE)),)))
    assert fired(sets, [taken("opened", nine - DAY)], nine + DAY) == [nine, nine + DAY]
