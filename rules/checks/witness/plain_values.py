"""Values for what no condition asks about: such as a reader finds natural."""

from __future__ import annotations

from datetime import date

from models.moments import parse_moment
from models.types import NUMBER_GRID, Kind, Type, Value
from models.vocabulary import DAY, HOUR

#: A Wednesday in the middle of a week, of a month (nearly) and of nothing else.
DATE = (date(2026, 3, 4) - date(1970, 1, 1)).days
#: So far from now is a date or moment that nobody asks about.
_AHEAD = 100
_VALUES: dict[Kind, Value] = {
    Kind.YES_NO: True,
    Kind.TEXT: "a",
    Kind.CELL: "a",
    Kind.NUMBER: NUMBER_GRID,
    Kind.WHOLE: 1,
    Kind.MONEY: 1_000,
    Kind.DATA: 1_000_000_000,
    Kind.DURATION: HOUR,
    Kind.LENGTH: 1_000_000,
    Kind.DATE: DATE + _AHEAD,
    Kind.MOMENT: parse_moment("2026-03-04T12:00:00Z") + _AHEAD * DAY,
    Kind.POINT: (0.0, 0.0),
}


def plain_value(type_: Type) -> Value:
    """A value of a type, on its grid."""
    return type_.choices[0] if type_.kind is Kind.CHOICE else _VALUES[type_.kind]
