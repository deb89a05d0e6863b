"""The first reading of a file by several processes: each surveys a range of it, and one puts together what they found.

Where all comes in order that is what one process would have found. Where it does not, what is looked at closely depends
on what came before, in ranges that others read: then one process has to survey all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from streams.arrivals.files import OpenFile
from streams.arrivals.gaps import Day
from streams.arrivals.lines import BLOCK, Line, read_lines
from streams.arrivals.owners import MOST_REMEMBERED, Owners, Share
from streams.arrivals.reader import ArrivalReader
from streams.arrivals.survey import Look, Survey

#: Blocks between two times that somebody is told how far it has come.
_TOLD_EVERY = 32


class RangeSurvey(Struct, frozen=True, array_like=True):
    """What was found of a range of a file; times are ms."""

    lines: int
    count: int
    #: Whether its lines come in order, and nothing of it depends on what came before.
    in_order: bool
    #: The first and the last arrival; None where no line has one.
    first: int | None
    latest: int | None
    days: list[Day]
    #: See `Owners`.
    owners: bytes | None


def survey_range(
    file: OpenFile, size: int, share: Share, arrivals: ArrivalReader, limit: int, watch: Callable[[int], None]
) -> RangeSurvey:
    """Survey one of `share.of` ranges of the first `size` bytes of a file; `watch` is told how many have been read."""
    start, end = (_line_start(file, size * number // share.of, size) for number in (share.number, share.number + 1))
    owners = Owners(share.of, MOST_REMEMBERED // share.of)

    def watched() -> Iterator[list[Line]]:
        for number, block in enumerate(read_lines(file, limit, end - start)):
            yield block
            if not number % _TOLD_EVERY:
                watch(number * BLOCK)

    file.seek(start)
    look = Look().at(watched(), arrivals, None, owners)
    certain = look.in_order and not (look.passed_over and start)
    return RangeSurvey(look.lines, look.count, certain, look.first, look.latest, look.days.each(), owners.noted)


def _line_start(file: OpenFile, at: int, size: int) -> int:
    """Where the first line begins that begins at byte `at` or after it; at most `size`."""
    if at == 0:
        return 0
    at -= 1
    file.seek(at)
    while at < size and (block := file.read(min(BLOCK, size - at))):
        found = block.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(block)
    return size


def joined(ranges: Sequence[RangeSurvey]) -> Survey | None:
    """What all ranges of a file, in their order, say of it; None where only one who reads all of it can say."""
    timed = [(one.first, one.latest) for one in ranges if one.first is not None and one.latest is not None]
    if not all(one.in_order for one in ranges) or any(before[1] > after[0] for before, after in pairwise(timed)):
        return None
    look = Look()
    for one in ranges:
        look.lines += one.lines
        look.count += one.count
        look.days.join(one.days)
    return look.survey(None, 0)


def joined_owners(ranges: Sequence[RangeSurvey]) -> bytes | None:
    """The owners of all lines, unless they were too many."""
    owners = [one.owners for one in ranges if one.owners is not None]
    return b"".join(owners) if len(owners) == len(ranges) else None
