"""A run: events from a source, through the engine, decisions to outlets, all state in a store.

The order of a batch, and why it loses and doubles nothing wherever the process dies:

1. Read arrivals; hold them until they are taken (`streams.taking`).
2. Take what is ready, run timers that are due, in memory.
3. Commit, in one transaction of the store: records, decisions (outbox), due timers, dead letters, the source's
   position. Died before: nothing has happened, the same arrivals come again. Died after: the outbox holds what is not
   yet published.
4. Publish the outbox, then trim it (`streams.relay`). Died between: published again, with the same ids.

Steps 2 and 3 are a `Partition`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

import msgspec
from msgspec import Struct

from models.events import Event
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.pacing import Pace
from streams.partition import Partition, Where
from streams.relay import Outlet, publish
from streams.sources.base import Batch, Source
from streams.stopped import Stopped
from streams.stores.base import Store
from streams.summary import Summary
from streams.taking import Taking, Unfinished
from streams.wire.plans import CLOCK

#: Arrivals between two commits.
BATCH = 2_000
#: Records in memory where a store keeps them all.
RECORDS_IN_MEMORY = 50_000

_TYPE = attrgetter("type")


def _published(store: Store, outlets: Mapping[str, Outlet]) -> None:
    publish(store, outlets)


def _here(arrived: int | None) -> int | None:
    """How far arrivals have come in all, where there is one source."""
    return arrived


def _plain_events(arrivals: Sequence[Event | DeadLetter]) -> list[Event]:
    """The arrivals, if all are events that act, as they mostly are; else none."""
    if {*map(type, arrivals)} != {Event} or CLOCK in {*map(_TYPE, arrivals)}:
        return []
    return list(arrivals)  # type: ignore[arg-type]  # as was seen


class _Where(Struct, array_like=True):
    """Where a source is to be read on, and which of its arrivals must come again."""

    source: bytes
    unfinished: Unfinished


class Run:
    """Runs a source through an engine until the source ends."""

    def __init__(  # noqa: PLR0913 -- one a choice
        self,
        engine: Engine,
        store: Store,
        outlets: Mapping[str, Outlet],
        *,
        durable: bool = True,
        until: int | None = None,
        pace: Pace | None = None,
        batch: int = BATCH,
        steps: int = 1,
        stopped: Stopped | None = None,
        records_in_memory: int = RECORDS_IN_MEMORY,
        files: Mapping[str, bytes] | None = None,
        ended: Callable[[int | None], int | None] = _here,
    ) -> None:
        """`until`: nothing that arrives later is read, and the clock stops there (ms). `steps`: how many batches a
        commit holds, at most; the first hold fewer, so that what is decided is soon seen. `ended` is asked at the end
        of the source: told how far arrivals have come in it, it says how far they have come in all. The others: see
        `Partition`.

        StoreError if the state is of another vocabulary, or can't be read.
        """
        self.until = until
        self._ended = ended
        self.pace = pace
        self.batch = batch
        self._steps = steps
        #: Batches since the last commit, and how many the next one holds.
        self._stepped, self._held = 0, 1
        self.partition = Partition(
            engine,
            store,
            batch=batch,
            durable=durable,
            stopped=stopped,
            records_in_memory=records_in_memory,
            files=files,
            committed=lambda done: _published(store, outlets),
        )
        self._stop = False
        self._resumes: bytes | None = None
        restored = self.partition.restored
        if restored is not None:
            where = msgspec.msgpack.decode(restored.where, type=_Where)
            self._resumes = where.source
            self.partition.taking = Taking(engine.vocabulary.settle, restored.clock, where.unfinished)
            publish(store, outlets)  # what an earlier process left

    @property
    def resumes(self) -> bytes | None:
        """Where the source is to be read on; None for a run that begins."""
        return self._resumes

    @property
    def summary(self) -> Summary:
        """What was counted until now."""
        return self.partition.summary

    def stop(self) -> None:
        """End after the batch at hand; what has arrived and is not taken comes again next time."""
        self._stop = True

    def run(self, source: Source) -> Summary:
        """Read the source to its end; returns what was counted.

        Whatever ends it sooner, what was counted and kept is that of the last commit.
        """

        def where() -> bytes:
            unfinished = self.partition.taking.unfinished()
            return msgspec.msgpack.encode(_Where(source.position(unfinished.oldest), unfinished))

        partition = self.partition
        try:
            batches = source.batches()
            first = next(batches, None)  # a source that is not what it was says so before anything is done
            partition.go_on(where)
            for batch in chain(() if first is None else (first,), batches):
                ended = self._read(batch, where)
                if ended or self._stop:
                    break
            if self._stop:
                partition.end()
            else:
                self._finish(where)
        except BaseException:
            partition.abandon()
            raise
        return self.summary

    def _finish(self, where: Where) -> None:
        last = self._ended(self.partition.taking.clock)
        if last is not None:
            self.partition.taking.advance(last)
        self.partition.finish(self.until, where)

    def _read(self, batch: Batch, where: Where) -> bool:
        """Arrivals of a batch, committed every so often. Whether `until` was reached."""
        taking, one_by_one = self.partition.taking, self.until is not None or self.pace is not None
        if not one_by_one and len(batch.arrivals) <= self.batch and taking.wants_from(batch.first):
            plain = _plain_events(batch.arrivals)
            if plain:
                self._arrive_all(batch.first + len(plain), plain)
                self._step(where)
                return False
        since = 0
        events: list[Event] = []
        for number, arrival in enumerate(batch.arrivals, batch.first):
            if not taking.wants(number):
                self._arrive_all(number, events)
                taking.pass_over(number)
                continue
            if one_by_one or isinstance(arrival, DeadLetter) or arrival.type == CLOCK:
                self._arrive_all(number, events)
                if self._arrive(number, arrival, where):
                    return True
            else:
                events.append(arrival)
            since += 1
            if since >= self.batch:
                self._arrive_all(number + 1, events)
                self._step(where)
                since = 0
        self._arrive_all(batch.first + len(batch.arrivals), events)
        if since:
            self._step(where)
        return False

    def _step(self, where: Where) -> None:
        """A batch has arrived."""
        self._stepped += 1
        if self._stepped < self._held:
            self.partition.advance(where)
        else:
            self._stepped, self._held = 0, min(self._held + 1, self._steps)
            self.partition.step(where)

    def _arrive_all(self, next_: int, events: list[Event]) -> None:
        """The events before arrival `next_` have arrived; none goes back behind the one before it."""
        if events:
            self.summary.arrived(events[0].arrived)
            self.summary.arrived(events[-1].arrived)
            self.partition.taking.arrive_all(next_ - len(events), events)
            events.clear()

    def _arrive(self, number: int, arrival: Event | DeadLetter, where: Where) -> bool:
        """Something has arrived. Whether that is later than `until`."""
        taking = self.partition.taking
        if isinstance(arrival, DeadLetter):
            self.partition.dead.append(arrival)
            taking.pass_over(number)
            return False
        if self.until is not None and arrival.arrived > self.until:
            return True
        if self.pace is not None and self.pace.must_wait(arrival.arrived):
            # At a recorded speed: show what is ready, then wait for the arrival's moment.
            taking.advance(arrival.arrived)
            self.partition.step(where)
            self.pace.wait(arrival.arrived)
        self.summary.arrived(arrival.arrived)
        if arrival.type == CLOCK:
            taking.advance(arrival.arrived)
            taking.pass_over(number)
        else:
            taking.arrive(number, arrival)
        return False
