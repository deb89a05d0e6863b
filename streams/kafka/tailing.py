"""Reading along: the messages of a topic as they come, or from its beginning, without a group and without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from models.speech import say
from streams.kafka.base import Connection, Message, trouble_at
from streams.kafka.clients import client
from streams.kafka.header_names import read_any_header_name

#: Milliseconds that one question for more may wait for an answer; Ctrl-C is heard between two.
_WAIT = 300


@contextmanager
def tailing(connection: Connection, topic: str, *, from_beginning: bool) -> Iterator[Iterator[Message]]:
    """The messages of a topic, for ever: those that come from this moment on, or all that are kept.

    Within a partition they come in order; beyond it as they are fetched. Raises KafkaTrouble.
    """
    read_any_header_name()
    with client(KafkaConsumer, connection, group_id=None, enable_auto_commit=False) as consumer:
        name = _known(consumer.topics(), connection, topic)
        partitions = [TopicPartition(name, number) for number in sorted(consumer.partitions_for_topic(name) or ())]
        consumer.assign(partitions)
        if from_beginning:
            consumer.seek_to_beginning(*partitions)
        else:
            # Asked for now, and not when the first message is: what comes from here on is shown.
            for partition, end in consumer.end_offsets(partitions).items():
                consumer.seek(partition, end)
        yield _messages(consumer)


def _messages(consumer: KafkaConsumer) -> Iterator[Message]:
    while True:
        for several in consumer.poll(timeout_ms=_WAIT).values():
            for each in several:
                yield message_of(each)


def message_of(record: Any) -> Message:
    """A record of kafka-python."""
    headers = tuple((name, value or b"") for name, value in record.headers or ())
    return Message(record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, headers)


def _known(there: set[str], connection: Connection, topic: str) -> str:
    name = connection.prefix + topic
    for candidate in (name, topic):
        if candidate in there:
            return candidate
    near = get_close_matches(name, there, 1, 0.5)
    there_is_none = say("there is no topic {topic}", topic=name)
    if near:
        todo = say("did you mean {name}?", name=near[0].removeprefix(connection.prefix))
    else:
        todo = say("see beforehand topics describe")
    raise trouble_at(connection.address, f"{there_is_none}; {todo}")
