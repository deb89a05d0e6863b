"""Taking: from the order of arrival to the order in which events act.

An event is taken at `max(time, arrived - settle)`, once arrivals are strictly later than that plus `settle`. So what
comes in disorder within `settle` is put right, and a source that lags holds nobody up. A withdrawal of consent is taken
at `arrived - settle`, before all else that is taken then or later: before all that still settles when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from models.events import Event
from streams.waiting import Waiting

#: When it is taken (ms), and the event.
Taken = tuple[int, Event]


class Unfinished(Struct, frozen=True, array_like=True):
    """Which arrivals must come again after a restart: those `waiting`, and all from number `following` on.

    What else has come was taken, or kept as a dead letter. There are never more waiting than events not taken yet.
    """

    waiting: tuple[int, ...] = ()
    following: int = 0

    @property
    def oldest(self) -> int:
        """The number of the first arrival that must come again."""
        return min(self.waiting, default=self.following)


class Taking:
    """Events that have arrived and are not taken yet. Times are milliseconds."""

    def __init__(
        self,
        settle: int,
        clock: int | None = None,
        unfinished: Unfinished = Unfinished(),  # noqa: B008 -- frozen
        sources: int = 1,
    ) -> None:
        """`clock`: how far arrivals had come before; `unfinished`: what must come again of what came before.

        Where there are several sources, the numbers of one are `sources` apart, and how far arrivals have come is told
        by `advance` alone.
        """
        self.settle = settle
        self._sources = sources
        #: Numbers of arrivals that were taken, since somebody asked; only where there are several sources.
        self._finished: list[int] = []
        #: How far arrivals have come, or None before the first.
        self.clock = clock
        self._waiting = Waiting()
        #: Numbers of arrivals that came before a restart, and have not come again yet.
        self._again = set(unfinished.waiting)
        self._following = unfinished.following
        #: The number of the next arrival.
        self._next = unfinished.oldest

    def wants(self, number: int) -> bool:
        """Whether this arrival acts; no if it was finished with before a restart."""
        return number >= self._following or number in self._again

    def wants_from(self, first: int) -> bool:
        """Whether this arrival and all later ones act."""
        return first >= self._following

    def arrive(self, number: int, event: Event) -> None:
        """An event has arrived; `number` counts arrivals. One that is not wanted is passed over."""
        self.arrive_all(number, (event,))

    def arrive_all(self, first: int, events: Sequence[Event]) -> None:
        """Events have arrived one after the other from one source; `first` is the number of the first of them."""
        step = self._sources
        if first < self._following:  # (some of them may have been finished with before a restart)
            for number, event in zip(range(first, first + len(events) * step, step), events, strict=True):
                if self.wants(number):
                    self._add(number, (event,))
        else:
            self._add(first, events)
        self._next = first + len(events) * step

    def _add(self, first: int, events: Sequence[Event]) -> None:
        latest = self._waiting.add(events, first, self._sources, self.settle)
        if latest is not None and self._sources == 1:
            self.advance(latest)

    def pass_over(self, number: int) -> None:
        """An arrival that is no event."""
        self._next = number + 1

    def advance(self, arrived: int) -> None:
        """Arrivals have come this far."""
        if self.clock is None or arrived > self.clock:
            self.clock = arrived

    @property
    def horizon(self) -> int | None:
        """Everything at or before this moment can be taken, and timers due by then can run."""
        return None if self.clock is None else self.clock - self.settle - 1

    def ready(self, until: int | None) -> list[Taken]:
        """All that can be taken at or before `until`, in order."""
        return [] if until is None else self._take(until)

    def all(self) -> list[Taken]:
        """Everything, in order: the log has ended."""
        return self._take(None)

    def _take(self, until: int | None) -> list[Taken]:
        return self._waiting.take(until, self._finished if self._sources > 1 else None)

    @property
    def waiting(self) -> int:
        """How many have arrived and are not taken."""
        return len(self._waiting)

    def finished(self) -> list[int]:
        """The numbers of what was taken since this was asked last, where there are several sources."""
        finished, self._finished = self._finished, []
        return finished

    def unfinished(self) -> Unfinished:
        """What must come again if the process ends here. Asked when all that is ready has been taken.

        (So what comes again is not ready before everything that comes again has come.)
        """
        # What was to come again and did not (standard input comes only once) is given up when a later arrival comes.
        self._again = {number for number in self._again if number >= self._next}
        waiting = sorted(self._again.union(self._waiting.numbers()))
        return Unfinished(tuple(waiting), max(self._following, self._next))
