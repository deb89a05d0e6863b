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
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from models.types import Kind
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary
from rules.language.keywords import CHINESE, CHINESE_DAYS, ENGLISH, ENGLISH_DAYS, Language
from rules.language.language_of import UNSPACED
from rules.language.unit_words import fold, unit_words

_LETTER: Final = rf"[^\W{UNSPACED}]"
#: Letters and digits of a script that puts spaces between words.
WORD: Final = re.compile(rf"{_LETTER}+")
#: The same, with hyphens and apostrophes inside: an unknown word.
WHOLE_WORD: Final = re.compile(rf"{_LETTER}+(?:[-'’]{_LETTER}+)*")
_UNSPACED_SIGN: Final = re.compile(f"[{UNSPACED}]")
_JOINED: Final = re.compile(rf"[-'’]?{_LETTER}")
#: What a name may not hold: it would be read as a sign of the language.
_SIGN_IN_NAME: Final = re.compile(
    r"[\"“”「」\[\](){}<>=≤≥+*×/÷,，、:：;；%％#&!|\\（）［］＜＞＝＋＊／]|(?:^|\s)[-.]|-(?:\s|$)|\.(?=\w)"
)
#: Keywords that no name can follow: what they would join to is no danger.
_NO_NAME_AFTER: Final = frozenset(
    {
        "EVERY",
        "LAST",
        "THIS",
        "PREVIOUS",
        "PER",
        "DAY",
        "WEEK",
        "MONTH",
        "BILLING_CYCLE",
        "TODAY",
        "EVER",
        "AGO",
        "AT",
        "ENDING",
        "ON_DAY",
    }
)

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

    @cached_property
    def _by_first(self) -> dict[str, tuple[Entry, ...]]:
        """Entries by their first word (or sign), the longest spelling first."""
        table: dict[str, list[Entry]] = {}
        for spelling, entry in self.entries.items():
            table.setdefault(first_word(spelling, 0), []).append(entry)
        return {key: tuple(sorted(found, key=lambda entry: -len(entry.spelling))) for key, found in table.items()}

    def at(self, text: str, start: int) -> Entry | None:
        """The longest keyword or name that begins at `start` of a text (single spaces, plain signs)."""
        found = None if self.below is None else self.below.at(text, start)
        key = first_word(text, start)
        for entry in self._by_first.get(key, ()):
            if found is not None and len(entry.spelling) < len(found.spelling):
                break
            if text.startswith(entry.spelling, start) and ends_word(text, start + len(entry.spelling)):
                return entry
        return found

    def parts(self, name: str) -> list[str] | None:
        """The other known words, two or more, that a name falls into; None if it does not."""
        return next((found for found in self._splits(name, 0) if len(found) > 1), None)

    def _splits(self, name: str, start: int) -> Iterator[list[str]]:
        start += name[start : start + 1] == " "
        if start == len(name):
            yield []
            return
        for entry in self._by_first.get(first_word(name, start), ()):
            end = start + len(entry.spelling)
            if entry.spelling != name and name.startswith(entry.spelling, start) and ends_word(name, end):
                for rest in self._splits(name, end):
                    yield [entry.spelling, *rest]

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
    if end >= len(text) or _UNSPACED_SIGN.match(text, end - 1):
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
_FOLDED_KEYWORDS: Final = MappingProxyType({keyword.casefold(): keyword for keyword in KEYWORDS})


def words_of(
    vocabulary: Vocabulary, facts: Iterable[str] = (), aliases: Iterable[str] = (), roles: Iterable[str] = ()
) -> Words:
    """The table for the phrases of a workspace: its vocabulary and facts, the steps of a rule, roles and channels.

    Build it once for a workspace and put the names of each rule on top with `Words.with_names`. Choices of a type are
    names too, as far as they are no keywords (those need quotes).
    """
    entries: dict[str, Entry] = {}
    for name, choice in _vocabulary_names(vocabulary):
        for spelling in (name, *_translations(vocabulary, name)):
            if choice and (spelling in entries or not _may_be_name(spelling)):
                continue
            entries[spelling] = Entry(spelling, NAME, name)
    for name in (*facts, *aliases, *roles):
        for spelling in (name, *_translations(vocabulary, name)):
            entries.setdefault(spelling, Entry(spelling, NAME, name))
    return Words({**entries, **_KEYWORDS}, None, vocabulary.currency, vocabulary.data_unit)


def _may_be_name(spelling: str) -> bool:
    return spelling not in _KEYWORDS and not _SIGN_IN_NAME.search(spelling) and not spelling.isdecimal()


def _vocabulary_names(vocabulary: Vocabulary) -> Iterator[tuple[str, bool]]:
    """Every name of a vocabulary, and whether it is a mere choice; choices come last."""
    events = [*vocabulary.events.values(), *RESERVED_EVENTS.values()]
    types = [*vocabulary.customer.values(), *(type_ for event in events for type_ in event.fields.values())]
    attributes = (*vocabulary.customer, *RESERVED_ATTRIBUTES)
    fields = (name for event in events for name in event.fields)
    for name in (*(event.name for event in events), *attributes, *fields, *vocabulary.places, *vocabulary.things):
        yield name, False
    for type_ in types:
        for choice in type_.choices if type_.kind is Kind.CHOICE else ():
            yield choice, True


def _translations(vocabulary: Vocabulary, name: str) -> Iterator[str]:
    for names in vocabulary.names.values():
        if name in names:
            yield names[name]


def names_in(vocabulary: Vocabulary, language: Language) -> Mapping[str, str]:
    """The vocabulary's own names -> their spellings in a language; names without one are left out."""
    codes = (code for code in vocabulary.names if code.partition("-")[0] == language)
    return vocabulary.names.get(next(codes, language), MappingProxyType({}))


# ------------------------------------------------------------------- clashes

#: A name, what it clashes with, and why.
Clash = tuple[str, str, str]


def name_clashes(vocabulary: Vocabulary, facts: Iterable[str] = ()) -> list[Clash]:
    """Names that would be misread: (name, what it clashes with, why), for the whole vocabulary at once.

    A name may not be a keyword, nor hold signs of the language or begin like a number with its unit, nor be spelled
    like another name's translation, nor read as several known words, nor join with a keyword before or after it to
    another known word, so that longest match would cut it wrongly.
    """
    units = unit_words(vocabulary.currency, vocabulary.data_unit)
    names, clashes = _spellings(vocabulary, facts)
    clashes += [clash for name in names if (clash := _clash_alone(name, units)) is not None]
    unsound = {clash[0] for clash in clashes}
    sound = {name: Entry(name, NAME, name) for name in names if name not in unsound}
    words = Words({**sound, **_KEYWORDS})
    clashes += [(name, parts[0], _reads_as(parts)) for name in sound if (parts := words.parts(name))]
    clashes += _cut_wrongly(words)
    return list(dict.fromkeys(clashes))


def _spellings(vocabulary: Vocabulary, facts: Iterable[str]) -> tuple[dict[str, str], list[Clash]]:
    """Spelling -> canonical name, and translations that are spelled like another name."""
    canonical = [name for name, choice in _vocabulary_names(vocabulary) if not choice]
    names = {name: name for name in (*canonical, *facts)}
    clashes = []
    for language, translated in vocabulary.names.items():
        for name, spelling in translated.items():
            other = names.setdefault(spelling, name)
            if other != name:
                clashes.append((spelling, other, f'it is the name of "{name}" in "{language}", and of "{other}"'))
    return names, clashes


def _clash_alone(name: str, units: Mapping[str, str]) -> Clash | None:
    keyword = _FOLDED_KEYWORDS.get(name.casefold())
    if keyword is not None:
        same = "it is a word" if keyword == name else "but for capital letters it is a word"
        return name, keyword, f"{same} of the rule language"
    if not name or name != " ".join(name.split()):
        return name, " ", "between the words of a name stands one space, and none at its ends"
    sign = _SIGN_IN_NAME.search(name)
    if sign is not None:
        return name, sign.group().strip(), "the sign has a meaning of its own in phrases"
    number = re.match(r"[0-9]+ ?", name)
    if number is None:
        return None
    rest = name[number.end() :]
    unit = unit_at(rest, 0, units)
    if unit is not None or not rest or number.group().endswith(" "):
        found = number.group() if unit is None else name[: number.end() + unit[1]]
        return name, found.strip(), "it begins like a number"
    return None


def _reads_as(parts: list[str]) -> str:
    return "it reads as " + " and ".join(f'"{part}"' for part in parts)


def _cut_wrongly(words: Words) -> Iterator[Clash]:
    """Names that join with a keyword before or after them to (the beginning of) another known word."""
    starts = _beginnings(words.entries)
    for spelling in words.entries:
        for cut in _cuts(spelling):
            before = words.entries.get(spelling[:cut].rstrip())
            rest = spelling[cut:].lstrip()
            if before is None or before.token in _NO_NAME_AFTER:
                continue
            for after in starts.get(rest, ()):
                if (before.token == NAME) != (after.token == NAME):
                    name = before if before.token == NAME else after
                    text = f"{before.spelling} {after.spelling}"
                    yield name.spelling, spelling, f'"{text}" would be cut after "{spelling}"'


def _cuts(spelling: str) -> Iterator[int]:
    """Where a spelling may be cut in two: at spaces, and next to signs that need none."""
    for at, (left, right) in enumerate(pairwise(spelling), start=1):
        if right == " " or _UNSPACED_SIGN.match(left) or _UNSPACED_SIGN.match(right):
            yield at


def _beginnings(entries: Mapping[str, Entry]) -> dict[str, list[Entry]]:
    """Every beginning of a known word, and the word itself -> the words that begin so."""
    table: dict[str, list[Entry]] = {}
    for spelling, entry in entries.items():
        for cut in (*_cuts(spelling), len(spelling)):
            table.setdefault(spelling[:cut], []).append(entry)
    return table
