"""Golden files of checks: small workspaces, and exactly what each check says about them.

To write the expected problems anew after a change, run this file with Python, and read the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rules.checks.every_check import CHECKS, OF_EACH_RULE, Check
from rules.problems import CODES, Problem, Severity, render
from rules.workspace.workspace import Workspace, load_texts

FOLDER = Path(__file__).parents[2] / "golden" / "checks"
BY_NAME = {check.__name__.removeprefix("check_"): check for check in CHECKS}
EXPECTED = "=== problems\n"


@dataclass(frozen=True)
class Case:
    """One workspace of a golden file: what it shows, its files as written, what is expected."""

    check: str
    title: str
    text: str
    expected: str

    @property
    def files(self) -> dict[str, str]:
        return sections((FOLDER / "base.txt").read_text("utf-8")) | sections(self.text)


def sections(text: str) -> dict[str, str]:
    """The files in a text: name -> text."""
    parts = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def cases(name: str) -> list[Case]:
    """The cases of a check's golden file."""
    parts = re.split(r"^=== (?!problems$)(.+)\n", (FOLDER / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = []
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        text, _, expected = body.partition(EXPECTED)
        found.append(Case(name, title, text, expected))
    return found


def read(files: dict[str, str]) -> Workspace:
    """The workspace, which must be without errors of reading."""
    loaded = load_texts(files)
    assert loaded.workspace is not None, (files, loaded.problems)
    return loaded.workspace


def shown(case: Case, check: Check) -> str:
    """What a check says, as a terminal shows it."""
    files = case.files
    problems = sorted(check(read(files)), key=lambda problem: (problem.file, problem.line, problem.column))
    return "".join(render(problem, line_of(files, problem)) + "\n" for problem in problems)


def line_of(files: dict[str, str], problem: Problem) -> str:
    """The line of a problem."""
    return files[problem.file].split("\n")[problem.line - 1]


ALL = [case for name in sorted(BY_NAME) for case in cases(name)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.check}: {case.title}")
def test_a_check_says_exactly_this(case: Case) -> None:
    """Each mistake once, where it is, with what to do; nothing where there is no mistake."""
    assert shown(case, BY_NAME[case.check]) == case.expected


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.check}: {case.title}")
def test_problems_of_checks_are_well_formed(case: Case) -> None:
    """Codes are registered and say how severe a problem is; messages are whole sentences."""
    severities = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTICE}
    for check in CHECKS:
        for problem in check(read(case.files)):
            assert problem.code in CODES
            assert problem.severity is severities[problem.code[0]]
            assert problem.message.endswith((".", "?"))
            assert problem.length <= len(line_of(case.files, problem))


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.check}: {case.title}")
def test_checks_of_each_rule_look_at_one_at_a_time(case: Case) -> None:
    """They find the same where each rule is alone; so what was found in an unchanged rule can be kept."""
    workspace = read(case.files)
    alone = [replace(workspace, rules=rules) for rules in ((), *((file,) for file in workspace.rules))]
    own = {file.path for file in workspace.rules}
    for check in OF_EACH_RULE:
        found = set(check(workspace))
        assert found == {problem for one in alone for problem in check(one)}
        assert {problem for problem in found if problem.file not in own} == set(check(alone[0]))


def write_anew() -> None:
    """Write what the checks say now into the golden files."""
    for name, check in BY_NAME.items():
        found = [f"=== {case.title}\n{case.text}{EXPECTED}{shown(case, check)}" for case in cases(name)]
        (FOLDER / f"{name}.txt").write_text("".join(found), "utf-8")


if __name__ == "__main__":
    write_anew()
