"""Workers that are killed, frozen and moved about decide what an undisturbed run decides."""

from __future__ import annotations

import random

from tests.faults.conftest import MakeSystem
from tests.faults.system import worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, undisturbed, verdicts


def test_killed_at_random(shared: MakeSystem) -> None:
    """Of two workers one is killed, again and again: every invariant holds."""
    system = shared("--recorded")
    day = write_day(system.folder / "day.jsonl", 6_000, 80)
    expected = undisturbed(system, day)
    dice = random.Random(1)
    system.fleet.keep(2)
    system.feed(day, rate=400)
    for wanted in range(1, 5):
        assert system.has_decided(wanted * len(expected.decisions) // 6), worker_log_of(system)
        system.disturbances += 1
        system.fleet.kill(dice.choice(system.fleet.running))
    assert system.until(system.fed)
    system.has_decided(len(expected.decisions))
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)
