"""Every rule of every pack, explained in both languages, as it was read and approved.

To write the golden files anew after a change: WRITE_GOLDEN=1 in the environment, and read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from rules.sentences.explain import LANGUAGES, explain
from rules.sentences.explanation import Explanation, Sentence
from rules.workspace.workspace import load

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "explanations"
PACKS = ("retail", "telecom")


def lines(explanation: Explanation) -> Iterator[str]:
    """An explanation as a text."""
    yield f"=== {explanation.rule}: {explanation.title}"
    for section in explanation.sections:
        yield f"{section.heading}"
        yield from indented(section.sentences, "  ")
    yield ""


def indented(sentences: Iterable[Sentence], indent: str) -> Iterator[str]:
    """Sentences with those under them."""
    for sentence in sentences:
        yield indent + sentence.text
        yield from indented(sentence.under, indent + "  ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", PACKS)
def test_the_rules_of_a_pack_are_explained_like_this(pack: str, language: str) -> None:
    """Whole, plain sentences in which nothing of the rule is missing."""
    workspace = load(ROOT / "rules" / "packs" / pack).workspace
    assert workspace is not None
    said = "\n".join(line for file in workspace.rules for line in lines(explain(file, workspace, language)))
    golden = GOLDEN / f"{pack}.{language}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")
