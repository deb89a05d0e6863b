"""The calendar a customer begins with."""

from __future__ import annotations

from rules.interpreter import RuleSet
from rules.typed import CalendarUnit, CalendarWindow, Crosses
from tests.property.building import HOUR, VOCABULARY, changed, compare, count, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped


def test_zone_of_the_first_event_holds_for_its_day() -> None:
    """A day that begins with her first event is one of the zone this event brings, though a line was judged before."""
    begins = moment("2026-03-02 10:00")
    twice = rule("twice", Crosses(compare(count("paid", CalendarWindow(CalendarUnit.DAY)), ">=", 2)))
    # In Tokyo midnight is at 15:00 UTC: the two payments are of different days.
    events = (
        changed(begins, time_zone="Asia/Tokyo"),
        taken("paid", begins + 4 * HOUR),
        taken("paid", begins + 6 * HOUR),
    )
    scenario = Scenario(VOCABULARY, (RuleSet(0, (twice,)),), events, begins + 7 * HOUR, {})
    assert interpreted(scenario) == []
    assert stepped(scenario, through_store=False) == []
