"""How the result of a rule's test is shown: what was expected, what happened, why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from models.visible import visible

if TYPE_CHECKING:
    from models.decisions import Decision
    from streams.testing.matching import Checked, StoryResult


def print_failure(console: Console, result: StoryResult) -> None:
    """A test that failed, line by line."""
    title = Text(f"{visible(result.story.it)}", style="bold red")
    title.append(f"  {result.file}:{result.story.line}", style="not bold dim")
    console.print(Padding(title, (0, 0, 0, 2)))
    for line in _lines(result):
        console.print(Padding(line, (0, 0, 0, 4)))


def _lines(result: StoryResult) -> list[Text]:
    lines: list[Text] = []
    for checked in result.checked:
        if not checked.passed:
            lines += _failed(result, checked)
    for decision in result.unexpected:
        lines.append(_row("nobody expected", f"{_at(result, decision)}  {said(decision)}", "yellow"))
    for decision in result.errors:
        lines.append(_row("rule error", f"{_at(result, decision)}  {decision.kind} could not be decided", "red"))
    return lines


def _failed(result: StoryResult, checked: Checked) -> list[Text]:
    from streams.testing.local_times import local_text

    expected = checked.expected
    at = local_text(result.zone, expected.at)
    lines = [_row("expected", f"{at}  {visible(expected.text)}  (line {expected.line})", "default")]
    if checked.happened:
        lines += [_row("happened", f"{_at(result, decision)}  {said(decision)}", "yellow") for decision in checked.happened]
    elif expected.kind.value != "nothing":
        lines.append(_row("happened", "nothing", "yellow"))
    return lines + [_row("why", visible(why), "cyan") for why in checked.why_not]


def _row(label: str, text: str, style: str) -> Text:
    row = Text(f"{label:>15}  ", style="dim")
    row.append(text, style=f"not dim {style}")
    return row


def said(decision: Decision) -> str:
    """A decision in a few words: `guidance by app: "You have used ..."`."""
    if decision.task is not None:
        return f"task for {visible(decision.task.who, 80)}: {visible(decision.task.what)}"
    what = decision.kind.value if decision.offer is None else f"{decision.kind} {visible(decision.offer)}"
    channel = f" by {visible(decision.channel)}" if decision.channel else ""
    return f'{what}{channel}: "{visible(decision.text or "")}"'


def _at(result: StoryResult, decision: Decision) -> str:
    from models.moments import parse_moment
    from streams.testing.local_times import local_text

    return local_text(result.zone, parse_moment(decision.time))


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
