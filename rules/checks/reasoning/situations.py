"""What is sure about a situation at the moment when the conditions of its rule are judged."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rules.typed import (
    Aggregate,
    AllOf,
    Attribute,
    Call,
    Condition,
    Crosses,
    EachValue,
    FieldOf,
    Happens,
    Node,
    Pattern,
    Sequence,
    SinceLast,
    Situation,
    StepKind,
)
from rules.walk import nodes_of

#: What may have changed between a step of a sequence and its end.
_CHANGES = (Aggregate, SinceLast, Attribute, Call, EachValue)


def sure_at_match(situation: Situation) -> list[tuple[Condition, ...]]:
    """The ways in which the situation can be complete, each with the conditions that are then true.

    Fields of events are written as those of the steps, as the rule's conditions see them.
    """
    match situation:
        case Happens(patterns=patterns):
            return [(of_step(pattern.where, 0),) if pattern.where else () for pattern in patterns]
        case Crosses(condition=condition):
            return [(condition,)]
        case Sequence(steps=steps):
            sure: list[Condition] = []
            for number, step in enumerate(steps):
                only = step.patterns[0] if len(step.patterns) == 1 else None
                if step.kind is not StepKind.WITHOUT and isinstance(only, Pattern) and only.where is not None:
                    sure += [of_step(part, number) for part in _parts(only.where) if stays(part)]
            return [tuple(sure)]
        case _:
            return [()]


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.of if isinstance(condition, AllOf) else (condition,)


def stays(condition: Condition) -> bool:
    """Whether a condition speaks of fields of events only, which never change."""
    return not nodes_of(condition, _CHANGES)


def of_step(condition: Condition, step: int) -> Condition:
    """The condition with the fields of the event at hand as those of a step."""
    found: Condition = _replaced(condition, step)
    return found


def _replaced(node: Any, step: int) -> Any:
    if isinstance(node, FieldOf):
        return replace(node, step=step) if node.step is None else node
    if isinstance(node, Aggregate | SinceLast):
        return node  # its `where` speaks of events of its own
    if isinstance(node, tuple):
        return tuple(_replaced(part, step) for part in node)
    if isinstance(node, Node):
        return replace(node, **{name: _replaced(getattr(node, name), step) for name in node.__struct_fields__})
    return node
