"""Moments counted in days keep the local time, and what clocks skip or repeat is read as the design says."""

from __future__ import annotations

import pytest

from models.types import MOMENT
from rules.interpreter import RuleSet
from rules.typed import Around, Attribute, Moment, Shift
from tests.property.building import DAY, HOUR, VOCABULARY, changed, moment, rule
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped


@pytest.mark.parametrize(
    ("ends", "due"),
    [
        # 02:30:20 in Berlin; two days later clocks go from 02:00 to 03:00.
        ("2026-03-27T02:30:20+01:00", "2026-03-29T03:00:00+02:00"),
        # The second 02:30:20 of the night in which clocks go back; two days later there is one.
        ("2026-10-25T02:30:20+01:00", "2026-10-27T02:30:20+01:00"),
        # A time that will come twice is the first.
        ("2026-10-23T02:30:20+02:00", "2026-10-25T02:30:20+02:00"),
    ],
)
def test_two_days_after_a_moment(ends: str, due: str) -> None:
    """A skipped local time becomes the next that exists, without its seconds; one that exists twice is the first."""
    later = rule("later", Moment(Around(Attribute("ends", MOMENT), Shift(days=2), None)))
    begins = moment(ends) - HOUR
    events = (changed(begins, time_zone="Europe/Berlin", ends=moment(ends)),)
    scenario = Scenario(VOCABULARY, (RuleSet(0, (later,)),), events, begins + 4 * DAY, {})
    rows = stepped(scenario, through_store=False)
    assert [row[3] for row in rows if row[0] == "match"] == [moment(due)]
    assert rows == interpreted(scenario)
