"""Taking: from the order of arrival to the order in which events act.

An event is taken at `max(time, arrived - settle)`, once arrivals are strictly later than that plus `settle`. So what
comes in disorder within `settle` is put right, and a source that lags holds nobody up. A withdrawal of consent is taken
at `arrived - settle`, before all else that is taken then or later: before all that still settles when it is read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from msgspec import Struct

from models.consent import OF_CONSENT, withdraws
from models.events import Event

#: When it is taken (ms), time, type, source, id, number of arrival, and the event itself: the order in which events
#: are taken. (Who takes them reads the first and the last of it: a pair of the two for each event would cost a fifth.)
Taken = tuple[int, int, str, str, str, int, Event]

_MOMENT, _NUMBER = itemgetter(0), itemgetter(5)

#: Taken off the time of a withdrawal in an entry: it comes before all others that are taken at the same moment.
_AHEAD = 1 << 62


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
        #: In the order of taking; then those that have arrived since somebody asked.
        self._pending: list[Taken] = []
        self._arrived: list[Taken] = []
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
        settle, clock, following, add = self.settle, self.clock, self._following, self._arrived.append
        after = first + len(events) * self._sources
        for number, event in zip(range(first, after, self._sources), events, strict=True):
            if number < following and number not in self._again:
                continue
            arrived, time, name = event.arrived, event.time, event.type
            if clock is None or arrived > clock:
                clock = arrived
            taken = arrived - settle
            if name in OF_CONSENT and withdraws(event):
                time -= _AHEAD
            elif time > taken:
                taken = time
            add((taken, time, name, event.source, event.id, number, event))
        if self._sources == 1:
            self.clock = clock
        self._next = after

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
        pending = self._in_order()
        end = 0 if until is None else bisect_right(pending, until, key=_MOMENT)
        ready = pending[:end]
        del pending[:end]
        return self._taken(ready)

    def all(self) -> list[Taken]:
        """Everything, in order: the log has ended."""
        pending = self._in_order()
        self._pending = []
        return self._taken(pending)

    def _taken(self, events: list[Taken]) -> list[Taken]:
        if self._sources > 1:
            self._finished.extend(map(_NUMBER, events))
        return events

    @property
    def waiting(self) -> int:
        """How many have arrived and are not taken."""
        return len(self._pending) + len(self._arrived)

    def finished(self) -> list[int]:
        """The numbers of what was taken since this was asked last, where there are several sources."""
        finished, self._finished = self._finished, []
        return finished

    def _in_order(self) -> list[Taken]:
        """What is pending, in the order of taking."""
        pending, arrived = self._pending, self._arrived
        if arrived:
            # Arrivals are nearly in order, which sorting makes use of, and few of them come before others.
            arrived.sort()
            begin = bisect_right(pending, arrived[0])
            if begin < len(pending):
                end = bisect_right(arrived, pending[-1])
                pending[begin:] = sorted(pending[begin:] + arrived[:end])
                del arrived[:end]
            pending += arrived
            arrived.clear()
        return pending

    def unfinished(self) -> Unfinished:
        """What must come again if the process ends here. Asked when all that is ready has been taken.

        (So what comes again is not ready before everything that comes again has come.)
        """
        # What was to come again and did not (standard input comes only once) is given up when a later arrival comes.
        self._again = {number for number in self._again if number >= self._next}
        waiting = sorted(self._again.union(map(_NUMBER, self._in_order())))
        return Unfinished(tuple(waiting), max(self._following, self._next))
