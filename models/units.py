"""Numbers and units: texts such as `2 GB`, `30 minutes`, `15 CNY`, `80%` read as exact points of the grid.

All arithmetic is exact (fractions). What does not lie on the grid of its type (half a byte, a tenth of a cent) is
refused, never rounded. The grid is described in `models.types`.

Words of units are compared without regard to width, and to case unless they are a single letter (`m` is metres, `M`
is not a unit).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from models.currencies import currency_decimals, currency_words
from models.speech import say, sentence
from models.types import NUMBER_GRID, NUMBER_LIMIT, Kind
from models.visible import visible

__all__ = [
    "GRID_LIMIT",
    "UNITS",
    "currency_decimals",
    "expected_of",
    "fold_unit",
    "parse_number",
    "parse_quantity",
    "read_amount",
    "to_grid",
    "units_of",
]

#: Every value on a grid is smaller than this in size, so that it fits 64 bits.
GRID_LIMIT: Final = NUMBER_LIMIT * NUMBER_GRID

#: A number longer than this is not one that a person or a meter wrote.
_LONGEST_NUMBER: Final = 100
_GREATEST_EXPONENT: Final = 30

_WIDE: Final = "".join(map(chr, range(0xFF01, 0xFF5F)))
_PLAIN_WIDTH: Final = str.maketrans(_WIDE + "\u3000￥￡￦", "".join(map(chr, range(0x21, 0x7F))) + " ¥£₩")

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9,.])")

_MILLISECONDS: Final = {
    "ms millisecond milliseconds 毫秒": 1,
    "s sec second seconds 秒 秒钟": 1_000,
    "min minute minutes 分钟": 60_000,
    "h hour hours 小时 个小时": 3_600_000,
    "day days 天": 86_400_000,
    "week weeks 周 星期 个星期": 604_800_000,
}
_MILLIMETRES: Final = {
    "mm millimetre millimetres millimeter millimeters 毫米": 1,
    "cm centimetre centimetres centimeter centimeters 厘米": 10,
    "m metre metres meter meters 米": 1_000,
    "km kilometre kilometres kilometer kilometers 公里 千米": 1_000_000,
}
#: In the order of powers of the data unit.
_BYTES: Final = (
    "B byte bytes 字节",
    "KB kilobyte kilobytes 千字节",
    "MB megabyte megabytes 兆 兆字节",
    "GB gigabyte gigabytes 吉字节",
    "TB terabyte terabytes 太字节",
    "PB petabyte petabytes 拍字节",
)

#: What a bare number of a kind counts on the wire, and how many points of the grid that is (money: see currency).
_WIRE_UNITS: Final = {
    Kind.NUMBER: ("", NUMBER_GRID),
    Kind.WHOLE: ("", 1),
    Kind.DATA: ("bytes", 1),
    Kind.DURATION: ("seconds", 1_000),
    Kind.LENGTH: ("metres", 1_000),
}

_NAMED: Final = {
    Kind.NUMBER: sentence("a number"),
    Kind.WHOLE: sentence("a whole number"),
    Kind.MONEY: sentence("an amount of money"),
    Kind.DATA: sentence("an amount of data"),
    Kind.DURATION: sentence("a duration"),
    Kind.LENGTH: sentence("a length"),
}

_EXPECTED: Final = {
    Kind.NUMBER: sentence('number such as "1.5"'),
    Kind.WHOLE: sentence('whole number such as "3"'),
    Kind.MONEY: sentence('money such as "15 {currency}"'),
    Kind.DATA: sentence('data such as "2 GB"'),
    Kind.DURATION: sentence('duration such as "30 minutes"'),
    Kind.LENGTH: sentence('length such as "4 km"'),
}
#: What is finer than the grid.
_TOO_FINE: Final = {
    Kind.NUMBER: sentence("{shown} has more than six decimals; round it"),
    Kind.WHOLE: sentence("{shown} is not a whole number"),
    Kind.DATA: sentence("{shown} is not a whole number of bytes"),
    Kind.DURATION: sentence("{shown} is not a whole number of milliseconds"),
    Kind.LENGTH: sentence("{shown} is not a whole number of millimetres"),
}

#: Kinds without values below zero.
_NEVER_NEGATIVE: Final = frozenset({Kind.DATA, Kind.DURATION, Kind.LENGTH})


def _spelled(table: Mapping[str, int], kind: Kind) -> dict[str, tuple[Kind, Fraction]]:
    return {fold_unit(word): (kind, Fraction(points)) for words, points in table.items() for word in words.split()}


def fold_unit(word: str) -> str:
    """The form in which the words of units are compared, and by which the tables below are keyed."""
    plain = word if word.isascii() else unicodedata.normalize("NFKC", word)
    return plain.lower() if len(plain) > 1 else plain


#: Units that are the same in every workspace: folded word -> (kind, points of the grid in one).
UNITS: Final[Mapping[str, tuple[Kind, Fraction]]] = MappingProxyType(
    {
        **_spelled(_MILLISECONDS, Kind.DURATION),
        **_spelled(_MILLIMETRES, Kind.LENGTH),
        "%": (Kind.NUMBER, Fraction(NUMBER_GRID, 100)),
    }
)


@lru_cache(maxsize=64)
def units_of(currency: str, data_unit: int) -> Mapping[str, tuple[Kind, Fraction]]:
    """All units of a workspace: `UNITS`, those of data (`data_unit` is 1000 or 1024), and the words of its currency.

    Keys are folded by `fold_unit`. ValueError for an unusable currency or data unit.
    """
    if data_unit not in (1000, 1024):
        raise ValueError(say("a data unit of {data_unit} does not exist; there are 1000 and 1024", data_unit=data_unit))
    data = {words: data_unit**power for power, words in enumerate(_BYTES)}
    money = {" ".join(currency_words(currency)): 10 ** currency_decimals(currency)}
    return MappingProxyType({**UNITS, **_spelled(data, Kind.DATA), **_spelled(money, Kind.MONEY)})


def parse_quantity(text: str, currency: str, data_unit: int) -> tuple[Kind, int]:
    """The kind and grid value of a number with its unit: `2 GB`, `30分钟`, `15 CNY`, `¥15`, `80%`.

    A bare number and a percentage are of kind NUMBER. Raises ValueError for anything that is no number with a known
    unit, or not on the grid.
    """
    plain = _plain(text)
    units = units_of(currency, data_unit)
    found = _NUMBER.search(plain)
    if found is None or _GROUPED.search(plain):
        raise ValueError(_no_number(plain))
    before, after = plain[: found.start()].strip(), plain[found.end() :].strip()
    word = before or after
    number = parse_number(found.group())
    if not word:
        return Kind.NUMBER, _on_grid(number * NUMBER_GRID, Kind.NUMBER, currency, _shown(plain))
    kind, points = units.get(fold_unit(word), (None, None))
    if kind is None or points is None or (before and (after or kind is not Kind.MONEY)):
        raise ValueError(_unknown_unit(plain, before, after, currency))
    return kind, _on_grid(number * points, kind, currency, _shown(plain))


def read_amount(raw: float | str, kind: Kind, currency: str, data_unit: int) -> int:
    """The grid value of an amount as it stands on the wire: a number in the wire's unit, or a text with its unit.

    The wire's units: data in bytes, money in the main unit of the currency, durations in seconds, lengths in metres.
    A number is what it is written as: 0.1 is a tenth. A text without a unit reads as the number would. Raises
    ValueError for another kind's unit, for what is not on the grid, not finite or out of range; TypeError for what is
    neither number nor text.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise TypeError(
            say(
                "{named} is a number or a text with its unit, not {type}",
                named=say(_NAMED[kind]),
                type=type(raw).__name__,
            )
        )
    if isinstance(raw, int):
        return to_grid(raw, kind, currency)
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise ValueError(say("{text} is not a number", text=raw))
        return to_grid(parse_number(repr(raw)), kind, currency)
    if _NUMBER.fullmatch(raw):
        return to_grid(parse_number(raw), kind, currency)
    found, value = parse_quantity(raw, currency, data_unit)
    if found is not kind and not (found is Kind.NUMBER and kind is Kind.WHOLE):
        raise ValueError(
            say(
                '"{text}" is {named}; expected {expected}',
                text=_shown(raw),
                named=say(_NAMED[found]),
                expected=expected_of(kind, currency),
            )
        )
    return value if found is kind else to_grid(Fraction(value, NUMBER_GRID), kind, currency)


def parse_number(text: str) -> Fraction:
    """The exact value of a decimal number: `12`, `-0.5`, `+3.`, `.25`, `1e3`; ValueError for anything else."""
    plain = _plain(text)
    if _NUMBER.fullmatch(plain) is None:
        raise ValueError(_no_number(plain))
    exponent = plain.lower().partition("e")[2]
    if len(plain) > _LONGEST_NUMBER or (exponent and abs(int(exponent)) > _GREATEST_EXPONENT):
        raise ValueError(
            say(
                "{plain} is out of range: a number is smaller than {limit:,} in size",
                plain=_shown(plain),
                limit=NUMBER_LIMIT,
            )
        )
    return Fraction(plain)


def to_grid(value: int | Fraction, kind: Kind, currency: str) -> int:
    """The grid value of a number in the wire's unit (see `read_amount`); ValueError if it is not on the grid."""
    unit: str
    if kind is Kind.MONEY:
        unit, points = currency, 10 ** currency_decimals(currency)
    elif kind in _WIRE_UNITS:
        unit, points = _WIRE_UNITS[kind]
    else:
        raise ValueError(say("a {kind} is not an amount", kind=kind.value))
    return _on_grid(value * points, kind, currency, f"{_decimal(value)} {unit}".strip())


def expected_of(kind: Kind, currency: str) -> str:
    """What to write for a kind, for messages: `data such as "2 GB"`."""
    return say(_EXPECTED[kind], currency=currency)


def _on_grid(points: int | Fraction, kind: Kind, currency: str, shown: str) -> int:
    if points.denominator != 1:
        raise ValueError(_too_fine(kind, currency, shown))
    value = int(points)
    if value < 0 and kind in _NEVER_NEGATIVE:
        raise ValueError(
            say("{shown} is less than nothing; {named} is 0 or more", shown=shown, named=say(_NAMED[kind]))
        )
    if abs(value) >= (NUMBER_LIMIT if kind is Kind.WHOLE else GRID_LIMIT):
        raise ValueError(
            say(
                "{shown} is out of range: {named} is smaller than {limit}",
                shown=shown,
                named=say(_NAMED[kind]),
                limit=_limit(kind, currency),
            )
        )
    return value


def _too_fine(kind: Kind, currency: str, shown: str) -> str:
    if kind is not Kind.MONEY:
        return say(_TOO_FINE[kind], shown=shown)
    decimals = currency_decimals(currency)
    values = {"shown": shown, "currency": currency, "decimals": decimals}
    if decimals:
        return say("{shown} has more decimals than {currency} has ({decimals})", **values)
    return say("{shown} has decimals, {currency} none", **values)


def _limit(kind: Kind, currency: str) -> str:
    if kind is Kind.MONEY:
        return say(
            "{amount:,} {currency} in size", amount=GRID_LIMIT // 10 ** currency_decimals(currency), currency=currency
        )
    unit, points = _WIRE_UNITS[kind]
    return f"{(NUMBER_LIMIT if kind is Kind.WHOLE else GRID_LIMIT // points):,} {unit}".strip()


def _no_number(plain: str) -> str:
    if _GROUPED.search(plain):
        return say(
            '"{plain}" has commas between its digits; write {without}',
            plain=_shown(plain),
            without=_shown(plain.replace(",", "")),
        )
    return say('"{plain}" is not a number', plain=_shown(plain))


def _unknown_unit(plain: str, before: str, after: str, currency: str) -> str:
    word = after or before
    if word.lower() in ("month", "months", "year", "years", "个月", "月", "年"):
        return say('"{plain}": months and years differ in length; write days or weeks', plain=_shown(plain))
    if re.fullmatch("[A-Z]{3}", word):
        return say(
            '"{plain}": money is in {currency} here, {word} is another currency or no unit',
            plain=_shown(plain),
            currency=currency,
            word=word,
        )
    if before and after:
        return say('"{plain}" is not a number with one unit', plain=_shown(plain))
    if before and fold_unit(word) in units_of(currency, 1000):
        return say('"{plain}": "{before}" stands behind its number', plain=_shown(plain), before=_shown(before))
    return say('"{plain}": there is no unit "{word}"', plain=_shown(plain), word=_shown(word))


def _plain(text: str) -> str:
    """Full-width digits and signs read as plain ones; nothing else does, or 2² would read as 22."""
    return (text if text.isascii() else text.translate(_PLAIN_WIDTH)).strip()


def _decimal(value: int | Fraction) -> str:
    if abs(value) > 10**_LONGEST_NUMBER:
        return say("a number of more than {longest_number} digits", longest_number=_LONGEST_NUMBER)
    return _shown(str(int(value)) if value.denominator == 1 else f"{float(value):.15g}")


def _shown(text: str) -> str:
    return visible(text, 40)
