"""Which series and totals a rule set needs: facts that look at the same events share them.

Plain data. Keys are hashes of definitions, so that a record survives a new rule set as far as its facts do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from hashlib import blake2b

from msgspec import Struct, structs

from models.moments import DAY, HOUR
from models.types import Type
from rules.typed import Aggregate, AggregateFunction, CalendarUnit, CalendarWindow, Ever, Pattern, SinceLast, Sliding
from rules.walk import nodes_of

#: The longest a window of each unit can be, in milliseconds; a change of calendar can nearly double one.
_LONGEST = {
    CalendarUnit.DAY: DAY + 3 * HOUR,
    CalendarUnit.WEEK: 8 * DAY,
    CalendarUnit.MONTH: 32 * DAY,
    CalendarUnit.BILLING_CYCLE: 32 * DAY,
}
#: A bucket is this share of the longest window over a series.
BUCKETS = 1_000

#: Functions whose column holds totals.
SUMMED = (AggregateFunction.SUM, AggregateFunction.AVERAGE)


@dataclass(frozen=True, slots=True)
class EventPart:
    """Which events count: any of the patterns, kept apart by the field `each` if it is given.

    `begun` is when the rule set that brought its facts began (ms; 0: the first one): a new fact starts empty, so it
    shares nothing with older ones.
    """

    patterns: tuple[Pattern, ...]
    each: str | None
    begun: int = 0


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """A series to keep: `fields` as in `rules.facts.series`; `keep` and `width` are milliseconds."""

    key: int
    part: EventPart
    fields: tuple[tuple[str, bool], ...]
    keep: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class RunningOf:
    """Totals over ever to keep: `fields` are (name, whether distinct values are kept)."""

    key: int
    part: EventPart
    fields: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class FactTable:
    """All that is kept: by event part."""

    parts: dict[Aggregate | SinceLast, EventPart] = field(default_factory=dict)
    series: dict[EventPart, SeriesOf] = field(default_factory=dict)
    running: dict[EventPart, RunningOf] = field(default_factory=dict)


def key_of(kind: str, definition: object) -> int:
    """A stable 64-bit key of a definition: typed nodes have a deterministic representation.

    A choice that is added to a type, and a field that may be left out from now on, make no other definition.
    """
    text = repr(definition)
    if _CHOICES in text or _OPTIONAL in text:
        text = repr(lasting(definition))
    return int.from_bytes(blake2b(f"{kind}\x1f{text}".encode(), digest_size=8).digest(), "big") >> 1


#: What the representation of a type has in it that is not the plainest of its kind.
_CHOICES, _OPTIONAL = "choices=('", "optional=True"


def lasting(node: object) -> object:
    """A definition, or anything that has some in it, without what a vocabulary may add to types."""
    if isinstance(node, Type):
        return Type(node.kind)
    if isinstance(node, tuple):
        return tuple(lasting(item) for item in node)
    if isinstance(node, Struct):
        return structs.replace(node, **{name: lasting(getattr(node, name)) for name in node.__struct_fields__})
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{field.name: lasting(getattr(node, field.name)) for field in fields(node)})
    return node


def reach(window: Sliding | CalendarWindow) -> int:
    """How long before now the window can begin, in milliseconds."""
    if isinstance(window, Sliding):
        return window.length + window.ending
    return _LONGEST[window.unit] * (window.back + 2)


def fact_key(fact: Aggregate | SinceLast) -> int:
    """The key of a fact's definition."""
    return key_of("fact", fact)


def table_of(facts: Iterable[Aggregate | SinceLast], begun: Mapping[int, int]) -> FactTable:
    """The series and totals that serve all of these facts; `begun` says since when (by `fact_key`; else the first)."""
    table = FactTable()
    for fact in dict.fromkeys(facts):
        part = table.parts[fact] = EventPart(fact.patterns, fact.each, begun.get(fact_key(fact), 0) if begun else 0)
        if isinstance(fact, SinceLast):
            table.running.setdefault(part, RunningOf(key_of("running", part), part, ()))
        elif isinstance(fact.window, Ever):
            _keep_running(table, part, fact)
        else:
            _keep_series(table, part, fact, fact.window)
    return table


def begun_of(table: FactTable) -> dict[int, int]:
    """Since when each fact has been kept, by `fact_key`."""
    return {fact_key(fact): part.begun for fact, part in table.parts.items()}


def begun_from(rules: object, before: Mapping[int, int], begins: int) -> dict[int, int]:
    """The same for the rule set that begins at `begins` after one whose facts are `before`: new ones begin then."""
    found: list[Aggregate | SinceLast] = nodes_of(rules, (Aggregate, SinceLast))
    return {(key := fact_key(fact)): before.get(key, begins) for fact in found}


def _keep_series(table: FactTable, part: EventPart, fact: Aggregate, window: Sliding | CalendarWindow) -> None:
    known = table.series.get(part) or SeriesOf(key_of("series", part), part, (), 0)
    column = () if fact.field is None else ((fact.field, fact.function in SUMMED),)
    fields = tuple(dict.fromkeys((*known.fields, *column)))
    keep = max(known.keep, reach(window))
    table.series[part] = replace(known, fields=fields, keep=keep, width=max(1, keep // BUCKETS))


def _keep_running(table: FactTable, part: EventPart, fact: Aggregate) -> None:
    known = table.running.get(part) or RunningOf(key_of("running", part), part, ())
    fields = _with(known.fields, fact.field, fact.function is AggregateFunction.DISTINCT)
    table.running[part] = replace(known, fields=fields)


def _with(fields: tuple[tuple[str, bool], ...], name: str | None, flag: bool) -> tuple[tuple[str, bool], ...]:
    if name is None:
        return fields
    flags = dict(fields)
    flags[name] = flags.get(name, False) or flag
    return tuple(flags.items())
