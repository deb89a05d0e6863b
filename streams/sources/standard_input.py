"""Standard input: events as they are written, one a line of JSON.

It has no clock of its own: an event arrives at the latest `time` so far, or when it says that it did, never before the
one before it. A line that is more than a day ahead of that is a dead letter, or one mistyped year would carry everybody
away. After a silence of more than a day a `clock` event says how far time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Protocol

import msgspec

from models.events import Event
from models.moments import DAY, format_moment
from models.speech import say
from streams.arrivals.lines import BLOCK, Line, LineSplitter, Overlong, size_of
from streams.arrivals.positions import InputPosition, decode_position, encode_position
from streams.arrivals.survey import placed_lines
from streams.dead_letters import DeadLetter, Reason
from streams.sources.base import Batch, Progress, SourceError, Watcher, unwatched
from streams.wire.decoder import Decoder, too_large
from streams.wire.plans import CLOCK


class Piped(Protocol):
    """What can be read as it comes (`sys.stdin.buffer`)."""

    def read1(self, size: int, /) -> bytes:
        """What there is, at most `size` bytes; waits while there is nothing; `b""` is the end."""


#: Told what whoever pipes the events should do.
Adviser = Callable[[str], None]


def unheard(_advice: str) -> None:
    """The adviser of who does not care."""


#: Whether there is something to read at once.
Ready = Callable[[], bool]


def not_known() -> bool:
    """Of an input that cannot say so."""
    return False


class InputSource:
    """The events of standard input. Whatever has come is a batch at once, up to `batch`; nothing waits for more."""

    name = "standard input"

    def __init__(
        self,
        stream: Piped,
        decoder: Decoder,
        position: bytes | None = None,
        *,
        batch: int = 2_000,
        ready: Ready = not_known,
        watch: Watcher = unwatched,
        advise: Adviser = unheard,
    ) -> None:
        """`ready` says whether more has come than was read; a pipe gives it in small pieces.

        `advise` is told once what to do, at the first line that is too far ahead.
        """
        self._stream = stream
        self._decoder = decoder
        self._batch = batch
        self._ready = ready
        self._watch = watch
        self._advise: Adviser | None = advise
        resumed = _resumed(position)
        self._number = resumed.first
        self._last = resumed.last
        self._latest = resumed.latest

    def batches(self) -> Iterator[Batch]:
        """The arrivals as they come, until the input ends."""
        splitter = LineSplitter(self._decoder.limit)
        number, offset, ended = 1, 0, False
        while not ended:
            lines: list[Line] = []
            while not ended and (not lines or (len(lines) < self._batch and self._ready())):
                block = self._stream.read1(BLOCK)
                ended = not block
                lines += splitter.split(block) if block else splitter.finish()
            placed = placed_lines([lines], number, offset)
            while arrivals := [self._arrival(*one) for one in islice(placed, self._batch)]:
                first = self._number
                self._number += len(arrivals)
                yield Batch(first, arrivals)
            number += len(lines)
            offset += sum(size_of(line) + 1 for line in lines)
            self._watch(Progress("running", self._number, None))

    def position(self, number: int) -> bytes:
        """What came cannot come again: a later run numbers on, and keeps time from going back."""
        return encode_position(InputPosition(max(number, self._number), self._last, self._latest))

    def _arrival(self, number: int, offset: int, line: Line) -> Event | DeadLetter:
        if isinstance(line, Overlong):
            return too_large(line.beginning, line.size, self._decoder.limit).at(self.name, number, offset)
        read = self._decoder.decode(line)
        if isinstance(read, DeadLetter):
            return read.at(self.name, number, offset)
        furthest = max(read.time, read.arrived)
        if self._latest is not None and furthest > self._latest + DAY and read.type != CLOCK:
            wrong = say(
                "its time, {time}, is more than a day ahead of the latest so far, {latest}",
                time=format_moment(furthest),
                latest=format_moment(self._latest),
            )
            if self._advise is not None:
                self._advise(_advice(number, wrong, furthest))
                self._advise = None
            detail = say("{wrong}; after a long silence send a clock event first", wrong=wrong)
            return DeadLetter(Reason.DAY_AHEAD, detail, line, len(line), self.name, number, offset)
        self._arrive(read)
        return read

    def _arrive(self, event: Event) -> None:
        stated = event.arrived != event.time
        self._latest = event.time if self._latest is None else max(self._latest, event.time)
        arrived = event.arrived if stated else self._latest
        event.arrived = arrived if self._last is None else max(arrived, self._last)
        self._last = event.arrived
        # An arrival is a time that has come, too: what is a day ahead is measured from the later of both.
        self._latest = max(self._latest, self._last) if stated else self._latest


def _advice(number: int, wrong: str, furthest: int) -> str:
    at = format_moment(furthest)
    clock = msgspec.json.encode({"id": f"clock {at}", "type": CLOCK, "time": at}).decode()
    said = say(
        "line {number:,} of standard input is not believed: {wrong}. If its year is mistyped, "
        "nothing else is lost. If nothing came for more than a day, every line from here on is a "
        "dead letter, until a clock event says how far time has come. Send such a line first:",
        number=number,
        wrong=wrong,
    )
    return f"{said}\n  {clock}"


def _resumed(position: bytes | None) -> InputPosition:
    if position is None:
        return InputPosition(0, None, None)
    read = decode_position(position)
    if not isinstance(read, InputPosition):
        raise SourceError(say("the state was made from a file, not from standard input; start afresh with --again"))
    return read
