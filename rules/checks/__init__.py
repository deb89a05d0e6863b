"""The checks: what is allowed by the language, but can hardly be meant.

Each check is one function in a file of its own, `(workspace) -> problems`, and reports each mistake once, where it is
written. A workspace with errors is checked as far as it could be read, so that one run names all mistakes.
"""

from __future__ import annotations

from pathlib import Path

from rules.problems import Problem
from rules.workspace.keeping import all_of
from rules.workspace.kept import Prints, keep, keeping_place, read_kept
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace

#: Under this name, which is no file's, is kept what was found anywhere but in rules by themselves.
_ELSEWHERE = ""


def check(workspace: Workspace, prints: Prints | None = None, cache: Path | None = None) -> list[Problem]:
    """The problems that all checks find, by file, line and column.

    `cache` is a folder that keeps what was found in rules which have not changed since, as `prints` tells them.
    """
    if prints is None or cache is None:
        together, each = _find(workspace, workspace.rules)
        found = together + each
    else:
        found = _of_changed(workspace, prints, cache)
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))


def _find(workspace: Workspace, looked_at: tuple[RuleFile, ...]) -> tuple[list[Problem], list[Problem]]:
    from rules.checks.every_check import find  # noqa: PLC0415  takes long, and is not needed where nothing has changed

    return find(workspace, looked_at)


def _of_changed(workspace: Workspace, prints: Prints, cache: Path) -> list[Problem]:
    """What the checks find: of rules that are what they were, what was found then."""
    place = keeping_place(cache, workspace.root or Path(), "checks-with-tests" if workspace.stories else "checks")
    prints = Prints(prints.world, {**prints.files, _ELSEWHERE: all_of(prints.files)})
    known = read_kept(place, prints, list[Problem])
    changed = tuple(file for file in workspace.rules if file.path not in known)
    if not changed and _ELSEWHERE in known:
        return [problem for problems in known.values() for problem in problems]
    together, each = _find(workspace, changed)
    kept = {file.path: known.get(file.path, []) for file in workspace.rules if file.sound and file.path in prints.files}
    before = [problem for path, problems in kept.items() if path in known for problem in problems]
    elsewhere = [*together, *(problem for problem in each if problem.file not in kept)]
    for problem in each:
        if problem.file in kept:
            kept[problem.file].append(problem)
    if _ELSEWHERE not in known:
        keep(place, prints, {_ELSEWHERE: elsewhere, **kept})
    return together + before + each
