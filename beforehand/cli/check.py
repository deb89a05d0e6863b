"""`beforehand check`: what is wrong with a workspace, before anything runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from beforehand.cli.arguments import AsJson, ThisFolder
from beforehand.cli.problems import print_problems
from beforehand.cli.terminal import Exit, Terminal, counted, terminal, write_line
from beforehand.cli.workspaces import loaded

if TYPE_CHECKING:
    from rules.problems import Problem
    from rules.workspace.workspace import Loaded


def check(
    workspace: ThisFolder = Path(),
    *,
    json: AsJson = False,
) -> None:
    """Find what is wrong with a workspace.

    All problems at once, each with its place, the line, and what to write; errors come last, nearest to the prompt.
    A warning that many places share is said once. Ends with 1 if there are errors, with 0 if there are only warnings
    and notices.
    """
    found = loaded(workspace)
    if json:
        for problem in found.problems:
            write_line(_encode(problem))
    else:
        _print(terminal(), found, workspace)
    if found.workspace is None:
        raise typer.Exit(Exit.PROBLEMS)


def _encode(problem: Problem) -> bytes:
    import msgspec

    names = ("file", "line", "column", "code", "severity", "message", "hint")
    return msgspec.json.encode({name: getattr(problem, name) for name in names})


def _print(to: Terminal, found: Loaded, root: Path) -> None:
    console = to.out
    for severity in ("notice", "warning", "error"):
        problems = [problem for problem in found.problems if problem.severity == severity]
        print_problems(console, problems, found.sources, root)
        if problems:
            console.print()
    console.print(_summary(found), style=_style(found.problems))


def _style(problems: list[Problem]) -> str:
    severities = {problem.severity.value for problem in problems}
    return "bold red" if "error" in severities else "bold yellow" if "warning" in severities else "bold green"


def _summary(found: Loaded) -> str:
    count = Counter(problem.severity.value for problem in found.problems)
    said = [counted(count[severity], severity) for severity in ("error", "warning", "notice") if count[severity]]
    what = _what(found)
    if not said:
        return f"{what}: nothing to mend."
    return f"{what}: {' and '.join(', '.join(said).rsplit(', ', 1))}."


def _what(found: Loaded) -> str:
    workspace = found.workspace
    if workspace is None:
        return counted(len(found.sources), "file")
    tests = sum(len(file.tests) for file in workspace.rules)
    return f"{counted(len(workspace.rules), 'rule')} with {counted(tests, 'test')}"
