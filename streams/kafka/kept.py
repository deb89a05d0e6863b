"""What a topic holds at this moment, read to its end and no further, without a group and without a trace."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from kafka import KafkaConsumer, TopicPartition, errors

from streams.kafka.base import Connection, Message
from streams.kafka.clients import client, trouble
from streams.kafka.header_names import read_any_header_name
from streams.kafka.tailing import message_of

#: Milliseconds that one question for more may wait for an answer; Ctrl-C is heard between two.
_WAIT = 300
#: Seconds without any answer after which nothing more is waited for.
_SILENCE = 40


class Kept:
    """The messages of a topic."""

    def __init__(
        self,
        consumer: KafkaConsumer,
        connection: Connection,
        places: Sequence[TopicPartition],
        begins: Mapping[TopicPartition, int],
    ) -> None:
        self._consumer = consumer
        self._connection = connection
        self._places = places
        self._begins = begins
        self._ends: Mapping[TopicPartition, int] = begins
        #: How many messages there are, about: some offsets may have none.
        self.total = 0

    def up_to_now(self) -> Iterator[list[Message]]:
        """What was not read yet, up to where the topic ends now, in order on each partition. Raises KafkaTrouble."""
        self._ends = self._consumer.end_offsets(list(self._places))
        self.total = sum(self._ends[place] - self._begins[place] for place in self._places)
        return self._messages()

    def again(self) -> Iterator[list[Message]]:
        """The same from the beginning, up to where it ended when it was asked for last."""
        for place in self._places:
            self._consumer.seek(place, self._begins[place])
        return self._messages()

    def _messages(self) -> Iterator[list[Message]]:
        heard = time.monotonic()
        while any(self._consumer.position(place) < self._ends[place] for place in self._places):
            fetched = self._consumer.poll(timeout_ms=_WAIT)
            for place, several in fetched.items():
                heard = time.monotonic()
                if there := [message_of(each) for each in several if each.offset < self._ends[place]]:
                    yield there
            if time.monotonic() - heard > _SILENCE:
                raise trouble(errors.KafkaTimeoutError(), self._connection)


@contextmanager
def kept(connection: Connection, topic: str, *, since: int | None = None) -> Iterator[Kept]:
    """What a topic holds, by its name without the prefix; with `since` (ms) what was appended from then on.

    Raises KafkaTrouble.
    """
    read_any_header_name()
    name = connection.prefix + topic
    with client(
        KafkaConsumer, connection, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as consumer:
        if name not in consumer.topics():
            raise trouble(errors.UnknownTopicOrPartitionError(), connection, name)
        places = [TopicPartition(name, number) for number in sorted(consumer.partitions_for_topic(name) or ())]
        consumer.assign(places)
        begins = _begins(consumer, places, since)
        for place in places:
            consumer.seek(place, begins[place])
        yield Kept(consumer, connection, places, begins)


def _begins(
    consumer: KafkaConsumer, places: Sequence[TopicPartition], since: int | None
) -> Mapping[TopicPartition, int]:
    if since is None:
        begins: Mapping[TopicPartition, int] = consumer.beginning_offsets(list(places))
        return begins
    found = consumer.offsets_for_times(dict.fromkeys(places, max(since, 0)))
    ends = consumer.end_offsets(list(places))
    return {place: ends[place] if found[place] is None else found[place].offset for place in places}
