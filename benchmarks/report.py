"""The figures as tables for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.in_turns import InTurns
from benchmarks.loading import Loading
from benchmarks.measure import TIMES, Figures
from benchmarks.profiling import Part
from benchmarks.retail_year import RetailYear
from benchmarks.whole_run import WholeRun


def show(
    console: Console,
    figures: list[Figures],
    in_turns: InTurns | None,
    loading: Loading | None,
    whole: WholeRun | None,
    retail: RetailYear | None,
) -> None:
    """Everything that was measured."""
    console.print(_speed(figures))
    console.print(_parts(figures))
    console.print(_records(figures))
    if in_turns is not None:
        console.print(str(in_turns))
    if loading is not None:
        console.print(_loading(loading))
    if whole is not None:
        console.print(_whole(whole))
    if retail is not None:
        console.print(_retail(retail), markup=False)  # `beforehand[retail]` is no markup


def _named(one: Figures) -> str:
    return f"{one.rules:,}" if one.shared else f"{one.rules:,}, nothing shared"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _speed(figures: list[Figures]) -> Table:
    table = _table(
        f"Events a second on one core: median of {TIMES}, and how far the farthest is from it",
        "rules",
        "decode + taking + engine",
        "naive loop",
        "times",
        "decisions equal",
        "compile, s",
    )
    for one in figures:
        equal = f"{one.compared:,}" if not one.differing else f"[red]{one.differing:,} of {one.compared:,} differ"
        table.add_row(
            _named(one),
            str(one.events_per_second),
            str(one.naive_per_second),
            f"{one.times_naive:.1f}",
            equal,
            f"{one.compile_seconds:.2f}",
        )
    return table


def _parts(figures: list[Figures]) -> Table:
    table = _table(
        "Microseconds: the parts",
        "rules",
        "decode",
        "taking",
        "engine",
        "to bytes",
        "from bytes",
        "memory store",
        "SQLite store",
        "first event",
    )
    for one in figures:
        parts = (one.decode, one.taking, one.engine, one.encode, one.restore, one.memory_store, one.sqlite_store)
        table.add_row(_named(one), *map(str, parts), f"{one.first_event:,.0f}")
    table.caption = (
        "decode, taking, engine: an event; the others: a record (commits of 1,000 events hold about "
        f"{figures[0].records_per_event * 1_000:,.0f}); first event: a new customer in the engine"
    )
    return table


def _records(figures: list[Figures]) -> Table:
    table = _table("Bytes of a record", "rules", "customers heard of", "median", "99 %", "most", "decisions in all")
    for one in figures:
        of = one.record_bytes
        table.add_row(
            _named(one), f"{of.customers:,}", f"{of.median:,}", f"{of.p99:,}", f"{of.most:,}", f"{one.decisions:,}"
        )
    return table


def _loading(of: Loading) -> Table:
    title = f"Seconds from {of.rules:,} rule files to an engine, by the clock, each in a new process"
    table = _table(title, "", "read", "checked", "compiled", "all, with the start")
    table.add_row("without tests (run)", str(of.read), str(of.checked), str(of.compiled), str(of.running))
    table.add_row("with tests (check)", str(of.read_with_tests), str(of.checked_with_tests), "", "")
    table.add_row("unchanged, without tests", str(of.kept_read), "", "", str(of.kept_running))
    table.add_row("unchanged, with tests", str(of.kept_read_with_tests), str(of.kept_checked), "", "")
    return table


def _whole(of: WholeRun) -> Table:
    title = f"{of.events:,} events under {of.rules:,} rules through the commands, once, by the clock"
    table = _table(title, "", "seconds", "events/s")
    for name, seconds in (("replay", of.replay), ("run", of.memory), ("run --state", of.sqlite)):
        table.add_row(name, f"{seconds:,.1f}", f"{of.events / seconds:,.0f}")
    return table


def _retail(year: RetailYear) -> str:
    if year.skipped is not None:
        return f"Retail year: not replayed ({year.skipped})"
    return f"Retail year: {year.events:,} events in {year.seconds:,.1f} s, {year.events_per_second:,.0f} a second, once"


def show_profile(console: Console, parts: list[Part], rules: int) -> None:
    """The functions that take the time, part by part."""
    for part in parts:
        table = _table(f"{part.name}, {rules:,} rules: for each {part.each}", "function", "calls", "own us", "whole us")
        for row in part.rows:
            table.add_row(row.function, f"{row.calls:,.2f}", f"{row.own:,.2f}", f"{row.whole:,.2f}")
        console.print(table)
