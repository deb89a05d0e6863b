"""A message that came on another partition than its customer's, on its way to the right one.

It waits in the outbox with the decisions, so that it is not lost where a worker dies: the record it came from is done
with only when it is there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from streams.wire.content_types import CONTENT_TYPE
from streams.wire.messages import PREFIX, Record

#: What the id of such an entry of the outbox begins with. No decision's id has a space.
_PREFIX = "forward "
#: Bytes of headers with which a message is passed on as it came.
_MOST_BESIDE = 64 * 1024


class Forwarded(Struct, frozen=True, array_like=True):
    """A message as it came, and where it belongs."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def forwarding(record: Record, topic: str, partition: int) -> Forwarded:
    """The message for the partition it belongs to, without what would make it too large for Kafka.

    The value and the attributes of an event are of moderate size; its other headers may be as large as they like.
    """
    headers = list(record.headers)
    if sum(len(name) + len(value or b"") for name, value in headers) > _MOST_BESIDE:
        headers = [(name, value) for name, value in headers if name.startswith(PREFIX) or name.lower() == CONTENT_TYPE]
    return Forwarded(topic, partition, record.key or b"", record.value, headers)


def entry_of(message: Forwarded, partition: int, offset: int) -> tuple[str, bytes]:
    """The entry of the outbox for a message that was read at this offset of this partition."""
    return f"{_PREFIX}{message.topic}/{partition}@{offset}", msgspec.msgpack.encode(message)


def is_forwarded(entry: str) -> bool:
    """Whether an entry of the outbox with this id is such a message."""
    return entry.startswith(_PREFIX)


def forwarded(payload: bytes) -> Forwarded:
    """The message of such an entry."""
    return msgspec.msgpack.decode(payload, type=Forwarded)
