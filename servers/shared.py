"""One Kafka, one Redis and one Redis Cluster for a whole test run, however many processes run it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from servers.jars import only_one
from servers.kafka import Kafka
from servers.redis import Redis
from servers.redis_cluster import RedisCluster


def shared_kafka(folder: Path, owner: int) -> str:
    """The bootstrap address: `BEFOREHAND_TEST_KAFKA`, else that of the broker in `folder`, started by the first to ask.

    It ends with the process `owner`.
    """
    return os.environ.get("BEFOREHAND_TEST_KAFKA") or _once(
        folder, "kafka", lambda where: Kafka(where, owner=owner).address
    )


def shared_redis(folder: Path, owner: int) -> str:
    """The URL: `BEFOREHAND_TEST_REDIS`, else that of the Redis in `folder`, started by the first to ask.

    It ends with the process `owner`. It has 2,048 databases.
    """
    return os.environ.get("BEFOREHAND_TEST_REDIS") or _once(
        folder, "redis", lambda where: Redis(where, options={"databases": "2048"}, owner=owner).url
    )


def shared_redis_cluster(folder: Path, owner: int) -> str:
    """The URL of three masters in `folder`, started by the first to ask. They end with the process `owner`."""
    return _once(folder, "redis-cluster", lambda where: RedisCluster(where, owner=owner).url)


def _once(folder: Path, name: str, start: Callable[[Path], str]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    address = folder / f"{name}.address"
    with only_one(folder / f"{name}.lock"):
        if not address.exists():
            address.write_text(start(folder / name), "utf-8")
    return address.read_text("utf-8")
