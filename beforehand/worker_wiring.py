"""How a worker is put together: Kafka, Redis and a workspace's rules, as the settings say."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from beforehand.kafka_wiring import connection
from beforehand.settings import Settings
from beforehand.watching_wiring import check_redis, redis_nodes, watching
from beforehand.worker_pages import Pages
from models.speech import listed, say, sentence
from streams.kafka.base import Connection, trouble_at
from streams.kafka.partitions import brokers_of
from streams.kafka.topics import found_topics
from streams.partition import Done, Partition
from streams.stores.base import StoreError
from streams.stores.redis import PREFIX, RedisStore, check_server
from streams.stores.redis_layout import layout_for
from streams.stores.redis_nodes import Nodes
from streams.stores.redis_registry import RedisRegistry
from streams.topics import EVENT_TOPICS
from streams.worker.app import AppSettings, WorkerApp, worker_app
from streams.worker.broker_clock import BrokerClock
from streams.worker.carrier import Carrier, now_ms
from streams.worker.clients import Producer
from streams.worker.decoders import Decoders
from streams.worker.owned import SOURCES, Owned, places_of
from streams.worker.published import Published
from streams.worker.publisher import Publisher
from streams.worker.reading import Place
from streams.worker.rule_sets import RuleSets, workspace_of
from streams.worker.worker import Worker

#: The group that workers form, after the prefix.
GROUP = "beforehand"
#: Milliseconds by which the clocks of several brokers may differ, where nobody says.
_SKEW = 1_000
#: Customers that go over to another rule set between two commits.
_BATCH = 2_000


class Claims:
    """Claims partition numbers in Redis, and reads what is kept of them."""

    def __init__(
        self,
        rules: RuleSets,
        nodes: Nodes,
        prefix: str,
        partitions: int,
        *,
        recorded: bool,
        records: int,
        committed: Callable[[Done], None],
    ) -> None:
        """`records`: that all partition numbers may keep in memory together. `committed`: see `Partition`."""
        self._rules = rules
        self._decoders = Decoders(rules)
        self._nodes, self._prefix, self._partitions = nodes, prefix, partitions
        self._recorded = recorded
        self._records, self._committed = records, committed

    def __call__(self, number: int) -> Owned:
        """See `streams.worker.worker.Claim`."""
        store = RedisStore(self._nodes, number, self._prefix)
        store.claim()
        partition = Partition(
            self._rules.engine(number, store),
            store,
            batch=_BATCH,
            records_in_memory=self._records // self._partitions,
            sources=SOURCES,
            committed=self._committed,
        )
        kept = places_of(partition)
        places = {topic: kept.get(topic, Place()) for topic in EVENT_TOPICS}
        return Owned(number, self._partitions, store, partition, self._decoders, places, recorded=self._recorded)


def partition_count(to: Connection) -> int:
    """How many partitions the topics of events have; KafkaTrouble if one is missing, or they differ."""
    names = [to.prefix + topic for topic in EVENT_TOPICS]
    found = found_topics(to, names)
    missing = [name for name in names if name not in found]
    if missing:
        what = say(
            "there is no topic {names}; make what is missing with: beforehand topics create", names=listed(missing)
        )
        raise trouble_at(to.address, what)
    counts = {name: found[name].partitions for name in names}
    if len(set(counts.values())) > 1:
        what = say(
            "topics of events must have equally many partitions, but {said}; see beforehand topics describe",
            said=listed(f"{name}: {count}" for name, count in counts.items()),
        )
        raise trouble_at(to.address, what)
    return counts[names[0]]


def registry(settings: Settings) -> tuple[RedisRegistry, Nodes]:
    """Where rule sets are published, and the servers; StoreError if Redis can't keep state."""
    check_redis(settings)
    nodes = redis_nodes(settings)
    return RedisRegistry(nodes, settings.prefix + PREFIX), nodes


def worker(
    settings: Settings, files: Mapping[str, bytes] | None, *, recorded: bool
) -> tuple[WorkerApp, Carrier, Pages, list[str]]:
    """A worker, ready to start, its pages, and what should be better (sentences).

    `files` are those of a workspace: it is published if nothing is yet. Raises KafkaTrouble and StoreError.
    """
    to = connection(settings)
    partitions = partition_count(to)
    kept, nodes = registry(settings)
    advice = check_server(nodes)
    prefix = layout_for(nodes, partitions, settings.prefix + PREFIX).prefix(settings.prefix + PREFIX)
    advice += _published(kept, files)
    app = worker_app(
        AppSettings(
            to, settings.prefix + GROUP, EVENT_TOPICS, partitions, session=settings.session, instance=settings.instance
        )
    )
    clock, producer = BrokerClock(_skew(settings, to)), Producer(to)
    rules = RuleSets(kept, workspace_of)
    metrics, pages = watching(settings, to, partitions, rules.workspace(0).vocabulary.settle)
    claims = Claims(
        rules,
        nodes,
        prefix,
        partitions,
        recorded=recorded,
        records=settings.records_in_memory,
        committed=lambda done: metrics.committed(done, clock.latest(now_ms())),
    )
    carrier = Carrier(
        app,
        Worker(claims, rules, clock, EVENT_TOPICS, recorded=recorded, measures=metrics),
        clock,
        producer,
        Publisher(
            producer,
            rules.workspace(0).policy.order,
            rules.workspace(0).vocabulary,
            None if recorded else lambda: clock.latest(now_ms()) or int(time.time() * 1_000),
        ),
        recorded=recorded,
        measures=metrics,
    )
    app.carrier = carrier
    return app, carrier, pages, advice


def _skew(settings: Settings, to: Connection) -> int:
    """By how much brokers may differ (ms). One that is alone agrees with itself, and makes no copies."""
    if settings.clock_skew is not None:
        return settings.clock_skew
    return 0 if brokers_of(to) == 1 else _SKEW


def _published(kept: RedisRegistry, files: Mapping[str, bytes] | None) -> list[str]:
    """Publish these files if nothing is yet; what to say if something else decides."""
    sets = kept.published()
    if not sets:
        if files is None:
            raise StoreError(say("no rules have been published yet: beforehand publish-rules WORKSPACE"))
        kept.publish(Published(1, None, int(time.time() * 1_000), files))
        return []
    if files is not None and sets[-1].files != files:
        words = sentence(
            "rule set {number} decides, and this folder differs from it; to make it decide: beforehand publish-rules"
        )
        return [say(words, number=sets[-1].number)]
    return []
