"""From the reductions of a grammar to values, conditions, aggregates and windows of the syntax tree.

A function gets what its rule is made of, without keywords and signs, in the order of the text, and the place of all of
it. Where English and Chinese have another order, the table at the end has a name for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, cast

from models.speech import say
from rules.language import tree
from rules.language.keywords import DAYS, DISTANCE, LENGTH_OF_TIME
from rules.language.located import Span
from rules.language.parts import Raw, Refused, Where, as_condition, as_patterns, as_value, whole
from rules.language.tree import Name, Quantity, Value, Visit
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb

#: Makes the node of a rule or alias of a grammar.
Build = Callable[[list[Any], Span], Any]

# -------------------------------------------------------------- conditions


def where(parts: list[Any], at: Span) -> Where:
    """`A or B where C`."""
    return Where(parts[0], as_condition(parts[1]), at)


def _any_of(parts: list[Any], at: Span) -> Raw:
    return cast("Raw", tree.either(*parts, at=at))


def _all_of(parts: list[Any], at: Span) -> Raw:
    return cast("Raw", tree.both(*parts, at=at))


def _negated(parts: list[Any], at: Span) -> tree.Not:
    return tree.Not(parts[0], at=at)


def _compared(comparator: Comparator) -> Build:
    def build(parts: list[Any], at: Span) -> tree.Compare:
        return tree.Compare(comparator, as_value(parts[0]), as_value(parts[1]), at=at)

    return build


def _between(parts: list[Any], at: Span) -> tree.Between:
    of, low, high = map(as_value, parts)
    return tree.Between(of, low, high, at=at)


def _list(parts: list[Any], _: Span) -> tuple[Value, ...]:
    return tuple(map(as_value, parts))


def _one_of(*, negated: bool) -> Build:
    def build(parts: list[Any], at: Span) -> tree.OneOf:
        return tree.OneOf(as_value(parts[0]), parts[1], negated, at=at)

    return build


def _contains(parts: list[Any], at: Span) -> tree.Contains:
    return tree.Contains(as_value(parts[0]), (as_value(parts[1]),), at=at)


def _contains_one_of(parts: list[Any], at: Span) -> tree.Contains:
    return tree.Contains(as_value(parts[0]), parts[1], at=at)


def _starts_with(parts: list[Any], at: Span) -> tree.StartsWith:
    return tree.StartsWith(as_value(parts[0]), as_value(parts[1]), at=at)


def _known(*, negated: bool) -> Build:
    def build(parts: list[Any], at: Span) -> tree.Known:
        return tree.Known(as_value(parts[0]), negated, at=at)

    return build


# ------------------------------------------------------------------ values


def _function(function: Function) -> Build:
    def build(parts: list[Any], at: Span) -> tree.Call:
        return tree.Call(function, tuple(map(as_value, parts)), at=at)

    return build


def _distance_to(parts: list[Any], at: Span) -> tree.Call:
    return tree.Call(Function.DISTANCE, (), parts[0], at=at)


def _since(parts: list[Any], at: Span) -> tree.Call:
    """`距X的天数`, `距P的距离`: the last word, which a vocabulary may use as a name too, says which."""
    of, word = parts
    if word.written == DAYS:
        return tree.Call(Function.DAYS_UNTIL, (as_value(of),), at=at)
    if word.written != DISTANCE:
        raise Refused(
            word.at.problem(
                "E301", say('"{text}" is not understood.', text=at.text), say("Write 距X的天数, or 距PLACE的距离.")
            )
        )
    if not isinstance(of, Name):
        raise Refused(of.at.problem("E215", say('"{of}" is not a place.', of=of.at.text), say("Write 距PLACE的距离.")))
    return tree.Call(Function.DISTANCE, (), of, at=at)


def _arithmetic(operator: Operator) -> Build:
    def build(parts: list[Any], at: Span) -> tree.Binary:
        return tree.Binary(operator, as_value(parts[0]), as_value(parts[1]), at=at)

    return build


def _fold(parts: list[Any], at: Span) -> tree.Binary:
    """`x的2倍` is `2 * x`."""
    return tree.Binary(Operator.MULTIPLY, parts[1], as_value(parts[0]), at=at)


def _percent_of(parts: list[Any], at: Span) -> tree.PercentOf:
    return tree.PercentOf(parts[0].value, as_value(parts[1]), at=at)


def _of_percent(parts: list[Any], at: Span) -> tree.PercentOf:
    return tree.PercentOf(parts[1].value, as_value(parts[0]), at=at)


def _negative(parts: list[Any], at: Span) -> tree.Number | Quantity | tree.Percent:
    leaf = cast("tree.Number | Quantity | tree.Percent", parts[0])
    return replace(leaf, value=0 - leaf.value, at=at)


def _brackets(parts: list[Any], at: Span) -> Raw:
    # The place grows by the brackets, so that a mistake is shown with them and `time since last` can show its fix.
    return cast("Raw", replace(parts[0], at=at))


def _dotted(parts: list[Any], at: Span) -> tree.Dotted:
    return tree.Dotted(parts[0], parts[1], at=at)


def _visit(verb: PlaceVerb) -> Build:
    def build(parts: list[Any], at: Span) -> Visit:
        return Visit(verb, parts[0], parts[1] if len(parts) > 1 else None, at=at)

    return build


# -------------------------------------------------------------- aggregates


def _aggregate(function: AggregateFunction) -> Build:
    """`[FIELD of] E over W`."""

    def build(parts: list[Any], at: Span) -> tree.Aggregate:
        field = parts[0] if len(parts) > 2 else None
        return tree.Aggregate(function, field, as_patterns(parts[-2]), parts[-1], at=at)

    return build


def _aggregate_in(function: AggregateFunction) -> Build:
    """`W E [的FIELD]`; without a window all there ever was."""

    def build(parts: list[Any], at: Span) -> tree.Aggregate:
        windowed = isinstance(parts[0], tree.LastLength | tree.CalendarSpan | tree.Ever)
        window, events, *field = parts if windowed else [tree.Ever(at=at), *parts]
        return tree.Aggregate(function, field[0] if field else None, as_patterns(events), window, at=at)

    return build


def _since_last(parts: list[Any], at: Span) -> tree.SinceLast:
    return tree.SinceLast(as_patterns(parts[0]), at=at)


def _since_last_time(parts: list[Any], at: Span) -> tree.SinceLast:
    word = parts[1]
    if word.written != LENGTH_OF_TIME:
        said = say(
            'After "{source}" comes "{expected}"; found "{word}".',
            source=at.source.text[at.start : word.at.start],
            expected=LENGTH_OF_TIME,
            word=word.at.text,
        )
        raise Refused(word.at.problem("E301", said, say("Write 距上次EVENT的时长.")))
    return _since_last(parts, at)


# ----------------------------------------------------------------- windows


def _last_length(parts: list[Any], at: Span) -> tree.LastLength:
    return tree.LastLength(parts[0], parts[1] if len(parts) > 1 else None, at=at)


def _ended_length(parts: list[Any], at: Span) -> tree.LastLength:
    return tree.LastLength(parts[1], parts[0], at=at)


def _calendar(unit: CalendarUnit, back: int) -> Build:
    def build(_: list[Any], at: Span) -> tree.CalendarSpan:
        return tree.CalendarSpan(unit, back, 1, at=at)

    return build


def _this(parts: list[Any], at: Span) -> tree.CalendarSpan:
    return tree.CalendarSpan(parts[0], 0, 1, at=at)


def _previous(parts: list[Any], at: Span) -> tree.CalendarSpan:
    return tree.CalendarSpan(parts[0], 1, 1, at=at)


def _last_cycles(parts: list[Any], at: Span) -> tree.CalendarSpan:
    number = parts[0]
    count = whole(number, say("A number of billing cycles"))
    if count < 1:
        raise Refused(number.at.problem("E209", say("A window is one billing cycle or more."), say("Write 1, 2, ..")))
    return tree.CalendarSpan(CalendarUnit.BILLING_CYCLE, count, count, at=at)


def _ever(_: list[Any], at: Span) -> tree.Ever:
    return tree.Ever(at=at)


def _unit(unit: CalendarUnit) -> Build:
    return lambda _, __: unit


# ------------------------------------------------------------------- table

_AGGREGATES: Final = {
    "count": AggregateFunction.COUNT,
    "sum": AggregateFunction.SUM,
    "average": AggregateFunction.AVERAGE,
    "lowest": AggregateFunction.LOWEST,
    "highest": AggregateFunction.HIGHEST,
    "distinct": AggregateFunction.DISTINCT,
    "first": AggregateFunction.FIRST,
    "last": AggregateFunction.LAST,
    "time_between": AggregateFunction.TIME_BETWEEN,
}

#: Rule or alias of a grammar -> what makes its node.
VALUES: Final[Mapping[str, Build]] = MappingProxyType(
    {
        "where": where,
        "any_of": _any_of,
        "all_of": _all_of,
        "negated": _negated,
        "is_": _compared(Comparator.IS),
        "is_not": _compared(Comparator.IS_NOT),
        "less": _compared(Comparator.LESS),
        "at_most": _compared(Comparator.AT_MOST),
        "more": _compared(Comparator.MORE),
        "at_least": _compared(Comparator.AT_LEAST),
        "between": _between,
        "list": _list,
        "one_of": _one_of(negated=False),
        "not_one_of": _one_of(negated=True),
        "contains": _contains,
        "contains_one_of": _contains_one_of,
        "starts_with": _starts_with,
        "known": _known(negated=False),
        "not_known": _known(negated=True),
        "round": _function(Function.ROUND),
        "lower_of": _function(Function.LOWER),
        "higher_of": _function(Function.HIGHER),
        "hour": _function(Function.HOUR),
        "weekday": _function(Function.WEEKDAY),
        "day_of_billing_cycle": _function(Function.DAY_OF_BILLING_CYCLE),
        "days_in_billing_cycle": _function(Function.DAYS_IN_BILLING_CYCLE),
        "days_until": _function(Function.DAYS_UNTIL),
        "days_since": _function(Function.DAYS_SINCE),
        "age_of": _function(Function.AGE),
        "nps_group_of": _function(Function.NPS_GROUP),
        "distance_to": _distance_to,
        "since": _since,
        "add": _arithmetic(Operator.ADD),
        "subtract": _arithmetic(Operator.SUBTRACT),
        "multiply": _arithmetic(Operator.MULTIPLY),
        "divide": _arithmetic(Operator.DIVIDE),
        "fold": _fold,
        "percent_of": _percent_of,
        "of_percent": _of_percent,
        "negative": _negative,
        "brackets": _brackets,
        "dotted": _dotted,
        "enters": _visit(PlaceVerb.ENTERS),
        "leaves": _visit(PlaceVerb.LEAVES),
        "stays_in": _visit(PlaceVerb.STAYS),
        **{f"{name}_of": _aggregate(function) for name, function in _AGGREGATES.items()},
        **{f"{name}_in": _aggregate_in(function) for name, function in _AGGREGATES.items()},
        "since_last": _since_last,
        "since_last_time": _since_last_time,
        "last_length": _last_length,
        "ended_length": _ended_length,
        "last_cycles": _last_cycles,
        "this": _this,
        "previous": _previous,
        "today": _calendar(CalendarUnit.DAY, 0),
        "yesterday": _calendar(CalendarUnit.DAY, 1),
        "this_week": _calendar(CalendarUnit.WEEK, 0),
        "this_month": _calendar(CalendarUnit.MONTH, 0),
        "this_cycle": _calendar(CalendarUnit.BILLING_CYCLE, 0),
        "previous_week": _calendar(CalendarUnit.WEEK, 1),
        "previous_month": _calendar(CalendarUnit.MONTH, 1),
        "previous_cycle": _calendar(CalendarUnit.BILLING_CYCLE, 1),
        "ever": _ever,
        "day": _unit(CalendarUnit.DAY),
        "week": _unit(CalendarUnit.WEEK),
        "month": _unit(CalendarUnit.MONTH),
        "billing_cycle": _unit(CalendarUnit.BILLING_CYCLE),
    }
)
