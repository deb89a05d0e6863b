"""Conditions of patterns taken apart: which of their conjuncts compare a field of the event with constants."""

from __future__ import annotations

from typing import Any

from models.text import fold
from models.types import NUMERIC, TEXTUAL, Kind
from rules.typed import AllOf, Comparator, Compare, Condition, Constant, Contains, FieldOf, OneOf

_SIZES = (Comparator.LESS, Comparator.AT_MOST, Comparator.MORE, Comparator.AT_LEAST)


def conjuncts(where: Condition | None) -> list[Condition]:
    """All that must be true for a condition to be; nothing where there is none."""
    if where is None:
        return []
    return list(where.of) if isinstance(where, AllOf) else [where]


def equality_of(where: Condition | None) -> tuple[str, list[Any]] | None:
    """(field, values) of a condition that is one equality with choices or numbers, and nothing else."""
    if where is None or not is_equality(where) or is_folded(where):
        return None
    return field_of(where).name, values_of(where)


def joined(apart: list[Condition]) -> Condition:
    """The condition that is true where all of these are."""
    return apart[0] if len(apart) == 1 else AllOf(tuple(apart))


def is_own_field(node: object) -> bool:
    """Whether it is a field of the event at hand, and not of one that is bound."""
    return isinstance(node, FieldOf) and node.step is None


def is_equality(condition: Condition) -> bool:
    """`field is constant`, `field is one of constants`."""
    if isinstance(condition, Compare) and condition.operator is Comparator.IS:
        return is_own_field(condition.left) and _hashable(condition.right)
    return isinstance(condition, OneOf) and is_own_field(condition.of) and all(map(_hashable, condition.values))


def _hashable(node: object) -> bool:
    return isinstance(node, Constant) and node.value is not None and node.type.kind is not Kind.POINT


def field_of(condition: Condition) -> FieldOf:
    """The field of an equality or a comparison of size."""
    side = condition.of if isinstance(condition, OneOf) else getattr(condition, "left", None)
    assert isinstance(side, FieldOf)
    return side


def _constants(condition: Condition) -> list[Constant]:
    values = condition.values if isinstance(condition, OneOf) else (getattr(condition, "right", None),)
    return [value for value in values if isinstance(value, Constant)]


def is_folded(condition: Condition) -> bool:
    """Texts compare folded; choices are canonical already."""
    kinds = {field_of(condition).type.kind, *(constant.type.kind for constant in _constants(condition))}
    return bool(kinds & TEXTUAL) and kinds != {Kind.CHOICE}


def values_of(condition: Condition) -> list[Any]:
    """The values of an equality, each once, in the form in which they compare."""
    found = [constant.value for constant in _constants(condition)]
    return list(dict.fromkeys(fold(str(value)) if is_folded(condition) else value for value in found))


def is_size(condition: Compare) -> bool:
    """`field > constant` and its like."""
    return (
        condition.operator in _SIZES
        and is_own_field(condition.left)
        and condition.left.type.kind in NUMERIC
        and isinstance(condition.right, Constant)
        and isinstance(condition.right.value, int)
    )


def words_of(condition: Condition) -> tuple[str, tuple[str, ...]] | None:
    """(field, words), folded, of a condition that says of a text that it holds one of some words."""
    if not isinstance(condition, Contains) or not isinstance(condition.of, FieldOf) or not is_own_field(condition.of):
        return None
    words = [value for value in condition.values if isinstance(value, Constant) and isinstance(value.value, str)]
    kinds = {condition.of.type.kind, *(word.type.kind for word in words)}
    if len(words) < len(condition.values) or not kinds <= TEXTUAL or kinds == {Kind.CHOICE}:
        return None
    return condition.of.name, tuple(fold(str(word.value)) for word in words)


def limit_of(condition: Condition) -> int:
    """What a field is compared with in size."""
    assert isinstance(condition, Compare)
    assert isinstance(condition.right, Constant)
    assert isinstance(condition.right.value, int)
    return condition.right.value
