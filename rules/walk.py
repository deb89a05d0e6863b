"""Walking the typed tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from models.types import Type
from rules.typed import Aggregate, Call, EachValue, FieldOf, PlaceName, SinceLast

#: Most fields are of these types, and walks are many: they are not even looked at.
_LEAVES = (str, int, float, Decimal, Fraction, date, type(None), Enum, Type)
#: What can look at other steps or the value of `each`.
_BINDABLE = (EachValue, FieldOf, PlaceName, Aggregate, SinceLast)
#: What changes without an attribute changing.
_OF_THE_MOMENT = (*_BINDABLE, Call)


def nodes(root: object, closed: tuple[type, ...] = ()) -> Iterator[object]:
    """Every node at or below `root`, outer before inner; nodes of `closed` types are left out whole."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node[::-1])
            continue
        kind: type = type(node)
        below = _below(kind)
        if below is not None and kind not in closed:
            yield node
            waiting.extend(below(node))


def nodes_of(root: object, kinds: tuple[type, ...]) -> list[Any]:
    """The nodes of just these kinds at or below `root`, in the same order.

    Large rule sets are walked through several times: to list the few that are asked for takes a fifth of the time in
    which all are handed over to be looked at.
    """
    ways = _ways(kinds)
    found: list[object] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is tuple:
            waiting.extend(node[::-1])  # type: ignore[index]  # mypy does not follow type()
            continue
        way = ways[kind]
        if way is not None:
            wanted, below = way
            if wanted:
                found.append(node)
            waiting.extend(below(node))
    return found


class _Ways(dict[type, "tuple[bool, _Below] | None"]):
    """Kind of node -> whether it is asked for, and what lies below it; None where nothing can be found."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        super().__init__()
        self._kinds = kinds

    def __missing__(self, kind: type) -> tuple[bool, _Below] | None:
        below = _below(kind)
        way = None if below is None or (below is _nothing and kind not in self._kinds) else (kind in self._kinds, below)
        self[kind] = way
        return way


@lru_cache(maxsize=64)
def _ways(kinds: tuple[type, ...]) -> _Ways:
    return _Ways(kinds)


_Below = Callable[[object], tuple[object, ...]]


def _nothing(_: object) -> tuple[object, ...]:
    return ()


@cache
def _below(kind: type) -> _Below | None:
    """What takes from a node of this kind all that may lead to others, the last first; None for what is no node."""
    if issubclass(kind, Struct):
        names = kind.__struct_fields__
    elif is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
    else:
        return None
    hints = get_type_hints(kind)
    match [name for name in reversed(names) if _may_lead_on(hints[name])]:
        case []:
            return _nothing
        case [name]:
            return lambda node: (getattr(node, name),)
        case several:
            return attrgetter(*several)


def _may_lead_on(hint: object) -> bool:
    """Whether a field of this type may be a node, or hold one."""
    inside = get_args(hint)
    if inside:
        return any(map(_may_lead_on, inside))
    return hint is not Ellipsis and not (isinstance(hint, type) and issubclass(hint, _LEAVES))


@lru_cache(maxsize=4096)  # (few conditions on attributes make up most lines)
def of_attributes(node: object) -> bool:
    """Whether a condition or value looks at attributes only: then it changes only when one of them does."""
    return not nodes_of(node, _OF_THE_MOMENT)


def looks_at_bound(condition: object) -> bool:
    """Whether a condition looks at other steps or the value of `each`."""
    return any(
        isinstance(node, EachValue) or getattr(node, "step", None) is not None or getattr(node, "each", None)
        for node in nodes_of(condition, _BINDABLE)
    )
