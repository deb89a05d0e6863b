"""Parsing: one line of text to its syntax tree, or to the one problem that keeps it from being read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast, overload

from models.speech import say, sentence
from rules.language import tree
from rules.language.grammar import MOST_DEPTH, Stuck, TooDeep, recipe
from rules.language.keywords import KEYWORDS_OF, SIGNS, Language
from rules.language.language_of import language_of
from rules.language.located import Located
from rules.language.parts import Refused
from rules.language.recut import recut
from rules.language.syntax_errors import explain
from rules.language.token import Token
from rules.language.tokens import Unreadable, tokens_of
from rules.language.words import Words
from rules.problems import Problem


class Start(StrEnum):
    """What a text is read as."""

    #: `when:`, if it is one line: events, a line crossed, a place, a moment.
    SITUATION = "situation"
    #: A line of a `when:` list.
    STEP = "step"
    #: A line of `only if`, `unless`.
    CONDITION = "condition"
    #: A value under `facts`: an aggregate, an expression, or a condition (an audience).
    FACT = "fact"
    #: A value: amounts of offers.yaml, `worth`.
    EXPRESSION = "expression"
    #: `stop when`: `E where ..`, `E or F`.
    PATTERNS = "patterns"
    #: `measure`: `E where .. within 3 days`.
    SUCCESS = "success"
    #: `after`: `4 hours without complaint progressed`.
    AFTER = "after"
    #: `good for`, `due`: `24 hours`.
    DURATION = "duration"
    #: `at most`: `1 per billing cycle`.
    CAP = "cap"
    #: `control`: `10%`, `10% of guidance`.
    SHARE = "share"
    #: `by`: `app`, `[app, sms]`, `all of [app, sms]`.
    CHANNELS = "channels"


#: Languages, as messages name them.
_NAMED: Final = MappingProxyType({Language.ENGLISH: sentence("English"), Language.CHINESE: sentence("Chinese")})

#: What an English line that names its step has.
_NAMING: Final = re.compile(r"\bas\b")

_Node = TypeVar("_Node")
Parsed = tuple[_Node | None, list[Problem]]


@overload
def parse(start: Literal[Start.SITUATION], text: Located, words: Words) -> Parsed[tree.Situation]: ...
@overload
def parse(start: Literal[Start.STEP], text: Located, words: Words) -> Parsed[tree.Step]: ...
@overload
def parse(start: Literal[Start.CONDITION, Start.FACT], text: Located, words: Words) -> Parsed[tree.Node]: ...
@overload
def parse(start: Literal[Start.EXPRESSION], text: Located, words: Words) -> Parsed[tree.Value]: ...
@overload
def parse(start: Literal[Start.PATTERNS], text: Located, words: Words) -> Parsed[tree.Patterns]: ...
@overload
def parse(start: Literal[Start.SUCCESS], text: Located, words: Words) -> Parsed[tree.Success]: ...
@overload
def parse(start: Literal[Start.AFTER], text: Located, words: Words) -> Parsed[tree.After]: ...
@overload
def parse(start: Literal[Start.DURATION], text: Located, words: Words) -> Parsed[tree.Quantity]: ...
@overload
def parse(start: Literal[Start.CAP], text: Located, words: Words) -> Parsed[tree.Cap]: ...
@overload
def parse(start: Literal[Start.SHARE], text: Located, words: Words) -> Parsed[tree.Share]: ...
@overload
def parse(start: Literal[Start.CHANNELS], text: Located, words: Words) -> Parsed[tree.Channels]: ...
@overload
def parse(start: Start, text: Located, words: Words) -> Parsed[tree.Phrase]: ...
def parse(start: Start, text: Located, words: Words) -> tuple[tree.Phrase | None, list[Problem]]:
    """The syntax tree of a phrase; or None and the problem that keeps it from being read.

    One phrase has at most one problem of form: what follows the first mistake is a guess.
    """
    try:
        tokens = tokens_of(text, words)
    except Unreadable as unreadable:
        return None, [unreadable.problem]
    if not tokens:
        return None, [
            text.problem("E308", say("Nothing is written here."), say("Write a phrase, or leave the key out."))
        ]
    language = _language(tokens, text)
    mixed = _mixed(tokens, language)
    if mixed is not None:
        return None, [mixed]
    try:
        return _made(start, text, words, tokens, language), []
    except Refused as refused:
        return None, [refused.problem]
    except TooDeep:
        said = say("The parts of this phrase lie in each other more than {most} times.", most=MOST_DEPTH)
        return None, [text.problem("E301", said, say("Make facts of its parts."))]


def _made(start: Start, text: Located, words: Words, tokens: list[Token], language: Language) -> tree.Phrase:
    """The tree that the tokens make; raises Refused, or TooDeep."""
    found = recipe(language, start.value, tuple([token.type for token in tokens]))
    if isinstance(found, Stuck) and language is Language.CHINESE:
        tokens, found = recut(start.value, text, words, tokens, found)
    if isinstance(found, Stuck):
        raise Refused(explain(start.value, tokens, found, text, words, language))
    return cast("tree.Phrase", tokens[found].leaf if isinstance(found, int) else found.made(text, tokens))


def _language(tokens: Sequence[Token], text: Located) -> Language:
    """The language of the first keyword; without one, Chinese if the text has Chinese signs."""
    for token in tokens:
        if token.language is not None:
            return token.language
    return Language.ENGLISH if text.text.isascii() else language_of(text.text)


def _mixed(tokens: Sequence[Token], language: Language) -> Problem | None:
    """The problem that a phrase mixes keywords of two languages."""
    other = next((token for token in tokens if token.language not in (None, language)), None)
    if other is None:
        return None
    sign = next((sign for sign, type_ in SIGNS.items() if type_ == other.type), None)
    instead = next(iter(KEYWORDS_OF[language].get(other.type, ())), sign)
    hint = say('Write "{instead}".', instead=instead) if instead else say("Write all of the phrase in one language.")
    said = say(
        '"{other}" is {language}, but the phrase begins in {own}.',
        other=other.text,
        language=say(_NAMED[other.language or language]),
        own=say(_NAMED[language]),
    )
    return other.at.problem("E301", said, hint)


def written_in(text: Located, words: Words) -> Language:
    """The language a phrase is written in, which `parse` reads it by."""
    try:
        return _language(tokens_of(text, words), text)
    except Unreadable:
        return language_of(text.text)


def step_names(lines: list[Located], words: Words) -> list[str]:
    """The names that the lines of a `when:` list give to their steps (`as NAME`), to be put on top of the words.

    Lines that cannot be read have none; parsing them says why.
    """
    found = []
    for line in lines:
        if line.text.isascii() and _NAMING.search(line.text) is None:
            continue
        try:
            tokens = tokens_of(line, words)
        except Unreadable:
            continue
        for token, following in pairwise(tokens):
            if token.type == "AS" and isinstance(following.leaf, tree.Name):
                found.append(following.leaf.text)
    return found
