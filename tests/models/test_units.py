from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.types import Kind
from models.units import (
    GRID_LIMIT,
    UNITS,
    fold_unit,
    parse_number,
    parse_quantity,
    read_amount,
    to_grid,
    units_of,
)

AMOUNTS = [Kind.NUMBER, Kind.WHOLE, Kind.MONEY, Kind.DATA, Kind.DURATION, Kind.LENGTH]

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2 GB", Kind.DATA, 2_000_000_000),
        ("2gb", Kind.DATA, 2_000_000_000),
        ("0.5 KB", Kind.DATA, 500),
        ("500兆", Kind.DATA, 500_000_000),
        ("30 minutes", Kind.DURATION, 1_800_000),
        ("1 minute", Kind.DURATION, 60_000),
        ("1.5h", Kind.DURATION, 5_400_000),
        ("250 ms", Kind.DURATION, 250),
        ("2 weeks", Kind.DURATION, 14 * 86_400_000),
        ("30分钟", Kind.DURATION, 1_800_000),
        ("２小时", Kind.DURATION, 7_200_000),
        ("3 天", Kind.DURATION, 3 * 86_400_000),
        ("4 km", Kind.LENGTH, 4_000_000),
        ("200 m", Kind.LENGTH, 200_000),
        ("4公里", Kind.LENGTH, 4_000_000),
        ("200米", Kind.LENGTH, 200_000),
        ("15 CNY", Kind.MONEY, 1500),
        ("15.05 cny", Kind.MONEY, 1505),
        ("-15元", Kind.MONEY, -1500),
        ("¥15", Kind.MONEY, 1500),
        ("￥ 15", Kind.MONEY, 1500),
        ("CNY 15", Kind.MONEY, 1500),
        ("80%", Kind.NUMBER, 800_000),
        ("80％", Kind.NUMBER, 800_000),
        ("1e3", Kind.NUMBER, 1_000_000_000),
        (" 3 ", Kind.NUMBER, 3_000_000),
    ],
)
def test_numbers_with_units(text: str, kind: Kind, value: int) -> None:
    """A number with its unit, in English or Chinese, of any width and case, is exact on the grid of its kind."""
    assert parse_quantity(text, "CNY", 1000) == (kind, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not a number'),
        ("soon", '"soon" is not a number'),
        ("GB", '"GB" is not a number'),
        ("1,000", '"1,000" has commas between its digits; write 1000'),
        ("1,000.5 CNY", '"1,000.5 CNY" has commas between its digits; write 1000.5 CNY'),
        ("1，000 CNY", '"1,000 CNY" has commas between its digits; write 1000 CNY'),
        ("5 parsecs", '"5 parsecs": there is no unit "parsecs"'),
        ("5 M", '"5 M": there is no unit "M"'),
        ("1.5.2 GB", '"1.5.2 GB": there is no unit ".2 GB"'),
        ("2 hours 30 minutes", '"2 hours 30 minutes": there is no unit "hours 30 minutes"'),
        ("GB 2", '"GB 2": "GB" stands behind its number'),
        ("¥15元", '"¥15元" is not a number with one unit'),
        ("3 months", '"3 months": months and years differ in length; write days or weeks'),
        ("1年", '"1年": months and years differ in length; write days or weeks'),
        ("15 EUR", '"15 EUR": money is in CNY here, EUR is another currency or no unit'),
        ("0.5 B", "0.5 B is not a whole number of bytes"),
        ("15.005 CNY", "15.005 CNY has more decimals than CNY has (2)"),
        ("0.0001 s", "0.0001 s is not a whole number of milliseconds"),
        ("0.0001 m", "0.0001 m is not a whole number of millimetres"),
        ("0.1234567", "0.1234567 has more than six decimals; round it"),
        ("-2 GB", "-2 GB is less than nothing; an amount of data is 0 or more"),
        ("-1 day", "-1 day is less than nothing; a duration is 0 or more"),
        ("1e12", "1e12 is out of range: a number is smaller than 1,000,000,000,000"),
        ("1e999999999 GB", "1e999999999 is out of range: a number is smaller than 1,000,000,000,000 in size"),
        ("9" * 5000, "9" * 40 + "... is out of range: a number is smaller than 1,000,000,000,000 in size"),
        ("5 \x1b[2J", '"5 \\x1b[2J": there is no unit "\\x1b[2J"'),
    ],
)
def test_what_is_no_quantity(text: str, message: str) -> None:
    """What is no number with one known unit, or not on the grid, is refused by saying what to write."""
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        parse_quantity(text, "CNY", 1000)
    assert str(refused.value) == message


def test_currencies_without_decimals() -> None:
    """Amounts in yen are whole; amounts in dinars have three decimals."""
    assert parse_quantity("15 JPY", "JPY", 1000) == (Kind.MONEY, 15)
    assert parse_quantity("0.005 KWD", "KWD", 1000) == (Kind.MONEY, 5)
    with pytest.raises(ValueError, match=r"15\.5 JPY has decimals, JPY none"):
        parse_quantity("15.5 JPY", "JPY", 1000)


def test_data_units_of_1024() -> None:
    """Where the workspace says so, a kilobyte is 1024 bytes; there is no third way."""
    assert parse_quantity("1.5 GB", "EUR", 1024) == (Kind.DATA, 3 * 2**29)
    with pytest.raises(ValueError, match="a data unit of 1025 does not exist; there are 1000 and 1024"):
        units_of("EUR", 1025)


def test_no_unit_means_two_things() -> None:
    """However wide or tall its letters, a word is a unit of one kind: the table is keyed by folded words."""
    table = units_of("CNY", 1000)
    assert set(UNITS) < set(table)
    assert all(fold_unit(word) == word for word in table)
    assert fold_unit("ＧＢ") == fold_unit("gb") == "gb"
    assert fold_unit("M") != fold_unit("m")


@given(decimals, st.sampled_from(sorted(units_of("EUR", 1000))))
def test_every_unit_is_exact(number: Decimal, word: str) -> None:
    """A number with any unit is the number times the unit's points of the grid, exactly, or refused."""
    kind, points = units_of("EUR", 1000)[word]
    exact = Fraction(number) * points
    usable = exact.denominator == 1 and abs(exact) < GRID_LIMIT and (exact >= 0 or kind in (Kind.MONEY, Kind.NUMBER))
    if usable:
        assert parse_quantity(f"{number:f} {word}", "EUR", 1000) == (kind, int(exact))
    else:
        with pytest.raises(ValueError, match=r"out of range|less than nothing|whole number|decimals"):
            parse_quantity(f"{number:f} {word}", "EUR", 1000)


# ---------------------------------------------------------------- numbers


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e20"), max_value=Decimal("1e20")))
def test_numbers_are_exact(number: Decimal) -> None:
    """A decimal reads as exactly itself, with an exponent or without."""
    assume(abs(number.adjusted()) < 30)
    if len(f"{number:f}") <= 100:
        assert parse_number(f"{number:f}") == Fraction(number)
    if number.adjusted() >= -30:
        assert parse_number(f"{number:e}") == Fraction(number)


@pytest.mark.parametrize(
    "text", ["", "+", ".", "NaN", "inf", "-Infinity", "1_000", "0x10", "1e", "1 2", "½", "2²", "1/2", "--1", "٣"]
)
def test_what_is_no_number(text: str) -> None:
    """Only plain decimals are numbers: no NaN, no infinity, no underscores, no fractions."""
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("+3.", 3), (".25", Fraction(1, 4)), ("１２", 12), ("-1E-3", Fraction(-1, 1000))]
)
def test_ways_to_write_a_number(text: str, value: Fraction) -> None:
    """A sign, a missing digit before or after the point, an exponent and full-width digits are all read."""
    assert parse_number(text) == value


# ---------------------------------------------------------------- the wire


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (1_500_000_000, Kind.DATA, 1_500_000_000),
        ("1.5 GB", Kind.DATA, 1_500_000_000),
        (15, Kind.MONEY, 1500),
        (15.1, Kind.MONEY, 1510),
        ("15.00", Kind.MONEY, 1500),
        ("15 CNY", Kind.MONEY, 1500),
        (1.5, Kind.DURATION, 1500),
        ("30 minutes", Kind.DURATION, 1_800_000),
        (0.1, Kind.NUMBER, 100_000),
        ("50%", Kind.NUMBER, 500_000),
        (3, Kind.WHOLE, 3),
        (3.0, Kind.WHOLE, 3),
        ("300%", Kind.WHOLE, 3),
        (-3, Kind.WHOLE, -3),
        (4, Kind.LENGTH, 4000),
    ],
)
def test_amounts_on_the_wire(raw: float | str, kind: Kind, value: int) -> None:
    """A bare number is in the wire's unit (bytes, main unit, seconds, metres); a text may carry its own."""
    assert read_amount(raw, kind, "CNY", 1000) == value


@pytest.mark.parametrize(
    ("raw", "kind", "message"),
    [
        (0.5, Kind.DATA, "0.5 bytes is not a whole number of bytes"),
        (15.005, Kind.MONEY, "15.005 CNY has more decimals than CNY has (2)"),
        (-1, Kind.DURATION, "-1 seconds is less than nothing; a duration is 0 or more"),
        (1.5, Kind.WHOLE, "1.5 is not a whole number"),
        ("2 GB", Kind.MONEY, '"2 GB" is an amount of data; expected money such as "15 CNY"'),
        ("15 CNY", Kind.NUMBER, '"15 CNY" is an amount of money; expected number such as "1.5"'),
        ("50%", Kind.DATA, '"50%" is a number; expected data such as "2 GB"'),
        (10**12, Kind.WHOLE, "1000000000000 is out of range: a whole number is smaller than 1,000,000,000,000"),
        (10**16, Kind.MONEY, f"{10**16} CNY is out of range: an amount of money is smaller than {10**16:,} CNY"),
        (float("nan"), Kind.NUMBER, "nan is not a number"),
        (float("-inf"), Kind.NUMBER, "-inf is not a number"),
        (1e300, Kind.NUMBER, "1e+300 is out of range: a number is smaller than 1,000,000,000,000 in size"),
        pytest.param(10**5000, Kind.NUMBER, "a number of more than 100 digits is out of range", id="5000 digits"),
    ],
)
def test_what_is_no_amount(raw: float | str, kind: Kind, message: str) -> None:
    """An amount off its grid, below zero, out of range or of another kind is refused, saying which."""
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        read_amount(raw, kind, "CNY", 1000)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("raw", [True, None, [1], {"amount": 1}, b"1"])
def test_amounts_are_numbers_or_texts(raw: object) -> None:
    """Anything that is neither number nor text is not read as an amount, true and false above all."""
    with pytest.raises(TypeError, match="an amount of data is a number or a text with its unit, not"):
        read_amount(raw, Kind.DATA, "EUR", 1000)  # type: ignore[arg-type]


@given(st.floats(-1e9, 1e9), st.sampled_from(AMOUNTS))
def test_floats_are_what_they_are_written_as(raw: float, kind: Kind) -> None:
    """A float reads as the shortest decimal that stands for it does as text, or both are refused alike."""
    assert outcome(raw, kind) == outcome(repr(raw), kind)


def outcome(raw: float | str, kind: Kind) -> int | str:
    """The value read, or the message."""
    try:
        return read_amount(raw, kind, "EUR", 1000)
    except ValueError as refused:
        return str(refused)


texts = st.text() | st.from_regex(r"[-+¥€]?[0-9０-９]{1,20}[.,]?[0-9]{0,9}(e[0-9]{1,3})? ?\w{0,6}")


@given(texts, st.sampled_from(AMOUNTS))
def test_any_text_is_read_or_refused(text: str, kind: Kind) -> None:
    """Whatever a producer sends as an amount gives a value within the limits or a ValueError, nothing else."""
    found = outcome(text, kind)
    assert isinstance(found, str) or abs(found) < GRID_LIMIT


@given(st.fractions(-(10**6), 10**6), st.sampled_from(AMOUNTS))
def test_nothing_is_rounded(value: Fraction, kind: Kind) -> None:
    """A number of main units is on the grid exactly, or refused."""
    points = {Kind.NUMBER: 10**6, Kind.WHOLE: 1, Kind.MONEY: 100, Kind.DATA: 1, Kind.DURATION: 1000, Kind.LENGTH: 1000}
    try:
        assert to_grid(value, kind, "EUR") == value * points[kind]
    except ValueError:
        assert (value * points[kind]).denominator != 1 or value < 0


def test_texts_are_no_amounts() -> None:
    """Kinds without a grid of amounts are refused."""
    with pytest.raises(ValueError, match="a text is not an amount"):
        to_grid(1, Kind.TEXT, "EUR")
