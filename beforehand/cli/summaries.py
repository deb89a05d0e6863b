"""The summary at the end of a run: what came in, what was decided, what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from beforehand.cli.running import Done
from beforehand.cli.terminal import counted, show
from models.visible import visible

if TYPE_CHECKING:
    from rules.workspace.workspace import Workspace
    from streams.summary import Summary

#: Fields that are not in the vocabulary, named in the summary.
_FIELDS = 3
_EXAMPLE_WIDTH = 100


def print_summary(console: Console, workspace: Workspace, done: Done, seconds: float) -> None:
    """All that a run has to say at its end."""
    summary = done.running.run.summary
    console.print()
    console.print(came_in(workspace, done, seconds), soft_wrap=True)
    for line in (*_counts(summary), *_passed_over(done)):
        console.print(Text(line, style="dim"), soft_wrap=True)
    console.print()
    if summary.decisions:
        show(console, _decided(summary))
    else:
        console.print("No rule matched, so nothing was decided.")
    if done.stopped.situations:
        console.print()
        show(console, _stopped(done.stopped.situations))
    if summary.dead_letters:
        console.print()
        show(console, dead_letters(done))


def came_in(workspace: Workspace, done: Done, seconds: float) -> Text:
    """How many events came, from when to when, and how fast."""
    from models.moments import zone
    from streams.testing.local_times import local_text

    summary = done.running.run.summary
    text = Text(counted(summary.events, "event"), style="bold")
    if summary.began is not None and summary.ended is not None:
        where = zone(workspace.vocabulary.time_zone)
        first, last = (local_text(where, moment - moment % 1_000) for moment in (summary.began, summary.ended))
        text.append(f" from {first} to {last}", style="not bold")
    own = summary.events - done.before
    speed = f", {own / seconds:,.0f} a second" if seconds > 0 and own else ""
    part = f"; {own:,} of them now," if done.before else ""
    text.append(f"{part} in {seconds:,.1f} s{speed}", style="not bold")
    return text


#: What the engine counts, and how it is said.
_SAID = {
    "duplicates": "came twice and counted once",
    "old news": "old news: what happened long before it arrived counts in facts, and fires nothing",
    "would have fired": "of them would have fired, had they come in time",
}
#: What may still be open, by kind of timer.
_OPEN = {
    "absence": ("wait for what must not come", "waits for what must not come"),
    "after": ("block to come", "blocks to come"),
    "stay": ("stay in a place", "stays in a place"),
}


def _counts(summary: Summary) -> Iterator[str]:
    for name, number in summary.counts.items():
        yield f"{number:,} {_SAID.get(name, name)}"
    if summary.pending:
        said = ", ".join(counted(number, *_OPEN[kind]) for kind, number in sorted(summary.pending.items()))
        yield f"still open at the end: {said}"


def _passed_over(done: Done) -> Iterator[str]:
    """Fields that the vocabulary does not name."""
    ignored = done.running.decoder.ignored
    if ignored:
        names = [f"{event} {name}" for (event, name), _ in ignored.most_common(_FIELDS)]
        more = ", .." if len(ignored) > _FIELDS else ""
        yield f"{counted(ignored.total(), 'field')} that the vocabulary does not name: {', '.join(names)}{more}"


def _decided(summary: Summary) -> Table:
    """Rule by rule and kind by kind: what became of it."""
    table = _table("rule", "what", "sent", "control", "not sent")
    for rule, kinds in sorted(summary.decisions.items()):
        for number, (kind, outcomes) in enumerate(sorted(kinds.items())):
            other = {name: count for name, count in outcomes.items() if name not in {"sent", "control"}}
            table.add_row(
                rule if number == 0 else "",
                kind,
                _number(outcomes.get("sent", 0)),
                _number(outcomes.get("control", 0)),
                "\n".join(f"{count:,} {visible(reason_of(name))}" for name, count in _most(other)),
            )
    return table


def reason_of(outcome: str) -> str:
    """`suppressed: not reachable` is shown by its reason; other outcomes keep their name."""
    return outcome.removeprefix("suppressed: ")


def said_of(line: str) -> str:
    """The line that stopped a situation, as it is shown."""
    return "(old news)" if line == "old news" else visible(line)


def _stopped(counts: Mapping[tuple[str, str], int]) -> Table:
    """Situations that were complete and did not match."""
    table = _table("rule", "situations", "stopped by")
    rule = ""
    for (name, line), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        table.add_row("" if name == rule else name, f"{count:,}", said_of(line))
        rule = name
    table.columns[1].justify = "right"
    return table


def dead_letters(done: Done) -> Table:
    """Reason by reason, with an example."""
    summary = done.running.run.summary
    table = _table("dead letters", "number", "for example")
    table.columns[1].justify = "right"
    examples = done.running.examples
    for reason, count in _most(summary.dead_letters):
        letter = examples.get(reason)
        shown = "" if letter is None else f"line {letter.line}: {visible(letter.detail, _EXAMPLE_WIDTH)}"
        table.add_row(reason, f"{count:,}", shown)
    return table


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(Counter(counts).items(), key=lambda item: (-item[1], item[0]))


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", width=None)
    for header in headers:
        numeric = header in {"sent", "control", "number"}
        table.add_column(header, justify="right" if numeric else "left", overflow="fold")
    return table
