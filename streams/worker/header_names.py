r"""Names of headers that are not UTF-8: what aiokafka stumbles over, and must not stop a worker.

Kafka says that they are UTF-8, but no broker looks, and a producer in C may write any bytes. aiokafka raises for the
whole batch that holds one, each time it is fetched again, so that nothing behind it would ever be read. Such a batch is
read once more, slowly, with `\xff` for what is no text. (`streams.kafka.header_names` does so for kafka-python.)

The names that begin with an underscore are aiokafka 0.14's own: `tests/streams/worker/test_header_names.py` holds them
to what is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

from streams.wire.any_text import AnyText

#: Where the length of a batch stands, which does not count what is before it and the length itself.
_LENGTH = Struct(">8xi")


def read_any_header_name() -> None:
    """From now on consumers of this process read batches with any names of headers."""
    fetcher.MemoryRecords = PatientRecords


class PatientRecords:
    """What was fetched of a topic partition: aiokafka's `MemoryRecords`, batch by batch."""

    def __init__(self, fetched: bytes) -> None:
        self._records = MemoryRecords(fetched)
        self._fetched = fetched
        self._at = 0

    def size_in_bytes(self) -> int:
        size: int = self._records.size_in_bytes()
        return size

    def has_next(self) -> bool:
        more: bool = self._records.has_next()
        return more

    def next_batch(self) -> _Batch | None:
        batch = self._records.next_batch()
        if batch is None:
            return None
        begin = self._at
        self._at += _LENGTH.size + _LENGTH.unpack_from(self._fetched, begin)[0]
        return _Batch(batch, self._fetched[begin : self._at])


class _Batch:
    """A batch as aiokafka reads it, but for how its records are gone through."""

    def __init__(self, batch: Any, raw: bytes) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            batch = _DefaultRecordBatchPy(self._raw)
            batch._maybe_uncompress()  # noqa: SLF001 -- as it does when its records are gone through
            batch._buffer = AnyText(batch._buffer)  # noqa: SLF001 -- bytes will do
            return iter(list(batch))
