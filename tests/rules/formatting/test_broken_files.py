"""Whatever is wrong with a workspace: `fmt` does not fail, and what it does once it need not do again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.formatting.files import formatted
from rules.language.keywords import Language
from rules.workspace.workspace import FILES
from tests.rules.checks.test_broken_workspaces import BASE, RULE
from tests.rules.workspace.test_broken_workspaces import CASES, EXPECTED, FOLDER, sections

LANGUAGES = (None, *Language)
NOWHERE = Path("no such folder")


def of_workspace(files: dict[str, str]) -> dict[str, str]:
    """Those of the files that are read."""
    return {name: text for name, text in files.items() if name in FILES or re.fullmatch(r"rules/.*\.yaml", name)}


def brought(files: dict[str, str], language: Language | None, fix: bool) -> dict[str, str]:
    """The files as they are after `fmt`."""
    return files | {one.file: one.after for one in formatted(NOWHERE, files, language=language, fix=fix)}


@pytest.mark.parametrize("fix", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_broken_files_are_left_or_formatted_once(case: Path, language: Language | None, fix: bool) -> None:
    """With what is wrong in them, unless it was repaired."""
    text = case.read_text("utf-8").partition(EXPECTED)[0]
    files = of_workspace(sections((FOLDER / "base.txt").read_text("utf-8")) | sections(text))
    once = brought(files, language, fix)
    assert brought(once, language, fix) == once


@given(st.integers(0, len(RULE)), st.text(max_size=3), st.integers(0, 3), st.booleans())
def test_any_slip_of_the_hand_is_survived(at: int, typed: str, lost: int, fix: bool) -> None:
    """Some characters of a rule lost, others typed: what is written means what was there, or nothing is written."""
    rule = RULE[:at] + typed + RULE[at + lost :]
    files = {**BASE, "rules/one.yaml": rule}
    once = brought(files, Language.CHINESE, fix)
    assert brought(once, Language.CHINESE, fix) == once


def test_one_file_is_rewritten_where_a_fact_of_another_rule_has_a_chinese_name(tmp_path: Path) -> None:
    """Whose fact a spelling of the vocabulary is for does not matter to the file at hand."""
    files = {
        "vocabulary.yaml": "events: {paid: {family: consumption, price: money}}\n"
        "names: {zh: {paid: 支付, often: 常付}}\n",
        "rules/one.yaml": "when: paid\nthen: {guide: Thanks}\n",
        "rules/two.yaml": "facts:\n  often: count of paid over today\nwhen: often reaches 2\nthen: {guide: Thanks}\n",
    }
    (tmp_path / "rules").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (one,) = formatted(tmp_path, {"rules/one.yaml": files["rules/one.yaml"]}, language=Language.CHINESE)
    assert (one.problems, one.after) == ((), "当: 支付\n则: {提醒: Thanks}\n")
