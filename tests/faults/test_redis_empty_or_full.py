"""A Redis that has lost everything, or is full, stops workers loudly; nothing is decided otherwise than it would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from kafka import KafkaAdminClient

from servers.redis import Redis
from tests.faults.system import System, worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, lag, undisturbed, verdicts
from tests.faults.worker_processes import Nursery

#: Seconds: they wait for what must come, and machines are slow at times.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def system(nursery: Nursery, tmp_path: Path, kafka: str, own_redis: Redis, own_name: str) -> Iterator[System]:
    """A system whose Redis is its own."""
    made = System(nursery, tmp_path / "system", kafka, own_redis.url, f"{own_name}.", "--recorded")
    yield made
    made.close()


def test_emptied(system: System) -> None:
    """After FLUSHALL workers stop, say what to do, and decide nothing; when that is done they decide the same again."""
    day = write_day(system.folder / "day.jsonl", 2_000, 80)
    expected = undisturbed(system, day)
    system.fleet.keep(2)
    system.feed(day)
    assert system.has_decided(len(expected.decisions)), worker_log_of(system)
    assert system.until(lambda: lag(system) == 0)
    with redis.Redis.from_url(system.redis_url) as client:
        client.flushall()
    assert system.until(lambda: system.log().count("The store has lost its data") >= system.partitions)
    system.fleet.kill(system.fleet.running[0])
    assert system.until(lambda: system.log().count("The store has lost its data") > system.partitions)
    assert len(system.decisions.messages) == len(expected.decisions)
    assert system.fleet.ended == [-9], "only the one that was killed"

    # What the message says: to decide everything again, delete the group's offsets.
    system.fleet.keep(0)
    assert system.until(lambda: not system.fleet.running)
    admin = KafkaAdminClient(bootstrap_servers=system.kafka)
    admin.delete_groups([f"{system.prefix}beforehand"])
    admin.close()
    system.disturbances += 1
    system.fleet.keep(1)
    assert system.until(lambda: len(system.decisions.messages) >= 2 * len(expected.decisions)), worker_log_of(system)
    assert broken(verdicts(system, expected)) == []


def test_full(system: System) -> None:
    """Where Redis has no memory left workers stop and say so; they go on when it is given some."""
    day = write_day(system.folder / "day.jsonl", 3_000, 80)
    expected = undisturbed(system, day)
    system.fleet.keep(2)
    system.feed(day, rate=150)
    assert system.has_decided(len(expected.decisions) // 4), worker_log_of(system)
    with redis.Redis.from_url(system.redis_url) as client:
        client.config_set("maxmemory", "1mb")
        system.disturbances += 1
        assert system.until(lambda: "has no memory left" in system.log()), worker_log_of(system)
        assert system.until(system.fed)
        decided = len(system.decisions.messages)
        assert decided < len(expected.decisions)
        client.config_set("maxmemory", "0")
    assert system.has_decided(len(expected.decisions)), worker_log_of(system)
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)
    assert system.fleet.ended == []
