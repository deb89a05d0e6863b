"""How fast is it? `make bench`, or `benchmarks/run.py --help`; what the figures mean is in docs/performance.md."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from benchmarks.in_turns import InTurns, measure_in_turns
from benchmarks.loading import Loading
from benchmarks.loading import measure as measure_loading
from benchmarks.measure import FULL, QUICK, Figures, Sizes, Tell, measure
from benchmarks.picture import picture
from benchmarks.profiling import profile
from benchmarks.report import show, show_profile
from benchmarks.retail_year import RetailYear, replay_year
from benchmarks.whole_run import WholeRun, measure_whole_run
from benchmarks.workload import Workload, vocabulary, workload
from rules.facts import seen
from streams import compiled
from streams.wire import decoder

#: What there is compiled code for, and whether it has been compiled.
_COMPILED = {"lines": decoder.COMPILED, "repeats": seen.COMPILED, "events": compiled.COMPILED}
#: Events of the retail year that a quick run replays.
QUICK_YEAR = 50_000


class Report(msgspec.Struct, frozen=True):
    """All that one run found, and under which conditions."""

    python: str
    machine: str
    collector: str
    customers: int
    warm: int
    measured: int
    seed: int
    figures: list[Figures]
    in_turns: InTurns | None
    loading: Loading | None
    whole: WholeRun | None
    retail: RetailYear | None


def main(  # noqa: PLR0913, PLR0917  # Typer makes an option of each
    rules: Annotated[str, typer.Option(help="Numbers of rules, with commas between.")] = "10,100,1000,10000",
    unshared: Annotated[str, typer.Option(help="The same, for rules that share no fact.")] = "1000",
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of everything: does it still work?")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    collect: Annotated[bool, typer.Option("--gc", help="Leave the cyclic garbage collector on.")] = False,
    profiled: Annotated[
        bool, typer.Option("--profile", help="Show where the time goes at the last number of rules, instead.")
    ] = False,
    whole: Annotated[bool, typer.Option(help="Read 10,000 rule files, and run a million events, too.")] = True,
    retail: Annotated[bool, typer.Option(help="Replay the retail year too, if its data is installed.")] = True,
    drawn: Annotated[Path | None, typer.Option("--picture", help="Draw the figures into this file (SVG).")] = None,
    seed: Annotated[int, typer.Option(help="Other rules, places and events.")] = 1,
) -> None:
    """Measure decoding and deciding against a naive loop over the rules, on a made-up telecom company."""
    sizes = QUICK if quick else FULL
    with Console(stderr=True).status("making events") as status:
        load = workload(vocabulary(0), sizes.lines, sizes.customers, seed)
        if profiled:
            count = _numbers(rules)[-1]
            parts = profile(load, count, sizes, shared=True, seed=seed, tell=status.update)
            status.stop()
            _print(parts) if as_json else show_profile(_terminal(), parts, count)
            return
        counts = _numbers(rules)
        report = _measured(load, counts, _numbers(unshared), sizes, collect, seed, status.update)
        if len(counts) > 1:
            status.update("few rules and many, in turns")
            found = measure_in_turns(min(counts), max(counts), sizes, collect=collect, seed=seed)
            report = msgspec.structs.replace(report, in_turns=found)
        if whole:
            status.update("reading many rule files")
            report = msgspec.structs.replace(report, loading=measure_loading(500 if quick else 10_000))
            status.update("a million events through the commands")
            many, events = (100, 20_000) if quick else (1_000, 1_000_000)
            made = measure_whole_run(many, events, customers=sizes.customers, seed=seed)
            report = msgspec.structs.replace(report, whole=made)
        if retail:
            status.update("the retail year")
            report = msgspec.structs.replace(report, retail=replay_year(QUICK_YEAR if quick else None))
    if drawn is not None:
        drawn.write_text(picture(report.figures, _about(report)), encoding="utf-8")
    _print(report) if as_json else _show(_terminal(), report)


def _terminal() -> Console:
    """A terminal wide enough for the tables, also where the output is a file."""
    console = Console()
    return console if console.is_terminal else Console(width=140)


def _measured(
    load: Workload, rules: list[int], unshared: list[int], sizes: Sizes, collect: bool, seed: int, tell: Tell
) -> Report:
    wanted = [(count, True) for count in rules] + [(count, False) for count in unshared]
    figures = [
        measure(load, count, sizes, shared=shared, collect=collect, seed=seed, tell=tell) for count, shared in wanted
    ]
    return Report(
        python=f"{platform.python_implementation()} {platform.python_version()}, compiled code for "
        f"{', '.join(what for what, is_compiled in _COMPILED.items() if is_compiled) or 'nothing'}",
        machine=platform.machine(),
        collector="on" if collect else "off",
        customers=sizes.customers,
        warm=sizes.warm,
        measured=sizes.measured,
        seed=seed,
        figures=figures,
        in_turns=None,
        loading=None,
        whole=None,
        retail=None,
    )


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part]
    except ValueError:
        raise typer.BadParameter(f"{text}: write numbers with commas between, such as 10,100") from None


def _print(found: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")


def _show(console: Console, report: Report) -> None:
    console.print(
        f"{_about(report)}; garbage collector {report.collector}; all customers known before; {report.warm:,} events "
        f"to warm up, then 3 x {report.measured:,} measured; seed {report.seed}"
    )
    show(console, report.figures, report.in_turns, report.loading, report.whole, report.retail)


def _about(report: Report) -> str:
    return f"{report.python}, {report.machine}, one process, {report.customers:,} customers (Zipf 1.1)"


if __name__ == "__main__":
    typer.run(main)
