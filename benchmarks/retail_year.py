"""The replay of a real year of shopping, through the command that a user types."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from msgspec import Struct

from beforehand.packs.retail.complete_journey import convert
from beforehand.packs.retail.tables import RetailDataMissing

#: Where `make retail` leaves the events.
CONVERTED = Path(__file__).resolve().parent.parent / "build" / "retail" / "events.jsonl"


class RetailYear(Struct, frozen=True):
    """What the replay took, or why there was none."""

    events: int = 0
    seconds: float = 0.0
    skipped: str | None = None

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds if self.seconds else 0.0


def replay_year(most: int | None) -> RetailYear:
    """Replay the year once, or its first `most` events: reading, deciding, reporting, and the start of the program."""
    with TemporaryDirectory() as folder:
        workspace = Path(folder) / "retail"
        begun = _beforehand("init", str(workspace), "--pack", "retail")
        if begun.returncode:
            return RetailYear(skipped=_last_line(begun))
        try:
            events, lines = _events(Path(folder) / "events.jsonl", most)
        except RetailDataMissing as missing:
            return RetailYear(skipped=str(missing))
        started = perf_counter()
        done = _beforehand("replay", str(workspace), "--events", str(events), "--json")
        spent = perf_counter() - started
        return RetailYear(skipped=_last_line(done)) if done.returncode else RetailYear(lines, spent)


def _beforehand(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "beforehand", *arguments], capture_output=True, text=True, check=False)


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1] if said else f"beforehand ended with {done.returncode}"


def _events(made: Path, most: int | None) -> tuple[Path, int]:
    """A file of the year's events, and how many it holds."""
    source = CONVERTED
    if not source.exists():
        convert(made)
        source = made
    if most is not None:
        cut = made.with_name("some.jsonl")
        with source.open("rb") as file:
            cut.write_bytes(b"".join(islice(file, most)))
        source = cut
    with source.open("rb") as file:
        return source, sum(1 for _ in file)
