"""Customers that are stepped and committed together: all of a run, or those of one partition number of a worker.

What has arrived is taken when its time has come, in memory; then everything that changed is committed in one
transaction of the store. Whoever owns a partition feeds `taking`, calls `step`, and publishes what the outbox holds.

Another rule set may follow (`follow`), from a moment on: what is taken before that moment is decided by the old one,
what is taken at it or later by the new one, wherever the process dies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from operator import attrgetter
from threading import RLock
from time import perf_counter

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.decisions import Decision
from models.speech import say
from rules.codec import encode
from rules.typed import Rule
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.kept_vocabulary import misfit
from streams.progress import PROGRESS, RULES, Progress, kept_run
from streams.rule_sets import Coming, Decided, RulesOfRun, begun_after, entries, rules_of
from streams.stepper import Stepper
from streams.stopped import Stopped
from streams.stores.base import Commit, Store, StoreError
from streams.summary import Summary
from streams.taking import Taken, Taking

#: Where what is not taken yet is to be read again: opaque bytes, kept with the state.
Where = Callable[[], bytes]

_json = msgspec.json.Encoder()
#: The order in which decisions come out; those of one action list stay as they were made.
_ORDER = attrgetter("time", "customer", "rule")


class Done(Struct, frozen=True):
    """What one commit kept, for whoever counts."""

    #: Events taken since the commit before.
    events: int
    decisions: Sequence[Decision]
    dead: Sequence[DeadLetter]
    #: Messages passed on to another partition.
    forwarded: int
    #: What the engine counted: duplicates, old news, ..
    counts: Mapping[str, int]
    #: How long the store took, in seconds.
    seconds: float


def _nothing(done: Done) -> None:
    """What nobody wants to be told."""


class Partition:
    """Steps customers and commits, by one rule set at a time."""

    def __init__(  # noqa: PLR0913 -- one a choice
        self,
        engine: Engine,
        store: Store,
        *,
        batch: int,
        durable: bool = True,
        stopped: Stopped | None = None,
        records_in_memory: int,
        files: Mapping[str, bytes] | None = None,
        sources: int = 1,
        committed: Callable[[Done], None] = _nothing,
    ) -> None:
        """`durable`: records are written to the store at each commit (else they live in memory only).

        `batch`: customers that go over to another rule set between two commits. `stopped` listens to the engine.
        `files` are those of the workspace, to be kept with the state. `sources`: see `Taking`. `committed` is called
        after each commit. StoreError if the state is of another vocabulary, or can't be read.
        """
        self.store = store
        self.durable = durable
        self.summary = Summary()
        self.stopped = Stopped() if stopped is None else stopped
        self.stepper = Stepper(engine, self._load, records_in_memory if durable else None)
        self.taking = Taking(engine.vocabulary.settle, sources=sources)
        self.dead: list[DeadLetter] = []
        #: Other entries of the outbox, (id, payload): they go out before the decisions of the same commit.
        self.forwards: list[tuple[str, bytes]] = []
        self._batch = batch
        self._committed = committed
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
        #: Everything up to here has been taken, and what was due has run (ms).
        self._reached: int | None = None
        #: All that was decided of moments before this one (ms) is committed.
        self.committed_before = 0
        self._decisions: list[Decision] = []
        #: Events taken since the last commit.
        self._taken = 0
        self._kept = b""
        self.restored = self._restore()

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
        """Let another rule set decide from its moment on, instead of any that is still to come.

        Its vocabulary may add to the present one (`streams.contract.added`).

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

    @property
    def next_moment(self) -> int:
        """The first moment (ms) at which nothing has been taken."""
        return 0 if self._reached is None else self._reached + 1

    def go_over(self, where: Where) -> bool:
        """Let the rule set that is to follow decide, if all that is taken before its moment can be; whether it does.

        Another may follow it then, before anything else is taken.
        """
        with self._turn:
            horizon, coming = self.taking.horizon, self._coming
            if horizon is None or coming is None or coming.begins > horizon:
                return False
            self._reach(coming.begins - 1)
            self._change_rules(coming, where)
            return True

    def _change_rules(self, coming: Coming, where: Where) -> None:
        """What is taken from now on is decided by another rule set: all that is taken before its moment has been."""
        self._coming = None
        self._reached = coming.begins - 1
        self.commit(where, coming.begins)  # so that the store knows everybody
        following = rules_of(coming.engine)
        customers = list(self.store.customers()) if self.durable else sorted(self.stepper.records)
        self._switch(coming.engine, following, self._rules, coming.begins, customers, where)
        self._rules, self._files, self._since = following, coming.files, coming.begins
        self._rules_before = None  # the next commit says that the new ones decide

    def _switch(
        self,
        engine: Engine,
        following: RulesOfRun,
        before: RulesOfRun,
        begins: int,
        customers: Sequence[str],
        where: Where,
    ) -> None:
        """Records go over to another rule set, some at a time, or all would have to be in memory.

        Until the last of them has gone over, the state says that the rules before decide, and which are to follow, so
        that a process that dies here begins again where it was.
        """
        self._rules_before = before = replace(before, following=following.layout)
        settings = {RULES: msgspec.msgpack.encode(before)}
        for start in range(0, len(customers), self._batch):
            some = customers[start : start + self._batch]
            self.stepper.fetch(some)
            self._decisions.extend(self.stepper.switch(engine, begins, some, before=before.versions))
            self.commit(where, begins, settings)
        self.stepper.engine = engine

    def _load(self, customers: Sequence[str]) -> Mapping[str, bytes]:
        return self.store.load(customers) if self.durable else {}

    # ------------------------------------------------------------------ going on

    def _restore(self) -> Progress | None:
        kept = kept_run(self.store)
        if kept is None:
            return None
        progress, self._rules_before = kept
        wrong = misfit(self._rules_before.types, self._rules.types)
        if wrong is not None:
            raise StoreError(say("the state does not fit this workspace: {wrong}", wrong=wrong))
        self._reached = progress.reached
        self._count_from(msgspec.msgpack.encode(progress))
        return progress

    def _count_from(self, kept: bytes) -> None:
        """Count on from what a commit kept."""
        progress = msgspec.msgpack.decode(kept, type=Progress)
        self._kept = kept
        self.summary = progress.summary
        self.stopped.become(progress.stopped)

    def go_on(self, where: Where) -> None:
        """Queue what is due, and go over to the present rule set if it is another."""
        with self._turn:
            for due, customer in self.store.due(1 << 62, 1 << 40):
                self.stepper.queue(customer, due)
            before, reached = self._rules_before, self._reached
            if before is not None and reached is not None:
                self._since = reached + 1
                if before.following is not None or before.layout != self._rules.layout:
                    customers = list(self.store.customers())
                    self._switch(self.stepper.engine, self._rules, before, reached + 1, customers, where)
            self._rules_before = None  # the next commit says that the present ones decide

    def abandon(self) -> None:
        """It ended before its end: what was counted and kept is that of the last commit."""
        self._ended = True
        if self._kept:
            self._count_from(self._kept)
        else:
            self.summary = Summary()
            self.stopped.become(Stopped())

    # ------------------------------------------------------------------ stepping

    def step(self, where: Where) -> None:
        """Take all that can be taken, run what is due, and commit."""
        with self._turn:
            self.advance(where)
            self.commit(where)

    def advance(self, where: Where) -> None:
        """Take all that can be taken and run what is due, in memory; only where another rule set follows, commit."""
        with self._turn:
            self.go_over(where)
            horizon = self.taking.horizon
            if horizon is not None:
                self._reach(horizon)

    @property
    def changed(self) -> bool:
        """Whether anything came of what was done since the last commit."""
        return bool(self.stepper.changed or self._decisions or self.dead or self.forwards)

    def finish(self, until: int | None, where: Where) -> None:
        """The log has ended: take everything, and run timers up to the last arrival or `until` (ms)."""
        with self._turn:
            self._ended = True
            end = self.taking.clock if until is None else until
            coming = self._coming
            if coming is not None and end is not None:
                self._take(self.taking.ready(coming.begins - 1))
                if coming.begins <= end or self.taking.waiting:
                    self._run_timers(min(coming.begins - 1, end))
                    self._change_rules(coming, where)
            self._take(self.taking.all())
            if end is not None:
                self.taking.advance(end)
                self._run_timers(end)
            self.commit(where)

    def end(self) -> None:
        """It ended where it is: nobody can follow any more."""
        with self._turn:
            self._ended = True

    def _reach(self, until: int) -> None:
        """Take what can be taken up to `until`, and run what is due."""
        self._take(self.taking.ready(until))
        self._run_timers(until)

    def _take(self, events: list[Taken]) -> None:
        if self.durable:
            self.stepper.fetch(event.customer for _, event in events)
        self._decisions += self.stepper.take_all(events)
        self.summary.events += len(events)
        self._taken += len(events)

    def _run_timers(self, until: int) -> None:
        self._decisions.extend(self.stepper.run_timers(until))
        if self._reached is None or until > self._reached:
            self._reached = until

    # ------------------------------------------------------------------ commit

    def commit(self, where: Where, begins: int | None = None, settings: Mapping[str, bytes] = {}) -> None:
        """Keep what has been done. `begins`: only what is taken before it has been taken; `settings` are kept too."""
        decisions = sorted(self._decisions, key=_ORDER)
        self._count(decisions)
        # What has arrived and may be taken, but was not, comes again: arrivals are said to have come less far.
        clock = self.taking.clock
        if begins is not None and clock is not None:
            clock = min(clock, begins + self.taking.settle)
        kept = msgspec.msgpack.encode(Progress(where(), clock, self._reached, self.summary, self.stopped))
        stepper = self.stepper
        began = perf_counter()
        self.store.commit(
            Commit(
                number=self.store.number() + 1,
                records={customer: encode(stepper.records[customer]) for customer in stepper.changed}
                if self.durable
                else {},
                outbox=[*self.forwards, *((decision.id, _json.encode(decision)) for decision in decisions)],
                due={customer: stepper.next_due(customer) for customer in stepper.changed} if self.durable else {},
                dead_letters=self.dead,
                settings={**self._settings(kept), **settings} if self.durable else {},
            )
        )
        seconds = perf_counter() - began
        done = Done(self._taken, decisions, self.dead, len(self.forwards), dict(stepper.counts), seconds)
        self._kept = kept
        stepper.committed()
        self._decisions, self.dead, self.forwards, self._taken = [], [], [], 0
        self.committed_before = self.next_moment
        self._committed(done)

    def _count(self, decisions: list[Decision]) -> None:
        summary, stepper = self.summary, self.stepper
        for decision in decisions:
            summary.add(decision)
        for letter in self.dead:
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
