"""From aggregates of the syntax tree to typed ones: what is counted of which events, over which window."""

from __future__ import annotations

from models.speech import say
from models.types import DURATION, NUMERIC, ORDERED, WHOLE, Kind, Type
from rules import typed
from rules.language import tree
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.resolve_expressions import as_number
from rules.language.resolve_literals import resolve_duration
from rules.language.resolve_names import no_field, type_named
from rules.language.resolve_patterns import resolve_patterns
from rules.language.scope import Scope
from rules.problems import Problem
from rules.typed import AggregateFunction, Expression, Pattern, Window

_NUMERIC_ONLY = (AggregateFunction.SUM, AggregateFunction.AVERAGE)
_ORDERED_ONLY = (AggregateFunction.LOWEST, AggregateFunction.HIGHEST)


def resolve_aggregate(node: tree.Aggregate, scope: Scope, problems: list[Problem]) -> Expression | None:
    """The typed aggregate. An average of whole numbers is a number."""
    if _refused(node, scope, problems):
        return None
    patterns = resolve_patterns(node.patterns, scope, problems, counted=True)
    window = resolve_window(node.window, scope, problems)
    if patterns is None or window is None:
        return None
    if node.field is None:
        type_ = DURATION if node.function is AggregateFunction.TIME_BETWEEN else WHOLE
        return typed.Aggregate(node.function, None, patterns, window, type_, _each(patterns, scope))
    field_type = _field_type(node.field, patterns, scope, problems)
    if field_type is None or not _fits(node, node.field, field_type, problems):
        return None
    type_ = WHOLE if node.function is AggregateFunction.DISTINCT else field_type
    found = typed.Aggregate(node.function, node.field.text, patterns, window, type_, _each(patterns, scope))
    return as_number(found) if node.function is AggregateFunction.AVERAGE else found


def resolve_since_last(node: tree.SinceLast, scope: Scope, problems: list[Problem]) -> Expression | None:
    """`time since last E`, a duration."""
    if _refused(node, scope, problems):
        return None
    patterns = resolve_patterns(node.patterns, scope, problems, counted=True)
    return None if patterns is None else typed.SinceLast(patterns, DURATION, _each(patterns, scope))


def _refused(node: tree.Aggregate | tree.SinceLast, scope: Scope, problems: list[Problem]) -> bool:
    if scope.counted:
        hint = say("Only fields of the event and attributes may stand in the where of an aggregate.")
        problems.append(node.at.problem("E408", say("An aggregate cannot stand in the where of an aggregate."), hint))
    return scope.counted


def _each(patterns: tuple[Pattern, ...], scope: Scope) -> str | None:
    """The field a fact is kept apart by: that of the rule, if all its events have it."""
    fields = (scope.event(pattern.event) for pattern in patterns)
    apart = scope.each is not None and all(event is not None and scope.each in event.fields for event in fields)
    return scope.each if apart else None


def _field_type(name: tree.Name, patterns: tuple[Pattern, ...], scope: Scope, problems: list[Problem]) -> Type | None:
    """The type of the field that is aggregated, which all events must have alike."""
    found: Type | None = None
    for pattern in patterns:
        event = scope.event(pattern.event)
        assert event is not None
        type_ = event.fields.get(name.text)
        if type_ is None:
            problems.append(no_field(name.at, name.text, event.name, tuple(event.fields), scope))
            return None
        if found is not None and found.kind is not type_.kind:
            said = say('"{name}" has different types in the events counted.', name=name.at.text)
            problems.append(name.at.problem("E203", said, say("Make a fact of each event.")))
            return None
        found = found or type_
    return None if found is None else Type(found.kind, found.choices)


def _fits(node: tree.Aggregate, name: tree.Name, type_: Type, problems: list[Problem]) -> bool:
    """Whether fields of this type can be aggregated so."""
    function = node.function
    if function in _NUMERIC_ONLY and type_.kind not in NUMERIC:
        said = say(
            "{name} is {type}; {function} of takes numbers and amounts.",
            name=name.at.text,
            type=type_named(type_),
            function=function,
        )
        problems.append(name.at.problem("E206", said, _other_aggregates(name.at)))
        return False
    if function in _ORDERED_ONLY and type_.kind not in ORDERED:
        said = say(
            "{name} is {type}; {function} of takes values that have an order.",
            name=name.at.text,
            type=type_named(type_),
            function=function,
        )
        problems.append(name.at.problem("E210", said, _other_aggregates(name.at)))
        return False
    if type_.kind is Kind.POINT:
        said = say("{name} is a point; points are not aggregated.", name=name.at.text)
        instead = form(name.at, say("distance to PLACE, or enters PLACE"), say("距PLACE的距离, or 进入PLACE"))
        problems.append(name.at.problem("E206", said, say("Use {instead}.", instead=instead)))
        return False
    return True


def _other_aggregates(at: Span) -> str:
    return say(
        "Use {written}.",
        written=form(at, say("count of, distinct of, first of or last of"), say("次数, 去重数, 首次 or 最近一次")),
    )


def resolve_window(node: tree.Window, scope: Scope, problems: list[Problem]) -> Window | None:
    """The typed window."""
    match node:
        case tree.Ever():
            return typed.Ever()
        case tree.CalendarSpan(unit, back, count):
            return typed.CalendarWindow(unit, back, count)
        case tree.LastLength(length, None):
            span = resolve_duration(length, scope.vocabulary, problems)
            return None if span is None else typed.Sliding(span)
        case tree.LastLength(length, tree.Quantity() as ending):
            span = resolve_duration(length, scope.vocabulary, problems)
            ago = resolve_duration(ending, scope.vocabulary, problems)
            return None if span is None or ago is None else typed.Sliding(span, ago)
        case _:
            raise TypeError(f"{type(node).__name__} is not a window")
