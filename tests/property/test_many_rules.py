"""Large rule sets: many rules that share facts, openings and tables, against the plain interpreter.

An hour of them (`make test-long`; BEFOREHAND_MINUTES sets another length), and a few in every run.
"""

from __future__ import annotations

import os
from random import Random
from time import monotonic

import pytest

from tests.property.strategies import scenario
from tests.property.test_engine import decided, interpreted, stepped

MOST_RULES = 300


def _agree(seed: int, most_rules: int) -> None:
    found = scenario(Random(seed), most_rules)
    assert stepped(found, through_store=False) == interpreted(found), f"scenario {seed} of up to {most_rules} rules"
    plain = decided(found, generated=False)
    assert decided(found) == plain, f"scenario {seed}: generated functions"
    assert decided(found, listening=True) == plain, f"scenario {seed}: the whole rule set"


@pytest.mark.parametrize("seed", range(3))
def test_many_rules_agree(seed: int) -> None:
    """Of up to 60 rules at once the interpreter, the plain steps and the generated functions say the same."""
    _agree(seed, 60)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_an_hour_of_many_rules() -> None:
    """The same of random rule sets of up to 300 rules, for an hour, never the same twice."""
    end = monotonic() + 60 * float(os.environ.get("BEFOREHAND_MINUTES", "60"))
    seed = Random().randrange(2**40)
    while monotonic() < end:
        _agree(seed, MOST_RULES)
        seed += 1
