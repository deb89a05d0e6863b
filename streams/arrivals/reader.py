"""When a line arrives and whose it is, read from its envelope alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec import UNSET, Struct, UnsetType

from models.events import Event
from streams.dead_letters import DeadLetter
from streams.wire.times import TimeReader

Decode = Callable[[bytes], Event | DeadLetter]


class _Times(Struct, gc=False):
    time: str
    arrived: str | UnsetType = UNSET


class _Named(_Times, gc=False):
    subject: str | UnsetType = UNSET


class ArrivalReader:
    """Reads when lines arrive: at `arrived`, or at their `time`; in doubt it asks the decoder."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._times = TimeReader()
        self._quick = msgspec.json.Decoder(_Times).decode
        self._named = msgspec.json.Decoder(_Named).decode

    def read(self, line: bytes) -> int | None:
        """Milliseconds since 1970, or None for a line that says no time that can be read."""
        try:
            times = self._quick(line)
            return self._times.read(times.arrived or times.time)
        except (ValueError, RecursionError):
            return self.read_surely(line)

    def read_all(self, lines: Sequence[object]) -> tuple[list[int], list[str]] | None:
        """When each of these lines arrives, and whose each is (empty: nobody's); None where one needs a closer look."""
        named, clock = self._named, self._times
        seconds, tails, whole = clock.seconds, clock.tails, clock.whole
        read: list[int] = []
        subjects: list[str] = []
        before: str | None = None
        moment = 0
        try:
            for line in lines:
                times = named(line)  # type: ignore[arg-type]  # what is not bytes is a TypeError
                text = times.arrived or times.time
                if text != before:  # nearly always there are several of one moment
                    second, point, tail = text.partition(".")
                    try:
                        moment = seconds[second] + tails[tail] if point else whole[text]
                    except KeyError:
                        moment = clock.learn(text)
                    before = text
                read.append(moment)
                subjects.append(times.subject or "")
        except (KeyError, ValueError, TypeError, RecursionError):
            return None
        return read, subjects

    def read_surely(self, line: bytes) -> int | None:
        """The same, but None for every line that is no event, whatever time it says."""
        event = self._decode(line)
        return event.arrived if isinstance(event, Event) else None
