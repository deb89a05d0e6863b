"""Putting a changed part into the whole of a rule, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_
from typing import Any, TypeVar

from msgspec.structs import replace

from rules.typed import Aggregate, FieldOf, Named, Node, PlaceName, Rule, SinceLast, Situation
from rules.walk import nodes

T = TypeVar("T")


def with_facts(root: T, facts: Mapping[str, Named]) -> T:
    """The tree with other definitions of some facts, also where other facts use them."""

    def other(node: object) -> object | None:
        return facts.get(node.name) if isinstance(node, Named) else None

    return _rewritten(root, other)


def looks_at(rule: Rule, step: int) -> bool:
    """Whether anything of a rule looks at the event that a step of its situation has bound."""
    return any(isinstance(node, FieldOf | PlaceName) and node.step == step for node in nodes(rule))


def without_step(rule: Rule, situation: Situation, step: int) -> Rule:
    """The rule with a situation that has lost a step nothing looks at: later steps are one less."""

    def other(node: object) -> object | None:
        if isinstance(node, FieldOf) and node.step is not None and node.step > step:
            return FieldOf(node.name, node.type, node.step - 1)
        if isinstance(node, PlaceName) and node.step > step:
            return PlaceName(node.place, node.type, node.step - 1)
        return None

    return _rewritten(replace(rule, situation=situation), other)


def not_apart(rule: Rule) -> Rule:
    """The rule without `each`: its facts are no longer split."""

    def other(node: object) -> object | None:
        match node:
            case Aggregate(function, field, patterns, window, type_, str()):
                return Aggregate(function, field, patterns, window, type_)
            case SinceLast(patterns, type_, str()):
                return SinceLast(patterns, type_)
            case _:
                return None

    return _rewritten(replace(rule, each=None), other)


def _rewritten(root: T, other: Callable[[object], object | None]) -> T:
    """The tree with `other(node)` for every node for which there is one; what is the same stays the same."""
    found = _rebuilt(root, other)
    assert isinstance(found, type(root))
    return found


def _rebuilt(node: Any, other: Callable[[object], object | None]) -> Any:
    if isinstance(node, tuple):
        parts = tuple(_rebuilt(part, other) for part in node)
        return node if all(map(is_, parts, node)) else parts
    if not isinstance(node, Node):
        return node
    found = other(node)
    if found is not None:
        return found
    before = [getattr(node, name) for name in node.__struct_fields__]
    after = [_rebuilt(part, other) for part in before]
    return node if all(map(is_, before, after)) else type(node)(*after)
