"""Conditions on one event as Python source: quicker than closures, and the same truth.

A predicate is `(data, attributes, record, now) -> bool`: whether the condition is *true* (not false, and not unknown)
for the event at hand and the customer's attributes. Conditions that look at anything else (facts, the clock, places,
other steps) have no predicate of their own; for them there is a closure over a `View`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from models.text import fold
from models.types import TEXTUAL, Kind, Value
from rules.typed import (
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Expression,
    FieldOf,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    StartsWith,
    Truth,
)

#: Whether an event, given its data and the customer's attributes, makes a condition true; called as what looks at the
#: record and the clock is.
Predicate = Callable[[Mapping[str, Value], Mapping[str, Value], object, int], bool]

_SIGNS = {
    Comparator.IS: "==",
    Comparator.IS_NOT: "!=",
    Comparator.LESS: "<",
    Comparator.AT_MOST: "<=",
    Comparator.MORE: ">",
    Comparator.AT_LEAST: ">=",
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class NoSource(Exception):
    """The condition looks at more than the event and the attributes."""


class SourceWriter:
    """Writes the source of conditions; what can't stand in a text is in `names`.

    With `hoist` fields of the event are read once: `fields` says in which variable each is to be.
    """

    def __init__(self, *, hoist: bool = False) -> None:
        self.names: dict[str, Any] = {"fold": fold}
        self.fields: dict[str, str] = {}
        self._hoist = hoist
        self._numbers = count()

    def true(self, node: Condition) -> str:
        """An expression over `data` and `attributes` that is truthy if the condition is true; raises `NoSource`."""
        return self._condition(node, wanted=True)

    def field(self, name: str) -> str:
        """The variable that holds a field of the event."""
        return self.fields.setdefault(name, f"field_{len(self.fields)}")

    def _condition(self, node: Condition, *, wanted: bool) -> str:
        """An expression that is truthy if the condition is `wanted`; falsy if it is the other, or unknown."""
        match node:
            case AllOf(of=parts):
                return self._joined(parts, "and" if wanted else "or", wanted)
            case AnyOf(of=parts):
                return self._joined(parts, "or" if wanted else "and", wanted)
            case Not(of=inner):
                return self._condition(inner, wanted=not wanted)
            case Compare(operator=operator, left=left, right=right):
                sign = _SIGNS[operator] if wanted else _OPPOSITE[_SIGNS[operator]]
                return self._guarded((left, right), lambda sides: f"{sides[0]} {sign} {sides[1]}")
            case Between(of=of, low=low, high=high):
                parts = (Compare(Comparator.AT_LEAST, of, low), Compare(Comparator.AT_MOST, of, high))
                return self._condition(AllOf(parts), wanted=wanted)
            case OneOf(of=of, values=values):
                return self._any(
                    of, values, wanted, lambda side, known: f"{side} in ({''.join(f'{one}, ' for one in known)})"
                )
            case Contains(of=of, values=values):
                return self._any(
                    of, values, wanted, lambda side, known: " or ".join(f"{one} in {side}" for one in known)
                )
            case StartsWith(of=of, value=value):
                return self._any(of, (value,), wanted, lambda side, known: f"{side}.startswith({known[0]})")
            case Known(of=of):
                return f"({self._value(of)} is {'not ' if wanted else ''}None)"
            case Holds(of=of):
                return self._holds(of, wanted=wanted)

    def _joined(self, parts: Iterable[Condition], word: str, wanted: bool) -> str:
        texts = [self._condition(part, wanted=wanted) for part in parts]
        if not texts:
            return "True" if word == "and" else "False"
        return f"({f' {word} '.join(texts)})"

    def _holds(self, of: Expression, *, wanted: bool) -> str:
        while isinstance(of, Named):
            of = of.of
        if isinstance(of, Truth):
            return self._condition(of.of, wanted=wanted)
        return f"({self._value(of)} is {wanted})"

    def _any(
        self, of: Expression, values: tuple[Expression, ...], wanted: bool, test: Callable[[str, list[str]], str]
    ) -> str:
        """`test`: whether the first side has any of the others."""

        def compared(sides: list[str]) -> str:
            return f"{'' if wanted else 'not '}({test(sides[0], sides[1:])})"

        if not all(isinstance(value, Constant) and value.value is not None for value in values):
            raise NoSource  # an unknown value among known ones needs Kleene's care
        return self._guarded((of, *values), compared)

    def _guarded(self, sides: tuple[Expression, ...], body: Callable[[list[str]], str]) -> str:
        """The body over the values of the sides, if all of them are known."""
        both_choices = all(side.type.kind is Kind.CHOICE for side in sides)
        guards, names = [], []
        for side in sides:
            if isinstance(side, Constant):
                if side.value is None:
                    return "False"
                folds = side.type.kind in TEXTUAL and not both_choices
                names.append(self._constant(fold(str(side.value)) if folds else side.value))
                continue
            name = value = self._value(side)
            if not value.isidentifier():
                name = f"v{next(self._numbers)}"
                value = f"({name} := {value})"
            guards.append(f"{value} is not None")
            names.append(f"fold({name})" if side.type.kind in TEXTUAL and not both_choices else name)
        return f"({' and '.join([*guards, body(names)])})"

    def _value(self, node: Expression) -> str:
        while isinstance(node, Named):
            node = node.of
        match node:
            case FieldOf(name=name, step=None):
                return self.field(name) if self._hoist else f"data.get({name!r})"
            case Attribute(name=name):
                return f"attributes.get({name!r})"
            case _:
                raise NoSource

    def _constant(self, value: Any) -> str:
        if type(value) in (int, str):
            return repr(value)
        name = f"k{next(self._numbers)}"
        self.names[name] = value
        return name


def predicate(condition: Condition) -> Predicate | None:
    """The predicate of a condition, or None where it has none."""
    writer = SourceWriter()
    try:
        text = writer.true(condition)
    except NoSource:
        return None
    made: Predicate = run_source(f"predicate = lambda data, attributes, record, now: {text}", writer.names)["predicate"]
    return made


def run_source(text: str, names: dict[str, Any], called: str = "generated") -> dict[str, Any]:
    """Run generated source with these names known; what it defines is added to them. `called` stands in tracebacks."""
    exec(compile(text, f"<{called}>", "exec"), names)  # noqa: S102  # our own text: names and constants stand in repr
    return names
