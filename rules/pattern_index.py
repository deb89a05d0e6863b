"""Which of many patterns an event fits, without trying them all.

A pattern's condition is a conjunction. An equality of a field with a constant puts it into a table by that value; a
comparison of size with a constant into a list sorted by it; what is left is tried one by one. Patterns with the same
condition are one entry.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from models.text import fold
from models.types import NUMERIC, TEXTUAL, Kind
from rules.compile.expressions import Check, Compiler
from rules.compile.view import View
from rules.typed import AllOf, Comparator, Compare, Condition, Constant, FieldOf, OneOf

_Payload = TypeVar("_Payload")
#: What is left of a condition, and what it leads to.
_Entry = tuple[Check | None, list[_Payload]]
_SIZES = (Comparator.LESS, Comparator.AT_MOST, Comparator.MORE, Comparator.AT_LEAST)


@dataclass(slots=True)
class _Bucket(Generic[_Payload]):
    """Patterns that have one equality in common."""

    plain: list[_Entry[_Payload]] = field(default_factory=list)
    #: (field, comparison) -> [(limit, entry)], made into sorted columns by `sort`.
    sized: dict[tuple[str, Comparator], list[tuple[Any, _Entry[_Payload]]]] = field(default_factory=dict)
    columns: list[tuple[str, Comparator, list[Any], list[_Entry[_Payload]]]] = field(default_factory=list)

    def sort(self) -> None:
        for (name, comparator), pairs in self.sized.items():
            pairs.sort(key=lambda pair: pair[0])
            self.columns.append((name, comparator, [limit for limit, _ in pairs], [entry for _, entry in pairs]))

    def collect(self, view: View, found: list[_Payload]) -> None:
        for check, payloads in self.plain:
            if check is None or check(view) is True:
                found.extend(payloads)
        for name, comparator, limits, entries in self.columns:
            value = view.data.get(name)
            if value is None:
                continue
            for check, payloads in _within(comparator, value, limits, entries):
                if check is None or check(view) is True:
                    found.extend(payloads)


def _within(comparator: Comparator, value: Any, limits: list[Any], entries: list[Any]) -> list[Any]:
    """The entries whose limit the value stands to as it should."""
    match comparator:
        case Comparator.MORE:
            return entries[: bisect_left(limits, value)]
        case Comparator.AT_LEAST:
            return entries[: bisect_right(limits, value)]
        case Comparator.LESS:
            return entries[bisect_right(limits, value) :]
        case _:
            return entries[bisect_left(limits, value) :]


class PatternIndex(Generic[_Payload]):
    """Patterns over events of one type, and what each leads to."""

    def __init__(self, patterns: Iterable[tuple[Condition | None, _Payload]], compiler: Compiler) -> None:
        together: dict[Condition | None, list[_Payload]] = {}
        for where, payload in patterns:
            together.setdefault(where, []).append(payload)
        self._general: _Bucket[_Payload] = _Bucket()
        self._fields: dict[str, tuple[bool, dict[Any, _Bucket[_Payload]]]] = {}
        for where, payloads in together.items():
            self._put(where, payloads, compiler)
        for _, table in self._fields.values():
            for bucket in table.values():
                bucket.sort()
        self._general.sort()
        self.empty = not together

    def fitting(self, view: View) -> list[_Payload]:
        """What the patterns that the view's event fits lead to; twice, where two patterns lead to the same."""
        found: list[_Payload] = []
        self._general.collect(view, found)
        for name, (textual, table) in self._fields.items():
            value = view.data.get(name)
            if value is None:
                continue
            bucket = table.get(fold(value) if textual else value)  # type: ignore[arg-type]  # textual values are str
            if bucket is not None:
                bucket.collect(view, found)
        return found

    def _put(self, where: Condition | None, payloads: list[_Payload], compiler: Compiler) -> None:
        conjuncts: list[Condition] = list(where.of) if isinstance(where, AllOf) else []
        if where is not None and not isinstance(where, AllOf):
            conjuncts.append(where)
        buckets = [self._general]
        equality = next((one for one in conjuncts if _equal_to(one)), None)
        if equality is not None:
            conjuncts.remove(equality)
            buckets = [self._bucket(name, textual, value) for name, textual, value in _keys(equality)]
        size = next((one for one in conjuncts if _size(one)), None)
        if size is not None:
            conjuncts.remove(size)
        entry: _Entry[_Payload] = (_rest(conjuncts, compiler), payloads)
        for bucket in buckets:
            if isinstance(size, Compare) and isinstance(size.left, FieldOf) and isinstance(size.right, Constant):
                key = (size.left.name, size.operator)
                bucket.sized.setdefault(key, []).append((size.right.value, entry))
            else:
                bucket.plain.append(entry)

    def _bucket(self, name: str, textual: bool, value: Any) -> _Bucket[_Payload]:
        return self._fields.setdefault(name, (textual, {}))[1].setdefault(value, _Bucket())


def _rest(conjuncts: list[Condition], compiler: Compiler) -> Check | None:
    if not conjuncts:
        return None
    return compiler.check(conjuncts[0] if len(conjuncts) == 1 else AllOf(tuple(conjuncts)))


def _own_field(node: object) -> bool:
    return isinstance(node, FieldOf) and node.step is None


def _equal_to(condition: Condition) -> bool:
    """`field is constant`, `field is one of constants`."""
    if isinstance(condition, Compare) and condition.operator is Comparator.IS:
        return _own_field(condition.left) and _hashable(condition.right)
    return isinstance(condition, OneOf) and _own_field(condition.of) and all(map(_hashable, condition.values))


def _hashable(node: object) -> bool:
    return isinstance(node, Constant) and node.value is not None and node.type.kind is not Kind.POINT


def _keys(condition: Condition) -> list[tuple[str, bool, Any]]:
    """(field, whether it is a text, value in the form in which it compares) of an equality."""
    if isinstance(condition, OneOf):
        side, constants = condition.of, condition.values
    else:
        assert isinstance(condition, Compare)
        side, constants = condition.left, (condition.right,)
    assert isinstance(side, FieldOf)
    textual = side.type.kind in TEXTUAL
    values = {
        fold(str(constant.value)) if textual else constant.value
        for constant in constants
        if isinstance(constant, Constant)
    }
    return [(side.name, textual, value) for value in values]


def _size(condition: Condition) -> bool:
    """`field > constant` and its like."""
    return (
        isinstance(condition, Compare)
        and condition.operator in _SIZES
        and _own_field(condition.left)
        and condition.left.type.kind in NUMERIC
        and isinstance(condition.right, Constant)
        and isinstance(condition.right.value, int)
    )
