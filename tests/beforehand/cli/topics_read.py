"""What stands in topics of the Kafka of a test run."""

from __future__ import annotations

from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewTopic


def all_messages(address: str, topics: list[str]) -> list[Any]:
    """All messages of the topics, as kafka-python has them, in the order of each partition."""
    consumer = KafkaConsumer(bootstrap_servers=address)
    places = [TopicPartition(topic, each) for topic in topics for each in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    read = []
    while any(consumer.position(place) < ends[place] for place in places):
        read += [each for several in consumer.poll(timeout_ms=500).values() for each in several]
    consumer.close()
    return read


def make_topic(address: str, name: str, partitions: int, **settings: str) -> None:
    """A topic, made by somebody else; `max_message_bytes` stands for `max.message.bytes`."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    configs = {setting.replace("_", "."): value for setting, value in settings.items()}
    admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
    admin.wait_for_topics([name])
    admin.close()
