"""The first reading of a part of a file: how many lines, in order or not, and from when on they are not believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import le, sub

from msgspec import Struct

from streams.arrivals.gaps import Days
from streams.arrivals.lines import Line, Overlong, size_of
from streams.arrivals.owners import Owners
from streams.arrivals.reader import ArrivalReader

#: Milliseconds by which a line may lead without being looked at closely.
_LEAP = 60_000

#: A line that is not blank: its number in the file (from 1), its offset in bytes, the line. A plain tuple, because
#: there is one for every event.
Placed = tuple[int, int, Line]


class Survey(Struct, frozen=True):
    """What the first reading found. Times are milliseconds; None where no line had one."""

    #: Lines, blank ones included.
    lines: int
    #: Lines that are not blank: each arrives, as an event or a dead letter.
    count: int
    in_order: bool
    #: The arrival of the last line that is believed.
    last: int | None
    #: Lines that arrive at or after this are not believed.
    disbelieved: int | None


def placed_lines(blocks: Iterable[list[Line]], number: int, offset: int) -> Iterator[Placed]:
    """The lines that are not blank; the first line is number `number` and begins at byte `offset`."""
    for block in blocks:
        for line in block:
            if type(line) is bytes:
                if line and not line.isspace():
                    # A carriage return is the rest of a Windows newline.
                    yield number, offset, line if line[-1] != 13 else line[:-1]
                offset += len(line) + 1
            else:
                yield number, offset, line
                offset += size_of(line) + 1
            number += 1


def arrival_of(line: Line, arrivals: ArrivalReader, floor: int | None) -> int | None:
    """When a line arrives: never before `floor`; None if it says no time."""
    if isinstance(line, Overlong):
        return None
    arrived = arrivals.read(line)
    return arrived if arrived is None or floor is None else max(arrived, floor)


def _is_event(line: Line, arrivals: ArrivalReader) -> bool:
    return not isinstance(line, Overlong) and arrivals.read_surely(line) is not None


def _in_order(read: list[int], block: list[Line], arrivals: ArrivalReader, latest: int) -> bool:
    """Whether the lines of a block, which arrive at these moments, come in order, and none leads without being true."""
    if latest <= read[0] and all(map(le, read, islice(read, 1, None))):
        leaps = map(sub, read, chain((latest,), read))
        if max(leaps) <= _LEAP:
            return True
    for number, arrived in enumerate(read):
        if not latest <= arrived <= latest + _LEAP and (arrived < latest or not _is_event(block[number], arrivals)):
            return False
        latest = arrived
    return True


class Look:
    """What was seen of lines that follow each other, or of some of the ranges into which a file is cut."""

    def __init__(self) -> None:
        self.lines = 0
        self.count = 0
        self.in_order = True
        #: Whether a line was passed over that would have counted if other lines had come before.
        self.passed_over = False
        #: The first and the latest arrival.
        self.first: int | None = None
        self.latest: int | None = None
        self.days = Days()

    def at(
        self, blocks: Iterable[list[Line]], arrivals: ArrivalReader, floor: int | None, owners: Owners | None = None
    ) -> Look:
        """Look at these lines, none of which arrives before `floor`, and note whose they are."""
        for block in blocks:
            self.lines += len(block)
            read = None if not block else arrivals.read_all(block)
            if owners is not None:
                owners.note_lines(block) if read is None else owners.note(read[1])
            if read is not None and self.latest is not None and _in_order(read[0], block, arrivals, self.latest):
                self.count += len(block)
                self.latest = read[0][-1]
                self.days.add_all(read[0])
            else:
                self._one_by_one(block, arrivals, floor)
        return self

    def _one_by_one(self, block: list[Line], arrivals: ArrivalReader, floor: int | None) -> None:
        latest = self.latest
        for line in block:
            if not line or (type(line) is bytes and line.isspace()):
                continue
            self.count += 1
            arrived = arrival_of(line, arrivals, floor)
            if arrived is None:
                continue
            # A line that leads far ahead must be an event, or a dead letter would say how late it is.
            if (latest is None or arrived > latest + _LEAP) and not _is_event(line, arrivals):
                self.passed_over |= latest is None
                continue
            if latest is None:
                self.first = latest = arrived
            elif arrived >= latest:
                latest = arrived
            else:
                self.in_order = False
            self.days.add(arrived)
        self.latest = latest

    def survey(self, floor: int | None, before: int) -> Survey:
        """What that says of a part of a file: see `survey`."""
        disbelieved = self.days.first_disbelieved(floor, before + self.count)
        last = self.days.last_below(disbelieved)
        return Survey(self.lines, self.count, self.in_order, floor if last is None else last, disbelieved)


def survey(blocks: Iterable[list[Line]], arrivals: ArrivalReader, floor: int | None, before: int) -> Survey:
    """Read a part of a file for the first time.

    `before` lines (not blank) stand before it; the last of them arrives at `floor`.
    """
    return Look().at(blocks, arrivals, floor).survey(floor, before)
