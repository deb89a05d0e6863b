"""What time it is for the broker: it says so of everything that it appends to a topic of LogAppendTime."""

from __future__ import annotations

from kafka import KafkaProducer

from streams.kafka.base import Connection
from streams.kafka.clients import client
from streams.topics import CLOCKS

#: Seconds that the broker may take to answer.
_PATIENCE = 10


def broker_time(connection: Connection) -> int:
    """Milliseconds since 1970 by the broker's clock; raises KafkaTrouble."""
    with client(KafkaProducer, connection, acks="all") as producer:
        appended = producer.send(connection.prefix + CLOCKS, value=None, key=b"").get(timeout=_PATIENCE)
    return int(appended.timestamp)
