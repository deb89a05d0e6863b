"""Conditions as closures: True, False, or None where a missing value leaves it unknown (Kleene's logic)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from models.text import fold
from models.types import TEXTUAL, Kind, Type
from rules.compile.aggregates import Compiled, Ratio
from rules.compile.expressions import Check, Compiler, ratio
from rules.compile.view import View
from rules.typed import (
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Expression,
    Holds,
    Known,
    Not,
    OneOf,
    StartsWith,
)

_OPERATORS: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.IS: operator.eq,
    Comparator.IS_NOT: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}


def condition(node: Condition, compiler: Compiler) -> Check:
    """The closure of one condition."""
    match node:
        case Compare():
            return _compare(node, compiler)
        case Between(of=of, low=low, high=high):
            return _between(compiler.value(of), compiler.value(low), compiler.value(high))
        case OneOf(of=of, values=values):
            return _one_of(_folded(of, compiler), [_folded(value, compiler) for value in values])
        case Contains(of=of, values=values):
            return _any_text(_folded(of, compiler), [_folded(value, compiler) for value in values], lambda a, b: b in a)
        case StartsWith(of=of, value=value):
            return _any_text(_folded(of, compiler), [_folded(value, compiler)], lambda a, b: a.startswith(b))
        case Known(of=of):
            inner = compiler.value(of)
            return lambda view: inner(view) is not None
        case Holds(of=of):
            return _holds(compiler.value(of))
        case Not(of=inner_condition):
            return _not(compiler.check(inner_condition))
        case AllOf(of=parts):
            return _all_of([compiler.check(part) for part in parts])
        case AnyOf(of=parts):
            return _any_of([compiler.check(part) for part in parts])


def _folded(node: Expression, compiler: Compiler) -> Compiled:
    """The value of a side; a text in the form in which texts compare. Choices are canonical already."""
    if node.type.kind not in TEXTUAL:
        return compiler.value(node)
    if isinstance(node, Constant):
        constant = fold(str(node.value))
        return lambda view: constant
    inner = compiler.value(node)

    def value(view: View) -> str | None:
        found = inner(view)
        return None if found is None else fold(found)  # type: ignore[arg-type]  # its kind is textual

    return value


def _both_choices(left: Type, right: Type) -> bool:
    return left.kind is Kind.CHOICE and right.kind is Kind.CHOICE


def _compare(node: Compare, compiler: Compiler) -> Check:
    compare = _OPERATORS[node.operator]
    pairs = ratio(node.left, compiler), ratio(node.right, compiler)
    if pairs != (None, None):
        return _crosswise(_pair(node.left, pairs[0], compiler), _pair(node.right, pairs[1], compiler), compare)
    if _both_choices(node.left.type, node.right.type):
        left, right = compiler.value(node.left), compiler.value(node.right)
    else:
        left, right = _folded(node.left, compiler), _folded(node.right, compiler)
    if isinstance(node.right, Constant) and node.right.value is not None:
        if isinstance(node.left, Attribute) and left is compiler.value(node.left):
            return _attribute(node.left.name, compare, right(None))  # type: ignore[arg-type]  # as below
        return _against_constant(left, compare, right(None))  # type: ignore[arg-type]  # a constant sees nothing

    def check(view: View) -> bool | None:
        a = left(view)
        if a is None:
            return None
        b = right(view)
        return None if b is None else compare(a, b)

    return check


def _pair(side: Expression, pair: Ratio | None, compiler: Compiler) -> Ratio:
    if pair is not None:
        return pair
    value = compiler.value(side)

    def whole(view: View) -> tuple[int, int] | None:
        found: Any = value(view)
        return None if found is None else (found, 1)

    return whole


def _crosswise(left: Ratio, right: Ratio, compare: Callable[[Any, Any], bool]) -> Check:
    """a / b and c / d stand to each other as a * d and c * b: denominators are above 0."""

    def check(view: View) -> bool | None:
        a = left(view)
        if a is None:
            return None
        b = right(view)
        return None if b is None else compare(a[0] * b[1], b[0] * a[1])

    return check


def _against_constant(left: Compiled, compare: Callable[[Any, Any], bool], constant: Any) -> Check:
    def check(view: View) -> bool | None:
        a = left(view)
        return None if a is None else compare(a, constant)

    return check


def _attribute(name: str, compare: Callable[[Any, Any], bool], constant: Any) -> Check:
    """The usual line: an attribute as it is, in one call."""
    if compare is operator.eq:

        def is_constant(view: View) -> bool | None:
            found = view.record.attributes.get(name)
            return None if found is None else found == constant

        return is_constant

    def check(view: View) -> bool | None:
        found = view.record.attributes.get(name)
        return None if found is None else compare(found, constant)

    return check


def _between(of: Compiled, low: Compiled, high: Compiled) -> Check:
    """`low <= of <= high`, as the conjunction it stands for: false as soon as one half is."""

    def check(view: View) -> bool | None:
        value: Any = of(view)
        if value is None:
            return None
        least: Any = low(view)
        most: Any = high(view)
        if (least is not None and value < least) or (most is not None and value > most):
            return False
        return None if least is None or most is None else True

    return check


def _one_of(of: Compiled, values: list[Compiled]) -> Check:
    return _any_text(of, values, operator.eq)


def _any_text(of: Compiled, values: list[Compiled], test: Callable[[Any, Any], bool]) -> Check:
    def check(view: View) -> bool | None:
        value = of(view)
        if value is None:
            return None
        unknown = False
        for candidate in values:
            other = candidate(view)
            if other is None:
                unknown = True
            elif test(value, other):
                return True
        return None if unknown else False

    return check


def _holds(inner: Compiled) -> Check:
    def check(view: View) -> bool | None:
        return inner(view)  # type: ignore[return-value]  # a yes/no expression

    return check


def _not(inner: Check) -> Check:
    def check(view: View) -> bool | None:
        found = inner(view)
        return None if found is None else not found

    return check


def _all_of(parts: list[Check]) -> Check:
    def check(view: View) -> bool | None:
        result: bool | None = True
        for part in parts:
            found = part(view)
            if found is False:
                return False
            if found is None:
                result = None
        return result

    return check


def _any_of(parts: list[Check]) -> Check:
    def check(view: View) -> bool | None:
        result: bool | None = False
        for part in parts:
            found = part(view)
            if found:
                return True
            if found is None:
                result = None
        return result

    return check
