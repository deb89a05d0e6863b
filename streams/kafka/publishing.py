"""Publishing events: each to the topic of its type and the partition of its customer, with every failure told by line.

The producer is idempotent and waits for all copies (`acks=all`): what is sent again after a failure is not there twice,
and the events of a partition stay in order.
"""

from __future__ import annotations

import contextvars
import functools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaProducer, errors
from kafka.admin import KafkaAdminClient

from models.events import Event
from models.speech import listed, say
from models.vocabulary import Vocabulary
from streams.kafka.base import Connection, KafkaTrouble, Undelivered, trouble_at
from streams.kafka.clients import client, trouble
from streams.partitioning import partition_of
from streams.topics import EVENT_TOPICS
from streams.wire.outgoing import Outgoing, event_message
from streams.wire.plans import CLOCK

#: Failures that concern the message alone; after any other there is no use in going on.
_OF_THE_MESSAGE = (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError, errors.InvalidRecordError)
#: Messages that the producer may hold, so that a large file does not fill memory.
_MOST_WAITING = 50_000
#: Milliseconds until a message that could not be delivered is given up.
_GIVEN_UP_AFTER = 30_000
#: Seconds without any answer after which nothing more is waited for.
_SILENCE = 40


class Publisher:
    """Sends events; what Kafka did not take is in `undelivered`."""

    def __init__(
        self,
        producer: KafkaProducer,
        connection: Connection,
        vocabulary: Vocabulary,
        partitions: int,
        *,
        recorded: bool,
    ) -> None:
        self._producer = producer
        self._connection = connection
        self._vocabulary = vocabulary
        self._partitions = partitions
        self._recorded = recorded
        self._partition_of = functools.lru_cache(100_000)(partition_of)
        self._handed_over = self._delivered = 0
        self.undelivered = Undelivered()
        self._hopeless: KafkaTrouble | None = None
        #: Where it was made: with the language of the moment, which the producer's thread does not know.
        self._context = contextvars.copy_context()

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
        if self._waiting > _MOST_WAITING:
            self._wait_for_fewer(_MOST_WAITING)
        if self._hopeless is not None:
            raise self._hopeless
        name = self._connection.prefix + topic
        try:
            self._handed_over += 1
            sent = self._producer.send(
                name, message.value, message.key, headers=list(message.headers), partition=partition
            )
        except errors.KafkaError as wrong:
            self._not_delivered(name, line, wrong)
            return
        sent.add_callback(self._has_delivered)
        sent.add_errback(functools.partial(self._not_delivered, name, line))

    @property
    def _waiting(self) -> int:
        """Messages of which nobody knows yet whether Kafka took them."""
        return self._handed_over - self._delivered - self.undelivered.count

    # Both are called by the producer's own thread.
    def _has_delivered(self, _metadata: Any) -> None:
        self._delivered += 1

    def _not_delivered(self, topic: str, line: int, wrong: errors.KafkaError) -> None:
        told = self._context.copy().run(trouble, wrong, self._connection, topic)
        self.undelivered.add(line, str(told))
        if not isinstance(wrong, _OF_THE_MESSAGE):
            self._hopeless = told

    def finish(self) -> None:
        """Wait until all is delivered or has failed; raises KafkaTrouble when Kafka stopped taking anything."""
        # kafka-python's own `flush` fails when it has cut a batch that was too large.
        self._wait_for_fewer(0)
        if self._hopeless is not None:
            missing = min((line for line, _ in self.undelivered.first), default=None)
            if missing is None:
                raise self._hopeless
            raise KafkaTrouble(
                say("{wrong}; the first line that was not delivered is {line}", wrong=self._hopeless, line=missing)
            )

    def _wait_for_fewer(self, enough: int) -> None:
        left, since = self._waiting, time.monotonic()
        while self._waiting > enough and self._hopeless is None:
            time.sleep(0.005)
            if self._waiting < left:
                left, since = self._waiting, time.monotonic()
            elif time.monotonic() - since > _SILENCE:
                self._hopeless = trouble(errors.KafkaTimeoutError(), self._connection)


@contextmanager
def publisher(connection: Connection, vocabulary: Vocabulary, *, recorded: bool) -> Iterator[Publisher]:
    """A publisher for a vocabulary. `recorded`: each event says when it arrived. Raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        there = {each["name"]: len(each["partitions"]) for each in admin.describe_topics(None)}
    partitions = _partitions(connection, there)
    options = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 20,
        "batch_size": 128 * 1024,
        "delivery_timeout_ms": _GIVEN_UP_AFTER,
        "request_timeout_ms": 10_000,
        "max_block_ms": _GIVEN_UP_AFTER,
    }
    with client(KafkaProducer, connection, let_go=_let_go, **options) as producer:
        yield Publisher(producer, connection, vocabulary, partitions, recorded=recorded)


def _let_go(producer: KafkaProducer) -> None:
    # What is not delivered by now has been told; without a time it would be waited for, without end.
    with suppress(errors.KafkaError):
        producer.close(timeout=1)


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
