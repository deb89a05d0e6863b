"""Golden files: phrases, and what they mean or what is wrong with them.

A file of `tests/golden/phrases` holds blocks: a phrase behind the word it is read as, then `prints` (where it differs
from the phrase), `means`, or one `error` a problem. `define NAME: FACT` and `each: FIELD` hold for all that follows,
`when` for the conditions and placeholders below it up to the next `when`. `GOLDEN=write pytest ..` writes the files
anew, to be read in the diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from models.speech import Tongue, speaking
from models.vocabulary import Vocabulary
from rules.language.located import Located
from rules.language.parse import Start
from rules.language.resolve import resolve_placeholder
from rules.language.scope import Scope

FOLDER = Path(__file__).parents[2] / "golden" / "phrases"
FILES = sorted(FOLDER.glob("*.txt"))
IN_CHINESE = sorted((FOLDER / "zh").glob("*.txt"))


def test_there_are_golden_files() -> None:
    """The folder is where the tests look for it."""
    assert len(FILES) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_phrases_mean_what_the_golden_file_says(
    path: Path, vocabulary: Vocabulary, desk: Any, printed: Any, show: Any
) -> None:
    """Every phrase prints, means, or is refused as the file has it."""
    _hold(path, desk, vocabulary, printed, show)


@pytest.mark.parametrize("path", IN_CHINESE, ids=lambda path: path.stem)
def test_mistakes_are_told_in_chinese(path: Path, vocabulary: Vocabulary, desk: Any, printed: Any, show: Any) -> None:
    """Every mistake in a phrase of either language is told in whole Chinese sentences."""
    with speaking(Tongue.CHINESE):
        _hold(path, desk, vocabulary, printed, show)


def _hold(path: Path, desk: Any, vocabulary: Vocabulary, printed: Any, show: Any) -> None:
    expected = path.read_text(encoding="utf-8")
    desk.scope = Scope(vocabulary)
    found = "".join(_answered(expected, desk, printed, show))
    if os.environ.get("GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found == expected


def _answered(text: str, desk: Any, printed: Any, show: Any) -> Iterator[str]:
    """The file with all answers made anew."""
    base = desk.scope
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("    ") and not line.startswith("    - "):
            continue
        yield line + "\n"
        if not line or line.startswith("#"):
            continue
        word, _, phrase = line.partition(":")
        phrase = phrase.removeprefix(" ")
        steps = []
        while at < len(lines) and lines[at].startswith("    - "):
            steps.append(lines[at].strip())
            yield lines[at] + "\n"
            at += 1
        if word == "when":
            desk.scope = replace(base, facts=desk.scope.facts, broken=desk.scope.broken, each=base.each)
        if word == "each":
            base = replace(desk.scope, each=phrase, steps=())
            desk.scope = base
            continue
        yield from (f"    {answer}\n" for answer in _answer(word, steps or phrase, desk, printed, show))


def _answer(word: str, phrase: Any, desk: Any, printed: Any, show: Any) -> Iterator[str]:
    if word.startswith("define "):
        problems = desk.define(word.removeprefix("define "), phrase)
        found, node = desk.scope.facts.get(word.removeprefix("define ")), None
    elif word in ("when", "when:"):
        found, problems = desk.happen(*([phrase] if isinstance(phrase, str) else phrase))
        node = desk.parse(Start.SITUATION, phrase)[0] if isinstance(phrase, str) else None
    elif word == "placeholder":
        found, problems = resolve_placeholder(Located(phrase, "rules/test.yaml", 1, 1), desk.scope, desk.words)
        node = None
    else:
        node, found, problems = desk.read(Start(word), phrase)
    if node is not None and printed(node) != phrase:
        yield f"prints {printed(node)}"
        assert desk.tree(Start.SITUATION if word == "when" else Start(word), printed(node)) == node
    if found is not None:
        yield f"means {show(found)}"
    for problem in problems:
        said = problem.message if problem.hint is None else f"{problem.message} {problem.hint}"
        yield f"error {problem.line}:{problem.column}+{problem.length} {problem.code} {said}"
