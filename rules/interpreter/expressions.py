"""Expressions: exact values on the grids of their types; None is missing and makes everything around it missing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from models.types import Kind, Type, Value, grid_of
from rules.interpreter import facts, functions
from rules.typed import (
    Aggregate,
    Arithmetic,
    Attribute,
    Call,
    Constant,
    EachValue,
    Expression,
    FieldOf,
    Named,
    Operator,
    PlaceName,
    Rounded,
    SinceLast,
    Truth,
)

if TYPE_CHECKING:
    from rules.interpreter.evaluate import Evaluate

_DAY = 86_400_000


def value(expression: Expression, evaluate: Evaluate) -> Value:
    """The value of an expression in a scope."""
    match expression:
        case Constant(constant):
            return constant
        case FieldOf():
            return _field(expression, evaluate)
        case Attribute(name):
            return evaluate.world.attributes.get(name)
        case EachValue():
            return evaluate.each
        case PlaceName(place, _, step):
            return evaluate.bound[step].members.get(place) if step < len(evaluate.bound) else None
        case Aggregate():
            return facts.aggregate(expression, evaluate.world, evaluate.each)
        case SinceLast():
            return facts.since_last(expression, evaluate.world, evaluate.each)
        case Arithmetic():
            return _arithmetic(expression, evaluate.value(expression.left), evaluate.value(expression.right))
        case Rounded(of, type_):
            found: Any = evaluate.value(of)
            return None if found is None else round(in_main_units(found, of.type) * grid_of(type_))
        case Call():
            return functions.call(expression, evaluate)
        case Named(of=of):
            return evaluate.value(of)
        case Truth(of=condition):
            return evaluate.condition(condition)


def _field(of: FieldOf, evaluate: Evaluate) -> Value:
    if of.step is None:
        event = evaluate.candidate
    else:
        event = evaluate.bound[of.step].event if of.step < len(evaluate.bound) else None
    return None if event is None else event.data.get(of.name)


def in_main_units(found: Any, type_: Type) -> Fraction:
    """A grid value as a multiple of what kinds are multiplied in: ones for a number, grid points for all else."""
    return Fraction(found) / grid_of(type_)


def _arithmetic(node: Arithmetic, left: Any, right: Any) -> Value:
    if left is None or right is None:
        return None
    if Kind.DATE in (node.left.type.kind, node.right.type.kind):
        return _of_dates(node, left, right)
    a, b = in_main_units(left, node.left.type), in_main_units(right, node.right.type)
    if node.operator is Operator.DIVIDE and b == 0:
        return None
    return plain(_WORK[node.operator](a, b) * grid_of(node.type))


_WORK: dict[Operator, Callable[[Fraction, Fraction], Fraction]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
    Operator.DIVIDE: operator.truediv,
}


def _of_dates(node: Arithmetic, left: int, right: int) -> Value:
    """Dates count days, durations milliseconds; what is left of a day is rounded down."""
    a = left * _DAY if node.left.type.kind is Kind.DATE else left
    b = right * _DAY if node.right.type.kind is Kind.DATE else right
    found = a + b if node.operator is Operator.ADD else a - b
    return found // _DAY if node.type.kind is Kind.DATE else found


def plain(found: Fraction) -> int | Fraction:
    """A whole fraction as the integer it is."""
    return found.numerator if found.denominator == 1 else found
