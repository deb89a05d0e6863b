"""What checks find does not hang on the language in which a workspace is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.formatting.files import formatted
from rules.language.keywords import Language
from tests.rules.checks.test_golden_checks import ALL, BY_NAME, Case, read

Found = list[tuple[str, int, str]]


def found(case: Case, files: dict[str, str]) -> Found:
    """The file, line and code of each problem."""
    problems = BY_NAME[case.check](read(files))
    return sorted((problem.file, problem.line, problem.code) for problem in problems)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.check}: {case.title}")
def test_the_same_mistakes_are_found_in_chinese(case: Case, tmp_path: Path) -> None:
    """At the same lines."""
    files = case.files
    chinese = {one.file: one.after for one in formatted(tmp_path, files, language=Language.CHINESE)}
    assert chinese != files
    assert found(case, chinese) == found(case, files)
