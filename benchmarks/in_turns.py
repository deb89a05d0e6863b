"""What many rules cost beside few, in turns: both take the same events, chunk by chunk, each in a process of its own.

Rows of the tables are minutes apart, in which other programs come and go; chunks are not a second apart.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console

from benchmarks.measure import FULL, Sizes, begin, collector
from benchmarks.pipeline import Reading, engine_steps, run
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.spread import Spread, spread
from benchmarks.workload import vocabulary, workload

#: Chunks that are measured, of half as many events as are measured at once elsewhere.
CHUNKS = 10


class InTurns(Struct, frozen=True):
    """Microseconds an event takes with few rules and with many, and how many times as long with many."""

    few: int
    many: int
    few_microseconds: Spread
    many_microseconds: Spread
    times: Spread

    def __str__(self) -> str:
        return (
            f"{self.many:,} rules beside {self.few:,}, in turns: {self.times} times as long an event "
            f"({self.few_microseconds} us, {self.many_microseconds} us; median of {CHUNKS} chunks)"
        )


def measure_in_turns(few: int, many: int, sizes: Sizes, *, collect: bool, seed: int) -> InTurns:
    """Let both take the same chunks, each first every other time; `collect`: with the garbage collector on."""
    with ExitStack() as stack:
        take_few, take_many = (
            stack.enter_context(closing(_Side(rules, sizes, collect, seed))).take for rules in (few, many)
        )
        pairs = [_pair(take_few, take_many, few_first=number % 2 == 0) for number in range(CHUNKS)]
    return InTurns(
        few=few,
        many=many,
        few_microseconds=spread(taken for taken, _ in pairs),
        many_microseconds=spread(taken for _, taken in pairs),
        times=spread(with_many / with_few for with_few, with_many in pairs),
    )


def _pair(few: Callable[[], float], many: Callable[[], float], *, few_first: bool) -> tuple[float, float]:
    if few_first:
        return few(), many()
    with_many = many()
    return few(), with_many


class _Side:
    """A process that measures so many rules, a chunk whenever it is asked."""

    def __init__(self, rules: int, sizes: Sizes, collect: bool, seed: int) -> None:
        spawning = get_context("spawn")
        self._asking, asked = spawning.Pipe()
        self._process = spawning.Process(target=_measure, args=(rules, sizes, collect, seed, asked), daemon=True)
        self._process.start()
        asked.close()  # a process that fails is heard of as the end of the pipe
        self._asking.recv()  # it has warmed up, while nothing else is measured

    def take(self) -> float:
        """Microseconds an event of the next chunk.

        Raises EOFError when the process has failed; it has said why.
        """
        self._asking.send(None)
        taken: float = self._asking.recv()
        return taken

    def close(self) -> None:
        self._asking.close()
        self._process.join()


def _measure(rules: int, sizes: Sizes, collect: bool, seed: int, asked: Connection) -> None:
    company, chunk = vocabulary(place_count(rules), seed), sizes.committed
    load = workload(vocabulary(0), sizes.warm + CHUNKS * chunk, sizes.customers, seed)
    steps, reading = engine_steps(rule_mix(rules, shared=True, seed=seed), company), Reading(company)
    with collector(on=collect):
        begin(steps, load)
        run(reading, steps, load.lines[: sizes.warm])
        asked.send(None)
        for start in range(sizes.warm, len(load.lines), chunk):
            asked.recv()
            asked.send(1e6 / run(reading, steps, load.lines[start : start + chunk]).rate())


def main(
    few: Annotated[int, typer.Option(help="Rules that are the measure.")] = 10,
    many: Annotated[int, typer.Option(help="Rules that are compared with them.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Other rules, places and events.")] = 1,
) -> None:
    """Print how many times as long an event takes with many rules as with few."""
    with Console(stderr=True).status("both take the same events, in turns"):
        found = measure_in_turns(few, many, FULL, collect=False, seed=seed)
    typer.echo(found)


if __name__ == "__main__":
    typer.run(main)
