"""Golden files of `fmt`: files as they were, and exactly what becomes of them.

The name of a golden file says what is asked for: `fix` repairs YAML's traps, `chinese` writes Chinese. To write what is
expected anew after a change, run this file with Python, and read the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from rules.formatting.files import Formatted, formatted
from rules.language.keywords import Language
from rules.problems import render

FOLDER = Path(__file__).parents[2] / "golden" / "fmt"
NAMES = ("as-written", "chinese", "fix")
LANGUAGES = {"english": Language.ENGLISH, "chinese": Language.CHINESE}
BECOMES = "=== becomes\n"


@dataclass(frozen=True)
class Case:
    """One case of a golden file: its files as written, and what is expected."""

    name: str
    title: str
    text: str
    expected: str


def sections(text: str) -> dict[str, str]:
    """The files in a text: name -> text."""
    parts = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def cases(name: str) -> list[Case]:
    """The cases of a golden file."""
    parts = re.split(r"^=== (?!becomes$)(.+)\n", (FOLDER / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = []
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        text, _, expected = body.partition(BECOMES)
        found.append(Case(name, title, text, expected))
    return found


def run(case: Case, folder: Path) -> list[Formatted]:
    """What becomes of the files of a case."""
    for name, text in (sections((FOLDER / "base.txt").read_text("utf-8")) | sections(case.text)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    wanted = sections(case.text)
    return formatted(folder, wanted, language=LANGUAGES.get(case.name), fix=case.name == "fix")


def shown(case: Case, folder: Path) -> str:
    """What becomes of each file: its text, or its problems."""
    said = ""
    for one in run(case, folder):
        problems = "".join(render(found, one.before.split("\n")[found.line - 1]) + "\n" for found in one.problems)
        said += f"--- {one.file}\n{problems or one.after}"
    return said


ALL = [case for name in NAMES for case in cases(name)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}: {case.title}")
def test_a_file_becomes_exactly_this(case: Case, tmp_path: Path) -> None:
    """Canonical words, and nothing else changed; a file that cannot be read stays, and its problems are named."""
    assert shown(case, tmp_path) == case.expected


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}: {case.title}")
def test_what_is_canonical_stays(case: Case, tmp_path: Path) -> None:
    """Formatting what was formatted changes nothing."""
    once = {one.file: one.after for one in run(case, tmp_path)}
    again = formatted(tmp_path, once, language=LANGUAGES.get(case.name), fix=case.name == "fix")
    assert {one.file: one.after for one in again} == once


if __name__ == "__main__":
    import tempfile

    for golden in NAMES:
        written = ""
        for each in cases(golden):
            with tempfile.TemporaryDirectory() as folder:
                written += f"=== {each.title}\n{each.text}{BECOMES}{shown(each, Path(folder))}"
        (FOLDER / f"{golden}.txt").write_text(written, "utf-8")
