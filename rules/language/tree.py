"""The syntax tree: what a phrase says, before names have a meaning.

Language-neutral: English and Chinese phrases give the same tree, and names in it are the vocabulary's own
(canonical) spellings. Nodes are frozen; where they stand (`at`) does not take part in comparisons, so that
`parse(print(tree)) == tree`. Trees are in normal form (see `both`, `either`, `patterns_of`), so that one meaning
has one tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.language.located import NOWHERE, Span
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Positioned:
    """What every node has: where it stands."""

    at: Span = field(default=NOWHERE, compare=False, repr=False)


# ------------------------------------------------------------------ values


@dataclass(frozen=True, slots=True)
class Number(Positioned):
    """`3`, `2.5`, `-1`."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Percent(Positioned):
    """`80%`; value 80."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Quantity(Positioned):
    """A number with its unit in singular: `2 GB`, `30 minutes` (unit `minute`), `15 CNY`."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Quoted(Positioned):
    """`"roaming"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Date(Positioned):
    """`2026-03-01`."""

    day: date


@dataclass(frozen=True, slots=True)
class Clock(Positioned):
    """`20:00`; minutes after midnight."""

    minutes: int


@dataclass(frozen=True, slots=True)
class DateTime(Positioned):
    """`2026-03-01 20:00`."""

    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class DayName(Positioned):
    """`Monday` is 0."""

    weekday: int


@dataclass(frozen=True, slots=True)
class Name(Positioned):
    """A field, attribute, fact, event, place, step, choice, or a word nobody knows. `text` is canonical."""

    text: str
    #: As the file spells it.
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Dotted(Positioned):
    """`customer.plan`, `search.query`, `flight booked.departs`."""

    owner: Name
    name: Name


@dataclass(frozen=True, slots=True)
class Binary(Positioned):
    """`left + right`."""

    operator: Operator
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class PercentOf(Positioned):
    """`80% of x`."""

    percent: Decimal
    of: Value


@dataclass(frozen=True, slots=True)
class Call(Positioned):
    """`hour`, `days until x`, `lower of a and b`, `distance to airport` (whose place is no argument)."""

    function: Function
    arguments: tuple[Value, ...] = ()
    place: Name | None = None


# ----------------------------------------------------------------- windows


@dataclass(frozen=True, slots=True)
class LastLength(Positioned):
    """`last 30 days [ending 30 days ago]`."""

    length: Quantity
    ending: Quantity | None = None


@dataclass(frozen=True, slots=True)
class CalendarSpan(Positioned):
    """`today` (DAY, 0, 1), `previous month` (MONTH, 1, 1), `last 3 billing cycles` (BILLING_CYCLE, 3, 3)."""

    unit: CalendarUnit
    back: int
    count: int


@dataclass(frozen=True, slots=True)
class Ever(Positioned):
    """`ever`."""


Window = LastLength | CalendarSpan | Ever


@dataclass(frozen=True, slots=True)
class Aggregate(Positioned):
    """`sum of amount of data used where .. over last 30 days`; `average time between E over W`."""

    function: AggregateFunction
    field: Name | None
    patterns: Patterns
    window: Window


@dataclass(frozen=True, slots=True)
class SinceLast(Positioned):
    """`time since last E`."""

    patterns: Patterns


# -------------------------------------------------------------- conditions


@dataclass(frozen=True, slots=True)
class Compare(Positioned):
    """`left <= right`; IS and IS_NOT too."""

    comparator: Comparator
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Between(Positioned):
    """`x between low and high`."""

    of: Value
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class OneOf(Positioned):
    """`x is [not] one of [a, b]`."""

    of: Value
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Contains(Positioned):
    """`x contains y`, `x contains one of [y, z]`."""

    of: Value
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class StartsWith(Positioned):
    """`x starts with y`."""

    of: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Known(Positioned):
    """`x is [not] known`."""

    of: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not(Positioned):
    """`not c`."""

    of: Node


@dataclass(frozen=True, slots=True)
class And(Positioned):
    """`a and b and c`; never directly inside another."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Positioned):
    """`a or b or c`; never directly inside another."""

    of: tuple[Node, ...]


Value = (
    Number
    | Percent
    | Quantity
    | Quoted
    | Date
    | Clock
    | DateTime
    | DayName
    | Name
    | Dotted
    | Binary
    | PercentOf
    | Call
    | Aggregate
    | SinceLast
)
Comparison = Compare | Between | OneOf | Contains | StartsWith | Known
Condition = Comparison | Not | And | Or
#: A value or a condition: a yes/no value may stand as a condition.
Node = Value | Condition


def both(*parts: Node, at: Span = NOWHERE) -> Node:
    """The parts joined by `and`, in normal form."""
    flat = tuple(inner for part in parts for inner in (part.of if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat, at=at)


def either(*parts: Node, at: Span = NOWHERE) -> Node:
    """The parts joined by `or`, in normal form."""
    flat = tuple(inner for part in parts for inner in (part.of if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat, at=at)


# ------------------------------------------------------ events, situations


@dataclass(frozen=True, slots=True)
class Visit(Positioned):
    """`enters P`, `leaves P`, `stays in P for D`."""

    verb: PlaceVerb
    place: Name
    duration: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Group(Positioned):
    """`A or B [where C]`: alternatives that share one condition."""

    events: tuple[Name | Visit, ...]
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Patterns(Positioned):
    """Alternatives of an event: one group, or several, `(A where x) or (B where y)`.

    Neighbours without a condition are one group.
    """

    groups: tuple[Group, ...]


def patterns_of(*groups: Group, at: Span = NOWHERE) -> Patterns:
    """The groups as alternatives, in normal form."""
    merged: list[Group] = []
    for group in groups:
        if merged and merged[-1].where is None and group.where is None:
            before = merged.pop()
            span = before.at.source.span(before.at.start, group.at.end)
            merged.append(Group(before.events + group.events, at=span))
        else:
            merged.append(group)
    return Patterns(tuple(merged), at=at)


@dataclass(frozen=True, slots=True)
class Reaches(Positioned):
    """`X reaches Y`."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class FallsBelow(Positioned):
    """`X falls below Y`."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Becomes(Positioned):
    """`X becomes Y`; `becomes AUDIENCE` where X is None."""

    left: Value | None
    right: Value


@dataclass(frozen=True, slots=True)
class EveryDay(Positioned):
    """`every day at T`; `time` is minutes after midnight, here and below."""

    time: int


@dataclass(frozen=True, slots=True)
class EveryWeek(Positioned):
    """`every Monday at T`."""

    weekday: int
    time: int


@dataclass(frozen=True, slots=True)
class EveryCycle(Positioned):
    """`on day 20 of billing cycle at T`."""

    day: int
    time: int


@dataclass(frozen=True, slots=True)
class EveryYear(Positioned):
    """`every year on X at T`."""

    of: Name | Dotted
    time: int


@dataclass(frozen=True, slots=True)
class Around(Positioned):
    """`D before | after X [at T]`."""

    length: Quantity
    before: bool
    of: Name | Dotted
    time: int | None = None


Moment = EveryDay | EveryWeek | EveryCycle | EveryYear | Around
Situation = Patterns | Reaches | FallsBelow | Becomes | Moment


@dataclass(frozen=True, slots=True)
class Step(Positioned):
    """`[then] E [as n] [where ..] [within D [after NAME]]`, `without E for D [after NAME]`."""

    kind: StepKind
    patterns: Patterns
    name: Name | None = None
    duration: Quantity | None = None
    after: Name | None = None


# ------------------------------------------------- what stands beside a when


@dataclass(frozen=True, slots=True)
class Cap(Positioned):
    """`3 per 7 days`, `1 per billing cycle`, `1 ever` (`per` None)."""

    number: int
    per: Quantity | CalendarUnit | None


@dataclass(frozen=True, slots=True)
class After(Positioned):
    """`4 hours [without E]`."""

    delay: Quantity
    without: Patterns | None = None


@dataclass(frozen=True, slots=True)
class Share(Positioned):
    """`10% [of guidance [and tasks]]`."""

    percent: Decimal
    kinds: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels(Positioned):
    """`app`, `[app, sms]`, `all of [app, sms]`."""

    names: tuple[Name, ...]
    all: bool = False


@dataclass(frozen=True, slots=True)
class Success(Positioned):
    """`E within D`."""

    patterns: Patterns
    within: Quantity


Phrase = Node | Situation | Step | Cap | After | Share | Channels | Success
