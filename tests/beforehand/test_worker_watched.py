"""What is seen of a worker that works: its metrics, its pages, its log."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from kafka import KafkaProducer

from streams.partitioning import partition_of
from tests.beforehand.cli.commands import call, workspace
from tests.beforehand.running_worker import listening, running_worker

PARTITIONS = 4
#: What must not be in any log.
MARK = "geheim"


@pytest.fixture
def shop(tmp_path: Path, topics_prefix: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small workspace, with its topics."""
    monkeypatch.setenv("BEFOREHAND_REDIS", redis_url)
    made = workspace(tmp_path / "shop")
    assert call("topics", "create", made, "--partitions", str(PARTITIONS)).exit_code == 0
    return made


def test_a_worker_counts_what_it_does(tmp_path: Path, topics_prefix: str, redis_url: str) -> None:
    """Of a recorded day: each event, each decision by rule and outcome, no lag, nothing left to publish."""
    shop = tmp_path / "shop"
    assert call("init", shop, "--pack", "telecom").exit_code == 0
    assert call("generate", "telecom", shop / "day.jsonl", "--customers", "100").exit_code == 0
    assert call("topics", "create", shop, "--partitions", str(PARTITIONS)).exit_code == 0
    assert call("publish", shop / "day.jsonl", "-w", shop, "--recorded").exit_code == 0
    replayed = call("replay", shop, "--events", shop / "day.jsonl", "--json").stdout.splitlines()
    expected = Counter(
        (one["kind"], one["outcome"], one.get("reason") or "", one["rule"]) for one in map(json.loads, replayed)
    )
    with running_worker(shop, "--recorded", env={"BEFOREHAND_REDIS": redis_url}) as worker:
        worker.wait_until_ready()
        events = len((shop / "day.jsonl").read_text().splitlines())
        worker.wait(lambda: worker.metrics()["beforehand_events_total"][()] == events)
        worker.wait(lambda: not any(worker.metrics()["beforehand_lag_records"].values()))
        found = worker.metrics()
        assert found["beforehand_decisions_total"] == expected
        assert found["beforehand_partitions_owned"][()] == PARTITIONS
        assert found["beforehand_partitions_left_alone"][()] == 0
        assert found["beforehand_commits_refused_total"][()] == 0
        worker.wait(lambda: not any(worker.metrics()["beforehand_outbox_entries"].values()))
        assert found["beforehand_published_total"][()] >= len(replayed)
        assert sum(found["beforehand_customers"].values()) == 100
        assert sum(found["beforehand_state_bytes"].values()) > 10_000
        assert found["process_resident_memory_bytes"][()] > 10_000_000
        assert worker.get("health")[0] == 200


def test_no_log_holds_what_a_producer_sent(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Messages that are no events, and events of a customer, leave nothing in the log at its fullest: only numbers."""
    producer = KafkaProducer(bootstrap_servers=kafka)
    topic, customer = f"{topics_prefix}events.consumption", f"c-{MARK}".encode()
    right, wrong = partition_of(customer.decode(), PARTITIONS), (partition_of(customer.decode(), PARTITIONS) + 1) % 4
    event = {
        "specversion": "1.0",
        "id": MARK,
        "source": MARK,
        "type": "data used",
        "subject": customer.decode(),
        "time": "2026-03-01T00:00:00Z",
        "data": {"amount": "9 GB", MARK: MARK},
    }
    good = json.dumps(event).encode()
    poison = [
        b"{" + MARK.encode(),
        MARK.encode() * 20_000,
        b"\xff\xfe" + MARK.encode(),
        json.dumps({**event, "type": MARK}).encode(),
        json.dumps({**event, "time": MARK}).encode(),
        json.dumps({**event, "data": {"amount": MARK}}).encode(),
    ]
    headers = [("content-type", b"application/cloudevents+json")]
    for value in [*poison, good]:
        producer.send(topic, value, customer, partition=right, headers=headers)
    producer.send(topic, good, customer, partition=wrong, headers=headers)
    producer.send(topic, good, MARK.encode(), partition=right, headers=[(MARK, MARK.encode())])
    producer.close()
    with running_worker(shop, env={"BEFOREHAND_LOG": "json", "BEFOREHAND_LOG_LEVEL": "debug"}) as worker:
        worker.wait_until_ready()
        worker.wait(lambda: sum(worker.metrics()["beforehand_dead_letters_total"].values()) == len(poison) + 1)
        worker.wait(lambda: worker.metrics()["beforehand_events_total"][()] == 2)
        assert worker.metrics()["beforehand_forwarded_total"][()] == 1
        assert MARK not in worker.get("metrics")[1]
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(20) == 0
        lines = [json.loads(line) for line in worker.log().splitlines()]
        assert MARK not in worker.log()
        assert {"partitions [0, 1, 2, 3] are ours"} <= {line["message"] for line in lines}
        assert all(set(line) == {"time", "level", "logger", "message"} for line in lines)
        assert all(line["logger"].startswith("beforehand") for line in lines), worker.log()


def test_a_worker_is_quiet(shop: Path) -> None:
    """A life without trouble is two short lines, without banner and escapes; nothing listens but its own pages."""
    with running_worker(shop) as worker:
        worker.wait_until_ready()
        # Faust's own web server is off, and the pages are for this machine alone.
        assert listening(worker.process.pid) == [("127.0.0.1", int(worker.address.rpartition(":")[2]))]
        worker.process.send_signal(signal.SIGINT)
        assert worker.process.wait(20) == 0
        said = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in worker.log().splitlines()]
        assert said == [
            f"info metrics, health and readiness are at {worker.address}",
            "info partitions [0, 1, 2, 3] are ours",
        ]


def test_a_terminal_gets_colours_and_no_tricks(shop: Path) -> None:
    """What is wrong stands out; Faust's banner and its hiding of the cursor are not there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "beforehand", "worker", str(shop)]
    environment = {**os.environ, "TERM": "xterm", "BEFOREHAND_HTTP": "off"}
    environment.pop("NO_COLOR", None)
    with redis.Redis.from_url(os.environ["BEFOREHAND_REDIS"]) as server:
        # One partition has lost its state: there is something to complain about.
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        said = b""
        try:
            while b"are ours" not in said:
                said += os.read(ours, 1_000)
            server.flushdb()
            while b"left alone" not in said:
                said += os.read(ours, 1_000)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            os.set_blocking(ours, False)
            with suppress(OSError):
                said += os.read(ours, 10_000)
        finally:
            process.kill()
            process.wait()
            os.close(ours)
    assert re.search(rb"\x1b\[3[13]m(warning|error)\x1b\[0m partition \d is left alone", said)
    assert set(re.findall(rb"\x1b\[[?\d;]*\w", said)) <= {b"\x1b[31m", b"\x1b[33m", b"\x1b[0m"}
    assert b"faust" not in said.lower()
