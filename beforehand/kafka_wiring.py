"""How Kafka is put together with settings, workspaces and files: beside `beforehand.wiring`, what knows adapters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beforehand.settings import Settings, read_settings, secret
from rules.workspace.workspace import Workspace
from streams.kafka.base import Connection, Difference, Found, Undelivered, Wanted
from streams.kafka.broker_time import broker_time
from streams.kafka.letters import Letters, dead_letters
from streams.kafka.partitions import add_partitions, log_ends, members_of
from streams.kafka.publishing import publisher
from streams.kafka.sending_again import Sender, sending_again
from streams.kafka.tailing import tailing
from streams.kafka.topics import create_topics, differences, found_topics
from streams.publishing import Published, publish
from streams.sources.jsonl import FileSource
from streams.topics import DEAD_LETTERS, DEFAULT_PARTITIONS, EVENT_TOPICS, OWN_TOPICS, topics
from streams.wire.decoder import Decoder

#: Arrivals that are read from a file at once; shorter where they are sent slowly.
_BATCH = 500

__all__ = [
    "Letters",
    "Sender",
    "connection",
    "create_missing",
    "dead_letters",
    "publish_file",
    "sending_again",
    "tailing",
    "topic_states",
]


def connection(settings: Settings | None = None) -> Connection:
    """How Kafka is reached, as the settings of this process say; raises SettingsError."""
    chosen = settings or read_settings()
    return Connection(
        servers=tuple(chosen.kafka.split(",")),
        security=chosen.kafka_security,
        ca=chosen.kafka_ca,
        certificate=chosen.kafka_certificate,
        key=chosen.kafka_key,
        key_password=secret(chosen.kafka_key_password),
        mechanism=chosen.kafka_mechanism,
        user=chosen.kafka_user,
        password=secret(chosen.kafka_password),
        prefix=chosen.prefix,
    )


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic of a workspace: what it is for, how it should be and how it is; `found` is None if it is not there."""

    holds: str
    wanted: Wanted
    found: Found | None
    differences: list[Difference] = field(default_factory=list)


def topic_states(to: Connection, workspace: Workspace, partitions: int | None) -> list[TopicState]:
    """All topics of a workspace, in the order of its contract.

    `partitions` may be left to what is there: that of the first topic of events, else 24. Raises KafkaTrouble, and
    ValueError for channels whose topics cannot be named.
    """
    declared = (*topics(workspace.policy.channels), *OWN_TOPICS)
    found = found_topics(to, [to.prefix + topic.name for topic in declared])
    if partitions is None:
        there = (found.get(to.prefix + name) for name in EVENT_TOPICS)
        partitions = next((each.partitions for each in there if each is not None), DEFAULT_PARTITIONS)
    states = []
    for topic in declared:
        kept = topic.name in (*EVENT_TOPICS, DEAD_LETTERS)
        wanted = Wanted(
            name=to.prefix + topic.name,
            partitions=partitions,
            settings=topic.settings,
            retention=workspace.vocabulary.history if kept else None,
            co_partitioned=topic.name in EVENT_TOPICS,
        )
        is_ = found.get(wanted.name)
        states.append(TopicState(topic.holds, wanted, is_, [] if is_ is None else differences(wanted, is_)))
    return states


def create_missing(to: Connection, states: Sequence[TopicState], replicas: int) -> list[str]:
    """Make the topics that are not there; returns their names. Raises KafkaTrouble."""
    missing = [state.wanted for state in states if state.found is None]
    return create_topics(to, missing, replicas) if missing else []


def publish_file(  # noqa: PLR0913 (what a person can choose)
    to: Connection,
    workspace: Workspace,
    file: Path,
    done: Published,
    *,
    now: int | None,
    recorded: bool,
    rate: float | None,
    watch: Callable[[int, int], None],
) -> Undelivered:
    """Publish a file (see `streams.publishing`); returns what Kafka did not take.

    Raises KafkaTrouble and SourceError. After Ctrl-C what was sent is delivered.
    """
    batch = _BATCH if rate is None else max(1, min(_BATCH, int(rate / 10)))
    source = FileSource(file, Decoder(workspace.vocabulary), batch=batch)
    with publisher(to, workspace.vocabulary, recorded=recorded) as sink:
        try:
            publish(source, sink, workspace.vocabulary, done, now=now, recorded=recorded, rate=rate, watch=watch)
        finally:
            sink.finish()
    return sink.undelivered


def now_of_broker(to: Connection) -> int:
    """What time it is by the broker's clock (ms); raises KafkaTrouble."""
    return broker_time(to)


def workers_at_work(to: Connection, group: str) -> int:
    """How many workers are in their group; raises KafkaTrouble."""
    return members_of(to, group)


def reads(to: Connection, partitions: int) -> dict[tuple[str, int], int]:
    """(topic of events without the prefix, partition number) -> where its log ends; raises KafkaTrouble."""
    ends = log_ends(to, [to.prefix + topic for topic in EVENT_TOPICS], partitions)
    return {(topic.removeprefix(to.prefix), number): end for (topic, number), end in ends.items()}


def more_partitions(to: Connection, partitions: int) -> None:
    """Let the topics of events have so many partitions; raises KafkaTrouble."""
    add_partitions(to, [to.prefix + topic for topic in EVENT_TOPICS], partitions)
