"""A million events through the commands that a user types: from the start of the program to its end, by the clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from msgspec import Struct

from benchmarks.rule_files import write_workspace
from benchmarks.rule_mix import place_count
from benchmarks.workload import Workload, vocabulary, workload
from streams.wire.encode import encode_event


class WholeRun(Struct, frozen=True):
    """Seconds for `events` events (beside those that make the customers known) under `rules` rules."""

    rules: int
    events: int
    replay: float
    #: `run` with records in memory, and with `--state` (SQLite, written to the disk).
    memory: float
    sqlite: float


def measure_whole_run(rules: int, events: int, customers: int, seed: int) -> WholeRun:
    """Replay and run a made-up workspace, once each."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        write_workspace(folder / "workspace", rules, seed)
        write_events(folder / "events.jsonl", workload(vocabulary(place_count(rules), seed), events, customers, seed))
        arguments = [str(folder / "workspace"), "--events", str(folder / "events.jsonl")]
        out = ["--out", str(folder / "decisions.jsonl")]
        _seconds("check", arguments[0])  # what was read is kept: each command below finds the same
        return WholeRun(
            rules=rules,
            events=events,
            replay=_seconds("replay", *arguments, "--json"),
            memory=_seconds("run", *arguments, *out),
            sqlite=_seconds("run", *arguments, *out, "--state", str(folder / "state")),
        )


def write_events(file: Path, load: Workload) -> None:
    """The events of a workload as lines: first who the customers are."""
    company = vocabulary(0)
    with file.open("wb") as lines:
        lines.writelines(encode_event(event, company) + b"\n" for event in load.known)
        lines.writelines(line + b"\n" for line in load.lines)


def _seconds(*arguments: str) -> float:
    begun = perf_counter()
    subprocess.run([sys.executable, "-m", "beforehand", *arguments], capture_output=True, check=True)
    return perf_counter() - begun
