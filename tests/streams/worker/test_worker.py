"""Workers, as an operator starts them, on a real Kafka and a real Redis."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from streams.stores.redis import RedisStore
from streams.stores.redis_nodes import connect
from streams.topics import DEAD_LETTERS, DECISIONS
from tests.beforehand.cli.commands import call
from tests.beforehand.cli.topics_read import all_messages
from tests.streams.worker.processes import PATIENCE, workers

PARTITIONS = 6


def decided(kafka: str, prefix: str) -> Counter[bytes]:
    """Decisions that were published -> how often."""
    return Counter(message.value for message in all_messages(kafka, [prefix + DECISIONS]))


def wait_for(kafka: str, prefix: str, number: int) -> Counter[bytes]:
    """Decisions that were published, when there are so many, or patience has ended."""
    ends = time.monotonic() + PATIENCE
    while True:
        found = decided(kafka, prefix)
        if len(found) >= number or time.monotonic() > ends:
            return found
        time.sleep(0.5)


@pytest.fixture
def recorded(tmp_path: Path, topics_prefix: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A day of a small telecom company, published as it was recorded."""
    monkeypatch.setenv("BEFOREHAND_REDIS", redis_url)
    return publish_day(tmp_path / "shop", 200)


def publish_day(shop: Path, customers: int) -> Path:
    """Make a shop, and publish a recorded day of so many customers."""
    assert call("init", shop, "--pack", "telecom").exit_code == 0
    assert call("generate", "telecom", shop / "day.jsonl", "--customers", str(customers)).exit_code == 0
    assert call("topics", "create", shop, "--partitions", str(PARTITIONS)).exit_code == 0
    assert call("publish", shop / "day.jsonl", "-w", shop, "--recorded").exit_code == 0
    return shop


def replayed(shop: Path) -> set[bytes]:
    """What a replay of the day decides."""
    result = call("replay", shop, "--events", shop / "day.jsonl", "--json")
    return {line.encode() for line in result.stdout.splitlines()}


def test_two_workers_decide_what_a_replay_decides(recorded: Path, kafka: str, topics_prefix: str) -> None:
    """The same decisions, byte for byte, each once; and they end in good order, quickly, when told to."""
    expected = replayed(recorded)
    assert len(expected) > 10
    with workers(recorded, recorded / "log", 2, "--recorded") as processes:
        found = wait_for(kafka, topics_prefix, len(expected))
        for process in processes:
            process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert [process.wait(10) for process in processes] == [0, 0], (recorded / "log").read_text()
        assert time.monotonic() - began < 5
    assert set(found) == expected, (recorded / "log").read_text()
    assert set(found.values()) == {1}
    sent = [json.loads(decision) for decision in expected]
    by_sms = sum(one["outcome"] == "sent" and one["channel"] == "sms" for one in sent)
    assert 0 < len(all_messages(kafka, [topics_prefix + "handoff.sms"])) <= by_sms
    assert all_messages(kafka, [topics_prefix + DEAD_LETTERS]) == []


def test_a_redis_cluster_needs_no_setting(
    tmp_path: Path, kafka: str, topics_prefix: str, redis_cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of one node is all that is said; the decisions are those of a replay, each once."""
    monkeypatch.setenv("BEFOREHAND_REDIS", redis_cluster)
    shop = publish_day(tmp_path / "shop", 100)
    expected = replayed(shop)
    with workers(shop, shop / "log", 1, "--recorded"):
        found = wait_for(kafka, topics_prefix, len(expected))
    assert found == dict.fromkeys(expected, 1), (shop / "log").read_text()
    nodes = connect(redis_cluster)
    customers = [RedisStore(nodes, number, f"{topics_prefix}beforehand").customers() for number in range(PARTITIONS)]
    assert sum(len(list(some)) for some in customers) >= 100
    assert len({nodes.of(f"{topics_prefix}beforehand:{{{number}}}:state") for number in range(PARTITIONS)}) > 1
    nodes.close()


def test_a_worker_that_was_killed_is_gone_on_for(recorded: Path, kafka: str, topics_prefix: str) -> None:
    """Killed in the middle of it, another one takes over: the same decisions, perhaps some twice, none lost."""
    expected = replayed(recorded)
    with workers(recorded, recorded / "log", 1, "--recorded") as (first,):
        wait_for(kafka, topics_prefix, 3)
        os.kill(first.pid, signal.SIGKILL)
        with workers(recorded, recorded / "log", 1, "--recorded"):
            found = wait_for(kafka, topics_prefix, len(expected))
    assert set(found) == expected, (recorded / "log").read_text()
