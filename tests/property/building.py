"""Short ways to write typed trees, events and takings in tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.events import Event
from models.moments import parse_moment
from models.places import CellPlace, Circle, Place
from models.types import CELL, DATE, MOMENT, MONEY, NUMBER, POINT, TEXT, WHOLE, YES_NO, Kind, Type, Value
from models.vocabulary import EventType, Vocabulary
from rules.interpreter import Happening, Match, RuleSet, Taken, interpret
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Block,
    Comparator,
    Compare,
    Condition,
    Constant,
    Expression,
    FieldOf,
    Guide,
    Line,
    Pattern,
    Rule,
    Situation,
    Sliding,
    Window,
)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: An action that says something, for rules in which it does not matter what.
SPEAK = Guide((("en", ("hello",)),))


def rule(id: str, situation: Situation, **parts: Any) -> Rule:
    """A rule with one block that speaks, unless its parts say otherwise."""
    parts.setdefault("blocks", (Block((SPEAK,)),))
    return Rule(id, parts.pop("version", "000000000000"), id, situation, **parts)


def event(type: str, time: int, id: str = "", **data: Value) -> Event:
    """An event of her; names in `data` have `_` for a space."""
    fields = {name.replace("_", " "): value for name, value in data.items()}
    return Event(type, "c", time, time, "file", id or f"{type} {time}", fields)


def taken(type: str, at: int, id: str = "", *, time: int | None = None, fresh: bool = True, **data: Value) -> Taken:
    """An event taken at `at`, of that very time unless another is given."""
    return Taken(event(type, at if time is None else time, id or f"{type} {at}", **data), at, fresh)


def count(patterns: Pattern | str, window: Window, each: str | None = None) -> Aggregate:
    """`count of EVENT over WINDOW`."""
    return Aggregate(AggregateFunction.COUNT, None, _patterns(patterns), window, WHOLE, each)


def of_field(
    function: AggregateFunction,
    name: str,
    patterns: Pattern | str,
    window: Window,
    type_: Type,
    each: str | None = None,
) -> Aggregate:
    """`FUNCTION of FIELD of EVENT over WINDOW`."""
    return Aggregate(function, name, _patterns(patterns), window, type_, each)


def _patterns(patterns: Pattern | str) -> tuple[Pattern, ...]:
    return (Pattern(patterns) if isinstance(patterns, str) else patterns,)


def last(length: int, ending: int = 0) -> Sliding:
    """`last LENGTH [ending ENDING ago]`."""
    return Sliding(length, ending)


def compare(left: Expression, sign: str, right: Expression | Value) -> Compare:
    """A comparison; a bare value on the right has the type of the left."""
    constant = right if not isinstance(right, bool | int | str | None) else Constant(right, left.type)
    return Compare(Comparator(sign), left, constant)  # type: ignore[arg-type]  # what is no value is an expression


def line(condition: Condition, text: str = "the line") -> Line:
    """A line of `only if` or `unless`."""
    return Line(text, condition)


def field(name: str, type_: Type, step: int | None = None) -> FieldOf:
    """A field of the event at hand, or of the event of a step."""
    return FieldOf(name, type_, step)


TRUE = Constant(True, YES_NO)
FALSE = Constant(False, YES_NO)


def number(value: int) -> Constant:
    """So many ones."""
    return Constant(value * 1_000_000, NUMBER)


PLAN = Type(Kind.CHOICE, ("S", "M", "L"))

#: Few event types and attributes, for examples written by hand. Old news is what comes more than an hour late.
EVENTS = {
    "paid": EventType("paid", "consumption", {"price": MONEY, "product": TEXT, "expires": MOMENT, "day": DATE}, "paid"),
    "opened": EventType("opened", "service", {"case": TEXT}, "opened"),
    "closed": EventType("closed", "service", {"case": TEXT}, "closed", arrives_within=5 * MINUTE),
    "seen": EventType("seen", "location", {"spot": POINT, "cell": CELL, "case": TEXT}, "seen"),
}
#: A place with a border one can hit: 1 degree of latitude is some 111.2 km.
PLACES = {
    "airport": Place("airport", (("airport", Circle(0.0, 0.0, 100_000_000)),)),
    "tower": Place("tower", (("tower", CellPlace("c-1")),)),
    "branch": Place(
        "branch", (("north", Circle(0.5, 0.0, 100_000_000)), ("south", Circle(-0.5, 0.0, 100_000_000))), kind=True
    ),
}
VOCABULARY = Vocabulary(
    EVENTS, {"plan": PLAN, "limit": WHOLE, "born": DATE, "ends": MOMENT, "balance": MONEY}, PLACES, time_zone="UTC"
)


def happenings(
    rules: Rule | tuple[RuleSet, ...],
    events: list[Taken],
    until: int | None = None,
    before: Mapping[str, Value] | None = None,
    **options: Any,
) -> list[Happening]:
    """What comes of one rule, or of rule sets, over these events; timers run up to `until` (or the last event)."""
    sets = (RuleSet(0, (rules,)),) if isinstance(rules, Rule) else rules
    vocabulary = options.pop("vocabulary", VOCABULARY)
    end = until if until is not None else events[-1].taken
    return interpret(sets, vocabulary, events, end, before, **options)


def matches(
    rules: Rule | tuple[RuleSet, ...],
    events: list[Taken],
    until: int | None = None,
    before: Mapping[str, Value] | None = None,
    **options: Any,
) -> list[Match]:
    """The matches among them."""
    found = happenings(rules, events, until, before, **options)
    return [happening for happening in found if isinstance(happening, Match)]


def fired(
    rules: Rule | tuple[RuleSet, ...],
    events: list[Taken],
    until: int | None = None,
    before: Mapping[str, Value] | None = None,
    **options: Any,
) -> list[int]:
    """When there were matches that no line of `at most` refused, in milliseconds."""
    found = matches(rules, events, until, before, **options)
    return [match.at for match in found if match.refused_by_cap is None]


def changed(at: int, id: str = "", *, time: int | None = None, fresh: bool = True, **attributes: Value) -> Taken:
    """A `customer changed` event."""
    return taken("customer changed", at, id or f"changed {at}", time=time, fresh=fresh, **attributes)


def moment(text: str) -> int:
    """The moment of a text in ISO 8601; `2026-03-02 10:00` is UTC."""
    return parse_moment(text if len(text) > 16 else f"{text.replace(' ', 'T')}:00Z")
