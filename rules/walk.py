"""Walking the typed tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from msgspec import Struct

from models.types import Type
from rules.typed import EachValue


def nodes(root: object, closed: tuple[type, ...] = ()) -> Iterator[object]:
    """Every node at or below `root`, outer before inner; nodes of `closed` types are left out whole."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(reversed(node))
            continue
        kind: type = type(node)
        names = _fields(kind)
        if names is not None and kind not in closed:
            yield node
            waiting.extend([getattr(node, name) for name in names])


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a node, the last first; None for anything else. Asked for once per class: walks are many."""
    if issubclass(kind, Struct) and kind is not Type:
        return kind.__struct_fields__[::-1]
    return tuple(field.name for field in reversed(fields(kind))) if is_dataclass(kind) else None


def looks_at_bound(condition: object) -> bool:
    """Whether a condition looks at other steps or the value of `each`."""
    return any(
        isinstance(node, EachValue) or getattr(node, "step", None) is not None or getattr(node, "each", None)
        for node in nodes(condition)
    )
