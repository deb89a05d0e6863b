"""A line that old news has made true, and the timers of other rules."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from models.types import TEXT
from rules.interpreter import RuleSet, Taken
from rules.typed import Attribute, Crosses, EveryDay, Moment, Pattern, Rule, Sequence, Step, StepKind
from tests.property.building import (
    DAY,
    HOUR,
    PLAN,
    VOCABULARY,
    compare,
    count,
    event,
    field,
    last,
    line,
    moment,
    rule,
    taken,
)
from tests.property.strategies import Scenario
from tests.property.test_engine import Row, decided, interpreted, stepped


@pytest.mark.parametrize("plan", ["M", "S"])
def test_only_a_match_fires_what_is_armed(plan: str) -> None:
    """A timer fires it where its own situation is a match; else nobody could leave out rules that say no anyway."""
    noon = moment("2026-03-02 12:00")
    daily = rule("daily", Moment(EveryDay(9 * 60)), only_if=(line(compare(Attribute("plan", PLAN), "is", "M")),))
    armed = rule("armed", Crosses(compare(count("paid", last(10 * DAY)), ">=", 1)))
    old = (Taken(replace(event("paid", noon - DAY), arrived=noon), noon, fresh=False),)
    scenario = Scenario(VOCABULARY, (RuleSet(0, (armed, daily)),), old, noon + DAY, {"plan": plan})
    rows = stepped(scenario, through_store=False)
    assert rows == interpreted(scenario)
    assert [row[1] for row in rows if row[0] == "match"] == (["armed", "daily"] if plan == "M" else [])
    assert decided(scenario, listening=False) == decided(scenario, listening=True)


WAITS = Sequence((Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("closed"),), HOUR, 0)))


def armed_and(waiting: Rule) -> list[Row]:
    """The matches of an armed line and of two waits of this rule, for the cases x and y, that end at once."""
    armed = rule("armed", Crosses(compare(count("paid", last(10 * DAY)), ">=", 1)))
    noon = moment("2026-03-02 12:00")
    events = (
        taken("opened", noon, "1", case="x"),
        taken("opened", noon, "2", case="y"),
        Taken(replace(event("paid", noon - DAY), arrived=noon + 1), noon + 1, fresh=False),
    )
    scenario = Scenario(VOCABULARY, (RuleSet(0, (armed, waiting)),), events, noon + DAY, {})
    rows = stepped(scenario, through_store=False)
    assert rows == interpreted(scenario)
    return [row for row in rows if row[0] == "match"]


def test_what_is_armed_fires_with_the_wait_that_was_a_match() -> None:
    """Of two waits that end at once the later is refused, the earlier is a match: that is the trigger."""
    waiting = rule("waiting", WAITS, only_if=(line(compare(field("case", TEXT, 0), "is", "x")),))
    assert {row[1]: row[4][-1] for row in armed_and(waiting)} == {"armed": "1", "waiting": "1"}


def test_of_matches_of_several_values_the_wait_that_began_last_fires_it() -> None:
    """Two waits end at once, of two values of `each`, and both are matches: decided by value, fired by the latest."""
    assert [row[4][-1] for row in armed_and(rule("waiting", WAITS, each="case")) if row[1] == "armed"] == ["2"]
