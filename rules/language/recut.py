"""Names that are made of known words, read word by word where the name makes no sense.

Chinese writes no spaces: a fact may well be called `充值次数`, and `近30天充值次数` still counts `充值`. The longest
match comes first; only a phrase that cannot be read so is cut anew, names before the first mistake in shorter words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rules.language.grammar import Recipe, Stuck, recipe
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.token import Token
from rules.language.tokens import Unreadable, tokens_of
from rules.language.words import NAME, Words

#: Cuts tried for one phrase.
_MOST_CUTS: Final = 20


def recut(
    start: str, text: Located, words: Words, tokens: Sequence[Token], stuck: Stuck
) -> tuple[list[Token], Recipe | int] | None:
    """Tokens that are a phrase, and its recipe; None if no way to cut the names helps."""
    limits: dict[int, int] = {}
    cuts = 0
    while cuts < _MOST_CUTS:
        reached = _reached(tokens, stuck, text)
        for more in _shorter(tokens, stuck, limits):
            cuts += 1
            try:
                found = tokens_of(text, words, {**limits, **more})
            except Unreadable:
                continue
            made = recipe(Language.CHINESE, start, tuple([token.type for token in found]))
            if not isinstance(made, Stuck):
                return found, made
            if _reached(found, made, text) > reached:
                tokens, stuck = found, made
                limits.update(more)
                break
        else:
            return None
    return None


def _reached(tokens: Sequence[Token], stuck: Stuck, text: Located) -> int:
    """How far into the text a phrase makes sense."""
    return tokens[stuck.at].start if stuck.at < len(tokens) else len(text.text) + 1


def _shorter(tokens: Sequence[Token], stuck: Stuck, limits: Mapping[int, int]) -> Iterator[Mapping[int, int]]:
    """Names up to the first token that does not fit, the last first: place -> one sign less."""
    for token in reversed(tokens[: stuck.at + 1]):
        length = limits.get(token.start, token.end - token.start)
        if token.type == NAME and length > 1:
            yield {token.start: length - 1}
