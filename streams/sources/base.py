"""The port of sources: events in the order of their arrival, and how far they have been read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from models.events import Event
from streams.dead_letters import DeadLetter


class Batch(Struct, frozen=True):
    """Some consecutive arrivals. `first` is the number of the first of them, counted from 0 since the source began.

    `arrived` of the events never goes back, within a batch or from one to the next.
    """

    first: int
    arrivals: list[Event | DeadLetter]


class Progress(Struct, frozen=True):
    """How far the present step has come. `done` and `total` count bytes while `surveying`, arrivals while `running`.

    `total` is None where nobody knows it.
    """

    step: str
    done: int
    total: int | None


#: Told now and then how far a source has come.
Watcher = Callable[[Progress], None]


def unwatched(_progress: Progress) -> None:
    """The watcher of who does not care."""


class Source(Protocol):
    """Where events come from. It is read once, from where its position left off."""

    #: How dead letters name it.
    name: str

    def batches(self) -> Iterator[Batch]:
        """The arrivals, in order, each time as many as are ready; raises SourceError."""

    def position(self, number: int) -> bytes:
        """Where to go on if all arrivals below `number` need not come again: opaque, to be kept with the state.

        `number` is at most that of the next arrival. What came before this source was resumed never comes again, nor
        does what only comes once (standard input), however small the number.
        """


class SharedSource(Source, Protocol):
    """A source that several processes read, each for its share of the customers; it is read for the first time by all.

    What they tell each other is opaque.
    """

    def survey_share(self, size: int) -> bytes:
        """Read the share's part of the first `size` bytes for the first time; raises SourceError."""

    def survey(self, size: int, of_shares: Sequence[bytes]) -> bytes:
        """What one process makes of what each share found, for all to be told; raises SourceError."""

    def surveyed(self, told: bytes) -> None:
        """A share is told; now it can be read."""


class SourceError(Exception):
    """The source can't be read; the message says which, where and what to do."""


class ChangedFile(SourceError):
    """What has been read of a file is no longer what it was."""
