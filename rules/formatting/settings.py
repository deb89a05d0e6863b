"""Settings that are no phrases, in the words of a language; None for a text that its reader does not know either."""

from __future__ import annotations

import re

from rules.language.keys import word_in, word_of
from rules.language.keywords import Language
from rules.workspace.policy_file import BY_WORTH, KINDS
from rules.workspace.reading import plain
from rules.workspace.rule_file import RUNS, span_of
from rules.workspace.type_text import OPTIONAL, WORDS


def runs(text: str, language: Language) -> str | None:
    """`2026-03-01 to 2026-12-31`, `from 2026-03-01`, `until 2026-12-31`."""
    match = RUNS.fullmatch(plain(text))
    if match is None:
        return None
    first, last = span_of(match)
    chinese = language is Language.CHINESE
    if first and last:
        return f"{first}至{last}" if chinese else f"{first} to {last}"
    if first:
        return f"自{first}起" if chinese else f"from {first}"
    return f"至{last}止" if chinese else f"until {last}"


def type_(text: str, language: Language) -> str | None:
    """`data`, `text, optional`; a choice is in the vocabulary's own names."""
    optional = OPTIONAL.fullmatch(text)
    written = plain(optional["type"] if optional else text)
    word = word_of(written, WORDS)
    if word is None and "|" not in written:
        return None
    said = written if word is None else word_in(word, language)
    comma = "，" if language is Language.CHINESE else ", "
    return said if optional is None else f"{said}{comma}{word_in('optional', language)}"


def order(text: str, language: Language) -> str | None:
    """`grants, guidance, tasks, offers by worth`."""
    parts = [plain(part) for part in re.split("[,，、]", text)]
    words = [word_of(BY_WORTH.sub("", part), KINDS) for part in parts]
    by_worth = "按价值" if language is Language.CHINESE else " by worth"
    said = [
        word_in(word, language) + (by_worth if BY_WORTH.search(part) else "")
        for word, part in zip(words, parts, strict=True)
        if word is not None
    ]
    return ("、" if language is Language.CHINESE else ", ").join(said) if None not in words else None
