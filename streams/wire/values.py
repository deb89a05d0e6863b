"""Values on the wire, brought to the grid of their types (see `models.types`).

A *reader* takes a value as JSON has it (text, whole number, `NumberText` for any other number, true or false, object,
list; never null) and gives the value the engine works with, or raises ValueError with what is wrong. Nothing passes
through a binary fraction, but for the degrees of a point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.currencies import currency_decimals
from models.moments import parse_date
from models.speech import listed, quoted, say, sentence
from models.text import fold
from models.types import NUMBER_LIMIT, NUMERIC, Kind, Type, Value
from models.units import GRID_LIMIT, expected_of, read_amount
from models.visible import visible
from models.vocabulary import Vocabulary
from streams.wire.times import TimeReader

Reader = Callable[[Any], Value]


class NumberText(str):
    """A JSON number that is not whole, as it was written: `15.00`, `1e3`."""

    __slots__ = ()


def reader_of(type_: Type, vocabulary: Vocabulary, times: TimeReader) -> Reader:
    """What reads values of this type."""
    if type_.kind in NUMERIC:
        return _amount_reader(type_.kind, vocabulary)
    if type_.kind is Kind.CHOICE:
        return _choice_reader(type_, vocabulary)
    return {
        Kind.TEXT: _read_text,
        Kind.CELL: _read_text,
        Kind.YES_NO: _read_yes_no,
        Kind.DATE: _read_date,
        Kind.MOMENT: lambda value: times.read(_text_of(value, sentence("a moment such as 2026-03-02T10:00:00+08:00"))),
        Kind.POINT: _read_point,
    }[type_.kind]


def read_text_list(value: Any) -> Value:
    """A text, or a list of texts as one text joined by `, `: how `reachable by` is kept."""
    if type(value) is list:
        return ", ".join(_text_of(item, sentence("a list of texts")) for item in value)
    return _text_of(value, sentence("a text, or a list of texts"))


def found(value: Any) -> str:
    """What was found, for a message: short, and safe to show."""
    if type(value) is dict:
        return say("an object")
    if type(value) is list:
        return say("a list")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if type(value) is str:
        return quoted(visible(value, 40))
    return visible(str(value) if not isinstance(value, int) or abs(value) < GRID_LIMIT else say("a huge number"), 40)


# ---------------------------------------------------------------- amounts


def _amount_reader(kind: Kind, vocabulary: Vocabulary) -> Reader:
    currency, data_unit = vocabulary.currency, vocabulary.data_unit
    places = _places(kind, currency)
    lowest, grid = wire_grid(kind, currency)

    def read(value: Any) -> Value:
        # The short cuts cover what meters and tills send; all else, and all that is wrong, is `read_amount`'s.
        if type(value) is int:
            if lowest < value < NUMBER_LIMIT:
                return value * grid
        elif type(value) is bool or not isinstance(value, str):
            raise ValueError(
                say(
                    "expected {expected}, or a number; found {found}",
                    expected=expected_of(kind, currency),
                    found=found(value),
                )
            )
        else:
            whole, point, decimals = value.partition(".")
            if point and len(whole) < 12 and 0 < len(decimals) <= places and _all_digits(whole + decimals):
                return int((whole + decimals).ljust(len(whole) + places, "0"))
        return _read_slowly(value)

    def _read_slowly(value: int | str) -> Value:
        try:
            return read_amount(value, kind, currency, data_unit)
        except ValueError as wrong:
            raise ValueError(visible(str(wrong), 200)) from None

    return read


def wire_grid(kind: Kind, currency: str) -> tuple[int, int]:
    """What a whole number of this kind, on the wire, is greater than, and how many points of the grid are in one."""
    lowest = -1 if kind in (Kind.DATA, Kind.DURATION, Kind.LENGTH) else -NUMBER_LIMIT
    return lowest, 10 ** _places(kind, currency)


def _places(kind: Kind, currency: str) -> int:
    if kind is Kind.MONEY:
        return currency_decimals(currency)
    return {Kind.NUMBER: 6, Kind.WHOLE: 0, Kind.DATA: 0}.get(kind, 3)


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


# ------------------------------------------------------------------- texts


def _text_of(value: Any, expected: str) -> str:
    if type(value) is not str:
        raise ValueError(say("expected {expected}; found {found}", expected=say(expected), found=found(value)))
    return value


def _read_text(value: Any) -> Value:
    if type(value) is not str:
        raise ValueError(say("expected a text; found {found}", found=found(value)))
    return value


def _choice_reader(type_: Type, vocabulary: Vocabulary) -> Reader:
    spelled = {choice: choice for choice in type_.choices}
    folded: dict[str, str] = {}
    for choice in type_.choices:
        for names in vocabulary.names.values():
            if choice in names:
                folded.setdefault(fold(names[choice]), choice)
    folded |= {fold(choice): choice for choice in type_.choices}

    def read(value: Any) -> Value:
        if type(value) is str:
            choice = spelled.get(value) or folded.get(fold(value))
            if choice is not None:
                return choice
        raise ValueError(say("expected one of {names}; found {found}", names=listed(type_.choices), found=found(value)))

    return read


_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}


def _read_yes_no(value: Any) -> Value:
    if type(value) is bool:
        return value
    if type(value) is str and (read := _YES_NO.get(fold(value))) is not None:
        return read
    raise ValueError(say("expected true or false (or yes, no); found {found}", found=found(value)))


# --------------------------------------------------------- times and points


def _read_date(value: Any) -> Value:
    try:
        return parse_date(_text_of(value, sentence("a date such as 2026-03-02")))
    except ValueError as wrong:
        raise ValueError(visible(str(wrong), 200)) from None


_POINT = sentence('a point such as {{"lat": 31.1443, "lon": 121.8083}}')


def _read_point(value: Any) -> Value:
    if type(value) is not dict:
        raise ValueError(say("expected {expected}; found {found}", expected=say(_POINT), found=found(value)))
    return _degrees(value, "lat", 90), _degrees(value, "lon", 180)


def _degrees(point: dict[str, Any], name: str, most: int) -> float:
    value = point.get(name)
    if type(value) is not int and type(value) is not NumberText:
        raise ValueError(
            say(
                "expected {expected}; found {found} for {name}",
                expected=say(_POINT),
                found=found(value) if value is not None else say("nothing"),
                name=name,
            )
        )
    # A whole number may be too large for a float, so it is compared as it is.
    degrees = value if type(value) is int else float(value)
    if not -most <= degrees <= most:
        raise ValueError(
            say(
                "{name} lies between -{most} and {most} degrees; found {found}",
                name=name,
                most=most,
                found=found(value),
            )
        )
    return float(degrees)
