"""Names of headers that are no text, as kafka-python reads them."""

from __future__ import annotations

import subprocess

import pytest
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from servers.programs import program
from streams.kafka.base import Connection
from streams.kafka.header_names import PatientBatch
from streams.kafka.kept import kept
from tests.beforehand.cli.topics_read import make_topic


def batch(name: bytes) -> bytes:
    """Three messages, of which the second has a header of this name."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=10_000,
    )
    for number, headers in enumerate(([], [("x" * len(name), b"1"), ("y", b"")], [("z", b"2")])):
        builder.append(number, timestamp=7, key=b"k", value=b"%d" % number, headers=headers)
    return bytes(builder.build()).replace(b"x" * len(name), name)


def test_the_client_stumbles_over_such_a_name() -> None:
    """If it no longer does, all this can go."""
    with pytest.raises(CorruptRecordError):
        list(DefaultRecordBatch(batch(b"\xff\xfe")))


def test_a_batch_with_such_a_name_is_read() -> None:
    """With all its messages, each once and in order; any other batch as it was."""
    found = [(each.offset, each.key, each.value, each.headers) for each in PatientBatch(batch(b"b\xffd"))]
    names = {0: [], 1: [("b\\xffd", b"1"), ("y", b"")], 2: [("z", b"2")]}
    assert found == [(number, b"k", b"%d" % number, names[number]) for number in range(3)]
    one, other = PatientBatch(batch("gül".encode())), DefaultRecordBatch(batch("gül".encode()))
    assert [each.headers for each in one] == [each.headers for each in other]


def test_what_is_broken_stays_broken() -> None:
    """Only texts are read with patience."""
    with pytest.raises(CorruptRecordError):
        list(PatientBatch(batch(b"good")[:-2]))


@pytest.mark.parametrize("compression", ["none", "gzip", "lz4"])
def test_a_consumer_reads_on(kafka: str, own_name: str, compression: str) -> None:
    """What stands before and behind such a message comes, in order and once, whatever wrote it."""
    make_topic(kafka, own_name, 1)
    for values, header in (("a\nb\n", "x=1"), ("c\nd\n", "\udcff=1"), ("e\n", "x=1")):
        command = [program("kcat"), "-P", "-b", kafka, "-t", own_name, "-z", compression, "-H", header]
        subprocess.run(command, input=values.encode(), check=True, timeout=60)
    with kept(Connection((kafka,)), own_name) as topic:
        found = [(each.value, each.headers[0][0]) for several in topic.up_to_now() for each in several]
    assert found == [(b"a", "x"), (b"b", "x"), (b"c", "\\xff"), (b"d", "\\xff"), (b"e", "x")]
