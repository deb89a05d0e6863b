"""What Kafka is asked of its brokers, groups and logs, and told when topics get more partitions."""

from __future__ import annotations

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from streams.kafka.base import Connection
from streams.kafka.clients import client


def brokers_of(connection: Connection) -> int:
    """How many brokers there are; raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        return len(admin.describe_cluster()["brokers"])


def members_of(connection: Connection, group: str) -> int:
    """How many processes are in a group; raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        described = admin.describe_groups([group])
    return len(described.get(group, {}).get("members", ()))


def log_ends(connection: Connection, topics: Iterable[str], partitions: int) -> dict[tuple[str, int], int]:
    """(topic, partition number) -> where its log ends; raises KafkaTrouble."""
    with client(KafkaConsumer, connection) as consumer:
        ends = consumer.end_offsets([TopicPartition(topic, each) for topic in topics for each in range(partitions)])
    return {(place.topic, place.partition): end for place, end in ends.items()}


def add_partitions(connection: Connection, topics: Iterable[str], partitions: int) -> None:
    """Let each of these topics have so many partitions; raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        admin.create_partitions(dict.fromkeys(topics, partitions))
