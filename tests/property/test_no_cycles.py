"""What the garbage collector need not be asked for: see `beforehand.survivors`."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from random import Random

import pytest

from rules.plan import plan
from rules.program import program
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.strategies import scenario


@pytest.fixture(autouse=True)
def _uncollected() -> Iterator[None]:
    """What only the collector finds is shown, not freed."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize("seed", range(20))
def test_a_record_that_is_let_go_is_freed_at_once(seed: int) -> None:
    """Neither records of random rules nor what is made on the way to them holds a cycle."""
    found = scenario(Random(seed), 20)
    made = program(plan(found.rule_sets[0].rules, found.vocabulary, {}))
    engine = Engine(made, Judge(made, Decider(found.vocabulary, made.compiler, Terms())))
    record = engine.new_record("c")
    engine.set_calendar(record)
    gc.collect()
    gc.garbage.clear()
    for taken in found.taken:
        engine.take(record, taken.event, taken.taken)
    list(engine.run_timers(record, found.until))
    del record
    gc.collect()
    ours = [one for one in gc.garbage if type(one).__module__.startswith(("rules.", "streams.", "models."))]
    assert ours == []
