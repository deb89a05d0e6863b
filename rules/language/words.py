"""The tokenizer's table: keywords and names, found by longest match.

A table has layers: keywords and the vocabulary's names below, the names of a rule (its facts, its steps) on top, so
that ten thousand rules share one table. Names in other languages lead to the vocabulary's own name.

A space always ends a word. A name of letters ends where the letters end; one in Chinese signs needs no space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from models.types import Kind
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary
from rules.language.keywords import CHINESE, CHINESE_DAYS, ENGLISH, ENGLISH_DAYS, Language
from rules.language.language_of import UNSPACED
from rules.language.own_names import OWN_CHINESE
from rules.language.unit_words import fold

_LETTER: Final = rf"[^\W{UNSPACED}]"
#: Letters and digits of a script that puts spaces between words.
WORD: Final = re.compile(rf"{_LETTER}+")
#: The same, with hyphens and apostrophes inside: an unknown word.
WHOLE_WORD: Final = re.compile(rf"{_LETTER}+(?:[-'’]{_LETTER}+)*")
#: A sign of such a script.
UNSPACED_SIGN: Final = re.compile(f"[{UNSPACED}]")
_JOINED: Final = re.compile(rf"[-'’]?{_LETTER}")
#: What a name may not hold: it would be read as a sign of the language.
SIGN_IN_NAME: Final = re.compile(
    r"[\"“”「」\[\](){}<>=≤≥+*×/÷,，、:：;；%％#&!|\\（）［］＜＞＝＋＊／]|(?:^|\s)[-.]|-(?:\s|$)|\.(?=\w)"
)
#: What ends every word: a space, and the end of the text.
_ENDS: Final = ("", " ")

#: The type of a token that is a name.
NAME: Final = "NAME"


@dataclass(frozen=True, slots=True)
class Entry:
    """A keyword or name: how it is spelled, the token it is, and the canonical name (of a day, its number).

    Keywords have a language, but for days, which may stand in a phrase of any.
    """

    spelling: str
    token: str
    canonical: str
    language: Language | None = None


@dataclass(frozen=True)
class Words:
    """A table of keywords and names; `names` are canonical ones, of this layer and those below."""

    entries: Mapping[str, Entry] = field(repr=False)
    below: Words | None = field(default=None, repr=False)
    currency: str = "EUR"
    data_unit: int = 1000

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All canonical names, for "did you mean"."""
        own = tuple(dict.fromkeys(entry.canonical for entry in self.entries.values() if entry.token == NAME))
        return own if self.below is None else own + self.below.names

    @property
    def spellings(self) -> tuple[str, ...]:
        """All spellings of names, of every language."""
        own = tuple(spelling for spelling, entry in self.entries.items() if entry.token == NAME)
        return own if self.below is None else own + self.below.spellings

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        """How long the entries of all layers are, by their first word (or sign), the longest first."""
        lengths = {} if self.below is None else dict(self.below.lengths)
        for spelling in self.entries:
            key = first_word(spelling, 0)
            lengths[key] = tuple(sorted({len(spelling), *lengths.get(key, ())}, reverse=True))
        return lengths

    def spelled(self, spelling: str) -> Entry | None:
        """The entry that is spelled so, of the uppermost layer that has one."""
        entry = self.entries.get(spelling)
        return self.below.spelled(spelling) if entry is None and self.below is not None else entry

    def at(self, text: str, start: int, most: int | None = None) -> Entry | None:
        """The longest keyword or name that begins at `start` of a text (single spaces, plain signs).

        `most`: it has no more signs than these.
        """
        word = WORD.match(text, start)
        for length in self.lengths.get(word[0] if word is not None else text[start : start + 1], ()):
            end = start + length
            entry = self.spelled(text[start:end]) if most is None or length <= most else None
            if entry is not None and (text[end : end + 1] in _ENDS or ends_word(text, end)):
                return entry
        return None

    def with_names(self, names: Iterable[str]) -> Words:
        """This table with more names on top."""
        entries = {name: Entry(name, NAME, name) for name in names}
        return Words(entries, self, self.currency, self.data_unit) if entries else self


def first_word(text: str, start: int) -> str:
    """The word at `start`, by which the table is keyed: letters and digits, or one sign."""
    word = WORD.match(text, start)
    return word.group() if word is not None else text[start : start + 1]


def ends_word(text: str, end: int) -> bool:
    """Whether a name that ends at `end` ends there as a word."""
    if end >= len(text) or UNSPACED_SIGN.match(text, end - 1):
        return True
    return _JOINED.match(text, end) is None


def unit_at(text: str, start: int, units: Mapping[str, str]) -> tuple[str, int] | None:
    """The unit that begins at `start`, as it is printed, and how long it is in the text; None if none does."""
    word = WORD.match(text, start)
    if word is not None:
        unit = units.get(fold(word.group()))
        return None if unit is None else (unit, len(word.group()))
    for length in (4, 3, 2, 1):
        unit = units.get(text[start : start + length]) if len(text) >= start + length else None
        if unit is not None:
            return unit, length
    return None


def keyword_entries() -> Iterator[Entry]:
    """All keywords of all languages of phrases."""
    for language, table in ((Language.ENGLISH, ENGLISH), (Language.CHINESE, CHINESE)):
        for token, spellings in table.items():
            for spelling in spellings:
                yield Entry(spelling, token, spelling, language)
    for number, day in enumerate(ENGLISH_DAYS):
        yield Entry(day, "DAY_NAME", str(number))
    for number, days in enumerate(CHINESE_DAYS):
        for day in days:
            yield Entry(day, "DAY_NAME", str(number))
            for every in CHINESE["PER"]:
                yield Entry(every + day, "EVERY_DAY_NAME", str(number), Language.CHINESE)


_KEYWORDS: Final = MappingProxyType({entry.spelling: entry for entry in keyword_entries()})
KEYWORDS: Final = tuple(_KEYWORDS)


def words_of(
    vocabulary: Vocabulary, facts: Iterable[str] = (), aliases: Iterable[str] = (), roles: Iterable[str] = ()
) -> Words:
    """The table for the phrases of a workspace: its vocabulary and facts, the steps of a rule, roles and channels.

    Build it once for a workspace and put the names of each rule on top with `Words.with_names`. Choices of a type are
    names too, as far as they are no keywords (those need quotes).
    """
    named = (*names_of(vocabulary), *choices_of(vocabulary), *facts, *aliases, *roles)
    translated = ((spelling, name) for names in vocabulary.names.values() for name, spelling in names.items())
    known = frozenset(named)
    spelled = [(name, name) for name in named]
    spelled += [(spelling, name) for spelling, name in translated if name in known and _may_be_name(spelling)]
    spelled += vocabulary.fact_names.items()
    spelled += [(spelling, name) for name, spelling in OWN_CHINESE.items()]
    entries: dict[str, Entry] = {}
    for spelling, name in spelled:
        entries.setdefault(spelling, Entry(spelling, NAME, name))
    return Words({**entries, **_KEYWORDS}, None, vocabulary.currency, vocabulary.data_unit)


def names_of(vocabulary: Vocabulary) -> Iterator[str]:
    """Every name of a vocabulary, and every reserved one; choices are not among them."""
    events = [*vocabulary.events.values(), *RESERVED_EVENTS.values()]
    fields = (name for event in events for name in event.fields)
    yield from (event.name for event in events)
    yield from (*vocabulary.customer, *RESERVED_ATTRIBUTES, *fields, *vocabulary.places, *vocabulary.things)


def choices_of(vocabulary: Vocabulary) -> Iterator[str]:
    """The choices of the types of a vocabulary that can be written without quotes."""
    events = [*vocabulary.events.values(), *RESERVED_EVENTS.values()]
    types = (*vocabulary.customer.values(), *(type_ for event in events for type_ in event.fields.values()))
    for type_ in types:
        yield from (choice for choice in type_.choices if type_.kind is Kind.CHOICE and _may_be_name(choice))


def _may_be_name(spelling: str) -> bool:
    return spelling not in _KEYWORDS and not SIGN_IN_NAME.search(spelling) and not spelling.isdecimal()


def names_in(vocabulary: Vocabulary, language: Language) -> Mapping[str, str]:
    """The vocabulary's own names -> their spellings in a language; names without one are left out.

    What the language itself names (`customer`, reserved events and attributes) is among them, unless the vocabulary
    has another use for the word.
    """
    codes = (code for code in vocabulary.names if code.partition("-")[0] == language)
    own = vocabulary.names.get(next(codes, language), MappingProxyType({}))
    if language is not Language.CHINESE:
        return own
    taken = {*names_of(vocabulary), *choices_of(vocabulary)}
    taken.update(spelling for names in vocabulary.names.values() for spelling in names.values())
    return {**{name: spelling for name, spelling in OWN_CHINESE.items() if spelling not in taken}, **own}


def own_words(vocabulary: Vocabulary) -> Iterator[str]:
    """The names of the language itself, as far as the vocabulary has no other use for them."""
    taken = frozenset(spelling for names in vocabulary.names.values() for spelling in names.values())
    return (spelling for spelling in OWN_CHINESE.values() if spelling not in taken)
