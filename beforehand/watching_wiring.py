"""How what is watched of a worker is put together: metrics, pages, and what Kafka and Redis are asked for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic_core import Url

from beforehand.metrics import Metrics
from beforehand.settings import Settings, secret
from beforehand.worker_pages import Pages
from streams.kafka.base import Connection, KafkaTrouble
from streams.kafka.diagnosis import check_reachable
from streams.stores.base import Memory, Size, StoreError
from streams.stores.redis import PREFIX
from streams.stores.redis_connection import Tls
from streams.stores.redis_diagnosis import check_reachable as check_redis_reachable
from streams.stores.redis_nodes import Nodes, connect
from streams.stores.redis_sizes import memory_of, sizes_of

#: Seconds that who watches waits for Redis: less than a probe waits for its page.
_PATIENCE = 2.0


def redis_nodes(settings: Settings, timeout: float | None = None) -> Nodes:
    """The servers of Redis as the settings say; StoreError if they can't be used, or do not answer."""
    return connect(secret(settings.redis) or "", _tls(settings), timeout or settings.redis_timeout)


def check_redis(settings: Settings) -> None:
    """StoreError if no Redis can be spoken with where the settings say."""
    url = Url(secret(settings.redis) or "")
    check_redis_reachable(url.host or "", url.port or 6379, _tls(settings) if url.scheme == "rediss" else None)


def _tls(settings: Settings) -> Tls:
    return Tls(settings.redis_ca, settings.redis_certificate, settings.redis_key)


def watching(settings: Settings, to: Connection, partitions: int, settle: int) -> tuple[Metrics, Pages]:
    """The metrics of a worker, and its pages. The numbers: see `Metrics`."""
    # Clients of its own: the worker's may be in the middle of a transaction.
    nodes = redis_nodes(settings, min(_PATIENCE, settings.redis_timeout))
    prefix = settings.prefix + PREFIX

    def sizes(numbers: Sequence[int]) -> tuple[Mapping[int, Size], Memory]:
        return sizes_of(nodes, prefix, numbers), memory_of(nodes)

    def kafka() -> str | None:
        try:
            check_reachable(to)
        except KafkaTrouble as wrong:
            return str(wrong)
        return None

    def store() -> str | None:
        try:
            # A cluster does without the node that was named, if another one has taken its place.
            if not nodes.is_cluster:
                check_redis(settings)
            memory_of(nodes)
        except StoreError as wrong:
            return str(wrong)
        return None

    metrics = Metrics(sizes, partitions, settle)
    return metrics, Pages(metrics, [kafka, store])
