"""Sentences for people, in the language they want: English, or what the table of another language has for it.

A sentence stands in the code in English, whole, with named places for values: `say("{name} is not known here.",
name=..)`. It is translated as it is said, in the language of the moment (`speaking`). For English nothing is read. The
tables are the `.po` files of `models/translations/` (ADR 0022); `make sentences` brings them up to date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final


class Tongue(StrEnum):
    """A language that sentences are said in."""

    ENGLISH = "en"
    CHINESE = "zh"


TABLES: Final = Path(__file__).with_name("translations")
#: An entry: the sentence (of two forms the one for 1), and what is said for it; each on one line.
_ENTRY: Final = re.compile(r'^msgid (".+")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".+")$', re.MULTILINE)
_TONGUE: ContextVar[Tongue] = ContextVar("tongue", default=Tongue.ENGLISH)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """What is said inside is said in this language."""
    token = _TONGUE.set(tongue)
    try:
        yield
    finally:
        _TONGUE.reset(token)


def spoken() -> Tongue:
    """The language of the moment."""
    return _TONGUE.get()


def tongue_of(environment: Mapping[str, str]) -> Tongue:
    """The language that a user's environment asks for: `BEFOREHAND_LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`."""
    names = ("BEFOREHAND_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next(filter(None, (environment.get(name) for name in names)), "")
    return Tongue.CHINESE if wanted.lower().startswith("zh") else Tongue.ENGLISH


def say(sentence: str, /, **values: object) -> str:
    """A sentence with its values, in the language of the moment. `{{` and `}}` are braces."""
    return _translated(sentence).format_map(values)


def say_count(count: int, one: str, many: str, /, **values: object) -> str:
    """The same of a sentence that has a form for one and another for more; `{count}` is the number."""
    sentence = _translated(one) if _TONGUE.get() is not Tongue.ENGLISH else one if count == 1 else many
    return sentence.format_map({"count": count, **values})


def sentence(text: str) -> str:
    """The text itself: marks a sentence that stands in a table of the code, and is said later."""
    return text


def paragraph(*sentences: str | None) -> str:
    """Whole sentences one behind the other; None is left out."""
    return ("" if _TONGUE.get() is Tongue.CHINESE else " ").join(filter(None, sentences))


def listed(texts: Iterable[str]) -> str:
    """`a, b, c`, or `a、b、c`."""
    return say(", ").join(texts)


def all_of(texts: Iterable[str], *, commas: bool = False) -> str:
    """`a and b and c`, or `a, b and c` with commas; `a、b和c`."""
    return _joined(list(texts), say(" and "), commas=commas)


def any_of(texts: Iterable[str], *, commas: bool = False) -> str:
    """`a or b or c`, or `a, b or c` with commas; `a、b或c`."""
    return _joined(list(texts), say(" or "), commas=commas)


def quoted(text: str) -> str:
    """A text in double quotes, as sentences show it."""
    return f"“{text}”" if _TONGUE.get() is Tongue.CHINESE else f'"{text}"'


def _joined(texts: Sequence[str], word: str, *, commas: bool) -> str:
    between = say(", ") if commas or _TONGUE.get() is Tongue.CHINESE else word
    return word.join(filter(None, (between.join(texts[:-1]), *texts[-1:])))


def _translated(sentence: str) -> str:
    tongue = _TONGUE.get()
    return sentence if tongue is Tongue.ENGLISH else table(tongue).get(sentence, sentence)


@cache
def table(tongue: Tongue) -> Mapping[str, str]:
    """English sentence -> what is said for it. Nothing for English."""
    if tongue is Tongue.ENGLISH:
        return MappingProxyType({})
    found = _ENTRY.findall((TABLES / f"{tongue}.po").read_text("utf-8"))
    # What gettext writes in quotes is JSON, and read fastest at once.
    texts = json.loads(f"[{','.join(chain.from_iterable(found))}]")
    return MappingProxyType(dict(zip(texts[::2], texts[1::2], strict=True)))
