"""From written numbers, units, dates and texts to constants on the grid of their types."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from models.moments import days_of, local_to_moment, zone
from models.speech import paragraph, say
from models.types import (
    DATA,
    DATE,
    DURATION,
    LENGTH,
    MOMENT,
    MONEY,
    NUMBER,
    NUMBER_LIMIT,
    TEXT,
    WHOLE,
    Kind,
    Type,
    grid_of,
    said_kind,
)
from models.units import expected_of, units_of
from models.vocabulary import Vocabulary
from rules.language import tree
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.scope import WEEKDAYS
from rules.language.unit_words import INEXACT, fold, with_chinese_unit, with_unit
from rules.problems import Problem
from rules.typed import Constant

Literal = (
    tree.Number | tree.Percent | tree.Quantity | tree.Quoted | tree.Date | tree.Clock | tree.DateTime | tree.DayName
)
_TYPES = {Kind.NUMBER: NUMBER, Kind.MONEY: MONEY, Kind.DATA: DATA, Kind.DURATION: DURATION, Kind.LENGTH: LENGTH}


def resolve_literal(node: Literal, vocabulary: Vocabulary, problems: list[Problem]) -> Constant | None:
    """The constant a literal stands for."""
    match node:
        case tree.Number(value):
            whole = value == value.to_integral_value()
            return _number(value, Kind.WHOLE if whole else Kind.NUMBER, node.at, problems)
        case tree.Percent(value):
            return _number(value / 100, Kind.NUMBER, node.at, problems)
        case tree.Quantity():
            return resolve_quantity(node, vocabulary, problems)
        case tree.Quoted(text):
            return Constant(text, TEXT)
        case tree.Date(day):
            return Constant(days_of(day.year, day.month, day.day), DATE)
        case tree.DateTime(day, minutes):
            days = days_of(day.year, day.month, day.day)
            return Constant(local_to_moment(zone(vocabulary.time_zone), days, minutes), MOMENT)
        case tree.DayName(weekday):
            return Constant(WEEKDAYS.choices[weekday], WEEKDAYS)
        case tree.Clock(minutes):
            hour = minutes // 60
            hint = say(
                "Compare the hour: {written}.", written=form(node.at, f"hour >= {hour}", f"当前小时不低于{hour}")
            )
            moment = form(node.at, "at 09:00", "每天09:00")
            said = say(
                "{text} is a time of day; only moments of a when ({moment}) have one.", text=node.at.text, moment=moment
            )
            problems.append(node.at.problem("E203", said, hint))
            return None


def _number(value: Decimal, kind: Kind, at: Span, problems: list[Problem]) -> Constant | None:
    type_ = WHOLE if kind is Kind.WHOLE else NUMBER
    points = Fraction(value) * grid_of(type_)
    if points.denominator != 1:
        problems.append(at.problem("E209", say("{text} is finer than six decimals.", text=at.text), say("Round it.")))
        return None
    if abs(value) >= NUMBER_LIMIT:
        said = say(
            "{text} is out of range: a number is smaller than {limit:,} in size.",
            text=at.text,
            limit=NUMBER_LIMIT,
        )
        problems.append(at.problem("E209", said))
        return None
    return Constant(int(points), type_)


def resolve_quantity(node: tree.Quantity, vocabulary: Vocabulary, problems: list[Problem]) -> Constant | None:
    """The constant of a number with its unit; months, years, and other currencies are refused."""
    if node.unit in INEXACT:
        problems.append(_inexact(node))
        return None
    known = units_of(vocabulary.currency, vocabulary.data_unit).get(fold(node.unit))
    if known is None:
        said = say(
            "{text}: amounts of money are in {currency} in this workspace.",
            text=node.at.text,
            currency=vocabulary.currency,
        )
        written = _with_currency(node, vocabulary.currency)
        hint = say("Write the amount in {currency}, such as {written}.", currency=vocabulary.currency, written=written)
        problems.append(node.at.problem("E207", said, hint))
        return None
    kind, points = known
    value = Fraction(node.value) * points
    if value.denominator != 1:
        hint = say("Write fewer decimals: {expected}.", expected=expected_of(kind, vocabulary.currency))
        problems.append(
            node.at.problem(
                "E209", say("{text} is finer than {finest}.", text=node.at.text, finest=_finest(kind, vocabulary)), hint
            )
        )
        return None
    if abs(value) >= 10**18:
        problems.append(node.at.problem("E209", say("{text} is out of range.", text=node.at.text)))
        return None
    return Constant(int(value), _TYPES[kind])


def _with_currency(node: tree.Quantity, currency: str) -> str:
    """An amount with the currency of the workspace, as the phrase would have it."""
    return form(node.at, with_unit(node.value, currency), with_chinese_unit(node.value, currency))


def _inexact(node: tree.Quantity) -> Problem:
    days = int(node.value * (30 if node.unit == "month" else 365))
    words = form(node.at, say('"this month", "previous month" or "per month"'), say('"本月", "上月" or "每月"'))
    hint = say("Write {written}.", written=form(node.at, f"{days} days", f"{days}天"))
    if node.unit == "month":
        said = say("{text}: a month has no fixed length.", text=node.at.text)
        return node.at.problem("E208", said, paragraph(hint, say("For the calendar, write {words}.", words=words)))
    return node.at.problem("E208", say("{text}: a year has no fixed length.", text=node.at.text), hint)


def _finest(kind: Kind, vocabulary: Vocabulary) -> str:
    return {
        Kind.MONEY: say("the smallest unit of {currency}", currency=vocabulary.currency),
        Kind.DATA: say("a byte"),
        Kind.DURATION: say("a millisecond"),
        Kind.LENGTH: say("a millimetre"),
    }.get(kind, say("six decimals"))


def resolve_duration(
    node: tree.Quantity, vocabulary: Vocabulary, problems: list[Problem], least: int = 1
) -> int | None:
    """A length of time in milliseconds, at least `least`."""
    constant = resolve_quantity(node, vocabulary, problems)
    if constant is None:
        return None
    if constant.type.kind is not Kind.DURATION:
        hint = say(
            "Write {written}.",
            written=form(node.at, say("30 minutes, 24 hours or 7 days"), say("30分钟, 24小时 or 7天")),
        )
        problems.append(
            node.at.problem(
                "E213",
                say("{text} is {what}, not a length of time.", text=node.at.text, what=_what(constant.type)),
                hint,
            )
        )
        return None
    assert isinstance(constant.value, int)
    if constant.value < least:
        problems.append(
            node.at.problem(
                "E209", say("{text} is too short.", text=node.at.text), say("Write a length of time above zero.")
            )
        )
        return None
    return constant.value


def _what(type_: Type) -> str:
    return {Kind.LENGTH: say("a length"), Kind.NUMBER: say("a number")}.get(type_.kind, said_kind(type_.kind))
