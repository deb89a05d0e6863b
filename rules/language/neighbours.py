"""Which tokens can stand side by side in a phrase: what a name, or a word of two meanings, can be next to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from lark.grammar import Symbol

from rules.language.grammar import grammar
from rules.language.keywords import Language


@cache
def neighbours(language: Language) -> frozenset[tuple[str, str]]:
    """The pairs (type of token, type of the next one) that some phrase of the language has."""
    expansions = [(rule.origin, rule.expansion) for rule in grammar(language).rules]
    begins = _ends({(origin, expansion[0]) for origin, expansion in expansions})
    ends = _ends({(origin, expansion[-1]) for origin, expansion in expansions})
    return frozenset(
        (last, first)
        for _, expansion in expansions
        for left, right in pairwise(expansion)
        for last in _tokens(left, ends)
        for first in _tokens(right, begins)
    )


@cache
def begins(language: Language, rule: str) -> frozenset[str]:
    """The types of tokens with which a rule of the grammar can begin."""
    pairs: set[tuple[Symbol, Symbol]] = {(each.origin, each.expansion[0]) for each in grammar(language).rules}
    return next(tokens for symbol, tokens in _ends(pairs).items() if symbol.name == rule)


def _ends(pairs: set[tuple[Symbol, Symbol]]) -> Mapping[Symbol, frozenset[str]]:
    """Symbol -> the tokens at one end of it; `pairs` are (symbol, the symbol at that end of one of its expansions)."""
    found: dict[Symbol, set[str]] = {symbol: set() for symbol, _ in pairs}
    grows = True
    while grows:
        before = sum(map(len, found.values()))
        for symbol, end in pairs:
            found[symbol] |= {end.name} if end.is_term else found[end]
        grows = sum(map(len, found.values())) > before
    return {symbol: frozenset(tokens) for symbol, tokens in found.items()}


def _tokens(symbol: Symbol, ends: Mapping[Symbol, frozenset[str]]) -> frozenset[str]:
    return frozenset({symbol.name}) if symbol.is_term else ends[symbol]
