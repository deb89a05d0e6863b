"""Expressions as closures from a view to a value (None is missing)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from models.moments import DAY
from models.place_index import PlaceIndex
from models.types import Kind, Type, Value, grid_of
from models.vocabulary import Vocabulary
from rules.compile.aggregates import Compiled, Ratio, aggregate, since_last
from rules.compile.aggregates import ratio as averages
from rules.compile.functions import call
from rules.compile.source import Predicate, predicate
from rules.compile.view import View
from rules.facts.table import FactTable
from rules.typed import (
    Aggregate,
    Arithmetic,
    Attribute,
    CalendarUnit,
    Call,
    Condition,
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

Check = Callable[[View], bool | None]


@dataclass(slots=True)
class Compiler:
    """Compiles the nodes of one rule set; equal nodes become one closure."""

    vocabulary: Vocabulary
    places: PlaceIndex
    table: FactTable
    #: Compiles conditions (`rules.compile.conditions`): the two hold each other.
    condition: Callable[[Condition, Compiler], Check]
    #: Windows before the running one that are needed, by unit.
    backs: Mapping[CalendarUnit, int]
    _values: dict[Expression, Compiled] = field(default_factory=dict)
    checks: dict[Condition, Check] = field(default_factory=dict)
    _predicates: dict[Condition, Predicate | None] = field(default_factory=dict)

    def value(self, node: Expression) -> Compiled:
        """The closure of an expression."""
        known = self._values.get(node)
        if known is None:
            known = self._values[node] = _expression(node, self)
        return known

    def check(self, node: Condition) -> Check:
        """The closure of a condition: True, False or None (unknown)."""
        known = self.checks.get(node)
        if known is None:
            known = self.checks[node] = self.condition(node, self)
        return known

    def predicate(self, node: Condition) -> Predicate | None:
        """The predicate of a condition on one event, or None where it looks at more."""
        if node not in self._predicates:
            self._predicates[node] = predicate(node)
        return self._predicates[node]


def _expression(node: Expression, compiler: Compiler) -> Compiled:
    match node:
        case Constant(value=constant):
            return lambda view: constant
        case FieldOf():
            return _field(node)
        case Attribute(name=name):
            return lambda view: view.record.attributes.get(name)
        case EachValue():
            return lambda view: view.each
        case PlaceName(step=step):
            return lambda view: _member(view, step)
        case Aggregate():
            return aggregate(node, compiler.table, compiler.backs)
        case SinceLast():
            return since_last(node, compiler.table)
        case Arithmetic():
            return _arithmetic(node, compiler)
        case Rounded(of=inner):
            return _rounded_quotient(inner, compiler) or _rounded(compiler.value(inner))
        case Call():
            return call(node, [compiler.value(argument) for argument in node.arguments], compiler)
        case Named(of=inner):
            return compiler.value(inner)
        case Truth(of=inner):
            return compiler.check(inner)


def ratio(node: Expression, compiler: Compiler) -> Ratio | None:
    """An average, or a constant times one, as two whole numbers; None for all else."""
    match node:
        case Aggregate():
            return averages(node, compiler.table, compiler.backs)
        case Named(of=inner):
            return ratio(inner, compiler)
        case Arithmetic(operator=Operator.MULTIPLY, left=Constant() as constant, right=right):
            inner_ratio = ratio(right, compiler)
            return None if inner_ratio is None else _times_ratio(_factor(constant, right.type, node.type), inner_ratio)
        case _:
            return None


def _times_ratio(factor: Fraction, inner: Ratio) -> Ratio:
    numerator, denominator = factor.numerator, factor.denominator

    def pair(view: View) -> tuple[int, int] | None:
        found = inner(view)
        return None if found is None else (found[0] * numerator, found[1] * denominator)

    return pair


def _factor(constant: Constant, type_: Type, result: Type) -> Fraction:
    """What a value of `type_` is multiplied with, on the grid of the result."""
    value: Any = constant.value
    return Fraction(value) * grid_of(result) / (grid_of(constant.type) * grid_of(type_))


def _field(node: FieldOf) -> Compiled:
    name, step = node.name, node.step
    if step is None:
        return lambda view: view.data.get(name)
    return lambda view: view.bound[step].data.get(name) if step < len(view.bound) else None


def _member(view: View, step: int) -> Value:
    place = view.bound[step].place if step < len(view.bound) else None
    return None if place is None else place[1]


def _rounded(inner: Compiled) -> Compiled:
    def value(view: View) -> Value:
        found = inner(view)
        return round(found) if type(found) is Fraction else found  # half to even

    return value


def _rounded_quotient(node: Expression, compiler: Compiler) -> Compiled | None:
    """A division that is rounded at once, half to even: of whole numbers it needs no fraction. None for all else."""
    if not isinstance(node, Arithmetic) or node.operator is not Operator.DIVIDE or _dates(node) is not None:
        return None
    left, right, other = compiler.value(node.left), compiler.value(node.right), _rounded(compiler.value(node))
    factor = Fraction(grid_of(node.right.type) * grid_of(node.type), grid_of(node.left.type))
    above, below = factor.numerator, factor.denominator

    def value(view: View) -> Value:
        a: Any = left(view)
        b: Any = right(view)
        if type(a) is not int or type(b) is not int or b <= 0:
            return other(view)
        b *= below
        whole: int = a * above // b
        twice = 2 * (a * above - whole * b)
        return whole + 1 if twice > b or (twice == b and whole % 2) else whole

    return value


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _times(constant: Constant, inner: Compiled, type_: Type, result: Type) -> Compiled:
    """A constant times a value: the scale is worked out once, and a whole one keeps integers integers."""
    factor = _factor(constant, type_, result)
    numerator, denominator = factor.numerator, factor.denominator

    def value(view: View) -> Value:
        found: Any = inner(view)
        if found is None:
            return None
        scaled = found * numerator
        return scaled if denominator == 1 else _plain(Fraction(scaled, denominator))

    return value


def _arithmetic(node: Arithmetic, compiler: Compiler) -> Compiled:
    if node.operator is Operator.MULTIPLY and isinstance(node.left, Constant) and node.left.value is not None:
        return _times(node.left, compiler.value(node.right), node.right.type, node.type)
    left, right = compiler.value(node.left), compiler.value(node.right)
    work = _dates(node) or _WORK[node.operator](node.left.type, node.right.type, node.type)

    def value(view: View) -> Value:
        a: Any = left(view)
        if a is None:
            return None
        b: Any = right(view)
        return None if b is None else work(a, b)

    return value


Work = Callable[[Any, Any], Value]


def _dates(node: Arithmetic) -> Work | None:
    """Date arithmetic counts in days; all other kinds add on their own grid."""
    left, right = node.left.type.kind, node.right.type.kind
    sign = 1 if node.operator is Operator.ADD else -1
    if left is Kind.DATE and right is Kind.DATE:
        return lambda a, b: (a - b) * DAY
    if left is Kind.DATE:
        return lambda a, b: a + sign * b // DAY
    if right is Kind.DATE:
        return lambda a, b: b + a // DAY
    return None


def _scaled(type_: Type, result: Type) -> Fraction:
    return Fraction(grid_of(result), grid_of(type_))


def _added(left: Type, right: Type, result: Type, sign: int) -> Work:
    a_scale, b_scale = _scaled(left, result), _scaled(right, result) * sign
    if a_scale == 1 and b_scale == sign:
        return lambda a, b: a + sign * b
    return lambda a, b: _plain(a * a_scale + b * b_scale)


def _multiplied(left: Type, right: Type, result: Type) -> Work:
    divisor = Fraction(grid_of(left) * grid_of(right), grid_of(result))
    return (lambda a, b: a * b) if divisor == 1 else lambda a, b: _plain(Fraction(a * b) / divisor)


def _divided(left: Type, right: Type, result: Type) -> Work:
    factor = Fraction(grid_of(right) * grid_of(result), grid_of(left))
    return lambda a, b: None if b == 0 else _plain(Fraction(a) * factor / b)


_WORK: dict[Operator, Callable[[Type, Type, Type], Work]] = {
    Operator.ADD: lambda left, right, result: _added(left, right, result, 1),
    Operator.SUBTRACT: lambda left, right, result: _added(left, right, result, -1),
    Operator.MULTIPLY: _multiplied,
    Operator.DIVIDE: _divided,
}
