"""What a condition is about, in the words of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.speech import say, sentence
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.truth import terms_in
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    Call,
    Condition,
    EachValue,
    Expression,
    FieldOf,
    Named,
    SinceLast,
)
from rules.walk import nodes

#: What has no name of its own.
_SAID: Mapping[AggregateFunction, str] = MappingProxyType(
    {
        AggregateFunction.COUNT: sentence("the count"),
        AggregateFunction.SUM: sentence("the sum"),
        AggregateFunction.AVERAGE: sentence("the average"),
        AggregateFunction.LOWEST: sentence("the lowest"),
        AggregateFunction.HIGHEST: sentence("the highest"),
        AggregateFunction.DISTINCT: sentence("the distinct"),
        AggregateFunction.FIRST: sentence("the first"),
        AggregateFunction.LAST: sentence("the last"),
        AggregateFunction.TIME_BETWEEN: sentence("the average time"),
    }
)


def said_of(function: AggregateFunction) -> str:
    """How an aggregate without a name is spoken of."""
    return say(_SAID[function])


def subject(condition: Condition) -> str | None:
    """The one thing a condition is about (`amount`, `used`, `hour`); None if there are several, or it has no name."""
    terms = terms_in(condition)
    if len(terms) != 1:
        return None
    (term,) = terms
    named = (node.name for node in nodes(condition) if isinstance(node, Named) and plain(node) == term)
    return next(named, None) or _name(term)


def _name(term: Expression) -> str | None:
    match term:
        case FieldOf(name=name) | Attribute(name=name) | EachValue(name=name):
            return name
        case Call(function=function, arguments=()):
            return function.value
        case Aggregate(function=function):
            return said_of(function)
        case SinceLast():
            return say("that time")
        case _:
            return None
