"""How a worker is put together: Kafka, Redis and a workspace's rules, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping

import redis

from beforehand.kafka_wiring import connection
from beforehand.settings import Settings, secret
from rules.workspace.workspace import Workspace
from streams.assembly import assemble
from streams.engine import Engine
from streams.kafka.base import Connection, KafkaTrouble
from streams.kafka.topics import found_topics
from streams.partition import Partition
from streams.progress import facts_begun
from streams.stores.base import Store
from streams.stores.redis import PREFIX, RedisStore, check_server, connect
from streams.topics import EVENT_TOPICS
from streams.wire.messages import MessageDecoder
from streams.worker.app import AppSettings, Carrier, Producer, WorkerApp, worker_app
from streams.worker.broker_clock import BrokerClock
from streams.worker.owned import SOURCES, Owned, places_of
from streams.worker.publisher import Publisher
from streams.worker.reading import Place
from streams.worker.worker import Worker

#: The group that workers form, after the prefix.
GROUP = "beforehand"
#: Records that all partition numbers of a worker may keep in memory together.
_RECORDS = 400_000
#: Customers that go over to another rule set between two commits.
_BATCH = 2_000


class Engines:
    """One engine for all partition numbers that keep their facts since the same moments."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._made: dict[tuple[tuple[int, int], ...], Engine] = {}

    def of(self, store: Store) -> Engine:
        """The engine for the state in this store; StoreError if it can't be read."""
        rules = [file.rule for file in self._workspace.rules]
        begun = facts_begun(store, rules)
        known = tuple(sorted(begun.items()))
        if known not in self._made:
            self._made[known] = assemble(self._workspace, rules, begun=begun)
        return self._made[known]


class Claims:
    """Claims partition numbers in Redis, and reads what is kept of them."""

    def __init__(
        self,
        workspace: Workspace,
        client: redis.Redis,
        prefix: str,
        partitions: int,
        *,
        recorded: bool,
        files: Mapping[str, bytes],
    ) -> None:
        self._engines = Engines(workspace)
        self._decoder = MessageDecoder(workspace.vocabulary)
        self._client, self._prefix, self._partitions = client, prefix, partitions
        self._recorded, self._files = recorded, files

    def __call__(self, number: int) -> Owned:
        """See `streams.worker.worker.Claim`."""
        store = RedisStore(self._client, number, self._prefix)
        store.claim()
        partition = Partition(
            self._engines.of(store),
            store,
            batch=_BATCH,
            records_in_memory=_RECORDS // self._partitions,
            files=self._files,
            sources=SOURCES,
        )
        kept = places_of(partition)
        places = {topic: kept.get(topic, Place()) for topic in EVENT_TOPICS}
        return Owned(number, self._partitions, store, partition, self._decoder, places, recorded=self._recorded)


def partition_count(to: Connection) -> int:
    """How many partitions the topics of events have; KafkaTrouble if one is missing, or they differ."""
    names = [to.prefix + topic for topic in EVENT_TOPICS]
    found = found_topics(to, names)
    missing = [name for name in names if name not in found]
    if missing:
        raise KafkaTrouble(f"{to.address} has no topic {', '.join(missing)}; make them: beforehand topics create")
    counts = {name: found[name].partitions for name in names}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise KafkaTrouble(f"the topics of events must have equally many partitions: {told}")
    return counts[names[0]]


def worker(
    workspace: Workspace, settings: Settings, files: Mapping[str, bytes], *, recorded: bool
) -> tuple[WorkerApp, Carrier, list[str]]:
    """A worker, ready to start, and what should be better about its servers (sentences).

    Raises KafkaTrouble and StoreError.
    """
    to = connection(settings)
    partitions = partition_count(to)
    client = connect(secret(settings.redis) or "")
    advice = check_server(client)
    prefix = settings.prefix + PREFIX
    app = worker_app(AppSettings(to, settings.prefix + GROUP, EVENT_TOPICS))
    clock, producer = BrokerClock(skew=0), Producer(to)
    claims = Claims(workspace, client, prefix, partitions, recorded=recorded, files=files)
    carrier = Carrier(
        app,
        Worker(claims, clock, EVENT_TOPICS, recorded=recorded),
        clock,
        producer,
        Publisher(producer, workspace.policy.order),
        recorded=recorded,
    )
    app.carrier = carrier
    return app, carrier, advice
