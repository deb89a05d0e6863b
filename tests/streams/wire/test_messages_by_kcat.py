"""What docs/wire.md tells producers to type, typed: real messages of a program that is not ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewTopic

from models.events import Event
from servers.programs import program
from streams.partitioning import partition_of
from streams.wire.messages import MessageDecoder
from tests.streams.wire.test_documentation import VOCABULARY

PAGE = (Path(__file__).parents[3] / "docs" / "wire.md").read_text("utf-8")
PARTITIONS = 7


def test_what_the_page_says_producers_may_type_is_read(kafka: str, own_name: str) -> None:
    """Both modes, word for word, give the same event, on the partition of the customer."""
    program("kcat")
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(own_name, PARTITIONS, 1)])
    admin.close()
    script = PAGE.split("```sh\n# structured\n")[1].split("```")[0]
    script = script.replace("localhost:9092", kafka).replace("events.consumption", own_name)
    subprocess.run(["bash", "-e", "-c", script], check=True, timeout=60)

    place = TopicPartition(own_name, partition_of("c-1001", PARTITIONS))
    consumer = KafkaConsumer(bootstrap_servers=kafka, consumer_timeout_ms=10_000)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    records = [next(consumer), next(consumer)]
    consumer.close()
    decoder = MessageDecoder(VOCABULARY)
    structured, binary = decoder.decode_all(records, [record.timestamp for record in records])
    assert isinstance(structured, Event)
    assert isinstance(binary, Event)
    assert (structured.customer, structured.id, structured.data["amount"]) == ("c-1001", "b-8812", 1_500_000_000)
    binary.arrived = structured.arrived
    assert binary == structured
    assert not decoder.decoder.ignored
