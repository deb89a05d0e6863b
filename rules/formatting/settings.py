"""Settings that are no phrases, in the words of a language; None for a text that its reader does not know either."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from models.policy import PURPOSES
from rules.language.keys import word_in, word_of
from rules.language.keywords import Language
from rules.language.own_names import channel_in, channel_of
from rules.workspace.policy_file import (
    BY_WORTH,
    CHINESE_CHOOSE,
    CHINESE_FALLBACK,
    CHOOSE,
    FALLBACK,
    KINDS,
    RATE,
    TOPIC,
)
from rules.workspace.reading import plain
from rules.workspace.rule_file import RUNS, span_of
from rules.workspace.type_text import OPTIONAL, WORDS

#: Units of a rate.
_UNITS: Final = MappingProxyType({"second": "秒", "minute": "分钟", "hour": "小时", "day": "天"})
#: What writes an amount in the language wanted.
Amount = Callable[[str], str]


def runs(text: str, language: Language) -> str | None:
    """`2026-03-01 to 2026-12-31`, `from 2026-03-01`, `until 2026-12-31`."""
    match = RUNS.fullmatch(plain(text))
    if match is None:
        return None
    first, last = span_of(match)
    chinese = language is Language.CHINESE
    if first and last:
        return f"{first}至{last}" if chinese else f"{first} to {last}"
    if first:
        return f"自{first}起" if chinese else f"from {first}"
    return f"至{last}止" if chinese else f"until {last}"


def type_(text: str, language: Language) -> str | None:
    """`data`, `text, optional`; a choice is in the vocabulary's own names."""
    optional = OPTIONAL.fullmatch(text)
    written = plain(optional["type"] if optional else text)
    word = word_of(written, WORDS)
    if word is None and "|" not in written:
        return None
    said = written if word is None else word_in(word, language)
    comma = "，" if language is Language.CHINESE else ", "
    return said if optional is None else f"{said}{comma}{word_in('optional', language)}"


def order(text: str, language: Language) -> str | None:
    """`grants, guidance, tasks, offers by worth`."""
    parts = [plain(part) for part in re.split("[,，、]", text)]
    words = [word_of(BY_WORTH.sub("", part), KINDS) for part in parts]
    by_worth = "按价值" if language is Language.CHINESE else " by worth"
    said = [
        word_in(word, language) + (by_worth if BY_WORTH.search(part) else "")
        for word, part in zip(words, parts, strict=True)
        if word is not None
    ]
    return ("、" if language is Language.CHINESE else ", ").join(said) if None not in words else None


def rate(text: str, language: Language) -> str | None:
    """`50 per second`."""
    match = RATE.fullmatch(plain(text))
    if match is None:
        return None
    number = match["number"] or match["many"]
    english = {chinese: unit for unit, chinese in _UNITS.items()}
    unit = match["unit"] or english[match["each"]]
    return f"每{_UNITS[unit]}{number}条" if language is Language.CHINESE else f"{number} per {unit}"


def fallback(text: str, language: Language, amount: Amount) -> str | None:
    """`sms after 30 minutes`."""
    match = CHINESE_FALLBACK.fullmatch(plain(text)) or FALLBACK.fullmatch(plain(text))
    if match is None:
        return None
    channel, length = channel_in(channel_of(match["channel"]), language), amount(match["length"])
    return f"{length}后{channel}" if language is Language.CHINESE else f"{channel} after {length}"


def choose(text: str, language: Language, amount: Amount) -> str | None:
    """`1 offer within 10 minutes`."""
    match = CHINESE_CHOOSE.fullmatch(plain(text)) or CHOOSE.fullmatch(plain(text))
    if match is None:
        return None
    number, length = match["number"], amount(match["length"])
    offers = "offer" if number == "1" else "offers"
    return f"{length}内{number}个优惠" if language is Language.CHINESE else f"{number} {offers} within {length}"


def capped(what: str, language: Language) -> str:
    """Whom a cap holds for: a purpose, a topic or a channel."""
    purpose = word_of(what, PURPOSES)
    if purpose is not None:
        return word_in(purpose, language)
    topic = TOPIC.fullmatch(what)
    if topic is not None:
        return f"主题{topic['name']}" if language is Language.CHINESE else f"topic {topic['name']}"
    return channel_in(channel_of(what), language)
