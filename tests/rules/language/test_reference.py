"""The language reference cannot rot: its examples are read, and it names every keyword."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from rules.language.keywords import ENGLISH, ENGLISH_DAYS
from rules.language.parse import Start

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```([a-z]+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PHRASES = [(Start(word), line) for word, text in BLOCKS if word != "steps" for line in text.splitlines()]


@pytest.mark.parametrize(("start", "phrase"), PHRASES, ids=[phrase for _, phrase in PHRASES])
def test_every_example_has_a_meaning(start: Start, phrase: str, full_desk: Any) -> None:
    """As it stands, with the vocabulary of the tests."""
    assert full_desk.means(start, phrase) is not None


def test_the_example_of_a_sequence_has_a_meaning(full_desk: Any) -> None:
    """All lines together."""
    (text,) = (text for word, text in BLOCKS if word == "steps")
    found, problems = full_desk.happen(*(f"- {line}" for line in text.splitlines()))
    assert (found is not None, problems) == (True, [])


def test_every_keyword_is_named() -> None:
    """In the last section, in backquotes."""
    section = PAGE.partition("## Every keyword")[2]
    named = set(re.findall(r"`([^`]+)`", section))
    keywords = {spelling for spellings in ENGLISH.values() for spelling in spellings}
    assert keywords | {ENGLISH_DAYS[0], ENGLISH_DAYS[-1]} == named
