"""Names of headers that are no text."""

from __future__ import annotations

import asyncio

import aiokafka
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from streams.worker.header_names import PatientRecords, read_any_header_name
from tests.streams import odd_headers


def batch(name: bytes) -> bytes:
    """What aiokafka makes of three messages."""
    return odd_headers.batch(DefaultRecordBatchBuilder, name, None)


def records(read: PatientRecords | MemoryRecords) -> list[tuple[int, bytes, list[tuple[str, bytes | None]]]]:
    """All records, batch by batch."""
    found = []
    while read.has_next():
        one = read.next_batch()
        assert one is not None
        found += [(record.offset, record.value, record.headers) for record in one]
    return found


def test_the_client_stumbles_over_such_a_name() -> None:
    """If it no longer does, all this can go."""
    with pytest.raises(UnicodeDecodeError):
        records(MemoryRecords(batch(b"\xff\xfe")))


def test_a_batch_with_such_a_name_is_read() -> None:
    """With all its messages, and those of the batches around it."""
    found = records(PatientRecords(batch(b"good") + batch(b"b\xffd") + batch("gül".encode())))
    assert [(offset, value) for offset, value, _ in found] == [(0, b"0"), (1, b"1"), (2, b"2")] * 3
    assert [headers[0][0] for _, _, headers in found if headers] == ["good", "z", "b\\xffd", "z", "gül", "z"]
    assert found[4][2] == [("b\\xffd", b"1"), ("y", None)]


def test_all_else_is_read_as_it_was() -> None:
    """Batch by batch, with what a batch says of itself."""
    fetched = batch(b"x") + batch(b"other")
    assert records(PatientRecords(fetched)) == records(MemoryRecords(fetched))
    read, plain = PatientRecords(fetched), MemoryRecords(fetched)
    assert read.size_in_bytes() == plain.size_in_bytes()
    one, other = read.next_batch(), plain.next_batch()
    assert one is not None
    assert other is not None
    for name in ("base_offset", "next_offset", "is_control_batch", "is_transactional", "producer_id"):
        assert getattr(one, name) == getattr(other, name)
    assert one.validate_crc()
    changed = read.next_batch()
    assert changed is not None
    assert not changed.validate_crc()
    assert records(PatientRecords(fetched[:-1])) == records(MemoryRecords(fetched[:-1]))
    assert records(PatientRecords(b"")) == []


@pytest.mark.parametrize("compression", ["none", "gzip", "lz4"])
def test_a_consumer_reads_on(kafka: str, own_name: str, compression: str) -> None:
    """What stands before and behind such a message comes, in order and once, whatever wrote it."""
    odd_headers.publish_odd(kafka, own_name, compression)
    found = asyncio.run(_read(kafka, own_name, 5))
    assert [value for value, _ in found] == [b"a", b"b", b"c", b"d", b"e"]
    assert [name for _, name in found] == ["x", "x", "\\xff", "\\xff", "x"]


async def _read(kafka: str, topic: str, number: int) -> list[tuple[bytes | None, str]]:
    """Values, and names of headers, until so many have come."""
    read_any_header_name()
    consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, 0)])
    await consumer.start()
    found: list[tuple[bytes | None, str]] = []
    try:
        async with asyncio.timeout(30):
            while len(found) < number:
                for fetched in (await consumer.getmany(timeout_ms=200)).values():
                    found += [(record.value, record.headers[0][0]) for record in fetched]
    finally:
        await consumer.stop()
    return found
