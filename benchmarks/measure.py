"""One rule set measured: the engine with its parts, the naive loop on the same events, and whether they agree."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time

from msgspec import Struct

from benchmarks.naive_loop import Firing, NaiveLoop
from benchmarks.pipeline import (
    EngineSteps,
    Reading,
    Seconds,
    committer,
    engine_steps,
    run,
    taken_at_their_time,
    write_from_now_on,
)
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.spread import Spread, spread
from benchmarks.workload import Workload, vocabulary
from models.moments import parse_moment
from rules.codec import encode
from rules.typed import Rule
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import SqliteStore
from streams.taking import Taken

#: How often each figure is measured: on consecutive pieces of the stream.
TIMES = 3
#: Records that are read back.
RESTORED = 1_000

#: Told what is being done.
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: `warm` lines, then TIMES `measured` without a commit, and half as many with."""

    customers: int
    warm: int
    measured: int
    #: Rule lookups of the naive loop in one measurement: with more rules it gets fewer events.
    naive: int

    @property
    def committed(self) -> int:
        return self.measured // 2

    @property
    def lines(self) -> int:
        return self.warm + TIMES * (self.measured + self.committed)

    def naive_lines(self, rules: int) -> int:
        return max(200, min(self.measured, self.naive // rules))


FULL = Sizes(customers=100_000, warm=40_000, measured=20_000, naive=1_500_000)
QUICK = Sizes(customers=10_000, warm=4_000, measured=2_000, naive=200_000)


class RecordBytes(Struct, frozen=True):
    """Sizes of the records of all customers heard of."""

    customers: int
    median: int
    p99: int
    most: int


class Figures(Struct, frozen=True):
    """What was found of one rule set. Parts are in microseconds."""

    rules: int
    shared: bool
    compile_seconds: float
    #: The first event of a customer.
    first_event: float
    events_per_second: Spread
    #: Per event.
    decode: Spread
    taking: Spread
    engine: Spread
    #: Per record: to bytes, from bytes, and in commits of a thousand events.
    encode: Spread
    restore: Spread
    memory_store: Spread
    sqlite_store: Spread
    records_per_event: float
    record_bytes: RecordBytes
    decisions: int
    naive_per_second: Spread
    #: Median against median.
    times_naive: float
    #: Decisions that were compared with the naive loop's; those only one of the two has.
    compared: int
    differing: int


@dataclass(slots=True)
class NaiveSteps:
    """The naive loop as a part of the pipeline."""

    loop: NaiveLoop
    firings: list[Firing]

    def step(self, ready: list[Taken], until: int) -> None:
        for taken, event in ready:
            self.firings.extend(self.loop.take(taken, event))
        self.firings.extend(self.loop.run_timers(until))


@contextmanager
def collector(*, on: bool) -> Iterator[None]:
    """Run with the cyclic garbage collector on or off; what there is before is never looked at."""
    gc.collect()
    gc.freeze()
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def measure(load: Workload, count: int, sizes: Sizes, *, shared: bool, collect: bool, seed: int, tell: Tell) -> Figures:
    """Measure `count` rules on the lines of a workload."""
    name = f"{count:,} rules{'' if shared else ', nothing shared'}"
    company, rules = vocabulary(place_count(count), seed), rule_mix(count, shared=shared, seed=seed)
    tell(f"{name}: compiling")
    begun = thread_time()
    steps = engine_steps(rules, company)
    compiled = thread_time() - begun
    with collector(on=collect), TemporaryDirectory() as folder:
        tell(f"{name}: first events of {len(load.known):,} customers")
        known = begin(steps, load)
        tell(f"{name}: {sizes.warm:,} events to warm up")
        reading = Reading(company)
        run(reading, steps, load.lines[: sizes.warm])
        spent = []
        end = sizes.warm + TIMES * sizes.measured
        for start in range(sizes.warm, end, sizes.measured):
            tell(f"{name}: {sizes.measured:,} events measured, from number {start:,}")
            spent.append(run(reading, steps, load.lines[start : start + sizes.measured]))
        tell(f"{name}: {TIMES * sizes.committed:,} events with commits")
        write_from_now_on(steps.stepper)
        sqlite = SqliteStore(Path(folder))
        commit = committer(steps.stepper, MemoryStore(), sqlite)
        run(reading, steps, load.lines[end : end + 1], commit)  # (writes what has changed so far, and makes the files)
        begins = range(end + 1, sizes.lines, sizes.committed)
        committed = [run(reading, steps, load.lines[start : start + sizes.committed], commit) for start in begins]
        sqlite.close()
        restored = restore(steps)
        record_bytes = sizes_of(steps, load)
    tell(f"{name}: the naive loop")
    with collector(on=collect):
        naive_spent, firings, horizon = naive(load, rules, count, sizes, seed)
    compared, differing = compare(steps, firings, horizon)
    rates, naive_rates = spread(map(Seconds.rate, spent)), spread(map(Seconds.rate, naive_spent))
    return Figures(
        rules=count,
        shared=shared,
        compile_seconds=compiled,
        first_event=known / len(load.known) * 1e6,
        events_per_second=rates,
        decode=spread(one.decode / one.events * 1e6 for one in spent),
        taking=spread(one.taking / one.events * 1e6 for one in spent),
        engine=spread(one.engine / one.events * 1e6 for one in spent),
        encode=spread(one.codec / one.records * 1e6 for one in committed),
        restore=restored,
        memory_store=spread(one.memory / one.records * 1e6 for one in committed),
        sqlite_store=spread(one.sqlite / one.records * 1e6 for one in committed),
        records_per_event=sum(one.records for one in committed) / sum(one.events for one in committed),
        record_bytes=record_bytes,
        decisions=len(steps.decisions),
        naive_per_second=naive_rates,
        times_naive=rates.median / naive_rates.median,
        compared=compared,
        differing=differing,
    )


def begin(steps: EngineSteps, load: Workload) -> float:
    """Let the engine know all customers; seconds."""
    begun = thread_time()
    steps.step(taken_at_their_time(load.known), load.known[-1].time)
    return thread_time() - begun


def restore(steps: EngineSteps) -> Spread:
    """Microseconds to read a record back, for those used last."""
    stepper = steps.stepper
    names = [name for name, record in stepper.records.items() if len(record.seen) > 1][:RESTORED]
    written = [(name, encode(stepper.records[name])) for name in names]
    times = []
    for _ in range(TIMES):
        begun = thread_time()
        for name, data in written:
            stepper.restore(name, data)
        times.append((thread_time() - begun) / max(1, len(written)) * 1e6)
    return spread(times)


def sizes_of(steps: EngineSteps, load: Workload) -> RecordBytes:
    """Sizes of the records of the customers of the lines."""
    records = steps.stepper.records
    ordered = sorted(len(encode(records[name])) for name in load.heard)
    return RecordBytes(len(ordered), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], ordered[-1])


def naive(
    load: Workload, rules: list[Rule], count: int, sizes: Sizes, seed: int
) -> tuple[list[Seconds], list[Firing], int]:
    """The naive loop over the beginning of the stream; what fired, and how far it came."""
    company = vocabulary(place_count(count), seed)
    steps = NaiveSteps(NaiveLoop(rules, company), [])
    steps.step(taken_at_their_time(load.known), load.known[-1].time)
    reading, piece = Reading(company), sizes.naive_lines(count)
    spent = [run(reading, steps, load.lines[start : start + piece]) for start in range(0, TIMES * piece, piece)]
    return spent, steps.firings, reading.horizon


def compare(steps: EngineSteps, firings: list[Firing], horizon: int) -> tuple[int, int]:
    """(decisions of the naive loop, decisions that only one has) up to where the naive loop came."""
    decided = {(parse_moment(one.time), one.customer, one.rule, one.outcome.value) for one in steps.decisions}
    mine = {one for one in decided if one[0] <= horizon}
    return len(firings), len(mine ^ set(firings))
