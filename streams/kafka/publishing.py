"""Publishing events: each to the topic of its type and the partition of its customer; failures are told by line."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from kafka.admin import KafkaAdminClient

from models.events import Event
from models.speech import listed, say
from models.vocabulary import Vocabulary
from streams.kafka.base import Connection, KafkaTrouble, Undelivered, trouble_at
from streams.kafka.clients import client
from streams.kafka.delivery import Delivery, delivering
from streams.partitioning import partition_of
from streams.topics import EVENT_TOPICS
from streams.wire.outgoing import Outgoing, event_message
from streams.wire.plans import CLOCK


class Publisher:
    """Sends events; what Kafka did not take is in `undelivered`."""

    def __init__(
        self, delivery: Delivery, prefix: str, vocabulary: Vocabulary, partitions: int, *, recorded: bool
    ) -> None:
        self._delivery = delivery
        self._prefix = prefix
        self._vocabulary = vocabulary
        self._partitions = partitions
        self._recorded = recorded
        self._partition_of = functools.lru_cache(100_000)(partition_of)
        self.undelivered = Undelivered()

    def send(self, event: Event, line: int) -> None:
        """Hand an event on; a `clock` goes to every partition. Raises KafkaTrouble when there is no use in going on."""
        message = event_message(event, self._vocabulary, recorded=self._recorded)
        if event.type != CLOCK:
            self._send(message.topic, message, line, self._partition_of(event.customer, self._partitions))
            return
        for topic in EVENT_TOPICS:
            for partition in range(self._partitions):
                self._send(topic, message, line, partition)

    def _send(self, topic: str, message: Outgoing, line: int, partition: int) -> None:
        self._delivery.send(self._prefix + topic, message, partition, functools.partial(self.undelivered.add, line))

    def finish(self) -> None:
        """Wait until all is delivered or has failed; raises KafkaTrouble when Kafka stopped taking anything."""
        self._delivery.wait()
        hopeless = self._delivery.hopeless
        if hopeless is not None:
            missing = min((line for line, _ in self.undelivered.first), default=None)
            if missing is None:
                raise hopeless
            raise KafkaTrouble(
                say("{wrong}; the first line that was not delivered is {line}", wrong=hopeless, line=missing)
            )


@contextmanager
def publisher(connection: Connection, vocabulary: Vocabulary, *, recorded: bool) -> Iterator[Publisher]:
    """A publisher for a vocabulary. `recorded`: each event says when it arrived. Raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        there = {each["name"]: len(each["partitions"]) for each in admin.describe_topics(None)}
    partitions = _partitions(connection, there)
    with delivering(connection) as delivery:
        yield Publisher(delivery, connection.prefix, vocabulary, partitions, recorded=recorded)


def _partitions(connection: Connection, there: Mapping[str, int]) -> int:
    """How many partitions each topic of events has."""
    names = [connection.prefix + topic for topic in EVENT_TOPICS]
    missing = [name for name in names if name not in there]
    if missing:
        what = say(
            "there is no topic {names}; make what is missing with: beforehand topics create", names=listed(missing)
        )
        raise trouble_at(connection.address, what)
    counts = {there[name] for name in names}
    if len(counts) > 1:
        what = say(
            "topics of events must have equally many partitions, but {said}; see beforehand topics describe",
            said=listed(f"{name}: {there[name]}" for name in names),
        )
        raise trouble_at(connection.address, what)
    return counts.pop()
