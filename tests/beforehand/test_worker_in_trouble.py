"""What an operator sees of a worker whose Kafka or Redis goes away, is slow or full, and that it goes on by itself."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis as redis_client
from kafka import KafkaProducer

from servers.kafka import Kafka
from servers.redis import Redis
from tests.beforehand.cli.commands import call, workspace
from tests.beforehand.running_worker import PATIENCE, RunningWorker, running_worker


@dataclass
class Live:
    """A worker, and the servers it lives on."""

    kafka: Kafka
    redis: Redis
    worker: RunningWorker
    shop: Path
    sent: int = 0

    def send(self) -> None:
        """An event of now."""
        self.sent += 1
        event = {
            "specversion": "1.0",
            "id": f"{self.sent}",
            "source": "till",
            "type": "data used",
            "subject": "c-1",
            "time": datetime.now(UTC).isoformat(),
            "data": {"amount": "1 GB"},
        }
        producer = KafkaProducer(bootstrap_servers=self.kafka.address)
        headers = [("content-type", b"application/cloudevents+json")]
        producer.send("events.consumption", json.dumps(event).encode(), b"c-1", headers=headers).get(PATIENCE)
        producer.close()

    def is_well(self) -> None:
        """Wait until it is ready again, and has taken all that was sent."""
        self.worker.wait_until_ready()
        self.worker.wait(lambda: self.worker.metrics()["beforehand_events_total"][()] == self.sent)

    def is_unwell(self, *reasons: str) -> None:
        """Wait until it says that it is not ready, for these reasons."""
        self.worker.wait(lambda: all(reason in self.worker.ready()[1] for reason in reasons))
        assert self.worker.get("health")[0] == 200


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One worker for all troubles, one after the other: each ends with it being well again."""
    folder = tmp_path_factory.mktemp("live")
    kafka, redis = Kafka(folder / "kafka"), Redis(folder / "redis")
    changed = {"BEFOREHAND_KAFKA": kafka.address, "BEFOREHAND_REDIS": redis.url, "BEFOREHAND_REDIS_TIMEOUT": "1"}
    before = dict(os.environ)
    os.environ.update(changed)
    try:
        shop = workspace(folder / "shop")
        assert call("topics", "create", shop, "--partitions", "2").exit_code == 0
        with running_worker(shop) as worker:
            yield Live(kafka, redis, worker, shop)
    finally:
        os.environ.clear()
        os.environ.update(before)
        kafka.kill()
        redis.kill()


def said_since(worker: RunningWorker, act: Callable[[], None]) -> list[str]:
    """The lines of the log that were written meanwhile."""
    before = len(worker.log().splitlines())
    act()
    return worker.log().splitlines()[before:]


def test_redis_goes_away_and_comes_back(live: Live) -> None:
    """Not ready while it is away, with the reason for each partition; then it goes on. The log does not fill."""
    live.send()
    live.is_well()

    def away() -> None:
        live.redis.kill()
        live.send()
        live.is_unwell(f"Redis at 127.0.0.1:{live.redis.port}: nothing listens there", "is left alone: Redis at")
        time.sleep(6)  # so long that it is tried again, in vain
        live.redis.restart()
        live.is_well()

    said = said_since(live.worker, away)
    assert 1 <= len(said) < 12
    assert "can't be reached" in "\n".join(said)


def test_redis_is_slow(live: Live) -> None:
    """One that takes what it is told and does not answer is told as such; the pages answer all the same."""
    live.redis.pause()
    try:
        live.send()
        live.is_unwell(f"Redis at 127.0.0.1:{live.redis.port}: it takes what it is told, and does not answer")
    finally:
        live.redis.resume()
    live.is_well()


def test_redis_is_full(live: Live) -> None:
    """Nothing is lost: the partition waits until there is memory again."""
    with redis_client.Redis.from_url(live.redis.url) as server:
        server.config_set("maxmemory", "100kb")
        live.send()
        live.is_unwell("has no memory left (maxmemory)")
        server.config_set("maxmemory", "0")
    live.is_well()


def test_kafka_goes_away_and_comes_back(live: Live) -> None:
    """Not ready while it is away; then it goes on with what is sent. The log does not fill."""

    def away() -> None:
        live.kafka.kill()
        live.is_unwell(f"Kafka at {live.kafka.address}: nothing listens there")
        time.sleep(5)
        live.kafka.restart()
        live.send()
        live.is_well()

    said = said_since(live.worker, away)
    assert len(said) < 25, "\n".join(said)


def test_kafka_is_slow(live: Live) -> None:
    """One that takes what it is told and does not answer is told as such."""
    live.kafka.pause()
    try:
        live.is_unwell(f"Kafka at {live.kafka.address}: no answer within 3 s; it is very busy")
    finally:
        live.kafka.resume()
    live.send()
    live.is_well()


def test_all_servers_go_away_and_come_back(live: Live) -> None:
    """As when a machine room loses its power: the worker is there when they are."""
    live.redis.kill()
    live.kafka.kill()
    live.is_unwell("Redis at", "Kafka at")
    time.sleep(7)
    live.redis.restart()
    time.sleep(3)
    live.kafka.restart()
    live.send()
    live.is_well()


def test_another_worker_comes_and_dies(live: Live) -> None:
    """The partitions of topics that are still empty, too, go to the one and back to the other."""
    owned = "beforehand_partitions_owned"
    with running_worker(live.shop, log="second.log") as second:
        second.wait(lambda: second.metrics()[owned][()] == 1)
        live.worker.wait(lambda: live.worker.metrics()[owned][()] == 1)
    live.worker.wait(lambda: live.worker.metrics()[owned][()] == 2)
    live.send()
    live.worker.wait_until_ready()


def test_a_worker_ends_whoever_does_not_answer(live: Live) -> None:
    """Told to end while Kafka is frozen, it does so within seconds, in good order; nothing is lost by it."""
    live.worker.wait_until_ready()
    live.kafka.pause()
    try:
        began = time.monotonic()
        live.worker.process.send_signal(signal.SIGTERM)
        assert live.worker.process.wait(PATIENCE) == 0
        assert time.monotonic() - began < 10
    finally:
        live.kafka.resume()
    assert "a server does not answer: the worker ends without it" in live.worker.log().splitlines()[-1]
    assert "Traceback" not in live.worker.log()


def test_kafka_is_not_there_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and exit code 2."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", "127.0.0.1:1")
    result = call("worker", workspace(tmp_path / "shop"))
    assert result.exit_code == 2
    assert result.stderr.startswith("beforehand: Kafka at 127.0.0.1:1: nothing listens there (Connection refused)")
    assert result.stderr.count("\n") == 1
