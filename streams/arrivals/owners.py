"""Whose lines are whose, where several processes read one file: each takes those of its share of the customers."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import msgspec
from msgspec import Struct

from streams.arrivals.lines import Line

#: Lines whose owners are remembered, a byte for each: of longer files each process finds out for itself.
MOST_REMEMBERED = 50_000_000


class Share(Struct, frozen=True):
    """Share `number` of `of`, counted from 0; at most 256. Every line belongs to exactly one."""

    number: int
    of: int


#: The share of who is alone.
ALL = Share(0, 1)


class _Subject(Struct, gc=False):
    subject: str


_subject = msgspec.json.Decoder(_Subject).decode


def owner_of(line: Line, of: int) -> int:
    """The number of the share, of so many, to which a line belongs.

    What names no customer is of the first: a dead letter, or a clock.
    """
    try:
        return _owner(_subject(line).subject, of)  # type: ignore[arg-type]  # see below
    except (ValueError, TypeError, RecursionError):  # no JSON, not bytes as it is too long, nested too deeply
        return 0


def _owner(subject: str, of: int) -> int:
    return crc32(subject.encode()) % of  # of an empty one it is 0


class Owners:
    """Remembers the owner of each line of a range, blank ones included, unless they are too many."""

    def __init__(self, of: int, most: int) -> None:
        self._of = of
        self._most = most
        self._noted = bytearray()
        self._all = True

    @property
    def noted(self) -> bytes | None:
        """A byte for each line; None if they were too many."""
        return bytes(self._noted) if self._all else None

    def note(self, subjects: Sequence[str]) -> None:
        """Further lines, by whom they name (empty: nobody)."""
        of = {subject: _owner(subject, self._of) for subject in set(subjects)}
        self._add(bytes(map(of.__getitem__, subjects)))

    def note_lines(self, lines: Sequence[Line]) -> None:
        """Further lines that have to be looked at one by one."""
        self._add(bytes(owner_of(line, self._of) for line in lines))

    def _add(self, owners: bytes) -> None:
        if self._all and len(self._noted) + len(owners) <= self._most:
            self._noted += owners
        else:
            self._all = False
            self._noted.clear()
