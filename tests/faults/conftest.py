"""Systems on trial, on the servers of the test run or on servers of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from servers.kafka import Kafka
from servers.redis import Redis
from tests.faults.disturbances import Trial
from tests.faults.system import System
from tests.faults.tcp_proxy import Proxy
from tests.faults.worker_processes import Nursery

MakeSystem = Callable[..., System]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts workers quickly."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def shared(nursery: Nursery, tmp_path: Path, kafka: str, redis_url: str, own_name: str) -> Iterator[MakeSystem]:
    """Makes a system on the Kafka and the Redis of the test run; arguments: see `System`."""
    made: list[System] = []

    def make(*options: str, **others: object) -> System:
        made.append(System(nursery, tmp_path / "system", kafka, redis_url, f"{own_name}.", *options, **others))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for system in made:
        system.close()


@pytest.fixture
def trial(nursery: Nursery, tmp_path: Path, own_kafka: Kafka, own_redis: Redis) -> Iterator[Trial]:
    """A system of recorded workers on a Kafka and a Redis of its own."""
    network = Proxy(own_redis.port)
    system = System(nursery, tmp_path / "system", own_kafka.address, own_redis.url, "", "--recorded", network=network)
    yield Trial(system, own_kafka, own_redis, network, random.Random(1))
    system.close()
    network.close()
