"""Large rule sets: many rules that share facts, openings and tables, against the plain interpreter.

An hour of them (`make test-long`; BEFOREHAND_MINUTES sets another length), and a few in every run.
"""

from __future__ import annotations

import os
from random import Random
from time import monotonic
from typing import Any

import pytest

from models.types import DATA, WHOLE
from rules.interpreter import RuleSet
from rules.typed import Comparator, Compare, Constant, Crosses, Ever, Pattern
from tests.property.building import HOUR, MINUTE, compare, count, field, last, rule, taken
from tests.property.strategies import Scenario, scenario
from tests.property.test_engine import decided, interpreted, stepped
from tests.property.worlds import world

MOST_RULES = 300


def _agree(seed: int, most_rules: int) -> None:
    found = scenario(Random(seed), most_rules)
    assert stepped(found, through_store=False) == interpreted(found), f"scenario {seed} of up to {most_rules} rules"
    plain = decided(found, generated=False)
    assert decided(found) == plain, f"scenario {seed}: generated functions"
    assert decided(found, puts_off=False) == plain, f"scenario {seed}: generated functions that count at once"
    assert decided(found, listening=True) == plain, f"scenario {seed}: the whole rule set"


@pytest.mark.parametrize("seed", range(3))
def test_many_rules_agree(seed: int) -> None:
    """Of up to 60 rules at once the interpreter, the plain steps and the generated functions say the same."""
    _agree(seed, 60)


@pytest.mark.parametrize("seed", range(2))
def test_many_facts_that_share_nothing_agree(seed: int) -> None:
    """Where every fact has a condition of its own, some a window or line of another kind, all three say the same."""
    dice = Random(seed)
    rules = []
    for number in range(60):
        more = compare(field("amount", DATA), ">", number)
        pattern = Pattern("used", more)
        fact = count(pattern, last(HOUR)) if number % 3 else count(pattern, Ever())
        limit = count("used", last(HOUR)) if number % 10 == 1 else Constant(dice.randint(2, 5), WHOLE)
        rules.append(rule(f"r{number:02}", Crosses(Compare(Comparator.AT_LEAST, fact, limit))))
    at, events = 1_772_409_600_000, []
    for number in range(20):
        at += dice.choice((1, 5, 20)) * MINUTE
        data: dict[str, Any] = {"amount": dice.randrange(100), "seconds": 1_000}
        events.append(taken("used", at, f"e{number}", **data))
    found = Scenario(world(dice).vocabulary, (RuleSet(0, tuple(rules)),), tuple(events), at + HOUR, {})
    assert stepped(found, through_store=False) == interpreted(found)
    assert decided(found) == decided(found, generated=False)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_an_hour_of_many_rules() -> None:
    """The same of random rule sets of up to 300 rules, for an hour, never the same twice."""
    end = monotonic() + 60 * float(os.environ.get("BEFOREHAND_MINUTES", "60"))
    seed = Random().randrange(2**40)
    while monotonic() < end:
        _agree(seed, MOST_RULES)
        seed += 1
