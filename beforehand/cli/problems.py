"""How problems of a workspace are shown: with the line of the file and a caret, or as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from models.visible import visible

if TYPE_CHECKING:
    from rules.language.yaml_source import Source
    from rules.problems import Problem

_STYLES = {"error": "bold red", "warning": "bold yellow", "notice": "bold blue"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def print_problems(console: Console, problems: Iterable[Problem], sources: Mapping[str, Source], root: Path) -> None:
    """Each problem with its line and a caret; notices, which ask for nothing, on one line each."""
    for problem in problems:
        console.print(_shown(problem, sources, root), soft_wrap=True)


def _shown(problem: Problem, sources: Mapping[str, Source], root: Path) -> Text:
    from rules.problems import render

    style = _STYLES[problem.severity.value]
    where = f"{problem.file}:{problem.line}:{problem.column}"
    said = problem.message if problem.hint is None else f"{problem.message} {problem.hint}"
    text = Text(visible(where), style="bold")
    text.append(f" {problem.code}", style=style)
    text.append(f" {visible(said)}", style="not bold default")
    line = "" if problem.severity == "notice" else _line(problem, sources, root)
    if not line.strip():
        return text
    _, source, carets = render(problem, line).rsplit("\n", 2)
    text.append(f"\n{source}", style="not bold dim")
    text.append(f"\n{carets}", style=style)
    return text


def _line(problem: Problem, sources: Mapping[str, Source], root: Path) -> str:
    """The line of the file; signs that would move the cursor are shown as a box, one for one."""
    source = sources.get(problem.file)
    text = source.line(problem.line) if source is not None else _read_line(root / problem.file, problem.line)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _read_line(file: Path, number: int) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    # The line of a file that is all one line helps nobody.
    return lines[number - 1] if number <= len(lines) and len(lines[number - 1]) <= 500 else ""
