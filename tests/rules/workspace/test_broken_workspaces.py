from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.problems import CODES, Problem, render
from rules.workspace.workspace import load_texts

FOLDER = Path(__file__).parent / "broken"
CASES = sorted(file for file in FOLDER.glob("*.txt") if file.stem != "base")
EXPECTED = "=== problems\n"


def sections(text: str) -> dict[str, str]:
    """The files of a golden file: name -> text."""
    parts = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def shown(problems: list[Problem], files: dict[str, str]) -> str:
    """The problems as a terminal shows them."""
    texts = []
    for problem in problems:
        lines = files.get(problem.file, "").split("\n")
        texts.append(render(problem, lines[problem.line - 1]))
    return "\n".join(texts) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_broken_workspace_has_exactly_the_problems_expected(case: Path) -> None:
    """All problems at once, each where it is, with what was found and what to write."""
    text, _, expected = case.read_text("utf-8").partition(EXPECTED)
    files = sections((FOLDER / "base.txt").read_text("utf-8")) | sections(text)
    loaded = load_texts(files)
    assert loaded.workspace is None
    assert shown(loaded.problems, files) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_problem_has_a_known_code_and_whole_sentences(case: Path) -> None:
    """Codes are registered; messages end with a full stop; places lie inside the file."""
    text = case.read_text("utf-8").partition(EXPECTED)[0]
    files = sections((FOLDER / "base.txt").read_text("utf-8")) | sections(text)
    for problem in load_texts(files).problems:
        assert problem.code in CODES
        assert problem.message.rstrip().endswith((".", "..")), problem
        assert problem.hint is None or problem.hint.strip()
        assert 1 <= problem.line <= files.get(problem.file, "").count("\n") + 1
