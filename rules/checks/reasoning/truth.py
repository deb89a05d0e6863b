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
from rules.checks.reasoning.simple import only_term, surely_holds_for_some
from rules.checks.reasoning.terms import always_known
from rules.checks.reasoning.texts import TextTest, may_pass
from rules.typed import Condition, Expression, Not

#: So many answers are kept: rules ask the same of each other's values again and again.
_KEPT = 65_536


@lru_cache(maxsize=_KEPT)
def ways_of(condition: Condition) -> list[Alternative]:
    """The alternatives of a condition, which every check asks for again."""
    return alternatives(condition)


@lru_cache(maxsize=_KEPT)
def can_hold(*conditions: Condition) -> bool:
    """Whether all of them can be true at one moment, for one customer; False only if they never can."""
    if len(conditions) > 1:
        groups = _that_share(conditions)
        if len(groups) > 1:
            return all(can_hold(*group) for group in groups)
    elif conditions and surely_holds_for_some(conditions[0]):
        return True
    try:
        found = together([ways_of(condition) for condition in conditions])
    except TooMany:
        return True
    return any(possible(alternative) for alternative in found)


def _that_share(conditions: Sequence[Condition]) -> list[list[Condition]]:
    """The conditions in groups that have no value in common, so that each can be decided by itself."""
    groups: list[tuple[set[Expression], list[Condition]]] = []
    for condition in conditions:
        terms, together_with = set(terms_in(condition)), [condition]
        for group in [group for group in groups if not group[0].isdisjoint(terms)]:
            groups.remove(group)
            terms |= group[0]
            together_with = group[1] + together_with
        groups.append((terms, together_with))
    return [group for _, group in groups]


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


@lru_cache(maxsize=_KEPT)
def terms_in(condition: Condition) -> frozenset[Expression]:
    """All values a condition speaks of (empty if it is too large to say, or compares constants)."""
    term = only_term(condition)
    if term is not None:
        return frozenset((term,))
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


@lru_cache(maxsize=_KEPT)
def terms_sure(condition: Condition) -> frozenset[Expression]:
    """The values that are known whenever a condition is true."""
    term = only_term(condition)
    if term is not None and can_hold(condition):
        return frozenset((term,))
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
