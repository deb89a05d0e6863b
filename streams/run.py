"""A run: events from a source, through the engine, decisions to outlets, all state in a store.

The order of a batch, and why it loses and doubles nothing wherever the process dies:

1. Read arrivals; hold them until they are taken (`streams.taking`).
2. Take what is ready, run timers that are due, in memory.
3. Commit, in one transaction of the store: records, decisions (outbox), due timers, dead letters, the source's
   position. Died before: nothing has happened, the same arrivals come again. Died after: the outbox holds what is not
   yet published.
4. Publish the outbox, then trim it (`streams.relay`). Died between: published again, with the same ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter

import msgspec
from msgspec import Struct

from models.decisions import Decision
from models.events import Event
from rules.codec import encode
from rules.facts.table import begun_from, begun_of
from rules.plan import hash_of
from rules.typed import Rule
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.kept_vocabulary import misfit, types_of
from streams.pacing import Pace
from streams.relay import Outlet, publish
from streams.sources.base import Batch, Source
from streams.stepper import Stepper
from streams.stopped import Stopped
from streams.stores.base import Commit, Store, StoreError
from streams.summary import Summary
from streams.taking import Taking, Unfinished

#: Arrivals between two commits.
BATCH = 2_000
#: Records in memory where a store keeps them all.
RECORDS_IN_MEMORY = 50_000

_PROGRESS = "run"
_RULES = "rules of the run"
_json = msgspec.json.Encoder()
#: The order in which decisions come out; those of one action list stay as they were made.
_ORDER = attrgetter("time", "customer", "rule")


class Progress(Struct):
    """Where a run is, kept with its state at each commit. Moments are milliseconds."""

    source: bytes
    unfinished: Unfinished
    #: How far arrivals have come.
    clock: int | None
    #: Everything up to here has been taken, and what was due has run.
    reached: int | None
    summary: Summary
    stopped: Stopped


class RulesOfRun(Struct):
    """What decided until now, kept when it changes."""

    rule_set: str
    #: Rule -> version.
    versions: dict[str, str]
    #: Since when its facts have been kept (`rules.facts.table.begun_of`).
    begun: dict[int, int]
    #: See `streams.kept_vocabulary`.
    types: dict[str, dict[str, str]]


def facts_begun(store: Store, rules: Sequence[Rule]) -> Mapping[int, int]:
    """Since when the facts of these rules are kept, if they go on where the state was left: for `streams.assembly`.

    StoreError if the state can't be read.
    """
    kept = _kept_run(store)
    if kept is None:
        return {}
    progress, before = kept
    if before.rule_set == hash_of(sorted(rules, key=lambda rule: rule.id)) or progress.reached is None:
        return before.begun
    return begun_from(tuple(rules), before.begun, progress.reached + 1)


def _kept_run(store: Store) -> tuple[Progress, RulesOfRun] | None:
    progress, rules = store.setting(_PROGRESS), store.setting(_RULES)
    if progress is None or rules is None:
        return None
    try:
        return msgspec.msgpack.decode(progress, type=Progress), msgspec.msgpack.decode(rules, type=RulesOfRun)
    except msgspec.MsgspecError:
        raise StoreError("the state is damaged: how far its run was can't be read. Start afresh with --again") from None


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
    ) -> None:
        """`durable`: records are written to the store at each commit (else they live in memory only).

        `until`: nothing that arrives later is read, and the clock stops there (ms). `stopped` listens to the engine.
        StoreError if the state is of another vocabulary, or can't be read.
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
        self._rules = _rules_of(engine)
        self._rules_before: RulesOfRun | None = None
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

    def _load(self, customer: str) -> bytes | None:
        return self.store.load([customer]).get(customer) if self.durable else None

    # ------------------------------------------------------------------ going on

    def _restore(self) -> Progress | None:
        kept = _kept_run(self.store)
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
            self._go_on(source)
            for batch in chain(() if first is None else (first,), batches):
                ended = self._read(batch, source)
                if ended or self._stop:
                    break
            if not self._stop:
                self._finish(source)
        except BaseException:
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
        if before is not None and before.rule_set != self._rules.rule_set and reached is not None:
            # Some at a time, or all records would have to be in memory. Until the last of them has gone over, the
            # state says that the rules before decide, so that a process that dies here begins again where it was.
            customers = list(self.store.customers())
            for start in range(0, len(customers), self.batch):
                some = customers[start : start + self.batch]
                engine = self.stepper.engine
                self._decisions.extend(self.stepper.switch(engine, reached + 1, some, before=before.versions))
                self._commit(source)
        self._rules_before = None  # the next commit says that the present ones decide

    # ------------------------------------------------------------------ reading

    def _read(self, batch: Batch, source: Source) -> bool:
        """Arrivals of a batch, committed every so often. Whether `until` was reached."""
        taking, summary, most = self.taking, self.summary, self.batch
        since = 0
        for number, arrival in enumerate(batch.arrivals, batch.first):
            if not taking.wants(number):
                taking.pass_over(number)
                continue
            if isinstance(arrival, DeadLetter):
                self._dead.append(arrival)
                taking.pass_over(number)
            else:
                if self.until is not None and arrival.arrived > self.until:
                    return True
                if self.pace is not None:
                    self._wait(arrival, source, self.pace)
                summary.arrived(arrival.arrived)
                if arrival.type == "clock":
                    taking.advance(arrival.arrived)
                    taking.pass_over(number)
                else:
                    taking.arrive(number, arrival)
            since += 1
            if since >= most:
                self._step(source)
                since = 0
        if since:
            self._step(source)
        return False

    def _wait(self, arrival: Event, source: Source, pace: Pace) -> None:
        """At a recorded speed: show what is ready, then wait for the arrival's moment."""
        if pace.must_wait(arrival.arrived):
            self.taking.advance(arrival.arrived)
            self._step(source)
            pace.wait(arrival.arrived)

    def _step(self, source: Source) -> None:
        horizon = self.taking.horizon
        self._take(self.taking.ready(horizon))
        if horizon is not None:
            self._run_timers(horizon)
        self._commit(source)

    def _finish(self, source: Source) -> None:
        """The log has ended: take everything, and run timers up to the last arrival or `until`."""
        self._take(self.taking.all())
        end = self.taking.clock if self.until is None else self.until
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

    def _commit(self, source: Source) -> None:
        decisions = sorted(self._decisions, key=_ORDER)
        self._count(decisions)
        unfinished = self.taking.unfinished()
        position = source.position(unfinished.oldest)
        progress = Progress(position, unfinished, self.taking.clock, self._reached, self.summary, self.stopped)
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
                settings=self._settings(kept),
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
        if not self.durable:
            return {}
        settings = {_PROGRESS: progress}
        if self._rules_before is None:
            settings[_RULES] = msgspec.msgpack.encode(self._rules)
            self._rules_before = self._rules
        return settings


def _rules_of(engine: Engine) -> RulesOfRun:
    rules = engine.program.plan
    return RulesOfRun(
        rules.hash, {rule.id: rule.version for rule in rules.rules}, begun_of(rules.facts), types_of(engine.vocabulary)
    )
