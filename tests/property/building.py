"""Short ways to write typed trees, events and takings in tests."""

from __future__ import annotations

from typing import Any

from models.events import Event
from models.types import NUMBER, WHOLE, YES_NO, Type, Value
from rules.interpreter import Taken
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
