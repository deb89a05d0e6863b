"""From typed expressions, conditions and events back to the syntax tree that means them.

A name is written bare where that is clear in the scope, else with its owner (`customer.plan`, `search.query`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import assert_never

from models.types import NUMBER_GRID, Kind
from rules.language import tree
from rules.language.resolve_expressions import as_number
from rules.language.resolve_names import resolve_dotted, resolve_name
from rules.language.scope import CUSTOMER, STEP, Scope
from rules.language.unresolve_literals import duration, literal
from rules.typed import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Between,
    CalendarWindow,
    Call,
    Compare,
    Condition,
    Constant,
    Contains,
    EachValue,
    Ever,
    Expression,
    FieldOf,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    Operator,
    Pattern,
    PlaceName,
    PlacePattern,
    PlaceVerb,
    Rounded,
    SinceLast,
    Sliding,
    StartsWith,
    Truth,
    Window,
)

_PERCENT = NUMBER_GRID // 100


def unresolve_condition(of: Condition, scope: Scope) -> tree.Node:
    """The condition as a phrase has it."""
    match of:
        case AllOf(parts):
            return tree.both(*(unresolve_condition(part, scope) for part in parts))
        case AnyOf(parts):
            return tree.either(*(unresolve_condition(part, scope) for part in parts))
        case Not(OneOf(value, values)):
            return tree.OneOf(_value(value, scope), _values(values, scope), negated=True)
        case Not(Known(value)):
            return tree.Known(_value(value, scope), negated=True)
        case Not(part):
            return tree.Not(unresolve_condition(part, scope))
        case Compare(operator, left, right):
            return tree.Compare(operator, _value(left, scope), _value(right, scope))
        case Between(value, low, high):
            return tree.Between(_value(value, scope), _value(low, scope), _value(high, scope))
        case OneOf(value, values):
            return tree.OneOf(_value(value, scope), _values(values, scope))
        case Contains(value, values):
            return tree.Contains(_value(value, scope), _values(values, scope))
        case StartsWith(value, beginning):
            return tree.StartsWith(_value(value, scope), _value(beginning, scope))
        case Known(value):
            return tree.Known(_value(value, scope))
        case Holds(value):
            return unresolve_expression(value, scope)
        case _:
            assert_never(of)


def unresolve_expression(of: Expression, scope: Scope) -> tree.Node:
    """The expression as a phrase has it; a fact by its name, the condition of an audience as such."""
    return unresolve_condition(of.of, scope) if isinstance(of, Truth) else _value(of, scope)


def _values(of: Iterable[Expression], scope: Scope) -> tuple[tree.Value, ...]:
    return tuple(_value(value, scope) for value in of)


def _value(of: Expression, scope: Scope) -> tree.Value:
    match of:
        case Constant():
            return literal(of, scope.vocabulary)
        case FieldOf() | Attribute() | EachValue() | PlaceName():
            return _name(of, scope)
        case Named(name):
            return tree.Name(name)
        case Rounded(inner):
            return _value(inner, scope)
        case Arithmetic():
            return _arithmetic(of, scope)
        case Call(function, arguments, _, place):
            return tree.Call(function, _values(arguments, scope), None if place is None else tree.Name(place))
        case Aggregate(function, field, patterns, window):
            events = unresolve_patterns(patterns, scope, counted=True)
            return tree.Aggregate(function, tree.Name(field) if field else None, events, unresolve_window(window))
        case SinceLast(patterns):
            return tree.SinceLast(unresolve_patterns(patterns, scope, counted=True))
        case Truth():
            raise TypeError("a condition is not written inside a value; it is a fact, and has a name")
        case _:
            assert_never(of)


def _arithmetic(of: Arithmetic, scope: Scope) -> tree.Value:
    if of == as_number(of.left):
        return _value(of.left, scope)
    if of.operator is Operator.MULTIPLY and isinstance(of.left, Constant) and _is_percentage(of.left):
        return tree.PercentOf(_percent(of.left), _value(of.right, scope))
    return tree.Binary(of.operator, _value(of.left, scope), _value(of.right, scope))


def _is_percentage(of: Constant) -> bool:
    """`0.8 *` and `80% of` mean the same; parts of one are written as percentages."""
    points = of.value
    return of.type.kind is Kind.NUMBER and isinstance(points, int) and 0 <= points < NUMBER_GRID


def _percent(of: Constant) -> Decimal:
    assert isinstance(of.value, int)
    percent = Decimal(of.value) / _PERCENT
    return percent.to_integral_value() if percent == percent.to_integral_value() else percent.normalize()


def _name(of: FieldOf | Attribute | EachValue | PlaceName, scope: Scope) -> tree.Value:
    """The name alone if it means this and nothing else here, else with its owner."""
    name = tree.Name(of.place if isinstance(of, PlaceName) else of.name)
    if resolve_name(name, scope, []) == of:
        return name
    for owner in _owners(of, scope):
        dotted = tree.Dotted(tree.Name(owner), name)
        if resolve_dotted(dotted, scope, []) == of:
            return dotted
    return name


def _owners(of: FieldOf | Attribute | EachValue | PlaceName, scope: Scope) -> Iterable[str]:
    match of:
        case Attribute():
            return (CUSTOMER,)
        case FieldOf(step=None):
            return (STEP,)
        case FieldOf(step=number):
            (step,) = (step for step in scope.steps if step.number == number)
            return [name for name in (step.name, *(event.name for event in step.events), STEP) if name is not None]
        case EachValue() | PlaceName():
            return ()
        case _:
            assert_never(of)


# ------------------------------------------------------------------ events


def unresolve_patterns(of: Iterable[Pattern | PlacePattern], scope: Scope, *, counted: bool = False) -> tree.Patterns:
    """Alternatives of events and places; neighbours that share their `where` are one group."""
    groups = [tree.Group(*_event(pattern, scope, counted)) for pattern in of]
    shared = [
        tree.Group(tuple(event for group in same for event in group.events), where)
        for where, same in ((where, list(same)) for where, same in groupby(groups, key=lambda group: group.where))
    ]
    return tree.patterns_of(*shared)


def _event(
    of: Pattern | PlacePattern, scope: Scope, counted: bool
) -> tuple[tuple[tree.Name | tree.Visit, ...], tree.Node | None]:
    if isinstance(of, PlacePattern):
        return (unresolve_visit(of),), None
    event = scope.event(of.event)
    if of.where is None or event is None:
        return (tree.Name(of.event),), None
    return (tree.Name(of.event),), unresolve_condition(of.where, scope.of_event(event, counted))


def unresolve_visit(of: PlacePattern) -> tree.Visit:
    """`enters P`, `leaves P`, `stays in P for D`."""
    lasting = duration(of.duration) if of.verb is PlaceVerb.STAYS else None
    return tree.Visit(of.verb, tree.Name(of.place), lasting)


def unresolve_window(of: Window) -> tree.Window:
    """`last 30 days ending 30 days ago`, `this month`, `ever`."""
    match of:
        case Ever():
            return tree.Ever()
        case CalendarWindow(unit, back, count):
            return tree.CalendarSpan(unit, back, count)
        case Sliding(length, ending):
            return tree.LastLength(duration(length), duration(ending) if ending else None)
        case _:
            assert_never(of)
