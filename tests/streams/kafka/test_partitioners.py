from __future__ import annotations

import subprocess
from collections import Counter

from servers.programs import program
from streams.partitioning import partition_of
from tests.beforehand.cli.topics_read import all_messages, make_topic

PARTITIONS = 12
CUSTOMERS = [f"c-{number}" for number in range(500)]


def sent_by_kcat(kafka: str, topic: str, *options: str) -> Counter[bool]:
    """How many customers of a producer that is not ours are where we expect them."""
    make_topic(kafka, topic, PARTITIONS)
    lines = "".join(f"{customer}|{{}}\n" for customer in CUSTOMERS)
    command = [program("kcat"), "-P", "-b", kafka, "-t", topic, "-K", "|", *options]
    subprocess.run(command, input=lines, text=True, check=True)
    read = all_messages(kafka, [topic])
    assert len(read) == len(CUSTOMERS)
    return Counter(each.partition == partition_of(each.key.decode(), PARTITIONS) for each in read)


def test_librdkafka_with_javas_partitioner_puts_customers_where_we_expect_them(kafka: str, own_name: str) -> None:
    """A producer in any language needs one setting, and nothing of ours."""
    assert sent_by_kcat(kafka, own_name, "-X", "topic.partitioner=murmur2_random") == {True: len(CUSTOMERS)}


def test_librdkafka_without_it_puts_most_customers_elsewhere(kafka: str, own_name: str) -> None:
    """Which is why a worker forwards them, and says so."""
    found = sent_by_kcat(kafka, own_name)
    assert found[False] > 0.85 * len(CUSTOMERS)
