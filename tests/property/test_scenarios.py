"""The random scenarios are worth their while: every kind of thing happens in them, and often."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from rules.interpreter import BlockDue, BlockSuperseded, EventTrigger, Happening, Match, interpret
from tests.property.strategies import Scenario, rules_and_streams, scenario

EXAMPLES = 250
#: What must be seen in at least one scenario of so many.
ONE_IN = {
    "Match": 4,
    "BlockDue": 4,
    "Refused": 10,
    "WouldHaveFired": 20,
    "BlockSuperseded": 80,
    "BlockHeld": 20,
    "released": 40,
    "without offers": 125,
    "refused by cap": 40,
    "event": 4,
    "line": 50,
    "absence": 40,
    "stay": 125,
    "moment": 50,
    "Happens": 20,
    "Crosses": 20,
    "Visits": 40,
    "Sequence": 20,
    "Moment": 50,
}


def happenings(of: Scenario) -> list[Happening]:
    """What comes of a scenario when every action is sent."""
    return interpret(of.rule_sets, of.vocabulary, of.taken, of.until, of.attributes_before, quiet_hours=of.quiet_hours)


def names(of: Scenario) -> set[str]:
    """The kinds of happening, trigger and matched situation in a scenario."""
    found = happenings(of)
    kinds = {(rule.id): type(rule.situation).__name__ for rules in of.rule_sets for rule in rules.rules}
    seen = {type(happening).__name__ for happening in found}
    for match in found:
        if isinstance(match, Match):
            seen.add("event" if isinstance(match.trigger, EventTrigger) else match.trigger.kind)
            seen.add("refused by cap" if match.refused_by_cap else kinds[match.rule_id])
        if isinstance(match, BlockDue):
            seen |= {
                name for name, so in (("released", match.released), ("without offers", match.without_offers)) if so
            }
    return seen


@pytest.fixture(scope="module")
def tally() -> Counter[str]:
    """In how many scenarios each is seen."""
    counted: Counter[str] = Counter()
    for seed in range(EXAMPLES):
        counted.update(names(scenario(Random(seed))))
    return counted


@pytest.mark.parametrize("name", ONE_IN)
def test_everything_happens_often(tally: Counter[str], name: str) -> None:
    """Each kind of happening, trigger and situation is seen in a fair share of the scenarios."""
    assert tally[name] >= EXAMPLES // ONE_IN[name]


@given(rules_and_streams())
def test_the_same_scenario_reads_the_same(found: Scenario) -> None:
    """Interpretation depends on nothing but the scenario."""
    assert happenings(found) == happenings(found)


@given(rules_and_streams())
def test_time_that_has_not_come_changes_nothing(found: Scenario) -> None:
    """What has happened by a moment is what happens when the stream and the clock stop there."""
    cut = found.taken[len(found.taken) // 2].taken
    until_then = [taken for taken in found.taken if taken.taken <= cut]
    earlier = happenings(replace(found, taken=tuple(until_then), until=cut))
    assert happenings(found)[: len(earlier)] == earlier


@given(rules_and_streams())
def test_every_block_belongs_to_a_match_that_came_before(found: Scenario) -> None:
    """A block has its turn, is released, or ends, each at most once, and never before its match."""
    seen: list[Match] = []
    turns: Counter[tuple[int, int, bool]] = Counter()
    for happening in happenings(found):
        if isinstance(happening, Match):
            seen.append(happening)
        elif isinstance(happening, BlockDue | BlockSuperseded):
            assert happening.match in seen
            assert happening.at >= happening.match.at
            number = next(index for index, match in enumerate(seen) if match is happening.match)
            released = isinstance(happening, BlockDue) and happening.released
            turns[number, happening.block, released] += 1
    assert set(turns.values()) <= {1}


@given(rules_and_streams())
def test_no_timer_makes_a_match_twice(found: Scenario) -> None:
    """What a decision's id is made of comes once where a timer completed the situation, whatever was told again."""
    matches = [happening for happening in happenings(found) if isinstance(happening, Match)]
    timed = Counter((it.rule_id, it.each, it.trigger) for it in matches if not isinstance(it.trigger, EventTrigger))
    assert set(timed.values()) <= {1}
