r"""Names of headers that are not UTF-8: what kafka-python stumbles over, and must not end a command that reads along.

No broker looks at them, and a producer in C may write any bytes. A message that has one is read once more, with `\xff`
for what is no text. (`streams.worker.header_names` does so for aiokafka.)

`DefaultRecordBatch` and its buffer are kafka-python 3.0's own: `tests/streams/kafka/test_header_names.py` holds them to
what is written here.
"""

from __future__ import annotations

from typing import Any

from kafka.errors import CorruptRecordError
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch

from streams.wire.any_text import AnyText


def read_any_header_name() -> None:
    """From now on consumers of this process read messages with any names of headers."""
    memory_records.DefaultRecordBatch = PatientBatch


class PatientBatch(DefaultRecordBatch):  # type: ignore[misc] # kafka-python has no types
    """A batch as kafka-python reads it; what it can't read is tried once more as any text."""

    __slots__ = ()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except CorruptRecordError:
            batch: Any = self
            if isinstance(batch._buffer, AnyText):  # noqa: SLF001 -- bytes will do
                raise
            batch._buffer = AnyText(batch._buffer)  # noqa: SLF001
            return super().__next__()
