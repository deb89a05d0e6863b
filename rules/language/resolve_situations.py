"""From a `when` to a typed situation, and to what its conditions and messages may look at."""

from __future__ import annotations

from collections.abc import Sequence

from models.speech import say
from models.types import Kind
from rules import typed
from rules.language import tree
from rules.language.language_of import form
from rules.language.resolve_conditions import compared, fit
from rules.language.resolve_expressions import resolve_value
from rules.language.resolve_literals import resolve_duration
from rules.language.resolve_moments import resolve_moment
from rules.language.resolve_names import resolve_place, type_named
from rules.language.resolve_patterns import resolve_alternatives
from rules.language.resolve_steps import bound, resolve_sequence
from rules.language.scope import Scope
from rules.problems import Problem
from rules.typed import (
    Comparator,
    Crosses,
    Happens,
    Pattern,
    PlacePattern,
    PlaceVerb,
    Situation,
    Step,
    StepKind,
    Visits,
)

_Found = tuple[Situation | None, Scope]


def situation_of(node: tree.Situation, scope: Scope, problems: list[Problem]) -> _Found:
    """The situation of a `when` of one line, and the scope of its conditions and messages."""
    match node:
        case tree.Patterns():
            return _happening(node, scope, problems)
        case tree.Reaches(left, right):
            return _crossing(Comparator.AT_LEAST, (left, right), scope, problems), scope
        case tree.FallsBelow(left, right):
            return _crossing(Comparator.LESS, (left, right), scope, problems), scope
        case tree.Becomes(None, right):
            return _audience(right, scope, problems), scope
        case tree.Becomes(tree.Name() | tree.Dotted() as left, right):
            return _crossing(Comparator.IS, (left, right), scope, problems), scope
        case tree.Becomes(left):
            assert left is not None
            hint = say("Give it a name under facts.")
            said = say("What becomes something is a name; found {left}.", left=left.at.text)
            problems.append(left.at.problem("E215", said, hint))
            return None, scope
        case _:
            return resolve_moment(node, scope, problems)


def situation_of_steps(nodes: Sequence[tree.Step], scope: Scope, problems: list[Problem]) -> _Found:
    """The situation of a `when` list. A list of one step is what the step would be without a hyphen."""
    (first, *others) = nodes
    plain = first.kind is StepKind.FIRST and first.name is None
    if not others and plain:
        return _happening(first.patterns, scope, problems)
    return resolve_sequence(nodes, scope, problems)


# ------------------------------------------------------- events and places


def _happening(node: tree.Patterns, scope: Scope, problems: list[Problem]) -> _Found:
    """Events, a place, or alternatives of both (a sequence of one step)."""
    alone = node.groups[0].events[0]
    if len(node.groups) == 1 and len(node.groups[0].events) == 1 and isinstance(alone, tree.Visit):
        return _visit(alone, scope, problems)
    alternatives = resolve_alternatives(node, scope, problems)
    if alternatives is None:
        return None, scope
    within = bound(scope, 0, None, alternatives)
    events = tuple(pattern for pattern in alternatives if isinstance(pattern, Pattern))
    if len(events) == len(alternatives):
        return Happens(events), within
    return typed.Sequence((Step(StepKind.FIRST, alternatives),)), within


def _visit(node: tree.Visit, scope: Scope, problems: list[Problem]) -> _Found:
    place = resolve_place(node.place, scope, problems)
    duration = 0
    if node.duration is not None:
        length = resolve_duration(node.duration, scope.vocabulary, problems)
        if length is None:
            return None, scope
        duration = length
    if place is None:
        return None, scope
    pattern = PlacePattern(node.verb, place, duration if node.verb is PlaceVerb.STAYS else 0)
    return Visits(pattern), bound(scope, 0, None, (pattern,))


# ------------------------------------------------------------------- lines


def _crossing(
    comparator: Comparator, nodes: tuple[tree.Value, tree.Value], scope: Scope, problems: list[Problem]
) -> Crosses | None:
    sides = fit(nodes, scope, problems)
    condition = None if sides is None else compared(comparator, nodes, sides, problems)
    return None if condition is None else Crosses(condition)


def _audience(node: tree.Value, scope: Scope, problems: list[Problem]) -> Crosses | None:
    value = resolve_value(node, scope, problems)
    if value is None:
        return None
    if value.type.kind is not Kind.YES_NO:
        hint = form(
            node.at,
            say("Write ATTRIBUTE becomes VALUE, X reaches Y, or make it an audience under facts."),
            say("Write ATTRIBUTE变为VALUE, X达到Y, or make it an audience under facts."),
        )
        said = say("{text} is {type}, not an audience (a yes/no fact).", text=node.at.text, type=type_named(value.type))
        problems.append(node.at.problem("E413", said, hint))
        return None
    return Crosses(typed.Holds(value))
