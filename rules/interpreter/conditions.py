"""Conditions: true, false, or unknown (None) where a value is missing; and, or, not are Kleene's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from models.text import fold
from models.types import ORDERED, TEXTUAL, Value, grid_of
from rules.typed import (
    AllOf,
    AnyOf,
    Between,
    Comparator,
    Compare,
    Condition,
    Contains,
    Expression,
    Holds,
    Known,
    Not,
    OneOf,
    StartsWith,
)

if TYPE_CHECKING:
    from rules.interpreter.evaluate import Evaluate


def truth(condition: Condition, evaluate: Evaluate) -> bool | None:
    """Whether a condition holds in a scope; None is unknown."""
    match condition:
        case Compare(operator, left, right):
            return _compared(operator, left, right, evaluate)
        case Between(of, low, high):
            return both(
                (_compared(Comparator.AT_MOST, low, of, evaluate), _compared(Comparator.AT_MOST, of, high, evaluate))
            )
        case OneOf(of, values):
            return either(_compared(Comparator.IS, of, value, evaluate) for value in values)
        case Contains(of, values):
            return either(_texts(of, value, evaluate, lambda text, part: part in text) for value in values)
        case StartsWith(of, value):
            return _texts(of, value, evaluate, str.startswith)
        case Known(of):
            return evaluate.value(of) is not None
        case Holds(of):
            held = evaluate.value(of)
            return None if held is None else held is True
        case Not(of):
            return negated(evaluate.condition(of))
        case AllOf(of):
            return both(evaluate.condition(part) for part in of)
        case AnyOf(of):
            return either(evaluate.condition(part) for part in of)


def both(parts: Iterable[bool | None]) -> bool | None:
    """False if one is false, else unknown if one is unknown, else true."""
    found = list(parts)
    return False if False in found else None if None in found else True


def either(parts: Iterable[bool | None]) -> bool | None:
    """True if one is true, else unknown if one is unknown, else false."""
    found = list(parts)
    return True if True in found else None if None in found else False


def negated(truth_: bool | None) -> bool | None:
    """True for false, false for true, unknown for unknown."""
    return None if truth_ is None else not truth_


def order(left: Expression, right: Expression, evaluate: Evaluate) -> int | None:
    """-1, 0, 1 as the left value is less than, equal to, more than the right; None if one is missing."""
    a, b = comparable(left, evaluate), comparable(right, evaluate)
    return None if a is None or b is None else (a > b) - (a < b)


def comparable(of: Expression, evaluate: Evaluate) -> Any:
    """A value in the form in which it is compared: texts folded, numbers brought to one grid."""
    found: Any = evaluate.value(of)
    if found is None:
        return None
    if of.type.kind in TEXTUAL:
        return fold(found)
    # A number's grid is finer than a whole number's: both are compared in ones.
    grid = grid_of(of.type)
    return found if of.type.kind not in ORDERED or grid == 1 else Fraction(found) / grid


def _compared(operator: Comparator, left: Expression, right: Expression, evaluate: Evaluate) -> bool | None:
    a, b = comparable(left, evaluate), comparable(right, evaluate)
    return None if a is None or b is None else bool(_HOLDS[operator](a, b))


_HOLDS: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.IS: lambda a, b: a == b,
    Comparator.IS_NOT: lambda a, b: a != b,
    Comparator.LESS: lambda a, b: a < b,
    Comparator.AT_MOST: lambda a, b: a <= b,
    Comparator.MORE: lambda a, b: a > b,
    Comparator.AT_LEAST: lambda a, b: a >= b,
}


def _texts(of: Expression, value: Expression, evaluate: Evaluate, test: Callable[[str, str], bool]) -> bool | None:
    text, part = _folded(evaluate.value(of)), _folded(evaluate.value(value))
    return None if text is None or part is None else test(text, part)


def _folded(value: Value) -> str | None:
    return None if value is None else fold(str(value))
