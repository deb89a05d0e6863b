"""Publishing a file of events in the order of their arrival: as they are, moved to the present, or as recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from models.events import Event
from models.moments import format_moment
from models.vocabulary import Vocabulary
from streams.dead_letters import DeadLetter
from streams.moving import Mover
from streams.wire.plans import CLOCK

#: Of the lines that could not be read, so many are kept to be told.
_TOLD = 20
#: Recorded events after which every partition is told how far time has come. One that hears nothing for long would keep
#: a worker from taking what the others bring.
_TOLD_AFTER = 10_000


class Numbered(Protocol):
    """A file of events. `count` and `last` (ms, of the last arrival) are known once it is being read."""

    def numbered(self) -> Iterator[list[tuple[int, Event | DeadLetter]]]:
        """The arrivals in order, each with the number of its line."""

    @property
    def count(self) -> int: ...
    @property
    def last(self) -> int | None: ...


class Sink(Protocol):
    """Where events are published."""

    def send(self, event: Event, line: int) -> None:
        """Publish an event; a `clock` for all."""


@dataclass(slots=True)
class Published:
    """What became of the lines of a file."""

    events: int = 0
    #: The first lines that could not be read, and how many there were in all.
    unread: list[DeadLetter] = field(default_factory=list)
    unread_count: int = 0
    #: When the latest event happened, in ms, as it was published.
    latest: int | None = None
    #: The line that was published last.
    line: int = 0

    def not_read(self, letter: DeadLetter) -> None:
        self.unread_count += 1
        if len(self.unread) < _TOLD:
            self.unread.append(letter)

    def published(self, event: Event, line: int) -> None:
        self.events += 1
        self.line = line
        self.latest = event.time if self.latest is None else max(self.latest, event.time)


def publish(  # noqa: PLR0913 (what a person can choose)
    source: Numbered,
    sink: Sink,
    vocabulary: Vocabulary,
    done: Published,
    *,
    now: int | None = None,
    recorded: bool = False,
    rate: float | None = None,
    watch: Callable[[int, int], None],
) -> None:
    """Publish all events of a file; `done` is told what becomes of its lines, also if it is interrupted.

    `now`: all times are moved by one span, so that the last arrival is then (ms). `recorded`: now and then and at the
    end a `clock` says how far time has come: when all is taken that arrived, so that the decisions are those of a
    replay. `rate`: events a second, at most. `watch` is told how many arrivals of how many were read.
    """
    pace = _Rate(rate)
    mover: Mover | None = None
    arrived = told = 0
    line = read = 0
    for several in source.numbered():
        if now is not None and mover is None and source.last is not None:
            mover = Mover(vocabulary, now - source.last, now)
        for line, arrival in several:
            if isinstance(arrival, DeadLetter):
                done.not_read(arrival)
                continue
            event = arrival if mover is None else mover.moved(arrival)
            if recorded:
                arrived = event.arrived
                if told >= _TOLD_AFTER:
                    sink.send(_clock(arrived), line)
                    told = 0
                told += 1
            else:
                event.arrived = event.time
            pace.wait()
            sink.send(event, line)
            done.published(event, line)
        read += len(several)
        watch(read, source.count)
    if recorded and done.events:
        # What settles at the end of a file is taken by a replay; here it must hear that nothing older comes.
        sink.send(_clock(arrived + vocabulary.settle + 1), line)


def _clock(at: int) -> Event:
    return Event(CLOCK, "", at, at, "publish", format_moment(at), {})


class _Rate:
    """Lets so many pass in a second, evenly; None: as many as come."""

    def __init__(self, rate: float | None) -> None:
        self._seconds = 0.0 if rate is None else 1 / rate
        self._next = time.monotonic()

    def wait(self) -> None:
        if not self._seconds:
            return
        wait = self._next - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        # Who was held up for long does not make up for it in one burst.
        self._next = max(self._next, time.monotonic() - 1) + self._seconds
