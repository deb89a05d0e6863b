"""Rule sets that were published to workers: which decides from which moment on, on every worker and in every replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct


class Published(Struct, frozen=True):
    """A rule set, with the files of its workspace. Numbers count from 1; moments are milliseconds."""

    number: int
    #: From which taken moment on it decides; None: from the first event.
    begins: int | None
    #: When it was published, by the clock of who did.
    at: int
    files: Mapping[str, bytes]
    #: The number of the set that came back with this one.
    again: int | None = None


class Registry(Protocol):
    """Where rule sets are published: an ordered list that only grows."""

    def published(self, after: int = 0) -> list[Published]:
        """Those with a number above `after`, in order; StoreError."""

    def publish(self, one: Published) -> bool:
        """Add it, if its number is the next; False if somebody else has published meanwhile. StoreError."""


def encode_published(one: Published) -> bytes:
    """As a registry keeps it."""
    return msgspec.msgpack.encode(one)


def decode_published(data: bytes) -> Published:
    """What `encode_published` wrote; msgspec.MsgspecError for anything else."""
    return msgspec.msgpack.decode(data, type=Published)


def deciding_at(sets: Sequence[Published], moment: int | None) -> int:
    """The index of the set that decides what is taken at this moment (None: before everything)."""
    if moment is None:
        return 0
    fitting = [index for index, one in enumerate(sets) if one.begins is None or one.begins <= moment]
    return max(fitting, default=0)
