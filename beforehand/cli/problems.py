"""How problems of a workspace are shown: with the line of the file and a caret, or as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from models.speech import listed, paragraph, say
from models.visible import visible

if TYPE_CHECKING:
    from rules.language.yaml_source import Source
    from rules.problems import Problem

_STYLES = {"error": "bold red", "warning": "bold yellow", "notice": "bold blue"}
#: From how many places on what is said alike is said once.
_MANY = 3
#: How many of the places are named.
_NAMED = 6
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def print_problems(console: Console, problems: Iterable[Problem], sources: Mapping[str, Source], root: Path) -> None:
    """Each problem with its line and a caret; notices, which ask for nothing, on one line each.

    What is said alike in many places is said once, with the places; but for errors, which all are to be mended.
    """
    for first, *others in _grouped(problems):
        text = _shown(first, sources, root)
        if others:
            text.append(f"\n  {_places(others)}", style="not bold dim")
        console.print(text, soft_wrap=True)


def _grouped(problems: Iterable[Problem]) -> Iterator[list[Problem]]:
    """Problems that say the same together, where the first of them is; errors, and what is rare, one by one."""
    alike: dict[tuple[str, str, str | None], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.code, problem.message, problem.hint), []).append(problem)
    for group in alike.values():
        if group[0].severity.value == "error" or len(group) < _MANY:
            yield from ([problem] for problem in group)
        else:
            yield group


def _places(others: list[Problem]) -> str:
    named = [visible(f"{problem.file}:{problem.line}:{problem.column}") for problem in others[:_NAMED]]
    if len(others) <= _NAMED:
        return say("The same in {names}", names=listed(named))
    more = len(others) - _NAMED
    return say("The same in {names} and {more:,} more (--json names them all)", names=listed(named), more=more)


def _shown(problem: Problem, sources: Mapping[str, Source], root: Path) -> Text:
    from rules.problems import render

    where = f"{problem.file}:{problem.line}:{problem.column}"
    style = _STYLES[problem.severity.value]
    said = paragraph(problem.message, problem.hint)
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
