from __future__ import annotations

import pytest
from msgspec.structs import replace

from benchmarks.measure import NaiveSteps
from benchmarks.naive_loop import NaiveLoop
from benchmarks.pipeline import Reading, engine_steps, run, taken_at_their_time
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.workload import vocabulary, workload
from models.moments import parse_moment

#: Enough for entries to leave windows of ten minutes and for waits to end, and little enough for a test.
EVENTS, CUSTOMERS = 8_000, 100


@pytest.mark.parametrize(("rules", "shared"), [(10, True), (60, True), (60, False)])
def test_the_naive_loop_and_the_engine_decide_the_same(rules: int, shared: bool) -> None:
    """On the benchmark's own rules and events both make the same decisions at the same moments."""
    company = vocabulary(place_count(rules))
    # Without what keeps them to one plan in one region, so that a small stream has many decisions.
    written = [replace(rule, only_if=rule.only_if[2:]) for rule in rule_mix(rules, shared=shared)]
    load = workload(company, EVENTS, CUSTOMERS)
    known = taken_at_their_time(load.known)
    engine, naive = engine_steps(written, company), NaiveSteps(NaiveLoop(written, company), [])
    for steps in (engine, naive):
        steps.step(known, known[-1][0])
        run(Reading(company), steps, load.lines)
    decided = [(parse_moment(one.time), one.customer, one.rule, one.outcome.value) for one in engine.decisions]
    assert sorted(decided) == sorted(naive.firings)
    assert len({rule for _, _, rule, _ in decided}) > rules // 6
