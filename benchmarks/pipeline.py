"""A run as the product makes it, batch by batch, with a clock on each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Protocol

from models.decisions import Decision
from models.events import Event
from models.vocabulary import Vocabulary
from rules.codec import encode
from rules.plan import plan
from rules.program import program
from rules.typed import Rule
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from streams.stepper import Stepper
from streams.stores.base import Commit, Store
from streams.taking import Taken, Taking
from streams.wire.decoder import Decoder

#: Lines of a batch, as the commands read a file; and of one that is committed, as a worker that keeps up has it.
BATCH = 10_000
COMMITTED = 1_000


def taken_at_their_time(events: Sequence[Event]) -> list[Taken]:
    """Events that are taken when they happen."""
    return [(one.time, one) for one in events]


class Steps(Protocol):
    """What turns taken events into what came of them: the engine, or the naive loop."""

    def step(self, ready: list[Taken], until: int) -> None:
        """Step a batch, and run timers up to `until`."""


@dataclass(slots=True)
class Seconds:
    """Seconds of the processor in each part over some events; a store's are of the clock, as it waits for a disk."""

    events: int = 0
    decode: float = 0.0
    taking: float = 0.0
    engine: float = 0.0
    #: Records made bytes, and what that and their commits took.
    records: int = 0
    codec: float = 0.0
    memory: float = 0.0
    sqlite: float = 0.0

    def rate(self) -> float:
        """Events a second through decoding, taking and the engine."""
        return self.events / (self.decode + self.taking + self.engine)


class Reading:
    """Lines to events in the order in which they are taken."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.decoder = Decoder(vocabulary)
        self.taking = Taking(vocabulary.settle)
        self._next = 0

    def decode(self, lines: list[bytes]) -> list[Event]:
        return [event for event in self.decoder.decode_all(lines) if isinstance(event, Event)]

    def take(self, events: list[Event]) -> list[Taken]:
        """What can be taken after these have arrived."""
        self.taking.arrive_all(self._next, events)
        self._next += len(events)
        return self.taking.ready(self.taking.horizon)

    @property
    def horizon(self) -> int:
        return self.taking.horizon or 0


@dataclass(slots=True)
class EngineSteps:
    """The engine over records in memory."""

    stepper: Stepper
    decisions: list[Decision] = field(default_factory=list)

    def step(self, ready: list[Taken], until: int) -> None:
        self.decisions += self.stepper.take_all(ready)
        self.decisions += self.stepper.run_timers(until)


def engine_steps(rules: list[Rule], vocabulary: Vocabulary) -> EngineSteps:
    """An engine with empty records."""
    made = program(plan(rules, vocabulary))
    judge = Judge(made, Decider(vocabulary, made.compiler, Terms()))
    return EngineSteps(Stepper(Engine(made, judge), lambda _: {}))


def run(reading: Reading, steps: Steps, lines: list[bytes], commit: Callable[[Seconds], None] | None = None) -> Seconds:
    """Everything from lines to decisions; `commit` writes records after each of many smaller batches, on clocks of its
    own."""
    spent = Seconds(len(lines))
    batch = BATCH if commit is None else COMMITTED
    for start in range(0, len(lines), batch):
        begun = thread_time()
        events = reading.decode(lines[start : start + batch])
        decoded = thread_time()
        ready = reading.take(events)
        taken = thread_time()
        steps.step(ready, reading.horizon)
        stepped = thread_time()
        spent.decode += decoded - begun
        spent.taking += taken - decoded
        spent.engine += stepped - taken
        if commit is not None:
            commit(spent)
    return spent


def write_from_now_on(stepper: Stepper) -> None:
    """Go on with an engine that counts at once, as the commands have it where records are written at each commit."""
    for record in stepper.records.values():
        record.catch_up()
    stepper.engine = Engine(stepper.engine.program, stepper.engine.judge, puts_off=False)


def committer(stepper: Stepper, memory: Store, sqlite: Store) -> Callable[[Seconds], None]:
    """Makes the records that have changed bytes, and commits them to both stores, once a batch."""

    def commit(spent: Seconds) -> None:
        begun = thread_time()
        records: dict[str, bytes | None] = {name: encode(stepper.records[name]) for name in stepper.changed}
        spent.codec += thread_time() - begun
        due = {name: stepper.next_due(name) for name in stepper.changed}
        spent.memory += _commit(memory, records, due)
        spent.sqlite += _commit(sqlite, records, due)
        spent.records += len(records)
        stepper.changed.clear()

    return commit


def _commit(store: Store, records: dict[str, bytes | None], due: dict[str, int | None]) -> float:
    commit = Commit(store.number() + 1, records, due=due)
    begun = perf_counter()
    store.commit(commit)
    return perf_counter() - begun
