"""Workers whose Redis Cluster moves their keys, and loses a node, decide what an undisturbed run decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.redis_cluster import RedisCluster, moving
from tests.faults.system import System, worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, undisturbed, verdicts
from tests.faults.worker_processes import Nursery

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture
def system(
    nursery: Nursery, tmp_path: Path, kafka: str, own_redis_cluster: RedisCluster, own_name: str
) -> Iterator[System]:
    """A system whose state is on a cluster of its own, of which it knows the last node only."""
    url = own_redis_cluster.nodes[2].url
    made = System(nursery, tmp_path / "system", kafka, url, f"{own_name}.", "--recorded", partitions=12)
    yield made
    made.close()


def test_keys_move_and_a_master_dies(system: System, own_redis_cluster: RedisCluster) -> None:
    """Keys go to another node, then a node dies and its replica takes its place: every invariant holds."""
    day = write_day(system.folder / "day.jsonl", 4_000, 80)
    expected = undisturbed(system, day)
    system.fleet.keep(2)
    system.feed(day, rate=150)
    decided = len(expected.decisions)
    for number in range(3):
        assert system.has_decided((1 + number) * decided // 8), worker_log_of(system)
        system.disturbed(f"the keys of partition {number} move")
        with moving(system.redis_url, f"{system.prefix}beforehand:{{{number}}}:state"):
            system.until(lambda: False, 1)
    assert system.has_decided(decided // 2), worker_log_of(system)
    system.disturbed("a master dies")
    own_redis_cluster.nodes[0].kill()
    assert system.until(system.fed)
    system.has_decided(decided)
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)
    assert "can't be reached" in system.log()
    assert system.fleet.ended == []
