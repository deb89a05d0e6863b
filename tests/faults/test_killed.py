"""Workers that are killed, frozen and moved about decide what an undisturbed run decides."""

from __future__ import annotations

import random

import pytest

from streams.testing.failpoints import WORKER_POINTS
from tests.faults.conftest import MakeSystem
from tests.faults.system import worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, undisturbed, verdicts

#: Seconds: they wait for what must come, and machines are slow at times.
pytestmark = pytest.mark.timeout(300)


def test_killed_at_every_point(shared: MakeSystem) -> None:
    """A worker dies at each point of claim, commit, publication and trimming, all at once: every invariant holds."""
    system = shared("--recorded", partitions=12)
    day = write_day(system.folder / "day.jsonl", 5_000, 80)
    expected = undisturbed(system, day)
    system.fleet.keep(1)
    system.feed(day, rate=100)
    assert system.has_decided(1), worker_log_of(system)
    dying = [system.fleet.start_one(BEFOREHAND_FAILPOINT=point) for point in WORKER_POINTS]
    assert system.until(lambda: all(one.poll() is not None for one in dying)), worker_log_of(system)
    assert [one.poll() for one in dying] == [-9] * len(dying)
    system.disturbances += len(dying)
    assert system.until(system.fed)
    system.has_decided(len(expected.decisions))
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)


@pytest.mark.long
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


def test_coming_and_going(shared: MakeSystem) -> None:
    """Workers join and leave in good order: nothing goes out twice."""
    system = shared("--recorded")
    day = write_day(system.folder / "day.jsonl", 4_000, 80)
    expected = undisturbed(system, day)
    system.fleet.keep(1)
    system.feed(day, rate=100)
    assert system.has_decided(1), worker_log_of(system)
    for number in (2, 1, 2):
        at_work = system.log().count("are ours")
        system.fleet.keep(number)
        # Where one joins or leaves, all that are there then are given their partitions anew.
        assert system.until(lambda: system.log().count("are ours") >= at_work + number), worker_log_of(system)  # noqa: B023
    assert system.until(system.fed)
    system.has_decided(len(expected.decisions))
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)
    assert len(system.decisions.messages) == len(expected.decisions)
