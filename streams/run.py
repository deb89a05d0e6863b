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

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

import msgspec
from msgspec import Struct

from models.decisions import Decision
from models.events import Event
from rules.codec import encode
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.pacing import Pace
from streams.relay import Outlet, publish
from streams.sources.base import Batch, Source
from streams.stepper import Stepper
from streams.stores.base import Commit, Store
from streams.summary import Summary
from streams.taking import Taking

#: Arrivals between two commits.
BATCH = 2_000

_SETTING = "run"
_json = msgspec.json.Encoder()
#: The order in which decisions come out; those of one action list stay as they were made.
_ORDER = attrgetter("time", "customer", "rule")


class Progress(Struct):
    """Where a run is, kept with its state."""

    source: bytes
    clock: int | None
    #: The number of the oldest arrival that is not taken, and later ones that were.
    oldest: int
    done: list[int]
    #: Hash of the rule set, and the versions of its rules.
    rule_set: str
    versions: dict[str, str]
    summary: Summary


class Run:
    """Runs a source through an engine until the source ends."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        outlets: Mapping[str, Outlet],
        *,
        durable: bool = True,
        until: int | None = None,
        pace: Pace | None = None,
        watch: Callable[[Summary], None] | None = None,
        batch: int = BATCH,
    ) -> None:
        """`durable`: records are written to the store at each commit (else they live in memory only).

        `until`: nothing that arrives later is read, and the clock stops there (ms).
        """
        self.store = store
        self.outlets = outlets
        self.durable = durable
        self.until = until
        self.pace = pace
        self.watch = watch
        self.batch = batch
        self.summary = Summary()
        self.stepper = Stepper(engine, self._load)
        self.taking = Taking(engine.vocabulary.settle)
        self._decisions: list[Decision] = []
        self._dead: list[DeadLetter] = []
        self._stopped = False
        self._progress = self._restore()

    @property
    def resumes(self) -> bytes | None:
        """Where the source is to be read on; None for a run that begins."""
        return None if self._progress is None else self._progress.source

    def stop(self) -> None:
        """End after the batch at hand; what has arrived and is not taken comes again next time."""
        self._stopped = True

    def _load(self, customer: str) -> bytes | None:
        return self.store.load([customer]).get(customer) if self.durable else None

    def _restore(self) -> Progress | None:
        kept = self.store.setting(_SETTING)
        if kept is None:
            return None
        progress = msgspec.msgpack.decode(kept, type=Progress)
        self.summary = progress.summary
        settle = self.stepper.engine.vocabulary.settle
        self.taking = Taking(settle, progress.clock, frozenset(progress.done), progress.oldest)
        publish(self.store, self.outlets)  # what an earlier process left
        return progress

    def run(self, source: Source) -> Summary:
        """Read the source to its end; returns what was counted."""
        self._go_on()
        for batch in source.batches():
            ended = self._read(batch, source)
            if self.watch is not None:
                self.watch(self.summary)
            if ended or self._stopped:
                break
        if not self._stopped:
            self._finish(source)
        return self.summary

    def _go_on(self) -> None:
        """Queue what is due, and go over to the present rule set if it is another."""
        for due, customer in self.store.due(1 << 62, 1 << 40):
            self.stepper.queue(customer, due)
        progress, engine = self._progress, self.stepper.engine
        if progress is None or progress.rule_set == engine.program.plan.hash or progress.clock is None:
            return
        customers = list(self.store.customers())
        switched = self.stepper.switch(engine, progress.clock + 1, iter(customers), before=progress.versions)
        self._decisions.extend(switched)

    def _read(self, batch: Batch, source: Source) -> bool:
        """Arrivals of a batch, committed every so often. Whether `until` was reached."""
        for number, arrival in enumerate(batch.arrivals, batch.first):
            if isinstance(arrival, DeadLetter):
                self._dead.append(arrival)
                self.taking.pass_over(number)
                continue
            if self.until is not None and arrival.arrived > self.until:
                return True
            self._wait(arrival, source)
            self.summary.arrived(arrival.arrived)
            if arrival.type == "clock":
                self.taking.advance(arrival.arrived)
                self.taking.pass_over(number)
            else:
                self.taking.arrive(number, arrival)
            if (number + 1) % self.batch == 0:
                self._step(source)
        self._step(source)
        return False

    def _wait(self, arrival: Event, source: Source) -> None:
        """At a recorded speed: show what is ready, then wait for the arrival's moment."""
        if self.pace is not None and self.pace.must_wait(arrival.arrived):
            self.taking.advance(arrival.arrived)
            self._step(source)
            self.pace.wait(arrival.arrived)

    def _step(self, source: Source) -> None:
        horizon = self.taking.horizon
        for taken, event in self.taking.ready(horizon):
            self.summary.events += 1
            self._decisions.extend(self.stepper.take(taken, event))
        if horizon is not None:
            self._decisions.extend(self.stepper.run_timers(horizon))
        self._commit(source)

    def _finish(self, source: Source) -> None:
        """The log has ended: take everything, and run timers up to the last arrival or `until`."""
        for taken, event in self.taking.all():
            self.summary.events += 1
            self._decisions.extend(self.stepper.take(taken, event))
        end = self.taking.clock if self.until is None else self.until
        if end is not None:
            self.taking.advance(end)
            self._decisions.extend(self.stepper.run_timers(end))
        self._commit(source)

    # ------------------------------------------------------------------ commit

    def _commit(self, source: Source) -> None:
        decisions = sorted(self._decisions, key=_ORDER)
        for decision in decisions:
            self.summary.add(decision)
        for letter in self._dead:
            self.summary.dead_letters[letter.reason] = self.summary.dead_letters.get(letter.reason, 0) + 1
        self.summary.count(self.stepper.counts)
        self.stepper.counts.clear()
        oldest, done = self.taking.position()
        plan = self.stepper.engine.program.plan
        progress = Progress(
            source.position(oldest),
            self.taking.clock,
            oldest,
            done,
            plan.hash,
            {rule.id: rule.version for rule in plan.rules},
            self.summary,
        )
        self.store.commit(
            Commit(
                number=self.store.number() + 1,
                records=dict(self._changed()) if self.durable else {},
                outbox=[(decision.id, _json.encode(decision)) for decision in decisions],
                due={customer: self.stepper.next_due(customer) for customer in self.stepper.changed}
                if self.durable
                else {},
                dead_letters=self._dead,
                settings={_SETTING: msgspec.msgpack.encode(progress)} if self.durable else {},
            )
        )
        self.stepper.changed.clear()
        self._decisions, self._dead = [], []
        publish(self.store, self.outlets)

    def _changed(self) -> Iterator[tuple[str, bytes]]:
        for customer in self.stepper.changed:
            yield customer, encode(self.stepper.records[customer])
