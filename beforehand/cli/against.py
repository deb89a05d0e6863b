"""`beforehand check --against`: what would break producers and channels, compared with the contract they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from beforehand.cli.terminal import Terminal, show, wrong_use
from models.speech import listed, say, say_count, sentence
from models.visible import visible

if TYPE_CHECKING:
    from rules.problems import Problem
    from rules.workspace.workspace import Workspace
    from streams.contract.change import Change


@dataclass(frozen=True)
class Compared:
    """A workspace, and all that has changed since a contract was published."""

    contract: Path
    workspace: Workspace
    changes: list[Change]

    @property
    def broken(self) -> list[Change]:
        """The changes that break somebody's program."""
        return [change for change in self.changes if change.breaks]

    def problems(self) -> Iterator[Problem]:
        """The changes as problems, where they are written."""
        from streams.contract.compare import problem_of

        for change in self.changes:
            yield problem_of(change, self.workspace.sources, str(self.contract))

    def print(self, to: Terminal) -> None:
        """What breaks nothing on a line each, then what breaks as a table, then how much that is."""
        console, broken = to.out, self.broken
        console.print()
        for change in self.changes:
            if not change.breaks:
                line = Text(change.code, style="bold blue")
                said = say("{whom}: {what}", whom=change.whom, what=change.what)
                line.append(f" {visible(said, 500)}", style="not bold default")
                console.print(line, soft_wrap=True)
        if broken:
            console.print()
            show(console, _table(list(self.problems()), self.changes))
            console.print()
        style = "bold red" if broken else "bold green"
        said = say("{contract}: {summary}", contract=visible(str(self.contract)), summary=self._summary())
        console.print(said, style=style, soft_wrap=True)

    def _summary(self) -> str:
        broken, harmless = len(self.broken), len(self.changes) - len(self.broken)
        if not self.changes:
            return say("nothing has changed.")
        breaking = say_count(broken, "{count:,} change that breaks it", "{count:,} changes that break it")
        others = say_count(harmless, "{count:,} change that breaks nothing", "{count:,} changes that break nothing")
        return say(
            "{changes}.",
            changes=listed([breaking, others] if broken and harmless else [breaking if broken else others]),
        )


def compared_with(path: Path, workspace: Workspace) -> Compared:
    """The workspace compared with a contract: its folder, or its document. Wrong use if it is none."""
    from streams.contract.asyncapi import asyncapi
    from streams.contract.compare import compare
    from streams.contract.files import ASYNCAPI
    from streams.contract.published import NoContract, published, read_published

    contract = path / ASYNCAPI if path.is_dir() else path
    try:
        old = read_published(contract.read_bytes())
        new = published(asyncapi(workspace.vocabulary, workspace.policy.channels))
    except OSError as wrong:
        words = sentence("{file}: it can't be read ({wrong}). A contract is written by `beforehand schema --out`.")
        wrong_use(say(words, file=contract, wrong=wrong.strerror or wrong))
    except (NoContract, ValueError) as wrong:
        wrong_use(
            say("{file}: {wrong}.", file=contract if isinstance(wrong, NoContract) else workspace.root, wrong=wrong)
        )
    return Compared(contract, workspace, compare(old, new))


def _table(problems: list[Problem], changes: list[Change]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for header in (say("breaks"), say("for whom"), say("what"), say("what to do")):
        table.add_column(header, overflow="fold")
    for problem, change in zip(problems, changes, strict=True):
        if change.breaks:
            place = Text(change.code, style="bold red")
            if change.file:
                place.append(f"\n{problem.file}:{problem.line}", style="not bold dim")
            table.add_row(place, *(visible(text, 500) for text in (change.whom, change.what, change.fix or "")))
    return table
