"""Values in sentences: exact, as a rule writes them, in the words of the language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.currencies import chinese_name
from models.formatting import format_plain, format_value
from models.moments import zone
from models.types import NUMBER, NUMBER_GRID, Kind, Type, Value
from models.vocabulary import Vocabulary

_CHINESE_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ms": "毫秒",
        "second": "秒",
        "minute": "分钟",
        "hour": "小时",
        "day": "天",
        "mm": "毫米",
        "m": "米",
        "km": "公里",
    }
)


def said(value: Value, type_: Type, vocabulary: Vocabulary, language: str) -> str:
    """A value that is not missing: `2 GB`, `30分钟`, `15元`, `1 March 2026`; texts without quotes.

    Nothing is rounded; a moment is in the vocabulary's time zone, as in a phrase.
    """
    if isinstance(value, str):
        return value
    match type_.kind:
        case Kind.YES_NO | Kind.DATE | Kind.MOMENT:
            where = zone(vocabulary.time_zone)
            return format_value(value, type_, language, vocabulary.currency, vocabulary.data_unit, where)
        case _:
            plain = format_plain(value, type_, vocabulary.currency, vocabulary.data_unit)
            return _in_chinese(plain, vocabulary.currency) if language == "zh" else plain


def clock(minutes: int) -> str:
    """Minutes after midnight as `09:05`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def percent(share: Value) -> str:
    """A number as a percentage, exact: `80%`."""
    assert isinstance(share, int), "a share is on the grid of numbers"
    return f"{format_plain(share * 100, NUMBER, 'EUR', 1000)}%"


def is_share(value: Value, type_: Type) -> bool:
    """Whether a factor is rather said as a percentage: a number between 0 and 1."""
    return type_.kind is Kind.NUMBER and isinstance(value, int) and 0 < value < NUMBER_GRID


def _in_chinese(plain: str, currency: str) -> str:
    amount, _, unit = plain.rpartition(" ")
    if unit == currency:
        return f"{amount}{chinese_name(currency) or f' {currency}'}"
    word = _CHINESE_UNITS.get(unit) or _CHINESE_UNITS.get(unit.removesuffix("s"))
    return f"{amount}{word}" if word is not None else plain
