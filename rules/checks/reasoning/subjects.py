"""What a condition is about, in the words of its rule."""

from __future__ import annotations

from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.truth import terms_in
from rules.typed import Aggregate, Attribute, Call, Condition, EachValue, Expression, FieldOf, Named, SinceLast
from rules.walk import nodes


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
            return f"the {function.value}"
        case SinceLast():
            return "that time"
        case _:
            return None
