"""What many rules cost beside few, in turns: both take the same events, chunk by chunk, each in a process of its own.

Rows of `make bench` are minutes apart, in which other programs come and go; chunks are not a second apart.
"""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Annotated

import typer

from benchmarks.measure import FULL, begin, collector
from benchmarks.pipeline import BATCH, Reading, engine_steps, run
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.workload import vocabulary, workload

#: Chunks of a batch each, after those that warm up.
CHUNKS = 10


def main(
    few: Annotated[int, typer.Option(help="Rules that are the measure.")] = 10,
    many: Annotated[int, typer.Option(help="Rules that are compared with them.")] = 10_000,
) -> None:
    """Print how many times as long an event takes with many rules as with few."""
    sides = [_begun(few), _begun(many)]
    for take in sides:
        take()  # (it says that it is ready)
    ratios = []
    for number in range(CHUNKS):
        order = sides if number % 2 else sides[::-1]
        spent = {id(take): take() for take in order}
        base, other = (spent[id(take)] for take in sides)
        ratios.append(other / base)
        typer.echo(f"{few:,} rules {base:.2f} us, {many:,} rules {other:.2f} us an event: {ratios[-1]:.2f} times")
    typer.echo(f"median {median(ratios):.2f} times, {min(ratios):.2f} to {max(ratios):.2f}")


def _begun(rules: int) -> Callable[[], float]:
    """A process that measures so many rules; each call lets it take a chunk, and says what it took (us an event)."""
    ours, theirs = get_context("spawn").Pipe()
    get_context("spawn").Process(target=_measure, args=(rules, theirs), daemon=True).start()

    def take() -> float:
        ours.send(None)
        taken: float = ours.recv()
        return taken

    return take


def _measure(rules: int, asked: Connection) -> None:
    company = vocabulary(place_count(rules))
    load = workload(vocabulary(0), FULL.warm + CHUNKS * BATCH, FULL.customers)
    steps, reading = engine_steps(rule_mix(rules), company), Reading(company)
    with collector(on=False):
        begin(steps, load)
        run(reading, steps, load.lines[: FULL.warm])
        asked.recv()
        asked.send(0.0)
        for start in range(FULL.warm, len(load.lines), BATCH):
            asked.recv()
            asked.send(1e6 / run(reading, steps, load.lines[start : start + BATCH]).rate())


if __name__ == "__main__":
    typer.run(main)
