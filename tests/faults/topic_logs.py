"""Topics read from outside, from their beginning, with a client of another make than the worker's."""

from __future__ import annotations

import logging
import time
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

# What it says while a broker is being killed is not news.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


class TopicLog:
    """All messages of some topics; `read` adds what has come since."""

    def __init__(self, address: str, topics: list[str]) -> None:
        #: As kafka-python has them, in the order of each partition.
        self.messages: list[Any] = []
        self._consumer = KafkaConsumer(bootstrap_servers=address, fetch_max_wait_ms=100, request_timeout_ms=5_000)
        self._places = [
            TopicPartition(topic, each) for topic in topics for each in self._consumer.partitions_for_topic(topic) or ()
        ]
        assert self._places, f"none of {topics} is there"
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning(*self._places)

    def read(self) -> list[Any]:
        """What has come since it was last read; nothing where the broker does not answer just now."""
        fresh: list[Any] = []
        try:
            ends = self._consumer.end_offsets(self._places)
            until = time.monotonic() + 10
            while any(self._consumer.position(place) < ends[place] for place in self._places):
                fresh += [each for some in self._consumer.poll(timeout_ms=200).values() for each in some]
                if time.monotonic() > until:
                    break
        except (KafkaError, OSError):
            pass
        self.messages += fresh
        return fresh

    def close(self) -> None:
        self._consumer.close()
