"""Taking: from the order of arrival to the order in which events act.

An event is taken at `max(time, arrived - settle)`, once arrivals are strictly later than that plus `settle`. So what
comes in disorder within `settle` is put right, and a source that lags holds nobody up.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from models.events import Event

#: (taken, time, type, source, id, number of arrival, event): the order in which events are taken.
_Entry = tuple[int, int, str, str, str, int, Event]


class Taking:
    """Events that have arrived and are not taken yet. Times are milliseconds."""

    def __init__(
        self, settle: int, clock: int | None = None, done: frozenset[int] = frozenset(), first: int = 0
    ) -> None:
        """`clock`: how far arrivals had come before; `done`: numbers of arrivals that were taken before.

        `first`: the number of the first arrival to come.
        """
        self.settle = settle
        #: How far arrivals have come, or None before the first.
        self.clock = clock
        self._pending: list[_Entry] = []
        #: Taken already, although an earlier arrival is not.
        self._done = set(done)
        #: The number of the next arrival.
        self._next = first

    def arrive(self, number: int, event: Event) -> None:
        """An event has arrived; `number` counts arrivals. One that was taken before a restart is passed over."""
        self._next = number + 1
        self.advance(event.arrived)
        if number in self._done:
            return
        taken = max(event.time, event.arrived - self.settle)
        heappush(self._pending, (taken, event.time, event.type, event.source, event.id, number, event))

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

    def ready(self, until: int | None) -> Iterator[tuple[int, Event]]:
        """(taken, event) of all that can be taken at or before `until`, in order."""
        pending = self._pending
        while pending and until is not None and pending[0][0] <= until:
            entry = heappop(pending)
            self._done.add(entry[5])
            yield entry[0], entry[6]

    def all(self) -> Iterator[tuple[int, Event]]:
        """(taken, event) of everything: the log has ended."""
        heapify(self._pending)
        while self._pending:
            entry = heappop(self._pending)
            self._done.add(entry[5])
            yield entry[0], entry[6]

    def position(self) -> tuple[int, list[int]]:
        """(number of the oldest arrival not taken yet, numbers of later ones that were)."""
        oldest = min((entry[5] for entry in self._pending), default=self._next)
        self._done = {number for number in self._done if number >= oldest}
        return oldest, sorted(self._done)
