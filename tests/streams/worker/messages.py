"""Messages as a consumer has them."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """A message as a consumer has it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
