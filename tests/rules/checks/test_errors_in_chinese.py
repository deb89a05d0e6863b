"""Every code told in Chinese: by the examples of its page, and by those of the golden files of checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.speech import Tongue, speaking
from rules.problems import CODES, Problem
from rules.workspace.workspace import load_texts
from tests.rules.checks import test_golden_checks as golden
from tests.rules.checks.test_error_pages import found
from tests.rules.workspace import test_broken_workspaces as broken

_HAN = re.compile("[\u4e00-\u9fff]")
#: What belongs to users, or is to be written as it stands: in quotes, in brackets of any kind.
_THEIRS = re.compile(r"“[^”]*”|`[^`]*`|\{[^}]*\}|\[[^\]]*\]|（[^）]*）|\"[^\"]*\"|'[^']*'")
#: Words that only an English sentence has.
_ENGLISH = re.compile(r"\b(?:a|an|the|this|is not|are|its|here|Write|Did you|must|can be|never|always|stands?)\b")


def told(problem: Problem) -> Iterator[str]:
    """The message without what its files say, and the hint up to the form that is to be written."""
    yield _THEIRS.sub("", problem.message)
    if problem.hint:
        yield _THEIRS.sub("", problem.hint).partition("请写")[0]


def hold_to_chinese(problem: Problem) -> None:
    """Whole Chinese sentences, in which no English one is left."""
    assert _HAN.search(problem.message), problem
    assert problem.hint is None or _HAN.search(problem.hint), problem
    assert problem.message.endswith(("。", "？")), problem
    for text in told(problem):
        assert not _ENGLISH.search(text), problem


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_page_is_told_in_chinese(code: str) -> None:
    """The same problems at the same places as in English, in Chinese sentences."""
    english = found(code)[1]
    with speaking(Tongue.CHINESE):
        chinese = found(code)[1]
    places = [(problem.file, problem.line, problem.column, problem.code, problem.length) for problem in english]
    assert [(one.file, one.line, one.column, one.code, one.length) for one in chinese] == places
    for problem, before in zip(chinese, english, strict=True):
        hold_to_chinese(problem)
        assert problem.message != before.message


@pytest.mark.parametrize("case", golden.ALL, ids=lambda case: f"{case.check}: {case.title}")
def test_checks_are_told_in_chinese(case: golden.Case) -> None:
    """What each check finds, in all its golden cases."""
    with speaking(Tongue.CHINESE):
        for problem in golden.BY_NAME[case.check](golden.read(case.files)):
            hold_to_chinese(problem)


@pytest.mark.parametrize("case", broken.CASES, ids=lambda case: case.stem)
def test_broken_files_are_told_in_chinese(case: Path) -> None:
    """Every mistake of the broken workspaces, in all their files."""
    files = broken.sections((broken.FOLDER / "base.txt").read_text("utf-8"))
    files |= broken.sections(case.read_text("utf-8").partition(broken.EXPECTED)[0])
    with speaking(Tongue.CHINESE):
        problems = load_texts(files).problems
    assert problems
    for problem in problems:
        hold_to_chinese(problem)
