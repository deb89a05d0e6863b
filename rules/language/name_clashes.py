"""Names that would be misread, found before anybody writes a phrase with them.

Phrases are cut by longest match, so a known word may swallow what was meant as the end of one word and the beginning
of the next. Which words can stand side by side is known from the grammars; all of it is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.speech import all_of, quoted, say
from models.vocabulary import Vocabulary
from rules.language.grammar import Recipe, recipe
from rules.language.keywords import DAYS, DISTANCE, LENGTH_OF_TIME, Language
from rules.language.neighbours import neighbours, side_by_side
from rules.language.unit_words import unit_words
from rules.language.words import (
    KEYWORDS,
    NAME,
    SIGN_IN_NAME,
    UNSPACED_SIGN,
    Entry,
    choices_of,
    ends_word,
    first_word,
    keyword_entries,
    names_of,
    own_words,
    unit_at,
)

#: A name, what it clashes with, and why.
Clash = tuple[str, str, str]

_FOLDED_KEYWORDS: Final = MappingProxyType({keyword.casefold(): keyword for keyword in KEYWORDS})
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def name_clashes(vocabulary: Vocabulary, facts: Iterable[str] = ()) -> list[Clash]:
    """Names that would be misread: (name, what it clashes with, why), for the whole vocabulary at once.

    A name may not be a keyword, nor hold signs of the language or begin like a number with its unit, nor be spelled
    like another name's translation, nor read as several known words, nor join with the words beside it to another
    known word, so that longest match would cut it wrongly.
    """
    return Names(vocabulary, facts).clashes


class Names:
    """The names of a workspace, and the clashes among them; `clashes_with` tries one more name."""

    def __init__(self, vocabulary: Vocabulary, facts: Iterable[str] = ()) -> None:
        self._units = unit_words(vocabulary.currency, vocabulary.data_unit)
        self._names, clashes = _spellings(vocabulary, facts)
        clashes += [clash for name in self._names if (clash := _clash_alone(name, self._units)) is not None]
        unsound = {clash[0] for clash in clashes}
        own = (*own_words(vocabulary), DAYS, DISTANCE, LENGTH_OF_TIME)
        sound = [name for name in self._names if name not in unsound]
        self._known = _Known(
            sound,
            [name for name in choices_of(vocabulary) if name not in self._names],
            [name for name in own if name not in self._names],
            self._units,
        )
        clashes += self._known.read_as_several(sound)
        clashes += [clash for spelling in self._known.entries for clash in self._known.swallowed_by(spelling)]
        self.clashes: list[Clash] = _once(clashes)

    def clashes_with(self, name: str) -> list[Clash]:
        """The clashes of one more name with those that are known."""
        if name in self._names:
            return []
        alone = _clash_alone(name, self._units)
        if alone is not None:
            return [alone]
        return _once(self._known.clashes_with(name))


def _once(clashes: Iterable[Clash]) -> list[Clash]:
    """The first of the clashes of the same two."""
    found: dict[tuple[str, str], Clash] = {}
    for clash in clashes:
        found.setdefault(clash[:2], clash)
    return list(found.values())


def _spellings(vocabulary: Vocabulary, facts: Iterable[str]) -> tuple[dict[str, str], list[Clash]]:
    """Spelling -> canonical name, and translations that are spelled like another name."""
    names = {name: name for name in (*names_of(vocabulary), *facts)}
    clashes = []
    for language, translated in vocabulary.names.items():
        for name, spelling in translated.items():
            other = names.setdefault(spelling, name)
            if other != name:
                clashes.append(
                    (
                        spelling,
                        other,
                        say(
                            'it is the name of "{name}" in "{language}", and of "{other}"',
                            name=name,
                            language=language,
                            other=other,
                        ),
                    )
                )
    return names, clashes


def _clash_alone(name: str, units: Mapping[str, str]) -> Clash | None:
    keyword = _FOLDED_KEYWORDS.get(name.casefold())
    if keyword is not None:
        if keyword == name:
            return name, keyword, say("it is a word of the rule language")
        return name, keyword, say("but for capital letters it is a word of the rule language")
    if not name or name != " ".join(name.split()):
        return name, " ", say("between the words of a name stands one space, and none at its ends")
    sign = SIGN_IN_NAME.search(name)
    if sign is not None:
        return name, sign.group().strip(), say("the sign has a meaning of its own in phrases")
    number = re.match(r"[0-9]+ ?", name)
    if number is None:
        return None
    rest = name[number.end() :]
    unit = unit_at(rest, 0, units)
    if unit is not None or not rest or number.group().endswith(" "):
        found = number.group() if unit is None else name[: number.end() + unit[1]]
        return name, found.strip(), say("it begins like a number")
    return None


@dataclass(frozen=True, slots=True)
class _Read:
    """The beginning of a spelling up to `end`, read as known words; `names` are those of them that are names."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    end: int
    types: tuple[str, ...]

    @property
    def last(self) -> str | None:
        """The type of the last token."""
        return self.types[-1] if self.types else None

    def then(self, word: str, type_: str, end: int) -> _Read:
        """With one more word."""
        names = (*self.names, word) if type_ == NAME else self.names
        return _Read((*self.words, word), names, end, (*self.types, type_))


class _Known:
    """All known words, and which of them could swallow what was meant as others.

    A name may be made of `choices` and of `own` names of the language, which do not clash with each other.
    """

    def __init__(
        self, names: Iterable[str], choices: Iterable[str], own: Iterable[str], units: Mapping[str, str]
    ) -> None:
        self._units = units
        self._own = frozenset(own)
        self._lesser = self._own | frozenset(choices)
        self.entries: dict[str, Entry] = {}
        #: When each came: clashes are told in that order.
        self._came: dict[str, int] = {}
        #: A beginning of a known word, or all of it -> the words that begin so.
        self._starts: dict[str, list[Entry]] = {}
        #: An end of a known word -> the words that end so.
        self._ends: dict[str, list[Entry]] = {}
        entries = {name: Entry(name, NAME, name) for name in (*self._lesser, *names)}
        for entry in {**entries, **{keyword.spelling: keyword for keyword in keyword_entries()}}.values():
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        spelling = entry.spelling
        self.entries[spelling] = entry
        self._came[spelling] = len(self._came)
        for start in _beginnings(spelling):
            self._starts.setdefault(start, []).append(entry)
        for cut in _cuts(spelling):
            self._ends.setdefault(spelling[cut:].lstrip(), []).append(entry)

    def _remove(self, entry: Entry) -> None:
        spelling = entry.spelling
        del self.entries[spelling], self._came[spelling]
        for start in _beginnings(spelling):
            self._starts[start].remove(entry)
        for cut in _cuts(spelling):
            self._ends[spelling[cut:].lstrip()].remove(entry)

    def clashes_with(self, name: str) -> Iterator[Clash]:
        """The clashes of a name that is not among the known ones."""
        around = {spelling for spelling in self.entries if name in spelling}
        around |= {other.spelling for start in _beginnings(name) for other in self._ends.get(start, ())}
        own, self._own = self._own, self._own - {name}
        known = name in self.entries
        if not known:
            self._add(Entry(name, NAME, name))
        try:
            yield from self.read_as_several([name])
            for spelling in (name, *around):
                yield from (clash for clash in self.swallowed_by(spelling) if name in clash[:2])
        finally:
            if not known:
                self._remove(self.entries[name])
            self._own = own

    def read_as_several(self, names: Iterable[str]) -> list[Clash]:
        """Names with spaces that are nothing but other known words (a name without spaces may well be)."""
        found = []
        for name in names:
            parts = next(self._splits(name, 0), None) if " " in name else None
            if parts is not None:
                found.append((name, parts[0], _reads_as(parts)))
        return found

    def _splits(self, name: str, start: int) -> Iterator[list[str]]:
        start += name[start : start + 1] == " "
        if start == len(name):
            yield []
            return
        for entry in self._known_at(name, start):
            end = start + len(entry.spelling)
            if entry.spelling in self._lesser or entry.spelling == name:
                continue
            if ends_word(name, end):
                for rest in self._splits(name, end):
                    yield [entry.spelling, *rest]

    def _known_at(self, text: str, start: int) -> list[Entry]:
        """The known words that the text has at `start`; the last letters of a word are no word."""
        least = start + len(first_word(text, start))
        found = (self.entries.get(text[start:end]) for end in range(least, len(text) + 1))
        return sorted((entry for entry in found if entry is not None), key=lambda entry: self._came[entry.spelling])

    # ---------------------------------------------------------- swallowing

    def swallowed_by(self, spelling: str) -> Iterator[Clash]:
        """The clashes of a known word that is other words which may stand side by side, with what may follow those."""
        for language in Language:
            for read in self._read(spelling, language):
                if read.end == len(spelling):
                    keyword = self.entries[spelling].token != NAME
                    said = side_by_side(language, read.types) if keyword else _is_phrase(read, language)
                    if len(read.words) > 1 and said:
                        yield from self._swallowed(spelling, read.words, read.names)
                    continue
                rest = spelling[read.end :].lstrip()
                for after in self._starts.get(rest, ()):
                    if after.spelling in {rest, spelling} or not _beside(read.last, after, language):
                        continue
                    if len(read.types) < 2 or side_by_side(language, (*read.types, after.token)):
                        names = (*read.names, after.spelling) if after.token == NAME else read.names
                        yield from self._swallowed(spelling, (*read.words, after.spelling), names)

    def _swallowed(self, spelling: str, parts: Sequence[str], involved: Sequence[str]) -> Iterator[Clash]:
        """The clash, if a name has a part in it; keywords and own names are the language's own affair."""
        names = [spelling, *involved] if self.entries[spelling].token == NAME else list(involved)
        if self._own.issuperset(names):
            return
        text = ("" if any(UNSPACED_SIGN.search(part) for part in parts) else " ").join(parts)
        why = (
            _reads_as(parts)
            if text == spelling
            else say('"{text}" would be cut after "{spelling}"', text=text, spelling=spelling)
        )
        other = next((name for name in names if name != names[0]), spelling)
        yield names[0], other if names[0] == spelling else spelling, why

    def _read(self, spelling: str, language: Language) -> Iterator[_Read]:
        """All beginnings of a spelling, and the whole, that can be read as other words that stand side by side."""
        waiting = list(self._words_at(_Read((), (), 0, ()), spelling, language))
        while waiting:
            read = waiting.pop()
            yield read
            if read.end < len(spelling):
                waiting += self._words_at(read, spelling, language)

    def _words_at(self, read: _Read, spelling: str, language: Language) -> Iterator[_Read]:
        start = read.end + (spelling[read.end : read.end + 1] == " ")
        for entry in self._known_at(spelling, start):
            end = start + len(entry.spelling)
            fits = end == len(spelling) or _may_cut(spelling, end)
            if fits and entry.spelling != spelling and _beside(read.last, entry, language):
                yield read.then(entry.spelling, entry.token, end)
        yield from self._number_at(read, spelling, start, language)

    def _number_at(self, read: _Read, spelling: str, start: int, language: Language) -> Iterator[_Read]:
        """A number, and a number with its unit; at the very beginning, the unit of a number before."""
        number = _NUMBER.match(spelling, start)
        after = start if number is None else number.end()
        if (number is None) == bool(read.words) or (number is None and self.entries[spelling].token != NAME):
            return
        unit = unit_at(spelling, after, self._units)
        ends = [] if number is None else [(after, "NUMBER")]
        ends += [] if unit is None else [(after + unit[1], "QUANTITY")]
        for end, type_ in ends:
            if read.last is None or (read.last, type_) in neighbours(language):
                yield read.then(spelling[start:end], type_, end)


def _beside(before: str | None, entry: Entry, language: Language) -> bool:
    """Whether a word can stand behind a token of this type (anywhere, if there is none) in a phrase of the language."""
    if entry.language not in (None, language):
        return False
    return before is None or (before, entry.token) in neighbours(language)


def _is_phrase(read: _Read, language: Language) -> bool:
    """Whether words that a name is made of say something by themselves, so that both ways to read them may be meant.

    Others do no harm: where the name makes no sense, its words are read one by one. A number at the end does, for it
    would lose what follows it.
    """
    if read.last == "NUMBER":
        return True
    return isinstance(recipe(language, "fact", read.types), Recipe)


def _reads_as(parts: Sequence[str]) -> str:
    return say("it reads as {parts}", parts=all_of(map(quoted, parts)))


def _cuts(spelling: str) -> Iterator[int]:
    """Where a spelling may be cut in two: at spaces, and next to signs that need none."""
    return (at for at in range(1, len(spelling)) if _may_cut(spelling, at))


def _may_cut(spelling: str, at: int) -> bool:
    left, right = spelling[at - 1], spelling[at]
    return right == " " or bool(UNSPACED_SIGN.match(left) or UNSPACED_SIGN.match(right))


def _beginnings(spelling: str) -> Iterator[str]:
    return (spelling[:cut] for cut in (*_cuts(spelling), len(spelling)))
