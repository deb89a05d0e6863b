"""Which tokens can stand side by side in a phrase: what a name, or a word of two meanings, can be next to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from lark.grammar import Rule, Symbol

from rules.language.grammar import STARTS, productions
from rules.language.keywords import Language


@cache
def neighbours(language: Language) -> frozenset[tuple[str, str]]:
    """The pairs (type of token, type of the next one) that some phrase of the language has."""
    expansions = [(rule.origin, rule.expansion) for rule in productions(language)]
    begins = _ends({(origin, expansion[0]) for origin, expansion in expansions})
    ends = _ends({(origin, expansion[-1]) for origin, expansion in expansions})
    return frozenset(
        (last, first)
        for _, expansion in expansions
        for left, right in pairwise(expansion)
        for last in _tokens(left, ends)
        for first in _tokens(right, begins)
    )


@lru_cache(maxsize=4_096)
def side_by_side(language: Language, types: tuple[str, ...]) -> bool:
    """Whether some phrase of the language has tokens of these types, one next to the other.

    Asked of an automaton that waits before the tokens, goes through them, and stays behind the last: each symbol leads
    from each place to some places (as bits).
    """
    last = len(types)
    rules = productions(language)
    leads: dict[Symbol, list[int]] = {rule.origin: [0] * (last + 1) for rule in rules}
    users: dict[Symbol, list[Rule]] = {}
    for rule in rules:
        for symbol in rule.expansion:
            users.setdefault(symbol, []).append(rule)
            if symbol.is_term:
                leads[symbol] = [1 << place + 1 if type_ == symbol.name else 0 for place, type_ in enumerate(types)]
                leads[symbol].append(1 << last)
                leads[symbol][0] |= 1
    waiting = dict.fromkeys(rules)
    while waiting:
        rule, _ = waiting.popitem()
        known = leads[rule.origin]
        found = [places | _through(rule.expansion, leads, 1 << place) for place, places in enumerate(known)]
        if found != known:
            leads[rule.origin] = found
            waiting.update(dict.fromkeys(users.get(rule.origin, ())))
    return any(leads[rule.origin][0] >> last & 1 for rule in rules if rule.origin.name in STARTS)


def _through(expansion: Sequence[Symbol], leads: Mapping[Symbol, list[int]], places: int) -> int:
    """The places that symbols one after the other lead to from these."""
    for symbol in expansion:
        reached = 0
        for place, there in enumerate(leads[symbol]):
            if places >> place & 1:
                reached |= there
        places = reached
    return places


@cache
def begins(language: Language, rule: str) -> frozenset[str]:
    """The types of tokens with which a rule of the grammar can begin."""
    pairs: set[tuple[Symbol, Symbol]] = {(each.origin, each.expansion[0]) for each in productions(language)}
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
