"""From constants on the grid of their types back to the literals a phrase writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from models.currencies import currency_decimals
from models.moments import offset_at, zone
from models.types import NUMBER_GRID, Kind, Type
from models.vocabulary import Vocabulary
from rules.language import tree
from rules.language.keywords import ENGLISH
from rules.language.scope import WEEKDAYS
from rules.typed import Constant

_EPOCH = date(1970, 1, 1)
#: Grid points of each printed unit, the largest first.
_DURATIONS = (
    (86_400_000, "day"),
    (3_600_000, "hour"),
    (60_000, "minute"),
    (1_000, "second"),
    (1, "millisecond"),
)
#: Up to here people count in hours.
_IN_HOURS = 72 * 3_600_000
_LENGTHS = ((1_000_000, "km"), (1_000, "m"), (1, "mm"))
_BYTES = ("B", "KB", "MB", "GB", "TB", "PB")
#: An amount is written in the largest unit in which it has no more decimals than this.
_MOST_DECIMALS = 2
_FIRST_WORDS = frozenset(spelling.split()[0] for spellings in ENGLISH.values() for spelling in spellings)


def literal(of: Constant, vocabulary: Vocabulary) -> tree.Value:
    """The literal that `resolve` reads as this constant, beside a value of its type.

    (Of a moment the seconds cannot be written; they are left out.)
    """
    value, kind = of.value, of.type.kind
    if isinstance(value, str):
        return _choice(value, of.type) if kind is Kind.CHOICE else tree.Quoted(value)
    if isinstance(value, bool):
        return tree.Name("yes" if value else "no")
    if not isinstance(value, int):
        raise TypeError(f"a constant of {of.type} is not {value!r}")
    match kind:
        case Kind.NUMBER:
            return tree.Number(_exact(value, NUMBER_GRID))
        case Kind.MONEY:
            return tree.Quantity(_exact(value, 10 ** currency_decimals(vocabulary.currency)), vocabulary.currency)
        case Kind.DATA:
            unit = vocabulary.data_unit
            return _amount(value, [(unit**power, _BYTES[power]) for power in reversed(range(len(_BYTES)))])
        case Kind.LENGTH:
            return _amount(value, _LENGTHS)
        case Kind.DURATION:
            return duration(value)
        case Kind.DATE:
            return tree.Date(_EPOCH + timedelta(days=value))
        case Kind.MOMENT:
            return _moment(value, vocabulary)
        case _:
            return tree.Number(Decimal(value))


def duration(millis: int, *, longest: str = "day") -> tree.Quantity:
    """A length of time in the largest unit in which it is whole: 48 hours, but 7 days. None is above `longest`."""
    names = [name for _, name in _DURATIONS]
    units = _DURATIONS[names.index("hour" if millis <= _IN_HOURS else longest) :]
    size, unit = next((size, unit) for size, unit in units if millis % size == 0)
    return tree.Quantity(Decimal(millis // size), unit) if millis else tree.Quantity(Decimal(0), "second")


def _choice(text: str, type_: Type) -> tree.Value:
    """One of the values of a choice; one that begins like a keyword stands in quotes."""
    if type_ == WEEKDAYS:
        return tree.DayName(WEEKDAYS.choices.index(text))
    return tree.Quoted(text) if text.split(maxsplit=1)[0] in _FIRST_WORDS else tree.Name(text)


def _amount(points: int, units: Iterable[tuple[int, str]]) -> tree.Quantity:
    size, unit = next(
        (size, unit)
        for size, unit in units
        if size == 1 or (abs(points) >= size and points * 10**_MOST_DECIMALS % size == 0)
    )
    return tree.Quantity(_exact(points, size), unit)


def _exact(points: int, size: int) -> Decimal:
    """`points / size`, where that is a decimal, without needless zeros."""
    quotient = Decimal(points) / Decimal(size)
    whole = quotient.to_integral_value()
    return whole if quotient == whole else quotient.normalize()


def _moment(millis: int, vocabulary: Vocabulary) -> tree.DateTime:
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        milliseconds=millis + offset_at(zone(vocabulary.time_zone), millis)
    )
    return tree.DateTime(local.date(), local.hour * 60 + local.minute)
