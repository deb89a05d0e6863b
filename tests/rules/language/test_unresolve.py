"""From meaning back to words: what is printed reads back as what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from models.vocabulary import Vocabulary
from rules.language import tree, unresolve
from rules.language.parse import Start
from rules.language.scope import Scope
from rules.typed import After, Attribute, Cap, Comparator, Compare, Constant, Crosses, Named

ROOT = Path(__file__).parents[3]
GOLDEN = sorted((ROOT / "tests" / "golden" / "phrases").glob("*.txt"))
PAGE = (ROOT / "docs" / "language.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```([a-z]+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def unresolved(start: Start, meaning: Any, scope: Scope) -> tree.Phrase | tuple[tree.Step, ...] | None:
    """The syntax tree of a meaning; None for what has no way back."""
    match start:
        case Start.CONDITION:
            return unresolve.unresolve_condition(meaning, scope)
        case Start.FACT:
            return unresolve.unresolve_expression(meaning.of, scope)
        case Start.EXPRESSION:
            return unresolve.unresolve_expression(meaning, scope)
        case Start.SITUATION:
            return unresolve.unresolve_situation(meaning, scope)
        case Start.PATTERNS:
            return unresolve.unresolve_patterns(meaning, scope)
        case Start.CAP:
            return unresolve.unresolve_cap(meaning)
        case Start.AFTER:
            return unresolve.unresolve_after(meaning, scope)
        case _:
            return None


def comparable(meaning: Any) -> Any:
    """A meaning without the words in which it was said."""
    match meaning:
        case Cap(number, window):
            return Cap(number, window, "")
        case After(delay, without):
            return After(delay, without)
        case _:
            return meaning


def read(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(word, phrase, steps) of each line of a golden file."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    for at, line in enumerate(lines):
        if line.startswith("    "):
            continue
        below = lines[at + 1 :]
        steps = [one.strip() for one in below[: next((n for n, one in enumerate(below) if one[:6] != "    - "), None)]]
        word, _, phrase = line.partition(":")
        yield word, phrase.removeprefix(" "), steps


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_meaning_of_the_golden_files_has_words(
    path: Path, vocabulary: Vocabulary, desk: Any, printed: Any
) -> None:
    """Whatever a phrase means, the words made from the meaning mean the same."""
    base = desk.scope = Scope(vocabulary)
    tried = 0
    for word, phrase, steps in read(path):
        if word == "each":
            base = desk.scope = replace(desk.scope, each=phrase, steps=())
        elif word == "when":
            before = replace(base, facts=desk.scope.facts, broken=desk.scope.broken)
            desk.scope = before
            found, _ = desk.happen(*(steps or [phrase]))
            if found is not None:
                after, desk.scope = desk.scope, before
                again, problems = desk.happen(*said(unresolve.unresolve_situation(found, before), printed))
                assert (problems, again) == ([], found)
                desk.scope = after
                tried += 1
        elif word.startswith("define "):
            name = word.removeprefix("define ")
            if not desk.define(name, phrase):
                fact = desk.scope.facts[name]
                check(Start.FACT, Named("it", fact.of, fact.type), desk, printed)
                tried += 1
        elif word != "placeholder":
            _, found, problems = desk.read(Start(word), phrase)
            if found is not None and not problems and not isinstance(found, tree.Channels):
                tried += check(Start(word), found, desk, printed)
    assert tried or path.stem == "mistakes"


def said(node: Any, printed: Any) -> list[str]:
    """The lines of a `when`."""
    return [f"- {printed(step)}" for step in node] if isinstance(node, tuple) else [printed(node)]


def check(start: Start, meaning: Any, desk: Any, printed: Any) -> bool:
    """Whether there was a way back; it leads to the same meaning."""
    node = unresolved(start, meaning, desk.scope)
    if node is None:
        return False
    assert comparable(desk.means(start, printed(node))) == comparable(meaning), printed(node)
    return True


@pytest.mark.parametrize(
    ("start", "phrase"),
    [(Start(word), line) for word, text in EXAMPLES if word != "steps" for line in text.splitlines()],
)
def test_every_example_of_the_reference_has_words(start: Start, phrase: str, full_desk: Any, printed: Any) -> None:
    """The same holds for every phrase that the reference shows."""
    assert check(start, full_desk.means(start, phrase), full_desk, printed)


def test_a_line_that_nobody_can_write_is_refused(vocabulary: Vocabulary) -> None:
    """`when` has no words for a line that is crossed at `>`."""
    above = Crosses(
        Compare(Comparator.MORE, Attribute("nps", vocabulary.customer["nps"]), Constant(3, vocabulary.customer["nps"]))
    )
    with pytest.raises(ValueError, match="no phrase of `when`"):
        unresolve.unresolve_situation(above, Scope(vocabulary))
