"""`beforehand check`: what is wrong with a workspace, before anything runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.against import compared_with
from beforehand.cli.arguments import AsJson, ThisFolder
from beforehand.cli.problems import print_problems
from beforehand.cli.terminal import Exit, Terminal, terminal, write_line
from beforehand.cli.workspaces import loaded
from models.speech import all_of, say, say_count, sentence

if TYPE_CHECKING:
    from rules.problems import Problem
    from rules.workspace.workspace import Loaded


def check(
    workspace: ThisFolder = Path(),
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="CONTRACT",
            help="Compare with the published contract: what `beforehand schema --out` wrote, or its asyncapi.json.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Find what is wrong with a workspace.

    All problems at once, each with its place, the line, and what to write; errors come last, nearest to the prompt.
    A warning that many places share is said once. Ends with 1 if there are errors, with 0 if there are only warnings
    and notices.

    With --against, what would break producers of events, or channels, is an error too: a table says for whom, and what
    to do; changes that break nothing are listed.
    """
    found = loaded(workspace)
    compared = None if against is None or found.workspace is None else compared_with(against, found.workspace)
    if json:
        for problem in (*found.problems, *(compared.problems() if compared else ())):
            write_line(_encode(problem))
    else:
        _print(terminal(), found, workspace)
        if compared is not None:
            compared.print(terminal())
        elif against is not None:
            later = say("{contract}: compared when the errors are mended.", contract=against)
            terminal().out.print(later, soft_wrap=True)
    if found.workspace is None or (compared is not None and compared.broken):
        raise typer.Exit(Exit.PROBLEMS)


#: The worst first; each with its forms for one and for more.
_COUNTED = {
    "error": (sentence("{count:,} error"), "{count:,} errors"),
    "warning": (sentence("{count:,} warning"), "{count:,} warnings"),
    "notice": (sentence("{count:,} notice"), "{count:,} notices"),
}


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
    said = [say_count(count[severity], *forms) for severity, forms in _COUNTED.items() if count[severity]]
    what = _what(found)
    if not said:
        return say("{what}: nothing to mend.", what=what)
    return say("{what}: {counts}.", what=what, counts=all_of(said, commas=True))


def _what(found: Loaded) -> str:
    workspace = found.workspace
    if workspace is None:
        return say_count(len(found.sources), "{count:,} file", "{count:,} files")
    tests = sum(len(file.tests) for file in workspace.rules)
    return say(
        "{rules} with {tests}",
        rules=say_count(len(workspace.rules), "{count:,} rule", "{count:,} rules"),
        tests=say_count(tests, "{count:,} test", "{count:,} tests"),
    )
