"""From the text of a phrase to tokens: numbers with their units, texts in quotes, dates, keywords and names.

Full-width signs and digits read as plain ones; offsets are those of the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from models.speech import say
from rules.language.foreign_signs import FOREIGN, foreign
from rules.language.keywords import DAYS, DISTANCE, LENGTH_OF_TIME, SIGNS, Language
from rules.language.language_of import UNSPACED
from rules.language.located import Located, Span
from rules.language.neighbours import neighbours
from rules.language.token import Leaf, Token
from rules.language.tree import Clock, Date, DateTime, DayName, Name, Number, Percent, Quantity, Quoted
from rules.language.unit_words import money_signs, unit_words
from rules.language.words import NAME, WHOLE_WORD, Entry, Words, unit_at
from rules.problems import Problem

#: Full-width signs that read as one plain sign each.
_PLAIN: Final[Mapping[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    ord("　"): " ",
    ord("、"): ",",
    ord("\u00a0"): " ",
    ord("\t"): " ",
    ord("～"): "~",
    ord("’"): "'",
    ord("－"): "-",
}
_CLOSING: Final = {'"': '"', "“": "”", "”": "”", "「": "」", "『": "』", "＂": "＂"}

_TIME: Final = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:])|[0-9]{1,2}点(?:半|[0-9]{1,2}分?)?(?![0-9:])"
_DATE: Final = re.compile(
    rf"([0-9]{{4}})(?:-([0-9]{{1,2}})-([0-9]{{1,2}})(?![0-9])|年([0-9]{{1,2}})月([0-9]{{1,2}})[日号])"
    rf"(?:[ T]?({_TIME}))?(?![0-9:-])"
)
_CLOCK: Final = re.compile(_TIME)
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?![0-9.])")
_NUMBER_LIKE: Final = re.compile(r"[0-9.][0-9.,_']*[0-9]?[A-Za-z]*")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_UNSPACED_WORD: Final = re.compile(f"[{UNSPACED}]+")
#: A name that a phrase gives to a step: in Chinese up to a comma or the end, else a word with Chinese signs.
_GIVEN_NAME: Final = re.compile(r"[^,;:()\[\]{}\"“”「」。！？]*[^\s,;:()\[\]{}\"“”「」。！？]")
_GIVEN_WORD: Final = re.compile(rf"[{UNSPACED}][^\s,;:()\[\]{{}}\"“”「」。！？]*")
_CURRENCY: Final = re.compile(r"[A-Z]{3}(?![A-Za-z0-9])")
_SIGNS: Final = tuple(sorted(SIGNS, key=len, reverse=True))
#: Signs that no sign of another language begins with.
_PLAIN_SIGNS: Final = {sign: type_ for sign, type_ in SIGNS.items() if len(sign) == 1 and sign not in "<>"}
_DIGITS: Final = frozenset("0123456789")
_MOST_DIGITS: Final = 30
_DAYS: Final = frozenset({"DAY_NAME", "EVERY_DAY_NAME"})
#: The keyword `is` of Chinese, which is the word `yes` where `is` cannot stand.
_YES: Final = "是"
_NO_LIMITS: Final[Mapping[int, int]] = MappingProxyType({})


class Unreadable(Exception):
    """The text of a phrase cannot be cut into tokens."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def tokens_of(source: Located, words: Words, most: Mapping[int, int] = _NO_LIMITS) -> list[Token]:
    """The tokens of a phrase. Raises Unreadable at the first sign or number that is not of the language.

    `most`: place -> how many signs the keyword or name there has at most, where the longest was no good.
    """
    return _Cutter(source, words, most).tokens()


class _Cutter:
    """Cuts one text. `text` has plain signs and single spaces; `offsets` lead back to the text as written."""

    def __init__(self, source: Located, words: Words, most: Mapping[int, int]) -> None:
        self.source = source
        self.words = words
        self.most = most
        self.units = unit_words(words.currency, words.data_unit)
        self.offsets: list[int] | range = range(len(source.text) + 1)
        #: The type of the token before.
        self.before = ""
        self.text = source.text if _is_plain(source.text) else source.text.translate(_PLAIN)
        if "  " in self.text:
            self._collapse()

    def _collapse(self) -> None:
        """Outside quotes, several spaces read as one."""
        kept: list[int] = []
        closing = None
        for at, sign in enumerate(self.text):
            written = self.source.text[at]
            if closing is None:
                closing = _CLOSING.get(written)
            elif written == closing:
                closing = None
            if sign != " " or closing is not None or not kept or self.text[kept[-1]] != " ":
                kept.append(at)
        self.offsets = [*kept, len(self.source.text)]
        self.text = "".join(self.text[at] for at in kept)

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        text = self.text
        at = 0
        while at < len(text):
            if text[at] == " ":
                at += 1
                continue
            if self.before == "AS":
                token, at = self._given_name(at, found[-1].language) or self._next(at)
            else:
                token, at = self._next(at)
            found.append(token)
            self.before = token.type
        return found

    def _next(self, at: int) -> tuple[Token, int]:
        sign = self.text[at]
        type_ = _PLAIN_SIGNS.get(sign)
        if type_ is not None and not (sign == "." and self.text[at + 1 : at + 2] in _DIGITS):
            start = self.offsets[at]
            return Token(type_, None, self.source, start, start + 1), at + 1
        if self.source.text[self.offsets[at]] in _CLOSING:
            return self._quoted(at)
        if sign in _DIGITS or sign == ".":
            return self._number_or_name(at)
        entry = self.words.at(self.text, at, self.most.get(self.offsets[at]) if self.most else None)
        if self.before == "OF":
            entry = self._ending(at, entry)
        if entry is not None:
            return self._known(entry, at)
        money = self._money(at)
        if money is None:
            self._refuse_foreign(at)
        return money or self._sign(at) or self._unknown(at)

    def _known(self, entry: Entry, at: int) -> tuple[Token, int]:
        """The token of a keyword or name of the table."""
        end = at + len(entry.spelling)
        if entry.token == NAME:
            return self._name(entry.canonical, at, end), end
        if entry.token in _DAYS:
            span = self._span(at, end)
            return _token(entry.token, DayName(int(entry.canonical), at=span)), end
        if entry.spelling == _YES and (self.before, entry.token) not in neighbours(Language.CHINESE):
            return self._name("yes", at, end), end
        start, stop = self.offsets[at], self.offsets[end - 1] + 1
        return Token(entry.token, None, self.source, start, stop, entry.language), end

    def _name(self, name: str, at: int, end: int) -> Token:
        start, stop = self.offsets[at], self.offsets[end - 1] + 1
        span = Span(self.source, start, stop)
        return Token(NAME, Name(name, self.source.text[start:stop], at=span), self.source, start, stop)

    def _ending(self, at: int, entry: Entry | None) -> Entry | None:
        """The end of `距X的天数`, if it stands here; else what was found."""
        ending = next((word for word in (DAYS, DISTANCE, LENGTH_OF_TIME) if self.text.startswith(word, at)), None)
        if ending is None or (entry is not None and len(entry.spelling) >= len(ending)):
            return entry
        return Entry(ending, NAME, ending)

    def _given_name(self, at: int, language: Language | None) -> tuple[Token, int] | None:
        """The name behind `as` or `记为`, which may hold what is a keyword elsewhere."""
        found = (_GIVEN_NAME if language is Language.CHINESE else _GIVEN_WORD).match(self.text, at)
        if found is None:
            return None
        entry = self.words.at(self.text, at)
        known = entry is not None and entry.token == NAME and entry.spelling == found.group()
        name = entry.canonical if entry is not None and known else found.group()
        return self._name(name, at, found.end()), found.end()

    # ------------------------------------------------------------ literals

    def _quoted(self, at: int) -> tuple[Token, int]:
        """A text in quotes; the closing sign twice stands for itself."""
        closing = _CLOSING[self._written(at)]
        parts: list[str] = []
        end = at + 1
        while end < len(self.text):
            if self._written(end) != closing:
                parts.append(self._written(end))
                end += 1
            elif end + 1 < len(self.text) and self._written(end + 1) == closing:
                parts.append(closing)
                end += 2
            else:
                span = self._span(at, end + 1)
                return _token("QUOTED", Quoted("".join(parts), at=span)), end + 1
        span = self._span(at, len(self.text))
        said = say("The text in quotes is not closed: {closing} is missing.", closing=closing)
        raise Unreadable(span.problem("E303", said, say("Write {text}{closing}", text=span.text, closing=closing)))

    def _number_or_name(self, at: int) -> tuple[Token, int]:
        number = self._date(at) or self._clock(at) or self._number(at)
        entry = self.words.at(self.text, at)
        if entry is not None and (number is None or at + len(entry.spelling) >= number[1]):
            return self._known(entry, at)
        if number is not None:
            return number
        span = self._span(at, self._number_like(at))
        raise Unreadable(
            span.problem("E305", say('"{text}" is not a number.', text=span.text), self._number_hint(span.text))
        )

    def _number_like(self, at: int) -> int:
        found = _NUMBER_LIKE.match(self.text, at)
        return found.end() if found is not None else at + 1

    @staticmethod
    def _number_hint(text: str) -> str:
        plain = text.replace(",", "").replace("_", "").replace("'", "")
        plain = f"0{plain}" if plain.startswith(".") else plain
        if _NUMBER.fullmatch(plain):
            return say("Write {plain}", plain=plain)
        return say("Write a number with its unit, such as 2 GB, 30 minutes, 80% or 1.5; a text stands in quotes.")

    def _date(self, at: int) -> tuple[Token, int] | None:
        found = _DATE.match(self.text, at)
        if found is None:
            return None
        span = self._span(at, found.end())
        year, month, number = found[1], found[2] or found[4], found[3] or found[5]
        try:
            day = date(int(year), int(month), int(number))
        except ValueError:
            hint = say("Write a day of the calendar, such as 2026-03-01.")
            raise Unreadable(
                span.problem(
                    "E306",
                    say("There is no date {year}-{month}-{number}.", year=year, month=month, number=number),
                    hint,
                )
            ) from None
        if found[6] is None:
            return _token("DATE", Date(day, at=span)), found.end()
        return _token("DATETIME", DateTime(day, _minutes(found[6], span), at=span)), found.end()

    def _clock(self, at: int) -> tuple[Token, int] | None:
        found = _CLOCK.match(self.text, at)
        if found is None:
            return None
        span = self._span(at, found.end())
        return _token("CLOCK", Clock(_minutes(found.group(), span), at=span)), found.end()

    def _number(self, at: int) -> tuple[Token, int] | None:
        """A number, with its unit if one follows."""
        found = _NUMBER.match(self.text, at)
        if found is None or self._grouped(at):
            return None
        number, end = _decimal(found.group(), self._span(at, found.end())), found.end()
        after = end + (self.text[end : end + 1] == " ")
        if self.text[after : after + 1] == "%":
            span = self._span(at, after + 1)
            return _token("PERCENT", Percent(number, at=span)), after + 1
        unit = self._unit(after)
        if unit is not None:
            span = self._span(at, after + unit[1])
            return _token("QUANTITY", Quantity(number, unit[0], at=span)), after + unit[1]
        if WHOLE_WORD.match(self.text, end):
            return None
        span = self._span(at, end)
        return _token("NUMBER", Number(number, at=span)), end

    def _grouped(self, at: int) -> bool:
        """Whether `1,000` stands here; in a list that is two numbers."""
        in_list = self.text.count("[", 0, at) > self.text.count("]", 0, at)
        return not in_list and _GROUPED.match(self.text, at) is not None

    def _unit(self, at: int) -> tuple[str, int] | None:
        entry = self.words.at(self.text, at)
        unit = unit_at(self.text, at, self.units)
        if unit is None:
            code = _CURRENCY.match(self.text, at)
            unit = (code.group(), 3) if code is not None and entry is None else None
        # `5 m left` where "m left" is a name: the longest match wins.
        longer = entry is not None and entry.token == NAME and unit is not None and len(entry.spelling) > unit[1]
        return None if longer else unit

    def _money(self, at: int) -> tuple[Token, int] | None:
        """`¥15`: the sign of the workspace's currency before the number."""
        for sign in money_signs(self.words.currency):
            plain = sign.translate(_PLAIN)
            after = at + len(plain) + (self.text[at + len(plain) : at + len(plain) + 1] == " ")
            found = _NUMBER.match(self.text, after) if self.text.startswith(plain, at) else None
            if found is not None:
                span = self._span(at, found.end())
                value = Quantity(_decimal(found.group(), span), self.words.currency, at=span)
                return _token("QUANTITY", value), found.end()
        return None

    # -------------------------------------------------------------- the rest

    def _refuse_foreign(self, at: int) -> None:
        """Raises for signs of programming languages, saying what to write."""
        found = FOREIGN.match(self.text, at)
        if found is not None:
            span = self._span(at, found.end())
            raise Unreadable(foreign(span, found.group(), self.words.currency))

    def _sign(self, at: int) -> tuple[Token, int] | None:
        for sign in _SIGNS:
            if self.text.startswith(sign, at):
                span = self._span(at, at + len(sign))
                return Token(SIGNS[sign], None, self.source, span.start, span.end), at + len(sign)
        return None

    def _unknown(self, at: int) -> tuple[Token, int]:
        """A word nobody knows; several in a row are one, up to the next known word."""
        end = self._unknown_end(at)
        if end == at:
            span = self._span(at, at + 1)
            said = say('The sign "{text}" has no meaning here.', text=span.text)
            raise Unreadable(span.problem("E304", said, say("A text stands in quotes.")))
        while self.text[end : end + 1] == " " and self._unknown_end(end + 1) > end + 1:
            end = self._unknown_end(end + 1)
        return self._name(self.text[at:end], at, end), end

    def _unknown_end(self, at: int) -> int:
        """Where the unknown word at `at` ends; `at` itself if what stands there is known, or no word."""
        if self.words.at(self.text, at) is not None or self.text[at : at + 1].isdecimal():
            return at
        word = WHOLE_WORD.match(self.text, at)
        if word is not None:
            return word.end()
        run = _UNSPACED_WORD.match(self.text, at)
        if run is None:
            return at
        known = (end for end in range(at + 1, run.end()) if self.words.at(self.text, end) is not None)
        return next(known, run.end())

    # --------------------------------------------------------------- places

    def _written(self, at: int) -> str:
        return self.source.text[self.offsets[at]]

    def _span(self, start: int, end: int) -> Span:
        return Span(self.source, self.offsets[start], self.offsets[end - 1] + 1)


def _is_plain(text: str) -> bool:
    return text.isascii() and "\t" not in text


def _token(type_: str, leaf: Leaf) -> Token:
    return Token(type_, leaf, leaf.at.source, leaf.at.start, leaf.at.end)


def _decimal(text: str, span: Span) -> Decimal:
    """A number in normal form, so that `1.50` and `1.5` are one tree."""
    if len(text) > _MOST_DIGITS:
        raise Unreadable(
            span.problem("E305", say("A number has {most_digits} digits at most.", most_digits=_MOST_DIGITS))
        )
    number = Decimal(text)
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def _minutes(clock: str, span: Span) -> int:
    """Minutes after midnight of `9:30`, `9点半`, `9点30分`."""
    written = clock.replace("点半", ":30").replace("点", ":").rstrip("分")
    hours, minutes, *seconds = (int(part or 0) for part in written.split(":"))
    if seconds and seconds != [0]:
        said = say("A time of day is exact to the minute.")
        raise Unreadable(span.problem("E306", said, say("Write {hours:02}:{minutes:02}", hours=hours, minutes=minutes)))
    if hours > 23 or minutes > 59:
        raise Unreadable(
            span.problem(
                "E306", say("There is no time {clock}.", clock=clock), say("Write a time from 00:00 to 23:59.")
            )
        )
    return hours * 60 + minutes
