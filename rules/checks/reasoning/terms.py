"""The values that conditions speak of: when two of them are the same, and what bounds they have by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from msgspec.structs import replace

from models.types import Kind, grid_of
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    EachValue,
    Expression,
    FieldOf,
    Function,
    Named,
    Rounded,
    SinceLast,
)

_NEVER_NEGATIVE = frozenset({Kind.DATA, Kind.DURATION, Kind.LENGTH})
_COUNTS = frozenset({AggregateFunction.COUNT, AggregateFunction.DISTINCT})
#: Aggregates that are 0 over no events.
_NOTHING_IS_ZERO = _COUNTS | {AggregateFunction.SUM}
#: Aggregates whose value may lie between two points of the grid.
_FINE = frozenset({AggregateFunction.AVERAGE, AggregateFunction.TIME_BETWEEN})
_RANGES: dict[Function, tuple[int | None, int | None]] = {
    Function.HOUR: (0, 23),
    Function.DAY_OF_BILLING_CYCLE: (1, None),
    Function.DAYS_IN_BILLING_CYCLE: (1, None),
    Function.DISTANCE: (0, None),
}
_WHOLE_CALLS = frozenset(
    {
        Function.HOUR,
        Function.DAY_OF_BILLING_CYCLE,
        Function.DAYS_IN_BILLING_CYCLE,
        Function.DAYS_UNTIL,
        Function.DAYS_SINCE,
        Function.AGE,
    }
)


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds that a value has by itself, in main units; `step` is the distance of its points, None if there is none."""

    low: Fraction | None
    high: Fraction | None
    step: Fraction | None


def plain(of: Expression) -> Expression:
    """The expression without the names of facts, so that equal definitions are equal."""
    match of:
        case Named(of=inner):
            return plain(inner)
        case Arithmetic(left=left, right=right):
            return replace(of, left=plain(left), right=plain(right))
        case Rounded(of=inner):
            return replace(of, of=plain(inner))
        case Call(arguments=arguments):
            return replace(of, arguments=tuple(plain(argument) for argument in arguments))
        case _:
            return of


def range_of(term: Expression) -> Range:
    """The bounds of a value that is no arithmetic."""
    low: int | None = None
    high: int | None = None
    match term:
        case Aggregate(function=function) if function in _COUNTS:
            low = 0
        case Call(function=function) if function in _RANGES:
            low, high = _RANGES[function]
        case Attribute() | FieldOf() | EachValue() | Aggregate() | SinceLast() if term.type.kind in _NEVER_NEGATIVE:
            low = 0
        case _:
            pass
    return Range(_fraction(low), _fraction(high), _step(term))


def _fraction(bound: int | None) -> Fraction | None:
    return None if bound is None else Fraction(bound)


def _step(term: Expression) -> Fraction | None:
    match term:
        case Aggregate(function=function):
            on_grid = function not in _FINE
        case Call(function=function):
            on_grid = function in _WHOLE_CALLS
        case _:
            on_grid = isinstance(term, Attribute | FieldOf | EachValue | SinceLast | Rounded)
    return Fraction(1, grid_of(term.type)) if on_grid else None


def always_known(term: Expression) -> bool:
    """Whether a value is never missing, whatever happened and whatever is known of the customer."""
    if isinstance(term, Aggregate):
        cycles = isinstance(term.window, CalendarWindow) and term.window.unit is CalendarUnit.BILLING_CYCLE
        return term.function in _NOTHING_IS_ZERO and not cycles
    return isinstance(term, Call) and term.function in (Function.HOUR, Function.WEEKDAY)


def choices_of(term: Expression) -> tuple[str, ...] | None:
    """All values a choice can have; None if they are not known.

    A field of a step and an aggregate may come from several event types, whose choices may differ.
    """
    sure = isinstance(term, Attribute | Call) or (isinstance(term, FieldOf) and term.step is None)
    return term.type.choices if sure and term.type.kind is Kind.CHOICE else None
