"""Where only a few sequences may be open at a time, engine and interpreter let the same ones go."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

import rules.interpreter.situations.sequence
import rules.situations.pairs
import rules.situations.sequences
from tests.property.strategies import Scenario, rules_and_streams, scenario
from tests.property.test_engine import interpreted, stepped


@pytest.fixture(params=[1, 2], autouse=True)
def limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many may be open per rule and customer: at a hundred a random stream hardly ever comes."""
    few: int = request.param
    monkeypatch.setattr(rules.interpreter.situations.sequence, "OPEN", few)
    for module in (rules.situations.pairs, rules.situations.sequences):
        monkeypatch.setattr(module, "OPEN_SEQUENCES", few)
    return few


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_engine_equals_interpreter_where_few_may_be_open(scenario: Scenario) -> None:
    """The oldest goes, and what can no longer be completed does not count."""
    assert stepped(scenario, through_store=False) == interpreted(scenario)


@pytest.mark.parametrize("seed", [1847, 2125, 2_001_963])
def test_a_wait_to_come_can_end_already(seed: int) -> None:
    """An event that is not to happen in a wait to come ends the sequence at once, but not what it makes itself."""
    found = scenario(Random(seed))
    assert stepped(found, through_store=False) == interpreted(found)
