"""Values as people read them: for customers and traces in their language, and in the rule language's own notation.

`format_value` rounds for the eye, half to even; `format_plain` never does, what it writes reads back as the same
value. Languages other than Chinese are written in the English way.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from models.currencies import chinese_name, currency_decimals
from models.moments import civil, format_date, format_moment, local_parts, zone
from models.speech import Tongue, spoken
from models.types import NUMBER_GRID, Kind, Type, Value

_DATA_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: Milliseconds, English, Chinese.
_DURATION_UNITS = (
    (86_400_000, "day", "天"),
    (3_600_000, "hour", "小时"),
    (60_000, "minute", "分钟"),
    (1_000, "second", "秒"),
)
#: Durations below the first are rounded to the second (milliseconds); longer ones to the hour.
_FINEST_SHOWN = ((86_400_000, 1_000), (7 * 86_400_000, 60_000))
_SHOWN_DECIMALS = 2


def format_value(value: Value, type: Type, language: str, currency: str, data_unit: int, zone: ZoneInfo | None) -> str:
    """A value in a customer's language: `8.5 GB`, `15.00元`, `2 hours 30 minutes`, `2 March 2026, 09:05`.

    `language` is a code (`en`, `zh`, `zh-CN`); a moment is shown in local time, in UTC (and says so) without `zone`.
    Values between two points of the grid are rounded. Raises ValueError for a missing value: what stands in its
    place is for the caller to know.
    """
    chinese = language.lower().partition("-")[0].partition("_")[0] == "zh"
    if isinstance(value, tuple):
        return ", ".join(_coordinate(degrees) for degrees in value)
    if isinstance(value, str):
        return value
    if value is None:
        raise ValueError(f"a missing {type} has no text")
    match type.kind:
        case Kind.YES_NO:
            return ("否", "是")[bool(value)] if chinese else ("no", "yes")[bool(value)]
        case Kind.MONEY:
            return _money(value, currency, chinese)
        case Kind.DATA:
            return _sign(value) + _data(_size(value), data_unit)
        case Kind.DURATION:
            return _sign(value) + _duration(_size(value), chinese)
        case Kind.LENGTH:
            return _sign(value) + _length(_size(value), chinese)
        case Kind.DATE:
            return _date(round(value), chinese)
        case Kind.MOMENT:
            return _moment(round(value), chinese, zone)
        case Kind.NUMBER:
            return _number(value, NUMBER_GRID)
        case _:
            return _number(value, 1)


def format_said(value: Value, type: Type, currency: str, data_unit: int) -> str:
    """A value in a sentence for whoever writes rules: as a rule writes it, or as it is read in Chinese."""
    if spoken() is Tongue.CHINESE:
        return format_value(value, type, Tongue.CHINESE, currency, data_unit, None)
    return format_plain(value, type, currency, data_unit)


def format_day(days: int) -> str:
    """A date in a sentence: `2 March 2026`, `2026年3月2日`."""
    return _date(days, spoken() is Tongue.CHINESE)


def format_plain(value: Value, type: Type, currency: str, data_unit: int) -> str:
    """A value as a rule or a story writes it: `2 GB`, `15 CNY`, `30 minutes`, `2026-03-02`, `"top-up"`.

    Reads back as the same value. (A fraction of a grid point cannot be written; it is rounded to the grid, half to
    even.) Raises ValueError for a missing value.
    """
    if isinstance(value, tuple):
        return f"[{', '.join(_coordinate(degrees) for degrees in value)}]"
    if isinstance(value, str):
        return value if type.kind is Kind.CHOICE else json.dumps(value, ensure_ascii=False)
    if value is None:
        raise ValueError(f"a missing {type} has no text")
    points = round(value)
    sign = _sign(points)
    match type.kind:
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.NUMBER:
            return _decimals(points, NUMBER_GRID, 6)
        case Kind.MONEY:
            return f"{_plain_money(points, currency)} {currency}"
        case Kind.DATA:
            return sign + _in_largest(abs(points), [(data_unit**power, unit) for power, unit in enumerate(_DATA_UNITS)])
        case Kind.LENGTH:
            return sign + _in_largest(abs(points), [(1, "mm"), (1_000, "m"), (1_000_000, "km")])
        case Kind.DURATION:
            size, unit = next(
                ((size, unit) for size, unit, _ in _DURATION_UNITS if points and points % size == 0),
                (1, "ms") if points else (1_000, "second"),
            )
            return f"{points // size} {unit}" + ("s" if unit != "ms" and abs(points) != size else "")
        case Kind.DATE:
            return format_date(points)
        case Kind.MOMENT:
            return format_moment(points)
        case _:
            return str(points)


def _sign(value: int | Fraction) -> str:
    """Differences of data, durations and lengths may be less than nothing, though no event says so."""
    return "-" if value < 0 else ""


def _size(value: int | Fraction) -> int | Fraction:
    return -value if value < 0 else value


def _number(value: int | Fraction, unit: int) -> str:
    """Digits in groups of three; all decimals of a value on the grid, else two (more where it is small)."""
    decimals = 6
    if value.denominator != 1:
        decimals = _SHOWN_DECIMALS if _size(value) >= unit else 4
    return _decimals(value, unit, decimals, grouped=True)


def _decimals(value: int | Fraction, unit: int, most: int, *, grouped: bool = False, all_of_them: bool = False) -> str:
    """`value / unit` with at most `most` decimals, half to even; without trailing zeros unless `all_of_them`."""
    scaled = _rounded(value, unit, 10**most)
    whole, rest = divmod(abs(scaled), 10**most)
    text = ("-" if scaled < 0 else "") + (f"{whole:,}" if grouped else str(whole))
    decimals = f"{rest:0{most}}" if most else ""
    if not all_of_them:
        decimals = decimals.rstrip("0")
    return f"{text}.{decimals}" if decimals else text


def _rounded(value: int | Fraction, unit: int, times: int) -> int:
    """`value * times / unit`, half to even. (Whole numbers only: fractions cost ten times as much.)"""
    divisor = value.denominator * unit
    quotient, rest = divmod(value.numerator * times, divisor)
    return quotient + (2 * rest > divisor or (2 * rest == divisor and quotient % 2 == 1))


def _money(value: int | Fraction, currency: str, chinese: bool) -> str:
    decimals = currency_decimals(currency)
    amount = _decimals(value, 10**decimals, decimals, grouped=True, all_of_them=True)
    name = chinese_name(currency) if chinese else None
    return f"{amount}{name}" if name else f"{amount} {currency}"


def _plain_money(points: int, currency: str) -> str:
    decimals = currency_decimals(currency)
    return _decimals(points, 10**decimals, decimals, all_of_them=points % 10**decimals != 0)


def _data(value: int | Fraction, data_unit: int) -> str:
    if not value:
        return "0 MB"
    power = 0
    while power < len(_DATA_UNITS) - 1 and _rounded(value, data_unit**power, 100) >= 100 * data_unit:
        power += 1
    return f"{_decimals(value, data_unit**power, _SHOWN_DECIMALS, grouped=True)} {_DATA_UNITS[power]}"


def _duration(value: int | Fraction, chinese: bool) -> str:
    """Days to the minute, hours and minutes to the second, a week or more to the hour, seconds to the millisecond."""
    millis = round(value)
    if millis < 60_000:
        return _counted(_decimals(millis, 1000, 3), "second", "秒", chinese)
    finest = next((finest for below, finest in _FINEST_SHOWN if millis < below), 3_600_000)
    rest = _rounded(millis, finest, 1) * finest
    parts = []
    for size, english, word in _DURATION_UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(_counted(str(count), english, word, chinese))
    return ("" if chinese else " ").join(parts)


def _counted(amount: str, english: str, word: str, chinese: bool) -> str:
    if chinese:
        return f"{amount}{word}"
    return f"{amount} {english}" if amount == "1" else f"{amount} {english}s"


def _length(value: int | Fraction, chinese: bool) -> str:
    kilometres = _rounded(value, 1_000, 100) >= 100_000
    amount = _decimals(value, 1_000_000 if kilometres else 1_000, _SHOWN_DECIMALS, grouped=True)
    if chinese:
        return f"{amount}{'公里' if kilometres else '米'}"
    return f"{amount} {'km' if kilometres else 'm'}"


def _date(days: int, chinese: bool) -> str:
    year, month, day = civil(days)
    return f"{year}年{month}月{day}日" if chinese else f"{day} {_MONTHS[month - 1]} {year}"


def _moment(ms: int, chinese: bool, where: ZoneInfo | None) -> str:
    days, minutes, _ = local_parts(where or zone("UTC"), ms)
    time = f"{minutes // 60:02}:{minutes % 60:02}" + ("" if where else " UTC")
    return f"{_date(days, chinese)} {time}" if chinese else f"{_date(days, chinese)}, {time}"


def _in_largest(points: int, units: list[tuple[int, str]]) -> str:
    """In the largest unit in which it has at most two decimals; `units` go upwards from the grid's own."""
    size, unit = next(
        (size, unit) for size, unit in reversed(units) if size == 1 or (points >= size and points * 100 % size == 0)
    )
    return f"{_decimals(points, size, _SHOWN_DECIMALS)} {unit}"


def _coordinate(degrees: float) -> str:
    """The shortest decimal that is the same number, never with an exponent."""
    text = f"{Decimal(repr(degrees)):f}" if degrees else "0"
    return text.removesuffix(".0")
