"""The first reading of a part of a file: how many lines, in order or not, and from when on they are not believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from streams.arrivals.gaps import Days
from streams.arrivals.lines import Line, Overlong, size_of
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


def _in_order(block: list[Line], arrivals: ArrivalReader, latest: int | None) -> list[int] | None:
    """When the lines of a block arrive, if all of them say so and none comes before the one before it; else None."""
    read = None if latest is None else arrivals.read_all(block)
    if read is None or latest is None:
        return None
    for number, arrived in enumerate(read):
        if not latest <= arrived <= latest + _LEAP and (arrived < latest or not _is_event(block[number], arrivals)):
            return None
        latest = arrived
    return read


def survey(blocks: Iterable[list[Line]], arrivals: ArrivalReader, floor: int | None, before: int) -> Survey:
    """Read a part of a file for the first time.

    `before` lines (not blank) stand before it; the last of them arrives at `floor`.
    """
    days = Days()
    lines = count = 0
    in_order = True
    latest: int | None = None
    for block in blocks:
        lines += len(block)
        usual = _in_order(block, arrivals, latest)
        if usual:
            count += len(block)
            latest = usual[-1]
            days.add_all(usual)
            continue
        for line in block:
            if not line or (type(line) is bytes and line.isspace()):
                continue
            count += 1
            arrived = arrival_of(line, arrivals, floor)
            if arrived is None:
                continue
            # A line that leads far ahead must be an event, or a dead letter would say how late it is.
            if (latest is None or arrived > latest + _LEAP) and not _is_event(line, arrivals):
                continue
            if latest is None or arrived >= latest:
                latest = arrived
            else:
                in_order = False
            days.add(arrived)
    disbelieved = days.first_disbelieved(floor, before + count)
    last = days.last_below(disbelieved)
    return Survey(lines, count, in_order, floor if last is None else last, disbelieved)
