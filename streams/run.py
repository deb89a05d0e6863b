"""A run: events from a source, through the engine, decisions to outlets, all state in a store.

The order of a batch, and why it loses and doubles nothing wherever the process dies:

1. Read arrivals; hold them until they are taken (`streams.taking`).
2. Take what is ready, run timers that are due, in memory.
3. Commit, in one transaction of the store: records, decisions (outbox), due timers, dead letters, the source's
   position. Died before: nothing has happened, the same arrivals come again. Died after: the outbox holds what is not
   yet published.
4. Publish the outbox, then trim it (`streams.relay`). Died between: published again, with the same ids.

Another rule set may follow while it runs (`follow`), from a moment on: what is taken before that moment is decided by
the old one, what is taken at it or later by the new one, wherever the process dies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from operator import attrgetter
from threading import RLock

import msgspec
from msgspec.structs import replace

from models.decisions import Decision
from models.events import Event
from rules.codec import encode
from rules.typed import Rule
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.kept_vocabulary import misfit
from streams.pacing import Pace
from streams.progress import PROGRESS, RULES, Progress, kept_run
from streams.relay import Outlet, publish
from streams.rule_sets import Coming, Decided, RulesOfRun, begun_after, entries, rules_of
from streams.sources.base import Batch, Source
from streams.stepper import Stepper
from streams.stopped import Stopped
from streams.stores.base import Commit, Store, StoreError
from streams.summary import Summary
from streams.taking import Taking
from streams.wire.plans import CLOCK

#: Arrivals between two commits.
BATCH = 2_000
#: Records in memory where a store keeps them all.
RECORDS_IN_MEMORY = 50_000

_json = msgspec.json.Encoder()
#: The order in which decisions come out; those of one action list stay as they were made.
_ORDER = attrgetter("time", "customer", "rule")


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
        stopped: Stopped | None = None,
        records_in_memory: int = RECORDS_IN_MEMORY,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """`durable`: records are written to the store at each commit (else they live in memory only).

        `until`: nothing that arrives later is read, and the clock stops there (ms). `stopped` listens to the engine.
        `files` are those of the workspace, to be kept with the state. StoreError if the state is of another vocabulary,
        or can't be read.
        """
        self.store = store
        self.outlets = outlets
        self.durable = durable
        self.until = until
        self.pace = pace
        self.batch = batch
        self.summary = Summary()
        self.stopped = Stopped() if stopped is None else stopped
        self.stepper = Stepper(engine, self._load, records_in_memory if durable else None)
        self.taking = Taking(engine.vocabulary.settle)
        self._rules = rules_of(engine)
        #: What the state says of the rules; None where it is to be written anew.
        self._rules_before: RulesOfRun | None = None
        self._files = files
        #: From when on the present rules decide; None: from the first event.
        self._since: int | None = None
        self._coming: Coming | None = None
        #: Held while anything is taken, so that nobody follows in the middle of it.
        self._turn = RLock()
        self._ended = False
        self._reached: int | None = None
        self._decisions: list[Decision] = []
        self._dead: list[DeadLetter] = []
        self._stop = False
        self._kept = b""
        self._progress = self._restore()

    @property
    def resumes(self) -> bytes | None:
        """Where the source is to be read on; None for a run that begins."""
        return None if self._progress is None else self._progress.source

    def stop(self) -> None:
        """End after the batch at hand; what has arrived and is not taken comes again next time."""
        self._stop = True

    # ------------------------------------------------------------------ another rule set

    @property
    def clock(self) -> int | None:
        """How far arrivals have come (ms); None before the first."""
        return self.taking.clock

    def held(self) -> AbstractContextManager[bool]:
        """While it is entered nothing is taken."""
        return self._turn

    def begun(self, rules: Sequence[Rule], begins: int) -> Mapping[int, int]:
        """Since when the facts of these rules are kept, if they follow at `begins` (ms): for `streams.assembly`."""
        return begun_after(self._rules, rules, begins)

    def follow(self, coming: Coming) -> bool:
        """Let another rule set of the same vocabulary decide from its moment on, instead of any that is still to come.

        False, and nothing changes, if it is too late: something has been taken at that moment or after it, or the run
        has ended. May be called from another thread.
        """
        with self._turn:
            late = self._reached is not None and coming.begins <= self._reached
            if self._ended or late:
                return False
            self._coming = coming
            return True

    @property
    def coming(self) -> Coming | None:
        """The rule set that is to follow and has decided nothing yet."""
        return self._coming

    def _go_over(self, coming: Coming, source: Source) -> None:
        """What is taken from now on is decided by another rule set: all that is taken before its moment has been."""
        self._coming = None
        self._reached = coming.begins - 1
        self._commit(source, coming.begins)  # so that the store knows everybody
        following = rules_of(coming.engine)
        customers = list(self.store.customers()) if self.durable else sorted(self.stepper.records)
        self._switch(coming.engine, following, self._rules, coming.begins, customers, source)
        self._rules, self._files, self._since = following, coming.files, coming.begins
        self._rules_before = None  # the next commit says that the new ones decide

    def _switch(
        self,
        engine: Engine,
        following: RulesOfRun,
        before: RulesOfRun,
        begins: int,
        customers: Sequence[str],
        source: Source,
    ) -> None:
        """Records go over to another rule set, some at a time, or all would have to be in memory.

        Until the last of them has gone over, the state says that the rules before decide, and which are to follow, so
        that a process that dies here begins again where it was.
        """
        self._rules_before = before = replace(before, following=following.rule_set)
        settings = {RULES: msgspec.msgpack.encode(before)}
        for start in range(0, len(customers), self.batch):
            some = customers[start : start + self.batch]
            self._decisions.extend(self.stepper.switch(engine, begins, some, before=before.versions))
            self._commit(source, begins, settings)
        self.stepper.engine = engine

    def _load(self, customer: str) -> bytes | None:
        return self.store.load([customer]).get(customer) if self.durable else None

    # ------------------------------------------------------------------ going on

    def _restore(self) -> Progress | None:
        kept = kept_run(self.store)
        if kept is None:
            return None
        progress, self._rules_before = kept
        wrong = misfit(self._rules_before.types, self._rules.types)
        if wrong is not None:
            raise StoreError(f"the state does not fit this workspace: {wrong}")
        self._reached = progress.reached
        self.taking = Taking(self.taking.settle, progress.clock, progress.unfinished)
        self._count_from(msgspec.msgpack.encode(progress))
        publish(self.store, self.outlets)  # what an earlier process left
        return progress

    def _count_from(self, kept: bytes) -> None:
        """Count on from what a commit kept."""
        progress = msgspec.msgpack.decode(kept, type=Progress)
        self._kept = kept
        self.summary = progress.summary
        self.stopped.become(progress.stopped)

    def run(self, source: Source) -> Summary:
        """Read the source to its end; returns what was counted.

        Whatever ends it sooner, what was counted and kept is that of the last commit.
        """
        try:
            batches = source.batches()
            first = next(batches, None)  # a source that is not what it was says so before anything is done
            with self._turn:
                self._go_on(source)
            for batch in chain(() if first is None else (first,), batches):
                ended = self._read(batch, source)
                if ended or self._stop:
                    break
            with self._turn:
                self._ended = True
                if not self._stop:
                    self._finish(source)
        except BaseException:
            self._ended = True
            if self._kept:
                self._count_from(self._kept)
            else:
                self.summary = Summary()
                self.stopped.become(Stopped())
            raise
        return self.summary

    def _go_on(self, source: Source) -> None:
        """Queue what is due, and go over to the present rule set if it is another."""
        for due, customer in self.store.due(1 << 62, 1 << 40):
            self.stepper.queue(customer, due)
        before, reached = self._rules_before, self._reached
        if before is not None and reached is not None:
            self._since = reached + 1
            if before.following is not None or before.rule_set != self._rules.rule_set:
                customers = list(self.store.customers())
                self._switch(self.stepper.engine, self._rules, before, reached + 1, customers, source)
        self._rules_before = None  # the next commit says that the present ones decide

    # ------------------------------------------------------------------ reading

    def _read(self, batch: Batch, source: Source) -> bool:
        """Arrivals of a batch, committed every so often. Whether `until` was reached."""
        taking, one_by_one = self.taking, self.until is not None or self.pace is not None
        since = 0
        events: list[Event] = []
        for number, arrival in enumerate(batch.arrivals, batch.first):
            if not taking.wants(number):
                self._arrive_all(number, events)
                taking.pass_over(number)
                continue
            if one_by_one or isinstance(arrival, DeadLetter) or arrival.type == CLOCK:
                self._arrive_all(number, events)
                if self._arrive(number, arrival, source):
                    return True
            else:
                events.append(arrival)
            since += 1
            if since >= self.batch:
                self._arrive_all(number + 1, events)
                self._step(source)
                since = 0
        self._arrive_all(batch.first + len(batch.arrivals), events)
        if since:
            self._step(source)
        return False

    def _arrive_all(self, next_: int, events: list[Event]) -> None:
        """The events before arrival `next_` have arrived; none goes back behind the one before it."""
        if events:
            self.summary.arrived(events[0].arrived)
            self.summary.arrived(events[-1].arrived)
            self.taking.arrive_all(next_ - len(events), events)
            events.clear()

    def _arrive(self, number: int, arrival: Event | DeadLetter, source: Source) -> bool:
        """Something has arrived. Whether that is later than `until`."""
        if isinstance(arrival, DeadLetter):
            self._dead.append(arrival)
            self.taking.pass_over(number)
            return False
        if self.until is not None and arrival.arrived > self.until:
            return True
        if self.pace is not None:
            self._wait(arrival, source, self.pace)
        self.summary.arrived(arrival.arrived)
        if arrival.type == CLOCK:
            self.taking.advance(arrival.arrived)
            self.taking.pass_over(number)
        else:
            self.taking.arrive(number, arrival)
        return False

    def _wait(self, arrival: Event, source: Source, pace: Pace) -> None:
        """At a recorded speed: show what is ready, then wait for the arrival's moment."""
        if pace.must_wait(arrival.arrived):
            self.taking.advance(arrival.arrived)
            self._step(source)
            pace.wait(arrival.arrived)

    def _step(self, source: Source) -> None:
        with self._turn:
            horizon = self.taking.horizon
            if horizon is not None:
                if self._coming is not None and self._coming.begins <= horizon:
                    self._reach(self._coming.begins - 1)
                    self._go_over(self._coming, source)
                self._reach(horizon)
            self._commit(source)

    def _reach(self, until: int) -> None:
        """Take what can be taken up to `until`, and run what is due."""
        self._take(self.taking.ready(until))
        self._run_timers(until)

    def _finish(self, source: Source) -> None:
        """The log has ended: take everything, and run timers up to the last arrival or `until`."""
        end = self.taking.clock if self.until is None else self.until
        coming = self._coming
        if coming is not None and end is not None:
            self._take(self.taking.ready(coming.begins - 1))
            if coming.begins <= end or self.taking.unfinished().waiting:
                self._run_timers(min(coming.begins - 1, end))
                self._go_over(coming, source)
        self._take(self.taking.all())
        if end is not None:
            self.taking.advance(end)
            self._run_timers(end)
        self._commit(source)

    def _take(self, events: Iterator[tuple[int, Event]]) -> None:
        take, decisions = self.stepper.take, self._decisions
        number = 0
        for taken, event in events:
            number += 1
            found = take(taken, event)
            if found:
                decisions.extend(found)
        self.summary.events += number

    def _run_timers(self, until: int) -> None:
        self._decisions.extend(self.stepper.run_timers(until))
        if self._reached is None or until > self._reached:
            self._reached = until

    # ------------------------------------------------------------------ commit

    def _commit(self, source: Source, begins: int | None = None, settings: Mapping[str, bytes] = {}) -> None:
        """Keep what has been done. `begins`: only what is taken before it has been taken; `settings` are kept too."""
        decisions = sorted(self._decisions, key=_ORDER)
        self._count(decisions)
        unfinished = self.taking.unfinished()
        position = source.position(unfinished.oldest)
        # What has arrived and may be taken, but was not, comes again: arrivals are said to have come less far.
        clock = self.taking.clock
        if begins is not None and clock is not None:
            clock = min(clock, begins + self.taking.settle)
        progress = Progress(position, unfinished, clock, self._reached, self.summary, self.stopped)
        kept = msgspec.msgpack.encode(progress)
        stepper = self.stepper
        self.store.commit(
            Commit(
                number=self.store.number() + 1,
                records={customer: encode(stepper.records[customer]) for customer in stepper.changed}
                if self.durable
                else {},
                outbox=[(decision.id, _json.encode(decision)) for decision in decisions],
                due={customer: stepper.next_due(customer) for customer in stepper.changed} if self.durable else {},
                dead_letters=self._dead,
                settings={**self._settings(kept), **settings} if self.durable else {},
            )
        )
        self._kept = kept
        stepper.committed()
        self._decisions, self._dead = [], []
        publish(self.store, self.outlets)

    def _count(self, decisions: list[Decision]) -> None:
        summary, stepper = self.summary, self.stepper
        for decision in decisions:
            summary.add(decision)
        for letter in self._dead:
            summary.dead_letters[letter.reason] = summary.dead_letters.get(letter.reason, 0) + 1
        summary.count(stepper.counts)
        summary.customers += stepper.new_customers
        summary.opened(stepper.newly_open())

    def _settings(self, progress: bytes) -> dict[str, bytes]:
        settings = {PROGRESS: progress}
        if self._rules_before is None:
            settings[RULES] = msgspec.msgpack.encode(self._rules)
            if self._files is not None:
                settings |= entries(self.store, Decided(self._rules.rule_set, self._since, self._files))
            self._rules_before = self._rules
        return settings
