"""Whose lines are whose, where several processes read one file: each takes those of its share of the customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

import msgspec
from msgspec import Struct

from streams.arrivals.survey import Placed


class _Subject(Struct, gc=False):
    subject: str


_subject = msgspec.json.Decoder(_Subject).decode


class Share(Struct, frozen=True):
    """Share `number` of `of`, counted from 0. Every line belongs to exactly one."""

    number: int
    of: int


#: The share of who is alone.
ALL = Share(0, 1)


class LinesOfShare:
    """Lets the lines of a share through, and counts the others."""

    def __init__(self, share: Share) -> None:
        self._share = share
        #: Lines of other shares.
        self.others = 0

    def out_of(self, lines: Iterable[Placed]) -> Iterator[Placed]:
        """Those of the share. What names no customer is of the first: a dead letter, or a clock."""
        number, of = self._share.number, self._share.of
        for placed in lines:
            try:
                owner = crc32(_subject(placed[2]).subject.encode()) % of  # type: ignore[arg-type]  # see below
            except (ValueError, TypeError, RecursionError):  # no JSON, not bytes as it is too long, nested too deeply
                owner = 0
            if owner == number:
                yield placed
            else:
                self.others += 1
