"""A producer that says of every message whether Kafka took it, and gives up where there is no use in going on.

It is idempotent and waits for all copies (`acks=all`): what is sent again after a failure is not there twice, and the
messages of a partition stay in order.
"""

from __future__ import annotations

import contextvars
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaProducer, errors

from streams.kafka.base import Connection, KafkaTrouble
from streams.kafka.clients import client, trouble
from streams.wire.outgoing import Outgoing

#: Failures that concern the message alone; after any other there is no use in going on.
_OF_THE_MESSAGE = (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError, errors.InvalidRecordError)
#: Messages that the producer may hold, so that a large file does not fill memory.
_MOST_WAITING = 50_000
#: Milliseconds until a message that could not be delivered is given up.
_GIVEN_UP_AFTER = 30_000
#: Seconds without any answer after which nothing more is waited for.
_SILENCE = 40


class Delivery:
    """Sends messages to topics of any name."""

    def __init__(self, producer: KafkaProducer, connection: Connection) -> None:
        self._producer = producer
        self._connection = connection
        self._handed_over = self._delivered = self._failed = 0
        #: Why there is no use in going on, once it is so.
        self.hopeless: KafkaTrouble | None = None
        #: Where it was made: with the language of the moment, which the producer's thread does not know.
        self._context = contextvars.copy_context()

    def send(self, topic: str, message: Outgoing, partition: int | None, failed: Callable[[str], None]) -> None:
        """Hand a message on, to a topic whose name is whole; without a partition, to that of its key.

        `failed` is told why Kafka did not take it, now or later, from another thread. Raises KafkaTrouble when there is
        no use in going on.
        """
        if self._waiting > _MOST_WAITING:
            self._wait_for_fewer(_MOST_WAITING)
        if self.hopeless is not None:
            raise self.hopeless
        not_delivered = functools.partial(self._not_delivered, topic, failed)
        headers = [(name, value or b"") for name, value in message.headers]
        try:
            self._handed_over += 1
            sent = self._producer.send(topic, message.value, message.key, headers=headers, partition=partition)
        except errors.KafkaError as wrong:
            not_delivered(wrong)
            return
        sent.add_callback(self._has_delivered)
        sent.add_errback(not_delivered)

    def wait(self) -> None:
        """Wait until all is delivered or has failed, or nothing is to be hoped for any more."""
        # kafka-python's own `flush` fails when it has cut a batch that was too large.
        self._wait_for_fewer(0)

    @property
    def _waiting(self) -> int:
        """Messages of which nobody knows yet whether Kafka took them."""
        return self._handed_over - self._delivered - self._failed

    # Both are called by the producer's own thread.
    def _has_delivered(self, _metadata: Any) -> None:
        self._delivered += 1

    def _not_delivered(self, topic: str, failed: Callable[[str], None], wrong: errors.KafkaError) -> None:
        told = self._context.copy().run(trouble, wrong, self._connection, topic)
        failed(str(told))
        self._failed += 1
        if not isinstance(wrong, _OF_THE_MESSAGE):
            self.hopeless = told

    def _wait_for_fewer(self, enough: int) -> None:
        left, since = self._waiting, time.monotonic()
        while self._waiting > enough and self.hopeless is None:
            time.sleep(0.005)
            if self._waiting < left:
                left, since = self._waiting, time.monotonic()
            elif time.monotonic() - since > _SILENCE:
                self.hopeless = trouble(errors.KafkaTimeoutError(), self._connection)


@contextmanager
def delivering(connection: Connection) -> Iterator[Delivery]:
    """A delivery by a producer of its own; raises KafkaTrouble."""
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
        _outlive_messages(producer)
        yield Delivery(producer, connection)


def _outlive_messages(producer: KafkaProducer) -> None:
    """Let the producer go on after a message that was refused for itself.

    kafka-python 3.0 takes that for the end of an idempotent producer, and lets all that follows fail with the same
    error. The broker has not seen the message, so its sequence number is free for the next one of the partition, of
    which an idempotent producer has one batch under way at most. (kafka-python does so where it cuts a batch.)
    """
    manager = producer._transaction_manager  # noqa: SLF001 -- held by tests/beforehand/cli/test_publish.py
    classify = manager.classify_batch_error

    def classified(error: errors.KafkaError, batch: Any, **more: Any) -> Any:
        if not isinstance(error, _OF_THE_MESSAGE):
            return classify(error, batch, **more)
        manager.set_sequence_number(batch.topic_partition, batch.base_sequence)
        return manager.ERROR_CLASS_RETRIABLE

    manager.classify_batch_error = classified


def _let_go(producer: KafkaProducer) -> None:
    # What is not delivered by now has been told; without a time it would be waited for, without end.
    with suppress(errors.KafkaError):
        producer.close(timeout=1)
