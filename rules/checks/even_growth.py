"""Lines whose `time since last` does not grow evenly, so that the moment of crossing cannot be told beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from models.speech import say
from rules.checks.written import rules
from rules.problems import Problem
from rules.typed import (
    Arithmetic,
    Between,
    Call,
    Compare,
    Crosses,
    Expression,
    Function,
    Named,
    Operator,
    Rounded,
    SinceLast,
)
from rules.walk import nodes_of
from rules.workspace.workspace import Workspace


class _Growth(IntEnum):
    """How a value changes while nothing happens."""

    STILL = 0
    #: By the same amount every second.
    EVEN = 1
    #: In one direction only.
    BENT = 2
    #: Neither.
    UNEVEN = 3


def check_even_growth(workspace: Workspace) -> Iterator[Problem]:
    """Crossings that compare a product or a quotient of times that both grow."""
    for rule in rules(workspace):
        situation = rule.file.rule.situation
        when = rule.place.get("when")
        if (
            when is not None
            and isinstance(situation, Crosses)
            and any(map(_uneven, nodes_of(situation, (Compare, Between))))
        ):
            what = say(
                '"time since last" can be added, subtracted, and multiplied with or divided by what '
                "stands still; here it is compared in a way that does not change evenly with time."
            )
            yield when.problem("E417", what, say("Compare the time itself: time since last EVENT reaches 2 * NAME"))


def _uneven(node: object) -> bool:
    match node:
        case Compare(left=left, right=right):
            return _apart(left, right)
        case Between(of=of, low=low, high=high):
            return _apart(of, low) or _apart(of, high)
        case _:
            return False


def _apart(left: Expression, right: Expression) -> bool:
    """Whether the difference of two values may go up and down."""
    return _sum(_growth(left), _growth(right)) is _Growth.UNEVEN


def _sum(left: _Growth, right: _Growth) -> _Growth:
    if _Growth.BENT in (left, right) and _Growth.STILL not in (left, right):
        return _Growth.UNEVEN
    return max(left, right)


def _growth(of: Expression) -> _Growth:
    match of:
        case SinceLast():
            return _Growth.EVEN
        case Named(of=inner) | Rounded(of=inner):
            return _growth(inner)
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, _growth(left), _growth(right))
        case Call(function=function, arguments=arguments):
            return _call(function, [_growth(argument) for argument in arguments])
        case _:
            return _Growth.STILL


def _arithmetic(operator: Operator, left: _Growth, right: _Growth) -> _Growth:
    if operator in (Operator.ADD, Operator.SUBTRACT):
        return _sum(left, right)
    if operator is Operator.MULTIPLY and _Growth.STILL in (left, right):
        return max(left, right)
    return left if right is _Growth.STILL else _Growth.UNEVEN


def _call(function: Function, arguments: list[_Growth]) -> _Growth:
    growing = [growth for growth in arguments if growth is not _Growth.STILL]
    if not growing:
        return _Growth.STILL
    one = len(growing) == 1 and growing[0] is not _Growth.UNEVEN
    return _Growth.BENT if one and function in (Function.LOWER, Function.HIGHER, Function.ROUND) else _Growth.UNEVEN
