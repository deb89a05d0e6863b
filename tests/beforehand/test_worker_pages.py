from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from beforehand.metrics import Metrics
from beforehand.settings import HttpAddress
from beforehand.worker_pages import DEAD_AFTER, NoAddress, Pages
from streams.stores.base import Memory
from streams.worker.measures import OwnedNow, Watched

ANY = HttpAddress("127.0.0.1", range(1))


@pytest.fixture
def metrics() -> Metrics:
    """Of a worker that owns partition 3."""
    made = Metrics(lambda numbers: ({}, Memory(0, 0)), partitions=6, settle=0)
    made.beat(Watched(assigned=True, owned={3: OwnedNow("abc", 0, 0, 0)}))
    return made


@pytest.fixture
def wrong() -> list[str]:
    """What is wrong with Kafka; empty: nothing."""
    return []


@pytest.fixture
def pages(metrics: Metrics, wrong: list[str]) -> Iterator[Pages]:
    """Its pages, on any port."""
    made = Pages(metrics, [lambda: wrong[0] if wrong else None])
    made.start(ANY)
    yield made
    made.stop()


def get(pages: Pages, page: str) -> tuple[int, dict[str, object]]:
    """The status of a page, and what it says."""
    try:
        with urllib.request.urlopen(f"{pages.address}/{page}", timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.load(answer)


def test_who_works_is_ready(pages: Pages) -> None:
    """With nothing wrong and partitions given, `/ready` is 200 and names them."""
    assert get(pages, "ready") == (200, {"ready": True, "reasons": [], "partitions": [3]})


def test_who_does_not_work_says_why(pages: Pages, metrics: Metrics, wrong: list[str]) -> None:
    """503, with each reason: a server that does not answer, a partition left alone, no partitions given."""
    wrong.append("Kafka at k:1: nothing listens there")
    metrics.beat(Watched(still={4: "Redis is away"}))
    status, said = get(pages, "ready")
    assert status == 503
    assert said["reasons"] == [
        "Kafka at k:1: nothing listens there",
        "partition 4 is left alone: Redis is away",
        "the group has not said yet which partitions are ours",
    ]


def test_servers_are_not_asked_for_each_look(pages: Pages, wrong: list[str]) -> None:
    """What was answered a moment ago is believed: many who look do not burden Kafka and Redis."""
    assert get(pages, "ready")[0] == 200
    wrong.append("away")
    assert get(pages, "ready")[0] == 200


def test_who_does_not_come_round_is_not_alive(pages: Pages, metrics: Metrics) -> None:
    """`/health` is 200 while the worker comes round, and 503 when it has not for two minutes."""
    assert get(pages, "health")[0] == 200
    metrics.beaten = time.monotonic() - DEAD_AFTER - 1
    status, said = get(pages, "health")
    assert (status, said["alive"]) == (503, False)


def test_the_first_free_port_is_taken(metrics: Metrics) -> None:
    """Two workers on one machine need no settings of their own; where none is free, the setting is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        alone = Pages(metrics, [])
        with pytest.raises(NoAddress, match=rf"BEFOREHAND_HTTP: 127.0.0.1:{port} can't be listened on"):
            alone.start(HttpAddress("127.0.0.1", range(port, port + 1)))
        second = Pages(metrics, [])
        second.start(HttpAddress("127.0.0.1", range(port, port + 20)))
        assert int(second.address.rpartition(":")[2]) > port
        second.stop()


def test_pages_may_be_off(metrics: Metrics) -> None:
    """Without an address nothing listens."""
    pages = Pages(metrics, [])
    pages.start(None)
    assert pages.address == ""
    pages.stop()
