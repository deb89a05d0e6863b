"""How the result of a rule's test is shown: what was expected, what happened, why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from beforehand.cli.terminal import show
from models.decisions import said_action
from models.speech import listed, say
from models.visible import visible

if TYPE_CHECKING:
    from models.decisions import Decision
    from streams.testing.matching import Checked, StoryResult


def print_failure(console: Console, result: StoryResult) -> None:
    """A test that failed, line by line."""
    title = Text(visible(result.story.it), style="bold red")
    title.append(f"  {result.file}:{result.story.line}", style="not bold not red dim")
    console.print(Padding(title, (0, 0, 0, 2), expand=False))
    rows = Table.grid(padding=(0, 2))
    rows.add_column(justify="right", width=17, style="dim")
    rows.add_column(overflow="fold")
    if result.refused is not None:
        rows.add_row(say("not run"), Text(visible(result.refused), style="red"))
    for checked in result.checked:
        if not checked.passed:
            _add_failed(rows, result, checked)
    for at, what in _said(result, result.unexpected):
        rows.add_row(say("nobody expected"), Text(f"{at}  {what}", style="yellow"))
    for decision in result.errors:
        rows.add_row(
            say("rule error"),
            Text(
                say("{at}  {kind} was not decided", at=_at(result, decision.time), kind=said_action(decision.kind)),
                style="red",
            ),
        )
    show(console, rows)


def _add_failed(rows: Table, result: StoryResult, checked: Checked) -> None:
    from streams.testing.local_times import local_text

    expected = checked.expected
    text = Text(f"{local_text(result.zone, expected.at)}  {visible(expected.text)}")
    text.append(say("  (line {line})", line=expected.line), style="dim")
    rows.add_row(say("expected"), text)
    for at, what in _said(result, checked.happened):
        rows.add_row(say("happened"), Text(f"{at}  {what}", style="yellow"))
    if not checked.happened and expected.kind.value != "nothing":
        rows.add_row(say("happened"), Text(say("nothing"), style="yellow"))
    for why in checked.why_not:
        rows.add_row(say("why"), Text(visible(why), style="cyan"))


def _said(result: StoryResult, decisions: Sequence[Decision]) -> Iterator[tuple[str, str]]:
    """(when, what) of each message and task: `guidance + offer by app: "You have used ..."`."""
    import msgspec

    from models.messages import hand_offs

    for hand_off in hand_offs(map(msgspec.json.encode, decisions)):
        message = hand_off.data
        if message.task is not None:
            what = say("task for {who}: {what}", who=visible(message.task.who, 80), what=visible(message.task.what))
        else:
            kinds = " + ".join(map(said_action, message.kinds))
            what = say(
                '{what} by {channel}: "{text}"',
                what=" ".join(filter(None, (kinds, listed(map(visible, message.offers))))),
                channel=visible(message.channel or ""),
                text=visible(message.text or ""),
            )
        yield _at(result, hand_off.time), what


def _at(result: StoryResult, time: str) -> str:
    from models.moments import parse_moment
    from streams.testing.local_times import local_text

    return local_text(result.zone, parse_moment(time))


def encode_result(result: StoryResult) -> bytes:
    """The result as one line of JSON."""
    import msgspec

    return msgspec.json.encode(
        {
            "rule": result.rule,
            "test": result.story.it,
            "file": result.file,
            "line": result.story.line,
            "passed": result.passed,
            "expectations": [_expectation(checked) for checked in result.checked],
            "unexpected": result.unexpected,
            "errors": result.errors,
            "refused": result.refused,
        }
    )


def _expectation(checked: Checked) -> dict[str, Any]:
    from models.moments import format_moment

    return {
        "line": checked.expected.line,
        "time": format_moment(checked.expected.at),
        "expected": checked.expected.text,
        "passed": checked.passed,
        "happened": checked.happened,
        "why_not": checked.why_not,
    }
