"""Workers whose Kafka and Redis are killed, frozen, or not heard, decide what an undisturbed run decides."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.faults.disturbances import (
    DISTURBANCES,
    Trial,
    freeze_worker,
    kill_kafka,
    kill_redis,
    kill_worker,
    lose_replies,
    publish_rules,
)
from tests.faults.system import worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, by_turns, undisturbed, verdicts


def disturb(trial: Trial, *disturbances: Callable[[Trial], None]) -> list[str]:
    """Feed a day to two workers, and disturb them evenly over it; what does not hold in the end."""
    system = trial.system
    day = write_day(system.folder / "day.jsonl", 6_000, 80)
    expected, other = (undisturbed(system, day, shop) for shop in system.shops)
    system.fleet.keep(2)
    system.feed(day, rate=6_000 / 60)
    for number, disturbance in enumerate(disturbances, 1):
        assert system.has_decided(number * len(expected.decisions) // (len(disturbances) + 2)), worker_log_of(system)
        disturbance(trial)
    assert system.until(system.fed)
    system.has_decided(len(expected.decisions))
    return broken(verdicts(system, by_turns(system, expected, other)))


@pytest.mark.timeout(400)
def test_what_happens_most(trial: Trial) -> None:
    """A worker killed, one frozen, Redis killed, its replies lost, Kafka killed, meanwhile the rules change twice: all
    invariants hold, and each decision is by the rules of its time.
    """
    found = disturb(
        trial, publish_rules, kill_worker, lose_replies, kill_redis, publish_rules, freeze_worker, kill_kafka
    )
    assert found == [], worker_log_of(trial.system)
    decisions = [json.loads(one.value) for one in trial.system.decisions.messages]
    assert len({one["rule_version"] for one in decisions if one["rule"] == "order-is-here"}) == 2


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda one: one.__name__)
def test_again_and_again(trial: Trial, disturbance: Callable[[Trial], None]) -> None:
    """The same disturbance three times over: all invariants hold."""
    assert disturb(trial, disturbance, disturbance, disturbance) == [], worker_log_of(trial.system)
