"""A condition as the alternatives by which it becomes true, each a list of simple tests that must all pass.

Kleene's logic is kept exactly: a conjunction is false if one part is, and `not` wants its part to be false, not merely
unknown. A test that passes has no missing value in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from models.text import fold
from models.types import TEXTUAL, Kind
from rules.checks.reasoning.linear import Apart, Bound, ordered, sum_of
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.texts import Test, TextTest
from rules.typed import (
    AllOf,
    AnyOf,
    Between,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Expression,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    StartsWith,
    Truth,
)

#: Beyond so many alternatives nothing is claimed.
MOST = 256


class TooMany(Exception):
    """The condition has more alternatives than are looked at."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes/no value is so."""

    of: Expression
    wanted: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """A value is known, or missing if not `wanted`."""

    of: Expression
    wanted: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """A test nothing is known of but that its values are there; `possible` is False if it never passes."""

    of: tuple[Expression, ...]
    possible: bool = True


Literal = Bound | Apart | TextTest | Answer | Presence | Opaque
Alternative = tuple[Literal, ...]

_MINUS = Fraction(-1)
_OPPOSITE = {
    Comparator.IS: Comparator.IS_NOT,
    Comparator.IS_NOT: Comparator.IS,
    Comparator.LESS: Comparator.AT_LEAST,
    Comparator.AT_LEAST: Comparator.LESS,
    Comparator.MORE: Comparator.AT_MOST,
    Comparator.AT_MOST: Comparator.MORE,
}


def alternatives(condition: Condition, wanted: bool = True) -> list[Alternative]:
    """How the condition becomes true (or false, if not `wanted`); raises TooMany."""
    match condition:
        case Not(of=of):
            return alternatives(of, not wanted)
        case AllOf(of=parts):
            return _all(parts, wanted) if wanted else _any(parts, wanted)
        case AnyOf(of=parts):
            return _any(parts, wanted) if wanted else _all(parts, wanted)
        case Between(of=of, low=low, high=high):
            halves = (Compare(Comparator.AT_LEAST, of, low), Compare(Comparator.AT_MOST, of, high))
            return _all(halves, True) if wanted else _any(halves, False)
        case OneOf(of=of, values=values):
            equal = tuple(Compare(Comparator.IS, of, value) for value in values)
            return _any(equal, True) if wanted else _all(equal, False)
        case Contains(of=of, values=values):
            found: list[Literal] = [_text(of, Test.CONTAINS, value, wanted) for value in values]
            return [(literal,) for literal in found] if wanted else [tuple(found)]
        case StartsWith(of=of, value=value):
            return [(_text(of, Test.STARTS, value, wanted),)]
        case Known(of=of):
            return [(Presence(plain(of), wanted),)]
        case Holds(of=of):
            return _answer(of, wanted)
        case Compare():
            return _compare(condition, wanted)


def _any(parts: Iterable[Condition], wanted: bool) -> list[Alternative]:
    found = [alternative for part in parts for alternative in alternatives(part, wanted)]
    if len(found) > MOST:
        raise TooMany
    return found


def _all(parts: Iterable[Condition], wanted: bool) -> list[Alternative]:
    return together([alternatives(part, wanted) for part in parts])


def together(parts: Sequence[list[Alternative]]) -> list[Alternative]:
    """The alternatives of several conditions that must all hold; raises TooMany."""
    count = 1
    for part in parts:
        count *= len(part)
        if count > MOST:
            raise TooMany
    return [tuple(literal for alternative in choice for literal in alternative) for choice in product(*parts)]


def _text(of: Expression, test: Test, value: Expression, wanted: bool) -> Literal:
    if isinstance(value, Constant) and isinstance(value.value, str) and not isinstance(of, Constant):
        return TextTest(plain(of), test, fold(value.value), wanted)
    if isinstance(of, Constant) and isinstance(value, Constant):
        passed = TextTest(of, test, fold(str(value.value)), wanted).passed_by(fold(str(of.value)))
        return Opaque((), possible=passed)
    same = plain(of) == plain(value)
    return Opaque((plain(of), plain(value)), possible=wanted if same else True)


def _answer(of: Expression, wanted: bool) -> list[Alternative]:
    inner = of
    while isinstance(inner, Named):
        inner = inner.of
    if isinstance(inner, Truth):
        return alternatives(inner.of, wanted)
    if isinstance(inner, Constant):
        return [(Opaque((), possible=inner.value is wanted),)]
    return [(Answer(plain(inner), wanted),)]


def _compare(node: Compare, wanted: bool) -> list[Alternative]:
    operator = node.operator if wanted else _OPPOSITE[node.operator]
    left, right = node.left, node.right
    if left.type.kind is Kind.YES_NO:
        return _yes_no(operator, left, right)
    if left.type.kind in TEXTUAL:
        equal = operator is Comparator.IS
        sides = (right, left) if isinstance(left, Constant) else (left, right)
        return [(_text(sides[0], Test.IS, sides[1], equal),)]
    if not ordered(left):
        return [(Opaque((plain(left), plain(right))),)]
    difference = sum_of(left).plus(sum_of(right), _MINUS)
    match operator:
        case Comparator.LESS | Comparator.AT_MOST:
            return [(Bound(difference, operator is Comparator.LESS),)]
        case Comparator.MORE | Comparator.AT_LEAST:
            return [(Bound(difference.times(_MINUS), operator is Comparator.MORE),)]
        case Comparator.IS:
            return [(Bound(difference, False), Bound(difference.times(_MINUS), False))]
        case Comparator.IS_NOT:
            return [(Apart(difference),)]


def _yes_no(operator: Comparator, left: Expression, right: Expression) -> list[Alternative]:
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(right, Constant):
        return _answer(left, (right.value is True) is (operator is Comparator.IS))
    return [(Opaque((plain(left), plain(right))),)]
