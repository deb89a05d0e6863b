"""Takings: what was taken, by an 8-byte hash, and when. How much of it is remembered, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

#: Repeats of this many last events are recognised, for this long (ms).
REMEMBERED = 1_000
REMEMBERED_FOR = 3_600_000


def flat(takings: Iterable[tuple[int, int]]) -> list[int]:
    """[hash, taken, hash, taken - the one before, ..] of (hash, taken), oldest first; taken in milliseconds."""
    numbers: list[int] = []
    last = 0
    for key, taken in takings:
        numbers += (key, taken - last)
        last = taken
    return numbers


def read_flat(numbers: list[int]) -> dict[int, int]:
    """Hash -> taken; ValueError where there is a hash without a moment."""
    return dict(zip(numbers[::2], accumulate(numbers[1::2]), strict=True))
