"""Steps customers in the order of their time: records in memory, due timers, and the change of rule sets."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from models.decisions import Decision
from models.events import Event
from models.speech import say
from rules.codec import decode
from rules.record import Record
from rules.situations.timers import TimerKind
from streams.due import run_timers
from streams.engine import Engine
from streams.stores.base import StoreError
from streams.switching import switch
from streams.taking import Taken
from streams.waiting import by_customer

#: Reads the records of those of these customers that somebody has heard of.
Load = Callable[[Sequence[str]], Mapping[str, bytes]]
#: As many customers' records are read at once before their timers run.
_FETCHED = 1_000


class Stepper:
    """Records of many customers under one rule set at a time.

    Due timers of a customer run before her next event, the others when the horizon passes them.
    """

    def __init__(self, engine: Engine, load: Load, most: int | None = None) -> None:
        """`most`: how many records stay in memory at `committed`; None: all, for who keeps them nowhere else."""
        self.engine = engine
        self._load = load
        self._most = most
        #: Records in memory; after `committed` in the order in which they were last changed.
        self.records: OrderedDict[str, Record] = OrderedDict()
        #: What was read ahead of its use; None for who has no record.
        self._fetched: dict[str, bytes | None] = {}
        #: Due moments, a heap, and who is to be looked at then: thousands share 9 o'clock.
        self._moments: list[int] = []
        self._due: defaultdict[int, list[str]] = defaultdict(list)
        #: Customers -> the moment at which they are next due; where they stand under a later one is out of date.
        self._queued: dict[str, int] = {}
        #: Customers whose record has changed since the last commit.
        self.changed: dict[str, None] = {}
        #: What the engine counted since the last commit: old news, duplicates, what was dropped for want of room.
        self.counts: Counter[str] = Counter()
        #: Customers first heard of since the last commit.
        self.new_customers = 0
        #: What was open, by kind of timer, in the records in memory at the last commit; only where something was.
        self._open: dict[str, Counter[str]] = {}

    def record(self, customer: str) -> Record:
        """The record of a customer: from memory, from the store, or a new one."""
        record = self.records.get(customer)
        if record is None:
            fetched = self._fetched
            data = fetched.pop(customer) if customer in fetched else self._load([customer]).get(customer)
            if data is None:
                record = self.engine.new_record(customer)
                self.new_customers += 1
            else:
                record = self.restore(customer, data)
                self._note_open(record)
            self.records[customer] = record
        return record

    def fetch(self, customers: Iterable[str]) -> None:
        """Read at once the records of all these customers that are not in memory: they are about to be used."""
        records = self.records
        missing = {customer: None for customer in customers if customer not in records}
        self._fetched = dict(missing)
        if missing:
            self._fetched.update(self._load(list(missing)))

    def restore(self, customer: str, data: bytes) -> Record:
        """A record read from a store, made ready to run; StoreError if it can't be."""
        try:
            record = decode(customer, data, self.engine.new_record)
        except ValueError as wrong:
            raise StoreError(
                say("the record of a customer can't be read ({wrong}); start afresh with --again", wrong=wrong)
            ) from None
        self.engine.set_calendar(record)
        self.engine.restore_timers(record)
        return record

    def queue(self, customer: str, due: int) -> None:
        """There is something to do for this customer at `due`."""
        known = self._queued.get(customer)
        if known is None or due < known:
            self._queued[customer] = due
            others = self._due[due]
            if not others:
                heappush(self._moments, due)
            others.append(customer)

    def take(self, taken: int, event: Event) -> list[Decision]:
        """Take one event."""
        record = self.record(event.customer)
        decisions = self.engine.take(record, event, taken)
        self._done(record)
        return decisions

    def take_all(self, events: list[Taken]) -> list[Decision]:
        """Take events that are ready, in order; decisions come customer by customer.

        No customer knows of another, and what one record says is at hand while her events follow each other.
        """
        return self.engine.take_all(by_customer(events), self.records, self.record, self.changed, self._note)

    def _done(self, record: Record) -> None:
        self.changed[record.customer] = None
        self._note(record)

    def _note(self, record: Record) -> None:
        """Take over what a record has counted, and queue its customer for her next timer."""
        if record.counts:
            self._take_over(record.counts)
        heap = record.heap
        if heap and heap[0][0] != record.queued:
            record.queued = due = heap[0][0]
            self.queue(record.customer, due)

    def _take_over(self, counts: dict[str, int]) -> None:
        self.counts.update(counts)
        counts.clear()

    def run_timers(self, until: int) -> Iterator[Decision]:
        """Run everybody's timers due up to and including `until`."""
        while customers := self._due_until(until):
            for begin in range(0, len(customers), _FETCHED):
                yield from self._run_timers_of(customers[begin : begin + _FETCHED], until)

    def _run_timers_of(self, customers: list[str], until: int) -> Iterator[Decision]:
        """The same for these, who are no longer queued."""
        self.fetch(customers)
        records, changed, judge, refusing = self.records, self.changed, self.engine.judge, self.engine.refusing
        moments, others, queued = self._moments, self._due, self._queued
        for customer in customers:
            record = records.get(customer) or self.record(customer)
            heap = record.heap
            if heap and heap[0][0] <= until:
                if refusing is None or not refusing(record, until):
                    yield from run_timers(judge, record, until)
                changed[customer] = None
                if record.counts:
                    self._take_over(record.counts)
            record.queued = due = heap[0][0] if heap else None
            if due is not None:  # (as `queue` does for who is not queued)
                queued[customer] = due
                at_once = others[due]
                if not at_once:
                    heappush(moments, due)
                at_once.append(customer)

    def _due_until(self, until: int) -> list[str]:
        """The next customers who are due, no longer queued, by (due, customer): all of one moment or more."""
        customers: list[str] = []
        moments, queued = self._moments, self._queued
        while moments and moments[0] <= until and len(customers) < _FETCHED:
            due = heappop(moments)
            for customer in sorted(self._due.pop(due)):
                if queued.get(customer) == due:
                    del queued[customer]
                    customers.append(customer)
        return customers

    def next_due(self, customer: str) -> int | None:
        """When there is next something to do for a customer in memory."""
        heap = self.records[customer].heap
        return heap[0][0] if heap else None

    def switch(
        self, engine: Engine, begins: int, customers: Iterable[str], before: Mapping[str, str]
    ) -> Iterator[Decision]:
        """From `begins` on another rule set decides.

        `customers` are some or all that have a record, `before` the rules until now: id -> version. A record that has
        gone over already is left as it is, so that a change that was broken off can be made again.
        """
        self.engine = engine
        for customer in customers:
            record = self.record(customer)
            if record.plan != engine.program.plan.layout:
                yield from switch(record, engine, before, begins)
                self._done(record)

    # ------------------------------------------------------------------ commit

    def newly_open(self) -> Counter[str]:
        """What came to be open (and, below 0, no longer is) since the last commit, by kind of timer."""
        difference: Counter[str] = Counter()
        for customer in self.changed:
            before = self._open.pop(customer, None)
            if before is not None:
                difference.subtract(before)
            now = self._note_open(self.records[customer])
            if now is not None:
                difference.update(now)
        return difference

    def _note_open(self, record: Record) -> Counter[str] | None:
        found = _open_in(record, self.engine)
        if not found:
            return None
        self._open[record.customer] = found
        return found

    def committed(self) -> None:
        """All changes are kept: forget which they were, and the records that were not used for longest."""
        records = self.records
        for customer in self.changed:
            records.move_to_end(customer)
        self.changed.clear()
        self.counts.clear()
        self.new_customers = 0
        while self._most is not None and len(records) > self._most:
            customer, _ = records.popitem(last=False)
            self._open.pop(customer, None)


def _open_in(record: Record, engine: Engine) -> Counter[str] | None:
    """Absences waited for, stays under way, blocks to come. Moments come again and again, so they don't count."""
    if not (record.partials or record.openings or record.stays or record.matches):
        return None
    coming = 0
    for kept in record.matches.values():  # (asked of everybody at each commit: a generator would cost more)
        for match in kept:
            coming += len(match.pending)
    if not (coming or record.partials or record.openings or record.stays):
        return None
    counts = {
        TimerKind.ABSENCE.word: engine.waiting(record),
        TimerKind.STAY.word: len(record.stays),
        TimerKind.AFTER.word: coming,
    }
    return Counter({kind: number for kind, number in counts.items() if number}) or None
