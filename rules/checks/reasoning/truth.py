"""Whether conditions can ever hold together, and whether one can ever fail. What cannot be decided, can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rules.checks.reasoning.alternatives import (
    Alternative,
    Answer,
    Literal,
    Opaque,
    Presence,
    TooMany,
    alternatives,
    together,
)
from rules.checks.reasoning.linear import Apart, Bound, fit
from rules.checks.reasoning.terms import always_known
from rules.checks.reasoning.texts import TextTest, may_pass
from rules.typed import Condition, Expression, Not


@lru_cache(maxsize=10_000)
def ways_of(condition: Condition) -> list[Alternative]:
    """The alternatives of a condition, which every check asks for again."""
    return alternatives(condition)


@lru_cache(maxsize=10_000)
def can_hold(*conditions: Condition) -> bool:
    """Whether all of them can be true at one moment, for one customer; False only if they never can."""
    try:
        found = together([ways_of(condition) for condition in conditions])
    except TooMany:
        return True
    return any(possible(alternative) for alternative in found)


def can_fail(condition: Condition, *given: Condition) -> bool:
    """Whether a condition can be false while all of `given` are true."""
    return can_hold(*given, Not(condition))


def possible(alternative: Alternative) -> bool:
    """Whether some values pass all the tests; False only if none do."""
    answers: dict[Expression, bool] = {}
    texts: dict[Expression, list[TextTest]] = {}
    bounds: list[Bound] = []
    aparts: list[Apart] = []
    for literal in alternative:
        match literal:
            case Opaque(possible=False):
                return False
            case Answer(of=of, wanted=wanted):
                if answers.setdefault(of, wanted) is not wanted:
                    return False
            case TextTest():
                texts.setdefault(literal.of, []).append(literal)
            case Bound():
                bounds.append(literal)
            case Apart():
                aparts.append(literal)
            case _:
                pass
    if not _presence_fits(alternative):
        return False
    return all(may_pass(of, tests) for of, tests in texts.items()) and fit(bounds, aparts)


def _presence_fits(alternative: Alternative) -> bool:
    missing = {literal.of for literal in alternative if isinstance(literal, Presence) and not literal.wanted}
    if not missing:
        return True
    there = {term for literal in alternative for term in terms_of(literal)}
    return missing.isdisjoint(there) and not any(always_known(term) for term in missing)


def terms_of(literal: Literal) -> Iterable[Expression]:
    """The values that are known if the test passes."""
    match literal:
        case Bound() | Apart():
            return literal.sum.factors
        case TextTest() | Answer():
            return (literal.of,)
        case Presence():
            return (literal.of,) if literal.wanted else ()
        case Opaque():
            return literal.of


@lru_cache(maxsize=10_000)
def terms_in(condition: Condition) -> frozenset[Expression]:
    """All values a condition speaks of (empty if it is too large to say, or compares constants)."""
    try:
        found = ways_of(condition)
    except TooMany:
        return frozenset()
    every = (literal for alternative in found for literal in alternative)
    return frozenset(
        term
        for literal in every
        for term in (*terms_of(literal), *((literal.of,) if isinstance(literal, Presence) else ()))
    )


@lru_cache(maxsize=10_000)
def terms_sure(condition: Condition) -> frozenset[Expression]:
    """The values that are known whenever a condition is true."""
    try:
        found = [alternative for alternative in ways_of(condition) if possible(alternative)]
    except TooMany:
        return frozenset()
    known = [frozenset(term for literal in alternative for term in terms_of(literal)) for alternative in found]
    return frozenset[Expression]().union(*known).intersection(*known)


def follows(condition: Condition, given: Sequence[Condition]) -> bool:
    """Whether a condition is true wherever all of `given` are: it cannot be false, nor speak of what is missing."""
    known = frozenset[object]().union(*(terms_sure(other) for other in given))
    return terms_in(condition) <= known and not can_fail(condition, *given)
