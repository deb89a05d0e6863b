"""Where the time goes: each part of the pipeline under cProfile, on its own."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from msgspec import Struct

from benchmarks.measure import Sizes, Tell, begin, collector
from benchmarks.pipeline import BATCH, Reading, engine_steps, run
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.workload import Workload, vocabulary
from rules.codec import encode
from streams.stores.base import Commit
from streams.stores.sqlite import SqliteStore

_T = TypeVar("_T")
ROOT = Path(__file__).resolve().parent.parent


class Row(Struct, frozen=True):
    """One function: calls and microseconds for each event or record. cProfile makes small functions look dearer."""

    function: str
    calls: float
    own: float
    whole: float


class Part(Struct, frozen=True):
    """A part, what its figures are for each of, and its functions, dearest first."""

    name: str
    each: str
    rows: list[Row]


def profile(load: Workload, count: int, sizes: Sizes, *, shared: bool, seed: int, tell: Tell) -> list[Part]:
    """The parts at `count` rules."""
    company = vocabulary(place_count(count), seed)
    steps = engine_steps(rule_mix(count, shared=shared, seed=seed), company)
    stepper, reading = steps.stepper, Reading(company)
    with collector(on=False), TemporaryDirectory() as folder:
        tell(f"{count:,} rules: warming up")
        begin(steps, load)
        run(reading, steps, load.lines[: sizes.warm])
        stepper.changed.clear()
        lines = load.lines[sizes.warm : sizes.warm + sizes.measured]
        tell("profiling")
        events, decoding = _under(lambda: reading.decode(lines), "decode", "event", len(lines))
        ready, taking = _under(lambda: reading.take(events), "taking", "event", len(lines))
        _, engine = _under(lambda: steps.step(ready, reading.horizon), "engine", "event", len(lines), most=40)
        changed = list(stepper.changed)
        records, encoding = _under(
            lambda: {name: encode(stepper.records[name]) for name in changed}, "record to bytes", "record", len(changed)
        )
        _, restoring = _under(
            lambda: [stepper.restore(name, data) for name, data in records.items()],
            "record from bytes",
            "record",
            len(changed),
        )
        store = SqliteStore(Path(folder))
        _, storing = _under(lambda: _commit(store, records), "SQLite store", "record", len(changed))
        store.close()
    return [decoding, taking, engine, encoding, restoring, storing]


def _commit(store: SqliteStore, records: dict[str, bytes]) -> None:
    items = list(records.items())
    for start in range(0, len(items), BATCH):
        store.commit(Commit(store.number() + 1, dict(items[start : start + BATCH])))


def _under(work: Callable[[], _T], name: str, each: str, count: int, most: int = 12) -> tuple[_T, Part]:
    profiler = cProfile.Profile()
    result = profiler.runcall(work)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]  # the table itself is what is wanted
    rows = [
        Row(_named(*function), calls / count, own / count * 1e6, whole / count * 1e6)
        for function, (_, calls, own, whole, _) in stats.items()
    ]
    rows.sort(key=lambda row: row.own, reverse=True)
    return result, Part(name, each, rows[:most])


def _named(file: str, line: int, function: str) -> str:
    if not line:
        return function
    path = Path(file)
    inside = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(path.name)
    return f"{inside}:{line} {function}"
