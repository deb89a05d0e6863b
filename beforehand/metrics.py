"""The metrics of a worker, for Prometheus: what each is called, and where its number comes from.

Counters and histograms are counted as the worker works; gauges are read when somebody asks. A worker counts from its
start, and only what it did itself, so that the metrics of several can be added.
"""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from models.decisions import Decision
from streams.dead_letters import Reason
from streams.partition import Done
from streams.stores.base import Memory, Size, StoreError
from streams.worker.measures import Watched

#: Seconds; p99 below 200 ms is the goal, and minutes are to be told from hours.
_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 5, 10, 30, 60, 300, 3_600)
#: At most so many (rule, kind, outcome, reason) are told apart: each is a series that Prometheus keeps.
_DECISIONS = 2_000
#: What a rule is called that came later, and who beat an offer.
OTHER = "other"
_BEATEN = "beaten by "

#: How large the state of these partition numbers is, and Redis; StoreError if it does not answer.
AskSizes = Callable[[Sequence[int]], tuple[Mapping[int, Size], Memory]]


class Metrics:
    """Measures of one worker (see `streams.worker.measures.Measures`), in a registry of their own."""

    def __init__(self, ask_sizes: AskSizes, partitions: int, settle: int) -> None:
        """`partitions`: of the topics of events, all workers' together.

        `settle`: how long events wait in any case (ms): no part of what a worker takes for its work.
        """
        self.registry = CollectorRegistry()
        self.watched = Watched()
        #: When the event loop last came round (`time.monotonic`).
        self.beaten = time.monotonic()
        self.partitions = partitions
        self._settle = settle
        self._told_apart: set[tuple[str, str, str, str]] = set()
        here = self.registry
        self._events = Counter("beforehand_events", "Events taken.", registry=here)
        self._forwarded = Counter(
            "beforehand_forwarded", "Messages that came on the wrong partition and were passed on.", registry=here
        )
        self._dead = Counter("beforehand_dead_letters", "Messages that are no events.", ["reason"], registry=here)
        for reason in Reason:
            self._dead.labels(reason.value)  # so that the first one is an increase, too
        self._decisions = Counter(
            "beforehand_decisions", "Terminal decisions.", ["rule", "kind", "outcome", "reason"], registry=here
        )
        self._noted = Counter(
            "beforehand_noted", "What was noted of events: duplicates, old news, ..", ["what"], registry=here
        )
        self._commits = Counter("beforehand_commits", "Commits made.", registry=here)
        self._refused = Counter(
            "beforehand_commits_refused", "Commits refused: another worker had claimed the partition.", registry=here
        )
        self._published = Counter("beforehand_published", "Messages that Kafka has acknowledged.", registry=here)
        self._commit_seconds = Histogram(
            "beforehand_commit_seconds", "What one commit took in Redis.", buckets=_BUCKETS, registry=here
        )
        self._decided_seconds = Histogram(
            "beforehand_decision_seconds",
            "From when a decision could be made (its event was in Kafka, and settled) until it was committed.",
            buckets=_BUCKETS,
            registry=here,
        )
        self._published_seconds = Histogram(
            "beforehand_publish_seconds",
            "From the first commit of what is published together until Kafka acknowledged it.",
            buckets=_BUCKETS,
            registry=here,
        )
        ProcessCollector(registry=here)
        GCCollector(registry=here)
        here.register(_Gauges(self, ask_sizes))

    # ------------------------------------------------------------------ Measures

    def committed(self, done: Done, now: int | None) -> None:
        """See `Measures`."""
        self._commits.inc()
        self._commit_seconds.observe(done.seconds)
        self._events.inc(done.events)
        self._forwarded.inc(done.forwarded)
        for reason, number in Tally(letter.reason.value for letter in done.dead).items():
            self._dead.labels(reason).inc(number)
        for what, number in done.counts.items():
            self._noted.labels(what).inc(number)
        for labels, number in Tally(map(_labels, done.decisions)).items():
            self._decisions.labels(*self._bounded(labels)).inc(number)
        if now is not None:
            for decision in done.decisions:
                taken = round(datetime.fromisoformat(decision.time).timestamp() * 1_000)
                self._decided_seconds.observe(max(0, now - taken - self._settle) / 1_000)

    def refused(self) -> None:
        """See `Measures`."""
        self._refused.inc()

    def published(self, messages: int, waited: int) -> None:
        """See `Measures`."""
        self._published.inc(messages)
        self._published_seconds.observe(waited / 1_000)

    def beat(self, watched: Watched) -> None:
        """See `Measures`."""
        self.watched = watched
        self.beaten = time.monotonic()

    def _bounded(self, labels: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
        if labels in self._told_apart:
            return labels
        if len(self._told_apart) < _DECISIONS:
            self._told_apart.add(labels)
            return labels
        _, kind, outcome, reason = labels
        return OTHER, kind, outcome, reason


def _labels(decision: Decision) -> tuple[str, str, str, str]:
    reason = decision.reason or ""
    if reason.startswith(_BEATEN):
        reason = _BEATEN + OTHER
    return decision.rule, decision.kind.value, decision.outcome.value, reason


class _Gauges(Collector):
    """What is read of a worker, and of its state in Redis, when somebody asks."""

    def __init__(self, metrics: Metrics, ask_sizes: AskSizes) -> None:
        self._metrics = metrics
        self._ask_sizes = ask_sizes

    def collect(self) -> Iterator[Metric]:
        """All of them. Those of Redis are missing while it does not answer."""
        watched = self._metrics.watched
        yield _gauge("beforehand_partitions", "Partitions of a topic of events.", self._metrics.partitions)
        yield _gauge("beforehand_partitions_owned", "Partitions that are worked on.", len(watched.owned))
        yield _gauge(
            "beforehand_partitions_left_alone",
            "Partitions that are ours and wait, because something is wrong.",
            len(watched.still),
        )
        yield _gauge("beforehand_beat_age_seconds", "Since the worker last came round.", self._age())
        yield from self._of_partitions(watched)
        lag = GaugeMetricFamily(
            "beforehand_lag_records", "Records of a topic that are not done with.", labels=["topic", "partition"]
        )
        for (topic, number), records in watched.lag.items():
            lag.add_metric([topic, str(number)], records)
        yield lag
        yield from self._of_redis(watched)
        rules = InfoMetricFamily("beforehand_rule_set", "The rule sets that decide.")
        for rule_set in sorted({owned.rule_set for owned in watched.owned.values()}):
            rules.add_metric([], {"rule_set": rule_set})
        yield rules

    def _age(self) -> float:
        return time.monotonic() - self._metrics.beaten

    def _of_partitions(self, watched: Watched) -> Iterator[Metric]:
        behind = _by_partition("beforehand_behind_seconds", "By how much arrivals have come behind now.")
        waiting = _by_partition("beforehand_waiting_events", "Events that have arrived and are not taken yet.")
        records = _by_partition("beforehand_records_in_memory", "Customers' records in memory.")
        for number, owned in watched.owned.items():
            if owned.behind is not None:
                behind.add_metric([str(number)], owned.behind / 1_000)
            waiting.add_metric([str(number)], owned.waiting)
            records.add_metric([str(number)], owned.records)
        yield from (behind, waiting, records)

    def _of_redis(self, watched: Watched) -> Iterator[Metric]:
        try:
            sizes, memory = self._ask_sizes(sorted(watched.owned))
        except StoreError:
            yield _gauge("beforehand_redis_up", "Whether Redis answers.", 0)
            return
        yield _gauge("beforehand_redis_up", "Whether Redis answers.", 1)
        yield _gauge("beforehand_redis_used_bytes", "Memory that Redis uses.", memory.used)
        yield _gauge("beforehand_redis_most_bytes", "Memory that Redis may use; 0: all there is.", memory.most)
        customers = _by_partition("beforehand_customers", "Customers with a record.")
        size = _by_partition("beforehand_state_bytes", "Bytes of their records in Redis, estimated.")
        outbox = _by_partition("beforehand_outbox_entries", "Decisions that wait to be published.")
        dead = _by_partition("beforehand_dead_outbox_entries", "Dead letters that wait to be published.")
        for number, one in sizes.items():
            customers.add_metric([str(number)], one.customers)
            size.add_metric([str(number)], one.bytes)
            outbox.add_metric([str(number)], one.outbox)
            dead.add_metric([str(number)], one.dead_letters)
        yield from (customers, size, outbox, dead)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _by_partition(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, labels=["partition"])
