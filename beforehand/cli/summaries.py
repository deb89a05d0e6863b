"""The summary at the end of a run: what came in, what was decided, what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from beforehand.cli.running import Done
from beforehand.cli.terminal import show
from models.decisions import ActionKind, said_action, said_reason
from models.speech import listed, say, say_count, sentence
from models.visible import visible

if TYPE_CHECKING:
    from rules.workspace.workspace import Workspace
    from streams.dead_letters import DeadLetter
    from streams.summary import Summary

#: Fields that are not in the vocabulary, named in the summary.
_FIELDS = 3
_EXAMPLE_WIDTH = 100
#: What the engine writes where an event came too late to fire anything.
OLD_NEWS = "old news"


def print_summary(console: Console, workspace: Workspace, done: Done, seconds: float) -> None:
    """All that a run has to say at its end."""
    summary = done.counted.summary
    console.print()
    console.print(came_in(workspace, done, seconds), soft_wrap=True)
    for line in (*_counts(summary), *_passed_over(done)):
        console.print(Text(line, style="dim"), soft_wrap=True)
    console.print()
    if summary.decisions:
        show(console, _decided(summary))
    else:
        console.print(say("No rule matched, so nothing was decided."))
    if done.counted.stopped.situations:
        console.print()
        show(console, _stopped(done.counted.stopped.situations))
    if summary.dead_letters:
        console.print()
        show(console, dead_letters(done))


def came_in(workspace: Workspace, done: Done, seconds: float) -> Text:
    """How many events came, from when to when, and how fast."""
    from models.moments import zone
    from streams.testing.local_times import local_text

    summary = done.counted.summary
    text = Text(say_count(summary.events, "{count:,} event", "{count:,} events"), style="bold")
    if summary.began is not None and summary.ended is not None:
        where = zone(workspace.vocabulary.time_zone)
        first, last = (local_text(where, moment - moment % 1_000) for moment in (summary.began, summary.ended))
        text.append(say(" from {first} to {last}", first=first, last=last), style="not bold")
    own = summary.events - done.before
    if done.before:
        text.append(say("; {own:,} of them now,", own=own), style="not bold")
    text.append(say(" in {seconds:,.1f} s", seconds=seconds), style="not bold")
    if seconds > 0 and own:
        text.append(say(", {speed:,.0f} a second", speed=own / seconds), style="not bold")
    return text


#: What the engine counts, and how it is said.
_SAID = {
    "duplicates": sentence("{count:,} came twice and counted once"),
    "old news": sentence("{count:,} old news: what happened long before it arrived counts in facts, and fires nothing"),
    "channels not kept apart": sentence(
        "{count:,} about consent named a channel beyond those kept for a customer: read strictly"
    ),
    "decided before": sentence("{count:,} decided before: the same event was told again while it was fresh"),
    "would have fired": sentence("{count:,} of them would have fired, had they come in time"),
}
#: What may still be open, by kind of timer; each with its forms for one and for more.
_OPEN = {
    "absence": (sentence("{count:,} wait for what must not come"), "{count:,} waits for what must not come"),
    "after": (sentence("{count:,} block to come"), "{count:,} blocks to come"),
    "stay": (sentence("{count:,} stay in a place"), "{count:,} stays in a place"),
}


def _counts(summary: Summary) -> Iterator[str]:
    for name, number in summary.counts.items():
        yield say(_SAID[name], count=number) if name in _SAID else f"{number:,} {name}"
    if summary.pending:
        said = listed(say_count(number, *_OPEN[kind]) for kind, number in sorted(summary.pending.items()))
        yield say("still open at the end: {said}", said=said)


def _passed_over(done: Done) -> Iterator[str]:
    """Fields that the vocabulary does not name."""
    ignored = Counter(done.counted.ignored)
    if ignored:
        names = [f"{event} {name}" for (event, name), _ in ignored.most_common(_FIELDS)]
        more = ".." if len(ignored) > _FIELDS else ""
        yield say_count(
            ignored.total(),
            "{count:,} field that the vocabulary does not name: {names}",
            "{count:,} fields that the vocabulary does not name: {names}",
            names=listed(filter(None, (*names, more))),
        )


def _decided(summary: Summary) -> Table:
    """Rule by rule and kind by kind: what became of it."""
    table = _table(say("rule"), say("what"), say("sent"), say("control"), say("not sent"), numbers=(2, 3))
    for rule, kinds in sorted(summary.decisions.items()):
        for number, (kind, outcomes) in enumerate(sorted(kinds.items())):
            other = {name: count for name, count in outcomes.items() if name not in {"sent", "control"}}
            table.add_row(
                rule if number == 0 else "",
                said_action(ActionKind(kind)),
                _number(outcomes.get("sent", 0)),
                _number(outcomes.get("control", 0)),
                "\n".join(f"{count:,} {visible(reason_of(name))}" for name, count in _most(other)),
            )
    return table


def reason_of(outcome: str) -> str:
    """`suppressed: not reachable` is shown by its reason; other outcomes keep their name."""
    return said_reason(outcome.removeprefix("suppressed: "))


def _stopped(counts: Mapping[tuple[str, str], int]) -> Table:
    """Situations that were complete and did not match."""
    table = _table(say("rule"), say("situations"), say("stopped by"), numbers=(1,))
    rule = ""
    for (name, line), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        table.add_row(
            "" if name == rule else name, f"{count:,}", say("(old news)") if line == OLD_NEWS else visible(line)
        )
        rule = name
    return table


def dead_letters(done: Done) -> Table:
    """Reason by reason, with an example."""
    from streams.dead_letters import Reason, said_of

    summary = done.counted.summary
    table = _table(say("dead letters"), say("number"), say("for example"), numbers=(1,))
    examples = done.counted.examples
    for reason, count in _most(summary.dead_letters):
        letter = examples.get(reason)
        shown = "" if letter is None else _example(letter)
        table.add_row(said_of(Reason(reason)), f"{count:,}", shown)
    return table


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(Counter(counts).items(), key=lambda item: (-item[1], item[0]))


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _example(letter: DeadLetter) -> str:
    return say("line {line}: {detail}", line=letter.line, detail=visible(letter.detail, _EXAMPLE_WIDTH))


def _table(*headers: str, numbers: Collection[int]) -> Table:
    """A table with these headers; `numbers` are the columns of numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", width=None)
    for number, header in enumerate(headers):
        table.add_column(header, justify="right" if number in numbers else "left", overflow="fold")
    return table
