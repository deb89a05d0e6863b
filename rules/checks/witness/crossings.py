"""Events by which a line is crossed at a moment: one fact or attribute moves, all else stands already."""

from __future__ import annotations

from fractions import Fraction

from models.types import Value
from models.vocabulary import Vocabulary
from rules.checks.witness.events import NoExample, event_of
from rules.checks.witness.solving import Model, models
from rules.checks.witness.story import Told
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    Crosses,
    Expression,
    Not,
    SinceLast,
    Sliding,
)

_MINUTE = 60_000
_MOST = 12


def moving(crossing: Crosses, model: Model) -> Expression:
    """What moves: a time that grows, a fact, an attribute, in this order; raises NoExample."""
    for kind in (SinceLast, Aggregate, Attribute):
        for term, value in model.items():
            if isinstance(term, kind) and value is not None:
                return term
    raise NoExample


def crossing_events(crossing: Crosses, model: Model, at: int, vocabulary: Vocabulary) -> list[Told]:
    """Events by which what moves has its value at `at`, and not before; raises NoExample."""
    term = moving(crossing, model)
    value = model[term]
    match term:
        case SinceLast(patterns=patterns):
            return [event_of(patterns[0], at - _whole(value), vocabulary)]
        case Aggregate():
            return _of_fact(term, value, crossing, at, vocabulary)
        case Attribute(name=name):
            return [Told(at, "customer changed", {name: value})]
        case _:
            raise NoExample


def before(crossing: Crosses, term: Expression, model: Model) -> Value:
    """A value of what moves by which the line is not crossed yet; raises NoExample."""
    for other in models([Not(crossing.condition)]):
        if term in other and other[term] is not None and other[term] != model[term]:
            return other[term]
    raise NoExample


def _of_fact(fact: Aggregate, value: Value, crossing: Crosses, at: int, vocabulary: Vocabulary) -> list[Told]:
    pattern = fact.patterns[0]
    if fact.function is AggregateFunction.COUNT or fact.function is AggregateFunction.DISTINCT:
        count = _whole(value)
        if not 0 < count <= _MOST or fact.field is not None:
            raise NoExample
        gap = _gap(fact, count)
        return [event_of(pattern, at - number * gap, vocabulary) for number in reversed(range(count))]
    if fact.field is None:
        raise NoExample
    if fact.function is AggregateFunction.SUM:
        return [event_of(pattern, at, vocabulary, {fact.field: _whole(value)})]
    earlier = before(crossing, fact, {fact: value})
    last = 2 * _whole(value) - _whole(earlier) if fact.function is AggregateFunction.AVERAGE else value
    gap = _gap(fact, 1)
    return [
        event_of(pattern, at - gap, vocabulary, {fact.field: earlier}),
        event_of(pattern, at, vocabulary, {fact.field: last}),
    ]


def _gap(fact: Aggregate, count: int) -> int:
    """How far apart events lie so that so many, and one more, are in the window."""
    window = fact.window
    room = window.length // (count + 1) if isinstance(window, Sliding) else 10 * _MINUTE
    gap = min(10 * _MINUTE, room)
    return gap - gap % 1_000 or gap


def _whole(value: Value) -> int:
    if not isinstance(value, int | Fraction) or isinstance(value, bool) or value != int(value):
        raise NoExample
    return int(value)
