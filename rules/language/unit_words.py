"""The words of units as phrases have them: every spelling of a workspace, and the one that is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from models.currencies import chinese_name, currencies_in_chinese, currency_decimals, currency_words
from models.types import Kind
from models.units import fold_unit, units_of
from rules.language.keywords import Language

#: Printed unit of a number of grid points.
_DURATIONS: Final = {
    1: "millisecond",
    1_000: "second",
    60_000: "minute",
    3_600_000: "hour",
    86_400_000: "day",
    604_800_000: "week",
}
_LENGTHS: Final = {1: "mm", 10: "cm", 1_000: "m", 1_000_000: "km"}
_BYTES: Final = ("B", "KB", "MB", "GB", "TB", "PB")
#: Printed unit -> the Chinese word for it; of all others the unit stays, but for currencies that have a name.
_CHINESE: Final = MappingProxyType(
    {
        "millisecond": "毫秒",
        "second": "秒",
        "minute": "分钟",
        "hour": "小时",
        "day": "天",
        "week": "周",
        "month": "个月",
        "year": "年",
        "mm": "毫米",
        "cm": "厘米",
        "m": "米",
        "km": "公里",
    }
)

#: Lengths that calendars do not have; read only to say so.
INEXACT: Final = ("month", "year")
_INEXACT_WORDS: Final = {
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
    "个月": "month",
    "月": "month",
    "年": "year",
}

_CURRENCY: Final = re.compile("[A-Z]{3}")
_WITH_PLURAL: Final = frozenset(_DURATIONS.values()) | frozenset(INEXACT)


@lru_cache(maxsize=64)
def unit_words(currency: str, data_unit: int) -> Mapping[str, str]:
    """Every spelling of a unit (folded by `models.units.fold_unit`) -> the printed one: `mins` is not one, `min` is.

    Months, years, and Chinese words for other currencies are among them, for the sake of the error they give.
    """
    data = {data_unit**power: word for power, word in enumerate(_BYTES)}
    printed: dict[str, str] = {}
    for word, (kind, points) in units_of(currency, data_unit).items():
        if kind is Kind.DURATION:
            printed[word] = _DURATIONS[int(points)]
        elif kind is Kind.LENGTH:
            printed[word] = _LENGTHS[int(points)]
        elif kind is Kind.DATA:
            printed[word] = data[int(points)]
        elif kind is Kind.MONEY:
            printed[word] = currency
    return MappingProxyType({**currencies_in_chinese(), **printed, **_INEXACT_WORDS})


@lru_cache(maxsize=64)
def money_signs(currency: str) -> tuple[str, ...]:
    """The signs that may stand before an amount: `¥`, `$`; longest first."""
    signs = [word for word in currency_words(currency) if not word[-1].isalnum() and len(word) <= len("NT$")]
    return tuple(sorted(signs, key=len, reverse=True))


def example_of(kind: Kind, currency: str, number: Decimal | None = None, language: Language = Language.ENGLISH) -> str:
    """What to write for a number of a kind: `2 GB`, with the number found if there is one."""
    shown = "2" if number is None else f"{number:f}"
    if kind is Kind.DATA:
        unit = "GB" if number is None or number < 100 else "MB"
    else:
        unit = {Kind.MONEY: currency, Kind.DURATION: "hour", Kind.LENGTH: "km"}.get(kind, "")
    written = with_chinese_unit if language is Language.CHINESE else with_unit
    return written(Decimal(shown), unit) if unit else shown


def with_unit(number: Decimal, unit: str) -> str:
    """A number and its printed unit: `1 day`, `2 days`, `1.5 GB`."""
    plural = "s" if unit in _WITH_PLURAL and number != 1 else ""
    return f"{_amount(number, unit)} {unit}{plural}"


def with_chinese_unit(number: Decimal, unit: str) -> str:
    """A number and its unit in Chinese: `1天`, `1.5 GB`, `15元`."""
    word = _CHINESE.get(unit) or chinese_name(unit)
    return f"{_amount(number, unit)} {unit}" if word is None else f"{_amount(number, unit)}{word}"


def _amount(number: Decimal, unit: str) -> str:
    """The digits; money that is not whole has all decimals of its currency: `0.50 USD`."""
    if number != number.to_integral_value() and _CURRENCY.fullmatch(unit):
        with suppress(ValueError):  # what is no currency is refused where the unit gets its meaning
            cents = Decimal(1).scaleb(-currency_decimals(unit))
            return f"{number + 0 * cents:f}"
    return f"{number:f}"


def fold(word: str) -> str:
    """The form in which words of units are compared."""
    return fold_unit(word)
