"""Values written otherwise: numbers shifted, terms and windows of what they are made of changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final, assert_never

from models.speech import any_of, say, sentence
from rules.language.resolve_expressions import as_number, finished
from rules.mutations.change import Change, inside, instead, reads
from rules.mutations.events import events
from rules.mutations.shifts import shifted
from rules.mutations.windows import windows
from rules.mutations.wording import Wording
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Attribute,
    Call,
    Constant,
    EachValue,
    Expression,
    FieldOf,
    Function,
    Named,
    Operator,
    PlaceName,
    Rounded,
    SinceLast,
    Truth,
)

#: What an aggregate may be taken for by tests that have too few events.
_MISTAKEN: Final = MappingProxyType(
    {
        AggregateFunction.SUM: AggregateFunction.HIGHEST,
        AggregateFunction.LOWEST: AggregateFunction.HIGHEST,
        AggregateFunction.HIGHEST: AggregateFunction.LOWEST,
        AggregateFunction.FIRST: AggregateFunction.LAST,
        AggregateFunction.LAST: AggregateFunction.FIRST,
    }
)

#: What may be taken for another.
_FUNCTIONS: Final = MappingProxyType(
    {
        AggregateFunction.COUNT: sentence("count"),
        AggregateFunction.SUM: sentence("sum"),
        AggregateFunction.AVERAGE: sentence("average"),
        AggregateFunction.LOWEST: sentence("lowest"),
        AggregateFunction.HIGHEST: sentence("highest"),
        AggregateFunction.FIRST: sentence("first"),
        AggregateFunction.LAST: sentence("last"),
    }
)
_NAMED: Final = MappingProxyType(
    {
        AggregateFunction.COUNT: sentence("count of {events}"),
        AggregateFunction.SUM: sentence("sum of {events}"),
        AggregateFunction.AVERAGE: sentence("average of {events}"),
        AggregateFunction.LOWEST: sentence("lowest of {events}"),
        AggregateFunction.HIGHEST: sentence("highest of {events}"),
        AggregateFunction.DISTINCT: sentence("distinct of {events}"),
        AggregateFunction.FIRST: sentence("first of {events}"),
        AggregateFunction.LAST: sentence("last of {events}"),
        AggregateFunction.TIME_BETWEEN: sentence("average time between {events}"),
    }
)


def expressions(of: Expression, wording: Wording) -> Iterator[Change[Expression]]:
    """The ways to write a value otherwise. Facts it names are changed where they are defined."""
    match of:
        case Constant():
            for other in shifted(of):
                before, after = wording.value(of), wording.value(other)
                yield reads(
                    other,
                    before,
                    after,
                    say("that comes out otherwise with {after} than with {before}", after=after, before=before),
                )
        case Rounded(inner, type_):
            yield from inside(expressions(inner, wording), lambda to: Rounded(to, type_))
        case Arithmetic():
            yield from _arithmetic(of, wording)
        case Call():
            yield from _call(of, wording)
        case Aggregate():
            yield from _aggregate(of, wording)
        case SinceLast(patterns, type_, each):
            found = events(patterns, wording.of_aggregate(each))
            yield from inside(found, lambda to: SinceLast(to, type_, each))
        case Truth() | Named() | FieldOf() | Attribute() | EachValue() | PlaceName():
            return  # a condition is a value only at the top of a fact
        case _:
            assert_never(of)


def _arithmetic(of: Arithmetic, wording: Wording) -> Iterator[Change[Expression]]:
    operator, left, right, type_ = of.operator, of.left, of.right, of.type
    if of == as_number(left):
        yield from inside(expressions(left, wording), lambda to: Arithmetic(operator, to, right, type_))
        return
    for kept, gone in ((left, right), (right, left)):
        turned = kept is right and operator in (Operator.SUBTRACT, Operator.DIVIDE)
        if kept.type.kind is type_.kind and not turned and not isinstance(gone, Constant):
            told_by = say("in which `{value}` makes a difference", value=wording.value(gone))
            yield reads(kept, wording.value(of), wording.value(kept), told_by)
    for change in expressions(left, wording):
        yield _told(of, left, change.inside(lambda to: Arithmetic(operator, to, right, type_)), wording)
    for change in expressions(right, wording):
        yield _told(of, right, change.inside(lambda to: Arithmetic(operator, left, to, type_)), wording)


def _told(of: Arithmetic, side: Expression, change: Change[Arithmetic], wording: Wording) -> Change[Arithmetic]:
    """A number that is shifted is told with the arithmetic it stands in."""
    if not isinstance(side, Constant):
        return change
    before, after = wording.value(of), wording.value(change.to)
    return reads(
        change.to,
        before,
        after,
        say("that comes out otherwise with `{after}` than with `{before}`", after=after, before=before),
    )


def _call(of: Call, wording: Wording) -> Iterator[Change[Expression]]:
    for number, argument in enumerate(of.arguments):
        if of.function in (Function.LOWER, Function.HIGHER, Function.ROUND):
            alone = finished(argument)
            told_by = say("in which `{value}` is not `{other}`", value=wording.value(of), other=wording.value(alone))
            yield reads(alone, wording.value(of), wording.value(alone), told_by)
        for change in expressions(argument, wording):
            yield change.inside(_argument(of, number))


def _argument(of: Call, number: int) -> Callable[[Expression], Expression]:
    """The call with another argument in that place."""
    return lambda to: Call(of.function, instead(of.arguments, number, to), of.type, of.place)


def _aggregate(of: Aggregate, wording: Wording) -> Iterator[Change[Expression]]:
    other = _MISTAKEN.get(of.function)
    if other is not None:
        to = Aggregate(other, of.field, of.patterns, of.window, of.type, of.each)
        yield reads(
            to,
            wording.value(of),
            wording.value(to),
            say("in which the {function} is not the {other}", function=_function(of.function), other=_function(other)),
        )
    if of.function is AggregateFunction.DISTINCT:
        to = Aggregate(AggregateFunction.COUNT, None, of.patterns, of.window, of.type, of.each)
        yield reads(to, wording.value(of), wording.value(to), say("in which a {field} comes twice", field=of.field))
    counted = wording.of_aggregate(of.each)
    yield from inside(
        events(of.patterns, counted),
        lambda to: Aggregate(of.function, of.field, to, of.window, of.type, of.each),
    )
    yield from inside(
        windows(of.window, wording, _named(of), counted.events(of.patterns)),
        lambda to: Aggregate(of.function, of.field, of.patterns, to, of.type, of.each),
    )


def _function(of: AggregateFunction) -> str:
    return say(_FUNCTIONS[of])


def _named(of: Aggregate) -> str:
    """`sum of data used`, `average time between shopped`."""
    return say(_NAMED[of.function], events=any_of(pattern.event for pattern in of.patterns))
