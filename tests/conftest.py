"""What all tests share: how hard Hypothesis tries, that commands keep nothing of whoever runs them
and speak English, and real servers.

`short` is for every run; `make test-long` chooses `long`. No deadline: machines are slow at times, laws are not.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from servers.kafka import Kafka
from servers.redis import Redis
from servers.redis_cluster import RedisCluster
from servers.shared import shared_kafka, shared_redis, shared_redis_cluster
from tests.kafka_sockets import close_failed_attempts

MAY_BE_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("short", max_examples=40, deadline=None, derandomize=True, suppress_health_check=MAY_BE_SLOW)
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=MAY_BE_SLOW)
settings.load_profile("short")

close_failed_attempts()
os.environ["BEFOREHAND_CACHE"] = "off"
for name in ("BEFOREHAND_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the servers that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "servers"


def the_test_run() -> int:
    """The process that lives as long as the test run: xdist's workers end before it, and not at the same time."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


@pytest.fixture(scope="session")
def kafka(servers_folder: Path) -> str:
    """The bootstrap address of the Kafka of this test run. A test's topics begin with `own_name`."""
    return shared_kafka(servers_folder, owner=the_test_run())


@pytest.fixture
def own_name() -> str:
    """A name that no other test uses: for topics, groups, keys."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def redis_url(servers_folder: Path) -> Iterator[str]:
    """The URL of an empty Redis database that no other test uses."""
    server = shared_redis(servers_folder, owner=the_test_run())
    with redis.Redis.from_url(server) as directory:
        databases = int(directory.config_get("databases")["databases"])
        number = 1 + directory.incr("databases given to tests") % (databases - 1)
    url = f"{server}/{number}"
    with redis.Redis.from_url(url) as database:
        database.flushdb()
        yield url
        database.flushdb()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka that a test may kill."""
    server = Kafka(tmp_path / "kafka")
    yield server
    server.kill()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that a test may kill."""
    server = Redis(tmp_path / "redis")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def redis_cluster(servers_folder: Path) -> str:
    """The URL of the Redis Cluster of this test run. A test's keys begin with `own_name`."""
    return shared_redis_cluster(servers_folder, owner=the_test_run())


@pytest.fixture
def own_redis_cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """A Redis Cluster of three masters that a test may kill; the first has a replica, which succeeds it."""
    cluster = RedisCluster(tmp_path / "redis-cluster", replicas=1, gone_after=1_500)
    yield cluster
    cluster.kill()


@pytest.fixture
def topics_prefix(kafka: str, own_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The commands use the Kafka of this test run, and topics whose names begin with this."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", kafka)
    monkeypatch.setenv("BEFOREHAND_PREFIX", f"{own_name}.")
    return f"{own_name}."
