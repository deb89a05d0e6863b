"""Names of headers that are no text, as kafka-python reads them."""

from __future__ import annotations

import pytest
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from streams.kafka.base import Connection
from streams.kafka.header_names import PatientBatch
from streams.kafka.kept import kept
from tests.streams import odd_headers


def batch(name: bytes) -> bytes:
    """What kafka-python makes of three messages; it has no headers without a value."""
    return odd_headers.batch(DefaultRecordBatchBuilder, name, b"")


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
    odd_headers.publish_odd(kafka, own_name, compression)
    with kept(Connection((kafka,)), own_name) as topic:
        found = [(each.value, each.headers[0][0]) for several in topic.up_to_now() for each in several]
    assert found == [(b"a", "x"), (b"b", "x"), (b"c", "\\xff"), (b"d", "\\xff"), (b"e", "x")]
