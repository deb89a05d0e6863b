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
    start: str, text: Located, words: Words, tokens: list[Token], stuck: Stuck
) -> tuple[list[Token], Recipe | int | Stuck]:
    """The tokens cut so that they are a phrase, and its recipe; else so that as much as can be of it makes sense."""
    limits: dict[int, int] = {}
    cuts = 0
    found: Recipe | int | Stuck = stuck
    while isinstance(found, Stuck) and cuts < _MOST_CUTS:
        reached = _reached(tokens, found, text)
        for more in _shorter(tokens, found, limits):
            cuts += 1
            again = _cut(start, text, words, {**limits, **more})
            if again is not None and (not isinstance(again[1], Stuck) or _reached(*again, text) > reached):
                tokens, found = again
                limits.update(more)
                break
        else:
            break
    return tokens, found


def _cut(
    start: str, text: Located, words: Words, limits: Mapping[int, int]
) -> tuple[list[Token], Recipe | int | Stuck] | None:
    try:
        tokens = tokens_of(text, words, limits)
    except Unreadable:
        return None
    return tokens, recipe(Language.CHINESE, start, tuple([token.type for token in tokens]))


def _reached(tokens: Sequence[Token], found: Recipe | int | Stuck, text: Located) -> int:
    """How far into the text a phrase makes sense."""
    if isinstance(found, Stuck) and found.at < len(tokens):
        return tokens[found.at].start
    return len(text.text) + 1


def _shorter(tokens: Sequence[Token], stuck: Stuck, limits: Mapping[int, int]) -> Iterator[Mapping[int, int]]:
    """Names up to the first token that does not fit, the last first: place -> one sign less."""
    for token in reversed(tokens[: stuck.at + 1]):
        length = limits.get(token.start, token.end - token.start)
        if token.type == NAME and length > 1:
            yield {token.start: length - 1}
