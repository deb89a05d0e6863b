"""Resolving: from what a phrase says to what it means in a workspace, or to all of its problems.

Each function takes a node of the syntax tree and the `Scope` its names are looked up in, and returns the typed node,
or None and the problems. Several mistakes of one phrase give several problems; one mistake gives one.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.speech import say
from models.types import YES_NO
from models.vocabulary import Vocabulary
from rules import typed
from rules.language import resolve_beside, tree
from rules.language.located import Located, Span
from rules.language.resolve_conditions import condition_of
from rules.language.resolve_expressions import finished, resolve_value
from rules.language.resolve_literals import resolve_duration as _milliseconds
from rules.language.resolve_names import resolve_dotted, resolve_name
from rules.language.resolve_patterns import resolve_patterns as _patterns
from rules.language.resolve_situations import situation_of, situation_of_steps
from rules.language.scope import Scope, resolve_each
from rules.language.tokens import Unreadable, tokens_of
from rules.language.tree import Node
from rules.language.words import Words
from rules.problems import Problem

_CONDITIONS = (
    tree.Compare
    | tree.Between
    | tree.OneOf
    | tree.Contains
    | tree.StartsWith
    | tree.Known
    | tree.Not
    | tree.And
    | tree.Or
)


def resolve_condition(node: Node, scope: Scope) -> tuple[typed.Condition | None, list[Problem]]:
    """A line of `only if` or `unless`."""
    problems: list[Problem] = []
    return condition_of(node, scope, problems), problems


def resolve_expression(node: tree.Value, scope: Scope) -> tuple[typed.Expression | None, list[Problem]]:
    """A value: an amount of offers.yaml, `worth`. A quotient is rounded at its end."""
    problems: list[Problem] = []
    value = resolve_value(node, scope, problems)
    return (None if value is None else finished(value)), problems


def resolve_fact(name: str, node: Node, scope: Scope) -> tuple[typed.Named | None, list[Problem]]:
    """A fact: an aggregate, an expression, or a condition, which makes it an audience (yes/no)."""
    if not isinstance(node, _CONDITIONS):
        value, problems = resolve_expression(node, scope)
        return (None if value is None else typed.Named(name, value, value.type)), problems
    condition, problems = resolve_condition(node, scope)
    if condition is None:
        return None, problems
    return typed.Named(name, typed.Truth(condition, YES_NO), YES_NO), problems


def resolve_situation(node: tree.Situation, scope: Scope) -> tuple[typed.Situation | None, Scope, list[Problem]]:
    """A `when` of one line, and the scope of the rule's conditions, blocks and messages."""
    problems: list[Problem] = []
    situation, within = situation_of(node, scope, problems)
    return situation, within, problems


def resolve_steps(nodes: Sequence[tree.Step], scope: Scope) -> tuple[typed.Situation | None, Scope, list[Problem]]:
    """A `when` list of one step or more, and the scope of the rule's conditions, blocks and messages."""
    problems: list[Problem] = []
    situation, within = situation_of_steps(nodes, scope, problems)
    return situation, within, problems


def resolve_patterns(node: tree.Patterns, scope: Scope) -> tuple[tuple[typed.Pattern, ...] | None, list[Problem]]:
    """Events of `stop when`."""
    problems: list[Problem] = []
    return _patterns(node, scope, problems), problems


def resolve_success(
    node: tree.Success, scope: Scope
) -> tuple[tuple[tuple[typed.Pattern, ...], int] | None, list[Problem]]:
    """Events of `success`, `harm` or `recover`, and the milliseconds within which they count."""
    problems: list[Problem] = []
    patterns = _patterns(node.patterns, scope, problems)
    within = _milliseconds(node.within, scope.vocabulary, problems)
    return (None if patterns is None or within is None else (patterns, within)), problems


def resolve_cap(node: tree.Cap, scope: Scope) -> tuple[typed.Cap | None, list[Problem]]:
    """A line of `at most`."""
    problems: list[Problem] = []
    return resolve_beside.cap_of(node, scope, problems), problems


def resolve_after(node: tree.After, scope: Scope) -> tuple[typed.After | None, list[Problem]]:
    """`after` of a block."""
    problems: list[Problem] = []
    return resolve_beside.after_of(node, scope, problems), problems


def resolve_share(node: tree.Share) -> tuple[typed.Control | None, list[Problem]]:
    """`control` of a rule."""
    problems: list[Problem] = []
    return resolve_beside.control_of(node, problems), problems


def resolve_duration(node: tree.Quantity, vocabulary: Vocabulary) -> tuple[int | None, list[Problem]]:
    """`good for`, `due`: milliseconds."""
    problems: list[Problem] = []
    return _milliseconds(node, vocabulary, problems), problems


def resolve_placeholder(name: Located, scope: Scope, words: Words) -> tuple[typed.Expression | None, list[Problem]]:
    """The value of a placeholder: one name, plain or dotted, in any language of the vocabulary."""
    node, problem = _placeholder(name, words)
    if node is None:
        return None, [] if problem is None else [problem]
    problems: list[Problem] = []
    if isinstance(node, tree.Dotted):
        return resolve_dotted(node, scope, problems), problems
    return resolve_name(node, scope, problems), problems


def _placeholder(name: Located, words: Words) -> tuple[tree.Name | tree.Dotted | None, Problem | None]:
    try:
        tokens = tokens_of(name, words)
    except Unreadable as unreadable:
        return None, unreadable.problem
    match [(token.type, token.leaf) for token in tokens]:
        case [("NAME", tree.Name() as only)]:
            return only, None
        case [("NAME", tree.Name() as owner), ("DOT", _), ("NAME", tree.Name() as field)]:
            return tree.Dotted(owner, field, at=Span(name, owner.at.start, field.at.end)), None
        case _:
            hint = say("Make a fact of what is to be said, and put its name here.")
            return None, name.problem(
                "E301", say("A placeholder holds one name; found {{{name}}}.", name=name.text), hint
            )


__all__ = [
    "Scope",
    "resolve_after",
    "resolve_cap",
    "resolve_condition",
    "resolve_duration",
    "resolve_each",
    "resolve_expression",
    "resolve_fact",
    "resolve_patterns",
    "resolve_placeholder",
    "resolve_share",
    "resolve_situation",
    "resolve_steps",
    "resolve_success",
]
