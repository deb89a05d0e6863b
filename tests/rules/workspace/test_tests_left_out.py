from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.workspace.tests_left_out import without_tests
from rules.workspace.workspace import load_texts

EXAMPLE = Path(__file__).parent / "example"


@pytest.mark.parametrize("key", ["tests", "测试"])
@pytest.mark.parametrize("place", ["end", "middle"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_other_lines_keep_their_numbers(place: str, ending: str, key: str) -> None:
    """Only the lines that belong to `tests` go; what stands before and after them stays where it was."""
    tests = [f"{key}:", "  - it: x", "", "    # a comment", "    story:", "      - 2026-03-02 09:00 paid", "- it: y"]
    head, tail = ["title: x", "when: paid"], (["then:", "  guide: tests: none"] if place == "middle" else [])
    left = without_tests(ending.join([*head, *tests, *tail]))
    assert isinstance(left, str)
    assert left.split(ending) == [*head, *([""] * len(tests)), *tail]


def test_a_run_reads_the_same_rules() -> None:
    """Rules are the same, versions included, with their tests and without."""
    files = {file.relative_to(EXAMPLE).as_posix(): file.read_text("utf-8") for file in EXAMPLE.rglob("*.*")}
    with_tests, without = load_texts(files).workspace, load_texts(files, stories=False).workspace
    assert with_tests is not None
    assert without is not None
    assert [file.rule for file in with_tests.rules] == [file.rule for file in without.rules]
    assert all(file.tests for file in with_tests.rules)
    assert not any(file.tests for file in without.rules)


@given(st.text(alphabet="tes:- \n\r#a", max_size=60))
def test_lines_are_neither_added_nor_lost(text: str) -> None:
    """Whatever stands in a file, every line keeps its number."""
    left = without_tests(text)
    assert isinstance(left, str)
    assert left.count("\n") == text.count("\n")
