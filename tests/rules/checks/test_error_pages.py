"""The pages of docs/errors: one for every code, whose example shows exactly that problem."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.checks import check
from rules.problems import CODES, Problem, render
from rules.workspace.workspace import load_texts
from streams.contract.added import not_added
from streams.contract.asyncapi import asyncapi
from streams.contract.change import NO_ADDITION
from streams.contract.compare import compare, problem_of
from streams.contract.published import published

PAGES = Path(__file__).parents[3] / "docs" / "errors"
INDEX = (PAGES / "README.md").read_text("utf-8")
#: Mistakes that no page can show: bytes that are no text, and a file that is too large.
UNSHOWN: dict[str, dict[str, str]] = {
    "E001": {"rules/one.yaml": "when: paid\ntitle: \ud800\n"},
    "E011": {"rules/one.yaml": "when: paid\nthen: " + "[" * 30 + "]" * 30 + "\n"},
    # What goes out is for Beforehand to say, and for no workspace.
    "E706": {},
}
#: The files that a contract was published from, on the pages of what has changed since.
BEFORE = "before/"
#: What the examples leave out, as the index says.
LEFT_OUT = frozenset({"W504", "W505", "W512"})


def files_of(page: str) -> dict[str, str]:
    """The files a page shows, by name."""
    return dict(re.findall(r"^`([^`\n]+\.yaml)`\n\n```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))


def found(code: str) -> tuple[dict[str, str], list[Problem]]:
    """The files of a code's example with those of the index, and what is wrong with them."""
    page = (PAGES / f"{code}.md").read_text("utf-8")
    files = files_of(INDEX) | (UNSHOWN.get(code) or files_of(page))
    if code[1] == "7":
        before = {name.removeprefix(BEFORE): text for name, text in files.items() if name.startswith(BEFORE)}
        files = {name: text for name, text in files.items() if not name.startswith(BEFORE)}
        return files, changes_since(files | before, files, code)
    loaded = load_texts(files)
    problems = [*loaded.problems, *(check(loaded.workspace) if loaded.workspace else [])]
    return files, [p for p in problems if p.code == code or not (p.code in LEFT_OUT or p.code.startswith("N"))]


def changes_since(before: dict[str, str], now: dict[str, str], code: str) -> list[Problem]:
    """What has changed since the contract of these files was published; for E706 by another Beforehand.

    For E707: what workers can't take over.
    """
    workspaces = [load_texts(files).workspace for files in (before, now)]
    assert workspaces[0] is not None
    assert workspaces[1] is not None
    old, new = (published(asyncapi(one.vocabulary, one.policy.channels)) for one in workspaces if one is not None)
    if code == "E706":
        old.outgoing["decision"]["properties"]["outcome"]["enum"].remove("superseded")
    found = compare(old, new)
    if code == NO_ADDITION:
        found = not_added(workspaces[0].vocabulary, workspaces[1].vocabulary)
    changes = (problem_of(change, workspaces[1].sources, "asyncapi.json") for change in found)
    return [problem for problem in changes if problem.code == code or problem.severity == "error"]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """Nobody is sent to a page that is not there; no page is left over when a code goes."""
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(CODES)
    assert re.findall(r"^\| \[(\w+)\]\(\1\.md\) \| (.+) \|$", INDEX, re.MULTILINE) == list(CODES.items())


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_page_shows_exactly_its_problem(code: str) -> None:
    """One mistake, one problem, of the page's code."""
    assert [problem.code for problem in found(code)[1]] == [code]


@pytest.mark.parametrize("code", [code for code in CODES if code not in UNSHOWN])
def test_a_page_shows_what_is_said(code: str) -> None:
    """The title, and the message with its line and caret, as `check` prints it today."""
    files, problems = found(code)
    page = (PAGES / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {code}: {CODES[code]}\n")
    for problem in problems:
        shown = render(problem, files.get(problem.file, "").split("\n")[problem.line - 1])
        assert "\n".join(line.rstrip() for line in shown.split("\n")) in page


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_how_to_mend_it(code: str) -> None:
    """No page ends with the mistake."""
    assert re.search(r"^## How to mend it\n\n\S", (PAGES / f"{code}.md").read_text("utf-8"), re.MULTILINE)
