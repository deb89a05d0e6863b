"""The types of the vocabulary, and what a value of each looks like while the engine works.

Every numeric value is a whole number on the *grid* of its type, so that nothing is ever lost to binary
fractions. A value that falls between two points of the grid (an average, `80% of x`) is a `Fraction` of
grid units.

| kind | value while the engine works | grid |
|---|---|---|
| YES_NO | bool | |
| TEXT, CELL, CHOICE | str | |
| NUMBER | int | a millionth |
| WHOLE | int | one |
| MONEY | int | the smallest unit of the vocabulary's currency |
| DATA | int >= 0 | one byte |
| DURATION | int >= 0 | one millisecond |
| LENGTH | int >= 0 | one millimetre |
| DATE | int | days since 1970-01-01 |
| MOMENT | int | milliseconds since 1970-01-01T00:00:00Z |
| POINT | (latitude, longitude) in degrees | |
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Final, final

from models.speech import say, sentence

#: A value on the grid of its type, as files and events have it; `None` is "missing".
Fixed = bool | int | str | tuple[float, float] | None

#: A value while the engine works.
Value = Fixed | Fraction

#: Grid points of a `number` in one: six decimals are kept.
NUMBER_GRID = 1_000_000

#: A `number` is smaller than this in size (in ones).
NUMBER_LIMIT = 10**12


class Kind(StrEnum):
    """The kinds of type a vocabulary may use; the value is the word a vocabulary writes."""

    YES_NO = "yes/no"
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    MONEY = "money"
    DATA = "data"
    DURATION = "duration"
    LENGTH = "length"
    DATE = "date"
    MOMENT = "moment"
    POINT = "point"
    CELL = "cell"
    CHOICE = "choice"


#: Kinds that can be added, compared by size and averaged.
NUMERIC = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.MONEY, Kind.DATA, Kind.DURATION, Kind.LENGTH})

#: Kinds that have an order (`<`, `between`): the numeric ones and points in time.
ORDERED = NUMERIC | {Kind.DATE, Kind.MOMENT}

#: Kinds whose values are text, compared without regard to case and width.
TEXTUAL = frozenset({Kind.TEXT, Kind.CELL, Kind.CHOICE})


#: Every type there is.
_MADE: Final[dict[tuple[Kind, tuple[str, ...], bool], Type]] = {}


@final
class Type:
    """A type of the vocabulary: its kind and, for a choice, the values it may take.

    `optional` says that an event may leave the field out. There is one object of each type, however often it is made:
    nearly every node of a rule has one, and nodes are compared and hashed all the time.
    """

    __slots__ = ("_written", "choices", "kind", "optional")
    kind: Kind
    choices: tuple[str, ...]
    optional: bool
    _written: str

    def __new__(cls, kind: Kind, choices: tuple[str, ...] = (), optional: bool = False) -> Type:
        known = _MADE.get((kind, choices, optional))
        if known is not None:
            return known
        made = object.__new__(cls)
        written = f"Type(kind={kind!r}, choices={choices!r}, optional={optional!r})"
        for name, value in zip(cls.__slots__, (written, choices, kind, optional), strict=True):
            object.__setattr__(made, name, value)
        return _MADE.setdefault((kind, choices, optional), made)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"types do not change, so {name} cannot be set")

    def __reduce__(self) -> tuple[type[Type], tuple[Kind, tuple[str, ...], bool]]:
        return Type, (self.kind, self.choices, self.optional)

    def __repr__(self) -> str:
        return self._written

    def __str__(self) -> str:
        return " | ".join(self.choices) if self.kind is Kind.CHOICE else self.kind.value


#: The kinds as sentences name them.
_SAID = {
    Kind.YES_NO: sentence("yes/no"),
    Kind.TEXT: sentence("text"),
    Kind.NUMBER: sentence("number"),
    Kind.WHOLE: sentence("whole number"),
    Kind.MONEY: sentence("money"),
    Kind.DATA: sentence("data"),
    Kind.DURATION: sentence("duration"),
    Kind.LENGTH: sentence("length"),
    Kind.DATE: sentence("date"),
    Kind.MOMENT: sentence("moment"),
    Kind.POINT: sentence("point"),
    Kind.CELL: sentence("cell"),
    Kind.CHOICE: sentence("choice"),
}


def said_kind(kind: Kind) -> str:
    """A kind in a sentence."""
    return say(_SAID[kind])


def said_type(type: Type) -> str:
    """A type in a sentence: its word, or its choices."""
    return str(type) if type.kind is Kind.CHOICE else said_kind(type.kind)


YES_NO = Type(Kind.YES_NO)
TEXT = Type(Kind.TEXT)
NUMBER = Type(Kind.NUMBER)
WHOLE = Type(Kind.WHOLE)
MONEY = Type(Kind.MONEY)
DATA = Type(Kind.DATA)
DURATION = Type(Kind.DURATION)
LENGTH = Type(Kind.LENGTH)
DATE = Type(Kind.DATE)
MOMENT = Type(Kind.MOMENT)
POINT = Type(Kind.POINT)
CELL = Type(Kind.CELL)

#: Grid points in one main unit of a kind, where kinds are mixed in arithmetic. A main unit of money, data,
#: duration and length is one grid point: only `number` is finer than what it is multiplied with.
GRID = {Kind.NUMBER: NUMBER_GRID}


def grid_of(type_: Type) -> int:
    """Grid points by which a value of this type must be divided to be multiplied with another kind."""
    return GRID.get(type_.kind, 1)
