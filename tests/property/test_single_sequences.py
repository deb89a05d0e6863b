"""One sequence alone: a type of event that only goes on with it is stepped by a function that knows little else."""

from __future__ import annotations

from random import Random

import pytest

from rules.interpreter import RuleSet
from rules.typed import Pattern, Sequence, Step
from rules.typed import StepKind as Kind
from tests.property.building import HOUR, MINUTE, rule
from tests.property.building import taken as taken_of
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped
from tests.property.worlds import world

START = 1_772_409_600_000


@pytest.mark.parametrize("then", [1, 2])
def test_sequence_alone(then: int) -> None:
    """An event that only goes on with the one sequence there is completes it, of two steps and of three."""
    steps = (Step(Kind.FIRST, (Pattern("used"),)), *[Step(Kind.THEN, (Pattern("closed"),), HOUR)] * then)
    steps = tuple(Step(step.kind, step.patterns, step.duration, max(0, at - 1)) for at, step in enumerate(steps))
    events = [
        taken_of("used", START, "e0", amount=1, seconds=1_000),
        *(taken_of("closed", START + at * MINUTE, f"e{at}", case="k1") for at in range(1, then + 1)),
    ]
    rules = RuleSet(0, (rule("alone", Sequence(steps)),))
    scenario = Scenario(world(Random(1)).vocabulary, (rules,), tuple(events), START + HOUR, {})
    found = stepped(scenario, through_store=False)
    assert found == interpreted(scenario)
    assert any(row[0] == "match" for row in found)
