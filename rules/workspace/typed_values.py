"""Values as stories write them: `7 GB`, `roaming`, `2026-03-02 09:00`, `[31.14, 121.80]`, typed by the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from models.moments import local_to_moment, parse_date, parse_moment
from models.speech import listed, say
from models.text import fold
from models.types import NUMBER_GRID, NUMERIC, Fixed, Kind, Type, said_type
from models.units import expected_of, parse_quantity
from models.vocabulary import Vocabulary
from rules.language.keys import word_of
from rules.language.own_names import OWN_CHINESE
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.problems import suggestion
from rules.workspace import quantities, reading
from rules.workspace.findings import Findings

LOCAL_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?")


@dataclass(frozen=True, slots=True)
class Bad:
    """A value that could not be read; its problem has been reported. (None is a value: missing.)"""


BAD = Bad()


def read_value(
    node: Node, findings: Findings, what: str, type_: Type, vocabulary: Vocabulary, zone: ZoneInfo
) -> Fixed | Bad:
    """The value of that type; nothing at all is missing. A local time is in `zone`."""
    if isinstance(node, Scalar) and not node.style and node.text.strip() in {"", "~", "null"}:
        return None
    if type_.kind is Kind.POINT:
        found = quantities.point(node, findings, what)
        return BAD if found is None else found
    if isinstance(node, Items) and type_.kind is Kind.TEXT:
        return ", ".join(item.text for item in reading.texts(node, findings, what))
    text = reading.text(node, findings, what)
    if text is None:
        return BAD
    try:
        return value_of_text(text.text.strip(), type_, vocabulary, zone)
    except ValueError as error:
        hint = suggestion(text.text, type_.choices) if type_.kind is Kind.CHOICE else None
        findings.error(text, "E118", say("{what}: {said}.", what=what, said=error), hint)
        return BAD


def value_of_text(text: str, type_: Type, vocabulary: Vocabulary, zone: ZoneInfo) -> Fixed:
    """The value a text stands for; ValueError says what was expected."""
    match type_.kind:
        case Kind.TEXT | Kind.CELL:
            return text
        case Kind.YES_NO:
            return _yes_no(text)
        case Kind.CHOICE:
            return _choice(text, type_, vocabulary)
        case Kind.DATE:
            return parse_date(text)
        case Kind.MOMENT:
            return _moment(text, zone)
        case _:
            return _amount(text, type_, vocabulary)


def _yes_no(text: str) -> bool:
    word = word_of(text.lower(), reading.TRUTHS)
    if word is None:
        raise ValueError(say('"{text}" is neither yes nor no', text=text))
    return reading.TRUTHS[word]


def _choice(text: str, type_: Type, vocabulary: Vocabulary) -> str:
    spellings = {fold(choice): choice for choice in type_.choices}
    for names in vocabulary.names.values():
        spellings.update({fold(names[choice]): choice for choice in type_.choices if choice in names})
    found = spellings.get(fold(reading.plain(text)))
    if found is None:
        raise ValueError(say('"{text}" is none of {names}', text=text, names=listed(type_.choices)))
    return found


def _moment(text: str, zone: ZoneInfo) -> int:
    local = local_time(text, zone)
    return parse_moment(text) if local is None else local


def local_time(text: str, zone: ZoneInfo) -> int | None:
    """The moment of a local date and time (`2026-03-02 09:00[:30]`); None if it is not written so.

    Raises ValueError for a date or time that does not exist.
    """
    match = LOCAL_TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[2]), int(match[3]), int(match[4] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(
            say('"{text}" has a time of day that does not exist; a day goes from 00:00 to 23:59', text=text)
        )
    millis = int((match[5] or "").ljust(3, "0"))
    return local_to_moment(zone, parse_date(match[1]), hour * 60 + minute) + second * 1000 + millis


def _amount(text: str, type_: Type, vocabulary: Vocabulary) -> Fixed:
    assert type_.kind in NUMERIC, type_
    kind, value = parse_quantity(text, vocabulary.currency, vocabulary.data_unit)
    if kind is type_.kind or value == 0:
        return value
    if kind is Kind.NUMBER and type_.kind is Kind.WHOLE:
        whole = Fraction(value, NUMBER_GRID)
        if whole.denominator == 1:
            return int(whole)
        raise ValueError(say("{text} is not a whole number", text=text))
    raise ValueError(
        say(
            '"{text}" is {kind}; expected {expected}',
            text=text,
            kind=said_type(Type(kind)),
            expected=expected_of(type_.kind, vocabulary.currency),
        )
    )


def canonical(name: str, known: Container[str], vocabulary: Vocabulary) -> str | None:
    """The vocabulary's own name for a name in any language, if `known` holds it."""
    plain = reading.plain(name)
    if plain in known:
        return plain
    for names in (*vocabulary.names.values(), OWN_CHINESE):
        for own, spelling in names.items():
            if spelling == plain and own in known:
                return own
    return None
