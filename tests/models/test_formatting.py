from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formatting import format_plain, format_value
from models.moments import EARLIEST, LATEST, parse_date, parse_moment, zone
from models.types import (
    CELL,
    DATA,
    DATE,
    DURATION,
    LENGTH,
    MOMENT,
    MONEY,
    NUMBER,
    NUMBER_GRID,
    POINT,
    TEXT,
    WHOLE,
    YES_NO,
    Kind,
    Type,
    Value,
)
from models.units import parse_number, parse_quantity, read_amount

SHANGHAI = zone("Asia/Shanghai")
MONDAY = parse_moment("2026-03-02T01:05:59.999Z")
HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("value", "type_", "english", "chinese"),
    [
        (8_500_000_000, DATA, "8.5 GB", "8.5 GB"),
        (8_506_000_000, DATA, "8.51 GB", "8.51 GB"),
        (999_999_999, DATA, "1 GB", "1 GB"),
        (999_994_999, DATA, "999.99 MB", "999.99 MB"),
        (12, DATA, "12 B", "12 B"),
        (0, DATA, "0 MB", "0 MB"),
        (Fraction(10**9, 3), DATA, "333.33 MB", "333.33 MB"),
        (-8_500_000_000, DATA, "-8.5 GB", "-8.5 GB"),
        (-90_000, DURATION, "-1 minute 30 seconds", "-1分钟30秒"),
        (-350_000, LENGTH, "-350 m", "-350米"),
        (5_000 * 10**15, DATA, "5,000 PB", "5,000 PB"),
        (1500, MONEY, "15.00 CNY", "15.00元"),
        (-123_456_789, MONEY, "-1,234,567.89 CNY", "-1,234,567.89元"),
        (Fraction(3, 2), MONEY, "0.02 CNY", "0.02元"),
        (Fraction(1, 2), MONEY, "0.00 CNY", "0.00元"),
        (Fraction(-1, 2), MONEY, "0.00 CNY", "0.00元"),
        (150 * 60_000, DURATION, "2 hours 30 minutes", "2小时30分钟"),
        (HOUR, DURATION, "1 hour", "1小时"),
        (2 * HOUR - 2000, DURATION, "1 hour 59 minutes 58 seconds", "1小时59分钟58秒"),
        (3 * DAY + 2 * HOUR + 59_000, DURATION, "3 days 2 hours 1 minute", "3天2小时1分钟"),
        (30 * DAY + 10, DURATION, "30 days", "30天"),
        (DAY - 1, DURATION, "1 day", "1天"),
        (1500, DURATION, "1.5 seconds", "1.5秒"),
        (0, DURATION, "0 seconds", "0秒"),
        (Fraction(200_000, 3), DURATION, "1 minute 7 seconds", "1分钟7秒"),
        (4_000_000, LENGTH, "4 km", "4公里"),
        (350_000, LENGTH, "350 m", "350米"),
        (999_999, LENGTH, "1 km", "1公里"),
        (1_234_567_890, LENGTH, "1,234.57 km", "1,234.57公里"),
        (1_234_567_890_123, NUMBER, "1,234,567.890123", "1,234,567.890123"),
        (-500_000, NUMBER, "-0.5", "-0.5"),
        (3 * NUMBER_GRID, NUMBER, "3", "3"),
        (Fraction(10**7, 3), NUMBER, "3.33", "3.33"),
        (Fraction(10**6, 3), NUMBER, "0.3333", "0.3333"),
        (12_345, WHOLE, "12,345", "12,345"),
        (Fraction(7, 3), WHOLE, "2.33", "2.33"),
        (parse_date("2026-03-02"), DATE, "2 March 2026", "2026年3月2日"),
        (MONDAY, MOMENT, "2 March 2026, 09:05", "2026年3月2日 09:05"),
        (True, YES_NO, "yes", "是"),
        (False, YES_NO, "no", "否"),
        ((31.1443, -121.0), POINT, "31.1443, -121", "31.1443, -121"),
        ((1e-7, -0.0), POINT, "0.0000001, 0", "0.0000001, 0"),
        ("top-up", TEXT, "top-up", "top-up"),
        ("gold", Type(Kind.CHOICE, ("gold", "silver")), "gold", "gold"),
    ],
)
def test_values_as_customers_read_them(value: Value, type_: Type, english: str, chinese: str) -> None:
    """Values are rounded half to even and written as is the custom in English and in Chinese."""
    assert format_value(value, type_, "en", "CNY", 1000, SHANGHAI) == english
    assert format_value(value, type_, "zh-CN", "CNY", 1000, SHANGHAI) == chinese


def test_currencies_differ() -> None:
    """Yen have no decimals, dinars three; a currency without a Chinese word keeps its code."""
    assert format_value(1500, MONEY, "en", "JPY", 1000, None) == "1,500 JPY"
    assert format_value(1500, MONEY, "zh", "JPY", 1000, None) == "1,500日元"
    assert format_value(1500, MONEY, "zh", "KWD", 1000, None) == "1.500 KWD"


def test_data_in_units_of_1024() -> None:
    """Where a kilobyte is 1024 bytes, a gigabyte is 1024 times 1024 of them."""
    assert format_value(3 * 2**29, DATA, "en", "EUR", 1024, None) == "1.5 GB"
    assert format_value(1000, DATA, "en", "EUR", 1024, None) == "1,000 B"


def test_a_moment_without_a_zone_says_utc() -> None:
    """A moment whose zone is not known is shown in UTC, and says so."""
    assert format_value(MONDAY, MOMENT, "en", "EUR", 1000, None) == "2 March 2026, 01:05 UTC"
    assert format_value(MONDAY, MOMENT, "zh", "EUR", 1000, None) == "2026年3月2日 01:05 UTC"


def test_a_missing_value_has_no_text() -> None:
    """What stands for a missing value is for the caller to know."""
    with pytest.raises(ValueError, match="a missing data has no text"):
        format_value(None, DATA, "en", "EUR", 1000, None)
    with pytest.raises(ValueError, match="a missing data has no text"):
        format_plain(None, DATA, "EUR", 1000)


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (2_000_000_000, DATA, "2 GB"),
        (1_500_000, DATA, "1.5 MB"),
        (1_234_567, DATA, "1234567 B"),
        (0, DATA, "0 B"),
        (-1_500_000, DATA, "-1.5 MB"),
        (-HOUR, DURATION, "-1 hour"),
        (-2 * HOUR, DURATION, "-2 hours"),
        (-4_000_000, LENGTH, "-4 km"),
        (1500, MONEY, "15 CNY"),
        (1550, MONEY, "15.50 CNY"),
        (-5, MONEY, "-0.05 CNY"),
        (30 * 60_000, DURATION, "30 minutes"),
        (HOUR, DURATION, "1 hour"),
        (7 * DAY, DURATION, "7 days"),
        (1500, DURATION, "1500 ms"),
        (0, DURATION, "0 seconds"),
        (4_000_000, LENGTH, "4 km"),
        (1, LENGTH, "1 mm"),
        (1_500_000, NUMBER, "1.5"),
        (12_345, WHOLE, "12345"),
        (parse_date("2026-03-02"), DATE, "2026-03-02"),
        (MONDAY, MOMENT, "2026-03-02T01:05:59.999Z"),
        (True, YES_NO, "yes"),
        ("top-up", TEXT, '"top-up"'),
        ('say "hi" 你好', TEXT, '"say \\"hi\\" 你好"'),
        ("460-00-4411", CELL, '"460-00-4411"'),
        ("gold", Type(Kind.CHOICE, ("gold", "silver")), "gold"),
        ((31.1443, 121.8083), POINT, "[31.1443, 121.8083]"),
    ],
)
def test_values_as_rules_write_them(value: Value, type_: Type, text: str) -> None:
    """Values have the notation of the rule language, in the unit a person would take."""
    assert format_plain(value, type_, "CNY", 1000) == text


grid = (
    st.integers(0, 10**17)
    | st.integers(0, 10**6)
    | st.builds(lambda number, power: number * 10**power, st.integers(0, 10**4), st.integers(0, 12))
)
signed = st.builds(lambda value, sign: value * sign, grid, st.sampled_from([1, -1]))


@given(grid, st.sampled_from([DATA, DURATION, LENGTH]), st.sampled_from([1000, 1024]))
def test_what_rules_write_reads_back(value: int, type_: Type, data_unit: int) -> None:
    """An amount in the rule language's notation reads back as the same value."""
    assert parse_quantity(format_plain(value, type_, "EUR", data_unit), "EUR", data_unit) == (type_.kind, value)


@given(signed, st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_money_reads_back(value: int, currency: str) -> None:
    """Money in the rule language's notation reads back as the same value, whatever decimals its currency has."""
    assert parse_quantity(format_plain(value, MONEY, currency, 1000), currency, 1000) == (Kind.MONEY, value)


@given(signed)
def test_numbers_read_back(value: int) -> None:
    """Numbers, whole or not, read back as the same value."""
    assert parse_number(format_plain(value, NUMBER, "EUR", 1000)) * NUMBER_GRID == value
    whole = value % 10**12
    assert read_amount(format_plain(whole, WHOLE, "EUR", 1000), Kind.WHOLE, "EUR", 1000) == whole


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_points_read_back(latitude: float, longitude: float) -> None:
    """A point is written with the shortest decimals that are the same numbers, never with an exponent."""
    text = format_plain((latitude, longitude), POINT, "EUR", 1000)
    assert tuple(json.loads(text)) == (latitude, longitude)
    assert "e" not in text


@given(st.integers(EARLIEST, LATEST), st.integers(-700_000, 2_900_000))
def test_dates_and_moments_read_back(moment: int, date: int) -> None:
    """Dates and moments read back as the same value."""
    assert parse_moment(format_plain(moment, MOMENT, "EUR", 1000)) == moment
    assert parse_date(format_plain(date, DATE, "EUR", 1000)) == date


@given(st.text())
def test_texts_read_back(text: str) -> None:
    """A text in quotes reads back as the same text."""
    assert json.loads(format_plain(text, TEXT, "EUR", 1000)) == text


@given(st.fractions(0, 10**15, max_denominator=10**6), st.sampled_from([DATA, LENGTH, MONEY]))
def test_shown_amounts_are_close(value: Fraction, type_: Type) -> None:
    """What a customer reads is off by no more than half of the last decimal shown."""
    shown = format_value(value, type_, "en", "EUR", 1000, None).replace(",", "")
    number, unit = shown.split()
    points = parse_quantity(f"1 {unit}", "EUR", 1000)[1]
    assert abs(parse_number(number) * points - value) <= Fraction(points, 200)


@given(grid | st.fractions(0, 10**12, max_denominator=1000))
def test_shown_durations_are_close(value: Fraction) -> None:
    """What a customer reads of a duration is off by no more than half of the unit it is rounded to."""
    words = format_value(value, DURATION, "en", "EUR", 1000, None).split()
    total = sum(
        parse_quantity(f"{count} {unit}", "EUR", 1000)[1] for count, unit in zip(words[::2], words[1::2], strict=True)
    )
    finest = 1 if value < 60_000 else 1000 if value < DAY else 60_000 if value < 7 * DAY else HOUR
    assert abs(total - value) <= Fraction(finest, 2) + Fraction(1, 2)
