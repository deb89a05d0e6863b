"""Parsing: one line of text to its syntax tree, or to the one problem that keeps it from being read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, TypeVar, cast, overload

from lark import Lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer, Token

from rules.language import tree
from rules.language.build import Builder, Refused
from rules.language.located import Located
from rules.language.syntax_errors import explain
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


class _GivenTokens(Lexer):
    """Lark's side of the tokenizer: the text was cut before, the tokens are handed in."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, tokens: list[Token]) -> Iterator[Token]:  # type: ignore[override]  # lark hands on what parse() was given
        return iter(tokens)


@cache
def _grammar(name: str) -> Lark:
    """The parser of a grammar file: LALR in strict mode, so a conflict is an error and never a guess."""
    text = files("rules.language").joinpath(f"{name}.lark").read_text(encoding="utf-8")
    starts = [start.value for start in Start]
    return Lark(text, parser="lalr", lexer=_GivenTokens, strict=True, start=starts, transformer=Builder())


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
        return None, [text.problem("E308", "Nothing is written here.", "Write a phrase, or leave the key out.")]
    try:
        return cast("tree.Phrase", _grammar("english").parse(cast("str", tokens), start=start.value)), []
    except UnexpectedToken as error:
        return None, [explain(error, tokens, text, words)]
    except Refused as refused:
        return None, [refused.problem]


def step_names(lines: list[Located], words: Words) -> list[str]:
    """The names that the lines of a `when:` list give to their steps (`as NAME`), to be put on top of the words.

    Lines that cannot be read have none; parsing them says why.
    """
    found = []
    for line in lines:
        try:
            tokens = tokens_of(line, words)
        except Unreadable:
            continue
        for token, following in pairwise(tokens):
            if token.type == "AS" and following.type == "NAME":
                found.append(following.value.text)
    return found
