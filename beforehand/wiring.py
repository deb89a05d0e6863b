"""How the parts are put together for the command line: the only module that knows sources, stores and channels."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from rules.problems import Severity
from rules.workspace.workspace import Loaded, load


def load_and_check(path: Path, *, stories: bool = True) -> Loaded:
    """A workspace with the problems of reading it and of all checks, sorted by their places."""
    found = load(path, stories=stories)
    spec = find_spec("rules.checks")
    if found.workspace is None or spec is None or spec.origin is None:
        return found
    from rules.checks import check

    problems = sorted(
        {*found.problems, *check(found.workspace)},
        key=lambda problem: (problem.file, problem.line, problem.column, problem.code),
    )
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    return replace(found, workspace=None if failed else found.workspace, problems=problems)
