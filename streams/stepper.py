"""Steps customers in the order of their time: records in memory, due timers, and the change of rule sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush

from models.decisions import Decision
from models.events import Event
from rules.codec import decode
from rules.record import Record
from rules.situations import timers
from streams.engine import Engine
from streams.switching import switch

#: Reads a record's bytes, or None for a customer nobody has heard of.
Load = Callable[[str], bytes | None]


class Stepper:
    """Records of many customers under one rule set at a time.

    Due timers of a customer run before her next event, the others when the horizon passes them.
    """

    def __init__(self, engine: Engine, load: Load) -> None:
        self.engine = engine
        self._load = load
        self.records: dict[str, Record] = {}
        self._due: list[tuple[int, str]] = []
        #: Customer -> the due moment that is in the heap.
        self._queued: dict[str, int] = {}
        #: Customers whose record has changed since the last commit.
        self.changed: dict[str, None] = {}
        #: What the engine counted: old news, duplicates, what was dropped for want of room.
        self.counts: Counter[str] = Counter()

    def record(self, customer: str) -> Record:
        """The record of a customer: from memory, from the store, or a new one."""
        record = self.records.get(customer)
        if record is None:
            data = self._load(customer)
            record = self.engine.new_record(customer) if data is None else self.restore(customer, data)
            self.records[customer] = record
        return record

    def restore(self, customer: str, data: bytes) -> Record:
        """A record read from a store, made ready to run."""
        record = decode(customer, data, self.engine.new_record)
        self.engine.set_calendar(record)
        timers.restore(record, self.engine.vocabulary.position_fades)
        return record

    def queue(self, customer: str, due: int) -> None:
        """There is something to do for this customer at `due`."""
        known = self._queued.get(customer)
        if known is None or due < known:
            self._queued[customer] = due
            heappush(self._due, (due, customer))

    def take(self, taken: int, event: Event) -> list[Decision]:
        """Take one event."""
        customer = event.customer
        record = self.record(customer)
        decisions = self.engine.take(record, event, taken)
        self._done(record)
        return decisions

    def _done(self, record: Record) -> None:
        self.changed[record.customer] = None
        if record.counts:
            self.counts.update(record.counts)
            record.counts.clear()
        if record.heap:
            self.queue(record.customer, record.heap[0][0])

    def run_timers(self, until: int) -> Iterator[Decision]:
        """Run everybody's timers due up to and including `until`."""
        while self._due and self._due[0][0] <= until:
            due, customer = heappop(self._due)
            if self._queued.get(customer) != due:
                continue
            del self._queued[customer]
            record = self.record(customer)
            if record.heap and record.heap[0][0] <= until:
                yield from self.engine.run_timers(record, until)
                self._done(record)
            elif record.heap:
                self.queue(customer, record.heap[0][0])

    def next_due(self, customer: str) -> int | None:
        """When there is next something to do for a customer in memory."""
        heap = self.records[customer].heap
        return heap[0][0] if heap else None

    def switch(
        self, engine: Engine, begins: int, customers: Iterator[str], before: Mapping[str, str]
    ) -> Iterator[Decision]:
        """From `begins` on another rule set decides.

        `customers` are all that have a record, `before` the rules until now: id -> version.
        """
        self.engine = engine
        for customer in customers:
            record = self.record(customer)
            yield from switch(record, engine, before, begins)
            self._done(record)
