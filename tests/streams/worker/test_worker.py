"""Workers, as an operator starts them, on a real Kafka and a real Redis."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

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
    shop = tmp_path / "shop"
    assert call("init", shop, "--pack", "telecom").exit_code == 0
    assert call("generate", "telecom", shop / "day.jsonl", "--customers", "200").exit_code == 0
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


def test_a_worker_that_was_killed_is_gone_on_for(recorded: Path, kafka: str, topics_prefix: str) -> None:
    """Killed in the middle of it, another one takes over: the same decisions, perhaps some twice, none lost."""
    expected = replayed(recorded)
    with workers(recorded, recorded / "log", 1, "--recorded") as (first,):
        wait_for(kafka, topics_prefix, 3)
        os.kill(first.pid, signal.SIGKILL)
        with workers(recorded, recorded / "log", 1, "--recorded"):
            found = wait_for(kafka, topics_prefix, len(expected))
    assert set(found) == expected, (recorded / "log").read_text()
