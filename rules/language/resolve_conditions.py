"""From conditions of the syntax tree to typed ones: both sides of a comparison have one kind, on one grid."""

from __future__ import annotations

from collections.abc import Sequence

from models.speech import any_of, quoted, say
from models.text import fold
from models.types import NUMERIC, ORDERED, TEXTUAL, YES_NO, Kind, Type
from rules import typed
from rules.language import tree
from rules.language.language_of import form, language_of
from rules.language.mismatch import mismatch, no_quotes, not_a_choice
from rules.language.resolve_expressions import finished, no_order, resolve_value, same_numbers
from rules.language.resolve_names import event_as_value, is_value, type_named
from rules.language.scope import Scope
from rules.language.tree import Node, Value
from rules.language.unit_words import example_of
from rules.problems import Problem, did_you_mean
from rules.typed import Comparator, Condition, Constant, Expression

_EQUALITY = (Comparator.IS, Comparator.IS_NOT)
_TRUTHS = {"yes": True, "no": False}


def condition_of(node: Node, scope: Scope, problems: list[Problem]) -> Condition | None:
    """The typed condition; None if there is a problem, which is then in `problems`."""
    match node:
        case tree.And(parts):
            of = _parts(parts, scope, problems)
            return None if of is None else typed.AllOf(of)
        case tree.Or(parts):
            of = _parts(parts, scope, problems)
            return None if of is None else typed.AnyOf(of)
        case tree.Not(part):
            inner = condition_of(part, scope, problems)
            return None if inner is None else typed.Not(inner)
        case tree.Compare():
            return _compare(node, scope, problems)
        case tree.Between():
            return _between(node, scope, problems)
        case tree.OneOf():
            return _one_of(node, scope, problems)
        case tree.Contains() | tree.StartsWith():
            return _text_test(node, scope, problems)
        case tree.Known(of, negated):
            value = resolve_value(of, scope, problems)
            if value is None:
                return None
            return typed.Not(typed.Known(value)) if negated else typed.Known(value)
        case _:
            return _holds(node, scope, problems)


def _parts(parts: Sequence[Node], scope: Scope, problems: list[Problem]) -> tuple[Condition, ...] | None:
    found = [condition_of(part, scope, problems) for part in parts]
    sound = tuple(part for part in found if part is not None)
    return sound if len(sound) == len(found) else None


def _holds(node: Value, scope: Scope, problems: list[Problem]) -> Condition | None:
    """A yes/no value standing as a condition."""
    value = resolve_value(node, scope, problems)
    if value is None:
        return None
    if value.type.kind is not Kind.YES_NO:
        said = say("{text} is {type}, not a condition.", text=node.at.text, type=type_named(value.type))
        problems.append(
            node.at.problem(
                "E211", said, say("Compare it, such as {example}.", example=_example(node, value.type, scope))
            )
        )
        return None
    return typed.Holds(value)


def _example(node: Value, type_: Type, scope: Scope) -> str:
    text, at = node.at.text, node.at
    if type_.kind in NUMERIC:
        least = example_of(type_.kind, scope.vocabulary.currency, language=language_of(at.source.text))
        return form(at, f"{text} >= {least}", f"{text}不低于{least}")
    if type_.choices:
        return form(at, f"{text} is {type_.choices[0]}", f"{text}是{type_.choices[0]}")
    return form(at, f"{text} is known", f"{text}不为空")


# -------------------------------------------------------------- two values


def fit(nodes: tuple[Value, ...], scope: Scope, problems: list[Problem]) -> tuple[Expression, ...] | None:
    """The values, all of one kind and on one grid; words without quotes take their meaning from the others.

    The first value that is no mere word says what the others have to be.
    """
    guide = next((at for at, node in enumerate(nodes) if not _mere_word(node, scope)), None)
    if guide is None:
        resolve_value(nodes[0], scope, problems)
        return None
    first = resolve_value(nodes[guide], scope, problems)
    sides = [
        first if at == guide else _beside(node, nodes[guide], first, scope, problems) for at, node in enumerate(nodes)
    ]
    sound = tuple(side for side in sides if side is not None)
    if first is None or len(sound) < len(sides):
        return None
    sound = same_numbers(tuple(finished(side) for side in sound))
    for at, side in enumerate(sound):
        if not _comparable(sound[guide].type, side.type):
            problems.append(mismatch((nodes[guide], nodes[at]), (sound[guide], side), scope.vocabulary))
            return None
    return sound


def _mere_word(node: Value, scope: Scope) -> bool:
    """A word without a meaning of its own here: a choice, yes or no, a text without quotes, a mistake."""
    return isinstance(node, tree.Name) and not is_value(node, scope)


def _beside(
    node: Value, other: Value, guide: Expression | None, scope: Scope, problems: list[Problem]
) -> Expression | None:
    """A value that is compared with `guide`, which is None if it has a problem of its own."""
    if isinstance(node, tree.Name):
        if guide is None:
            return resolve_value(node, scope, problems) if is_value(node, scope) else None
        chosen = _chosen(node.text, guide.type)
        if chosen is not None:
            return chosen
        if _mere_word(node, scope):
            return _word(node, other, guide, scope, problems)
    if guide is not None and guide.type.kind is Kind.CHOICE and isinstance(node, tree.Quoted | tree.Number):
        text = node.text if isinstance(node, tree.Quoted) else f"{node.value:f}"
        chosen = _chosen(text, guide.type)
        if chosen is None:
            problems.append(not_a_choice(node, text, other, guide.type))
        return chosen
    return resolve_value(node, scope, problems)


def _chosen(text: str, type_: Type) -> Constant | None:
    """The choice, or yes or no, that a word means beside a value of this type."""
    if type_.kind is Kind.YES_NO and text in _TRUTHS:
        return Constant(_TRUTHS[text], YES_NO)
    if type_.kind is not Kind.CHOICE:
        return None
    folded = fold(text)
    found = text if text in type_.choices else next((one for one in type_.choices if fold(one) == folded), None)
    return None if found is None else Constant(found, type_)


def _word(node: tree.Name, other: Value, guide: Expression, scope: Scope, problems: list[Problem]) -> Expression | None:
    """A bare word that has no meaning beside `guide`: says what it should be."""
    kind = guide.type.kind
    if kind is Kind.CHOICE:
        problems.append(not_a_choice(node, node.text, other, guide.type))
        return None
    if isinstance(guide, Constant):
        return resolve_value(node, scope, problems)  # compared with a literal, it had to be a name
    known = scope.event(node.text) is not None or node.text in scope.vocabulary.places
    if kind in TEXTUAL and not known and not did_you_mean(node.text, scope.names(), most=1):
        problems.append(no_quotes(node, node.at.text, other))
        return None
    if kind in TEXTUAL and not known:
        near = did_you_mean(node.text, scope.names())
        said = say(
            "{other} is text, and {text} is not a known name; a text stands in quotes.",
            other=other.at.text,
            text=node.at.text,
        )
        hint = say(
            'Write "{text}", or did you mean {names}?', text=node.at.text, names=any_of(quoted(name) for name in near)
        )
        problems.append(node.at.problem("E205", said, hint))
        return None
    return resolve_value(node, scope, problems)


def _comparable(left: Type, right: Type) -> bool:
    if left.kind is Kind.CHOICE and right.kind is Kind.CHOICE:
        return left.choices == right.choices or not set(map(fold, left.choices)).isdisjoint(map(fold, right.choices))
    if {left.kind, right.kind} <= TEXTUAL:
        return True
    return left.kind is right.kind and left.kind is not Kind.POINT


# ------------------------------------------------------------- comparisons


def _compare(node: tree.Compare, scope: Scope, problems: list[Problem]) -> Condition | None:
    sides = fit((node.left, node.right), scope, problems)
    if sides is None:
        return None
    return compared(node.comparator, (node.left, node.right), sides, problems)


def compared(
    comparator: Comparator, nodes: tuple[Value, Value], sides: tuple[Expression, ...], problems: list[Problem]
) -> Condition | None:
    """A comparison of two values that fit; by size only if their kind has an order."""
    left, right = sides
    if comparator not in _EQUALITY and left.type.kind not in ORDERED:
        problems.append(no_order(nodes[0].at, left))
        return None
    return typed.Compare(comparator, left, right)


def _between(node: tree.Between, scope: Scope, problems: list[Problem]) -> Condition | None:
    sides = fit((node.of, node.low, node.high), scope, problems)
    if sides is None:
        return None
    if sides[0].type.kind not in ORDERED:
        problems.append(no_order(node.of.at, sides[0]))
        return None
    return typed.Between(*sides)


def _one_of(node: tree.OneOf, scope: Scope, problems: list[Problem]) -> Condition | None:
    sides = fit((node.of, *node.values), scope, problems)
    if sides is None:
        return None
    found = typed.OneOf(sides[0], sides[1:])
    return typed.Not(found) if node.negated else found


def _text_test(node: tree.Contains | tree.StartsWith, scope: Scope, problems: list[Problem]) -> Condition | None:
    values = node.values if isinstance(node, tree.Contains) else (node.value,)
    of = resolve_value(node.of, scope, problems)
    sides = [_piece(value, node.of, of, scope, problems) for value in values]
    sound = tuple(side for side in sides if side is not None)
    if of is None or len(sound) < len(sides):
        return None
    if of.type.kind not in TEXTUAL:
        said = say(
            "{text} is {type}; only a text contains or starts with something.",
            text=node.of.at.text,
            type=type_named(of.type),
        )
        problems.append(node.of.at.problem("E203", said))
        return None
    return typed.Contains(of, sound) if isinstance(node, tree.Contains) else typed.StartsWith(of, sound[0])


def _piece(
    node: Value, other: Value, of: Expression | None, scope: Scope, problems: list[Problem]
) -> Expression | None:
    """A text that another may contain."""
    if _mere_word(node, scope) and isinstance(node, tree.Name):
        if of is not None and of.type.kind in TEXTUAL:
            problems.append(no_quotes(node, node.at.text, other))
        return None
    value = resolve_value(node, scope, problems)
    if value is not None and value.type.kind not in TEXTUAL:
        said = say("{text} is {type}; a text is expected.", text=node.at.text, type=type_named(value.type))
        problems.append(node.at.problem("E203", said, say('Write "{text}" in quotes.', text=node.at.text)))
        return None
    return value


__all__ = ["compared", "condition_of", "event_as_value", "fit"]
