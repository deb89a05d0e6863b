"""How the report of a replay is shown, rule by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from beforehand.cli.courses import course
from beforehand.cli.running import Done
from beforehand.cli.summaries import OLD_NEWS, came_in, dead_letters, reason_of
from beforehand.cli.terminal import show
from models.decisions import ActionKind, said_action
from models.speech import say, say_count
from models.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.messages import HandOff
    from rules.typed import Rule
    from rules.workspace.workspace import Workspace
    from streams.reports import ReplayReport, RuleReport


#: More rules than these that had no situation are told in one line, which names so many.
_MANY = 20
#: So few days are told one by one.
_FEW_DAYS = 5


def print_replay(console: Console, workspace: Workspace, report: ReplayReport, done: Done, seconds: float) -> None:
    """All rules, those that never matched last; then what came in."""
    where = _Where(workspace, done)
    rules = [file.rule for file in workspace.rules]
    silent = _silent(rules, report, done)
    for rule in sorted(rules, key=lambda rule: rule.id not in report.rules):
        if rule.id not in silent:
            console.print()
            _print_rule(console, rule, report.rules.get(rule.id), done, where)
    if silent:
        console.print()
        console.print(_said_of_silent(silent), soft_wrap=True)
    console.print()
    console.print(came_in(workspace, done, seconds), soft_wrap=True)
    if done.counted.summary.dead_letters:
        show(console, dead_letters(done))


def _silent(rules: Sequence[Rule], report: ReplayReport, done: Done) -> list[str]:
    """The rules of which there is nothing to tell, if they are many: no situation of theirs was ever complete."""
    counted = (done.counted.stopped.situations, done.counted.stopped.blocks)
    heard = report.rules.keys() | {rule for counts in counted for rule, _ in counts}
    silent = [rule.id for rule in rules if rule.id not in heard]
    return silent if len(silent) > _MANY else []


def _said_of_silent(rules: Sequence[str]) -> Text:
    named = ", ".join(rules[:_MANY])
    said = say("{count:,} rules had no situation: {names}, ..", count=len(rules), names=named)
    return Text(said, style="dim")


class _Where:
    """The days of the log, and the clocks by which it is told."""

    def __init__(self, workspace: Workspace, done: Done) -> None:
        from models.moments import date_of, zone

        self.zone = zone(workspace.vocabulary.time_zone)
        summary = done.counted.summary
        began, ended = summary.began or 0, summary.ended or 0
        self.first, self.last = date_of(self.zone, began), date_of(self.zone, ended)


def _print_rule(console: Console, rule: Rule, report: RuleReport | None, done: Done, where: _Where) -> None:
    title = Text(rule.id, style="bold")
    title.append(f"  {visible(rule.title)}", style="not bold dim")
    console.print(title, soft_wrap=True)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(justify="right", min_width=10, style="dim")
    rows.add_column(overflow="fold")
    if report is None:
        rows.add_row(say("matches"), say("none"))
    else:
        said = say_count(
            len(report.customers),
            "{matches:,} of {count:,} customer",
            "{matches:,} of {count:,} customers",
            matches=report.matches,
        )
        rows.add_row(say("matches"), Text(said, style="bold"))
        for kind, outcomes in sorted(report.outcomes.items()):
            rows.add_row(said_action(ActionKind(kind)), _outcomes(outcomes))
        _add_course(rows, report, where)
    _add_stops(rows, rule, done)
    for sample in report.samples if report is not None else ():
        rows.add_row(say("sample"), _sample(sample, where))
    show(console, Padding(rows, (0, 0, 0, 2), expand=False))


def _outcomes(outcomes: Counter[str]) -> Text:
    text = Text()
    for number, (name, count) in enumerate(sorted(outcomes.items(), key=lambda item: (item[0] != "sent", -item[1]))):
        text.append("  ·  " if number else "", style="dim")
        text.append(f"{count:,} {visible(reason_of(name))}", style="green" if name == "sent" else "yellow")
    return text


def _add_course(rows: Table, report: RuleReport, where: _Where) -> None:
    from models.moments import format_date

    first, last = min(where.first, *report.days), max(where.last, *report.days)
    if first == last:
        return
    if last - first < _FEW_DAYS:
        counts = (f"{format_date(day)[5:]} {report.days[day]:,}" for day in range(first, last + 1))
        rows.add_row(say("each day"), Text("  ·  ".join(counts), style="cyan"))
        return
    shown = course(report.days, first, last)
    text = Text(shown.bars, style="cyan")
    values = {"most": shown.most, "day": shown.most_on}
    said = say("most {most:,}, in the week from {day}", **values)
    if shown.by_day:
        said = say("most {most:,}, on {day}", **values)
    text.append(f"  {said}", style="dim")
    rows.add_row(say("each day") if shown.by_day else say("each week"), text)


def _add_stops(rows: Table, rule: Rule, done: Done) -> None:
    for label, counts in (
        (say("no match"), done.counted.stopped.situations),
        (say("left out"), done.counted.stopped.blocks),
    ):
        own = [(count, line) for (name, line), count in counts.items() if name == rule.id]
        for count, line in sorted(own, reverse=True):
            if line == OLD_NEWS:
                rows.add_row(label, Text(say("{count:,} (old news)", count=count)))
            else:
                rows.add_row(label, Text(say("{count:,} by {line}", count=count, line=visible(line))))


def _sample(sample: HandOff, where: _Where) -> Text:
    from models.messages import words_of
    from models.moments import parse_moment
    from streams.testing.local_times import local_text

    at = parse_moment(sample.time)
    text = Text(f"{local_text(where.zone, at - at % 60_000)}  {visible(sample.subject, 40)}", style="dim")
    message = sample.data
    if message.task is not None:
        to = say("for {who}", who=visible(message.task.who, 76))
    else:
        to = say("by {channel}", channel=visible(message.channel or "", 77))
    text.append(f"  {to}\n", style="dim")
    text.append(words_of(message), style="not dim")
    return text
