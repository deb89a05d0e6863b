"""The grammars, and how a phrase of some shape is put together.

A *shape* is the tokens of a phrase by their types. Phrases of one shape differ in their names, numbers and texts only,
so the parser is asked once for each shape; its answer, a *recipe*, says which functions of `build` make the tree, and
from which tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, cast

from lark import Lark, Tree
from lark.exceptions import UnexpectedToken
from lark.grammar import Rule
from lark.lexer import Lexer, Token
from lark.parsers.lalr_interactive_parser import InteractiveParser

from rules.language.build import BUILD, Build
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.token import LEAVES
from rules.language.token import Token as Word

#: What a text may be read as: the rules a grammar starts with.
STARTS: Final = (
    "situation",
    "step",
    "condition",
    "fact",
    "expression",
    "patterns",
    "success",
    "after",
    "duration",
    "cap",
    "share",
    "channels",
)
_FILES: Final = MappingProxyType({Language.ENGLISH: "english", Language.CHINESE: "chinese"})
#: Rules that stand for the one token they are made of.
_LEAVES: Final = frozenset({"name", "literal"})
_MOST_SHAPES: Final = 20_000
#: Brackets and sums of sums deeper than this are no phrase; all that walks over trees may count on it.
MOST_DEPTH: Final = 100


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one node is made: of other nodes, and of the leaves of tokens (by their number)."""

    build: Build
    parts: tuple[int | Recipe, ...]
    #: The numbers of its first and last token.
    first: int
    last: int

    def made(self, source: Located, words: Sequence[Word]) -> Any:
        """The node, made of these words. Raises `parts.Refused`."""
        parts = [words[part].leaf if type(part) is int else part.made(source, words) for part in self.parts]  # type: ignore[union-attr]  # mypy does not follow type()
        return self.build(parts, source.span(words[self.first].start, words[self.last].end))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A shape that is no phrase: the number of the first token that does not fit (how many there are, if all do)."""

    at: int


class TooDeep(Exception):
    """A phrase whose parts lie in each other more than `MOST_DEPTH` times."""


class _GivenTokens(Lexer):
    """Lark's side of the tokenizer: the text was cut before, the types are handed in."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, types: Sequence[str]) -> Iterator[Token]:  # type: ignore[override]  # lark hands on what parse() was given
        return (Token(type_, str(number)) for number, type_ in enumerate(types))


@cache
def grammar(language: Language) -> Lark:
    """The parser of a language: LALR in strict mode, so a conflict is an error and never a guess."""
    text = _text_of(language)
    return Lark(text, parser="lalr", lexer=_GivenTokens, strict=True, start=list(STARTS), maybe_placeholders=False)


@cache
def productions(language: Language) -> tuple[Rule, ...]:
    """The rules of a grammar: for who does not parse, since the tables of a parser take five times as long."""
    text = _text_of(language)
    return tuple(Lark(text, parser=None, lexer="basic", start=list(STARTS), maybe_placeholders=False).rules)


def _text_of(language: Language) -> str:
    return files("rules.language").joinpath(f"{_FILES[language]}.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=_MOST_SHAPES)
def recipe(language: Language, start: str, shape: tuple[str, ...]) -> Recipe | int | Stuck:
    """How a phrase of this shape is put together; the number of its token if it is no more than that.

    Raises TooDeep.
    """
    try:
        return _recipe(grammar(language).parse(cast("str", shape), start=start), 0)
    except UnexpectedToken as error:
        return Stuck(len(shape) if error.token.type == "$END" else int(error.token))


def accepted(language: Language, start: str, shape: Sequence[str]) -> frozenset[str]:
    """The types of tokens that could stand where a shape that is no phrase stops making sense; `$END` among them."""
    try:
        grammar(language).parse(cast("str", shape), start=start)
    except UnexpectedToken as error:
        parser: InteractiveParser = error.interactive_parser
        return frozenset(parser.accepts())  # type: ignore[no-untyped-call]  # lark has no types here
    return frozenset()


def _recipe(node: Tree[Token], depth: int) -> Recipe | int:
    if depth > MOST_DEPTH:
        raise TooDeep
    if node.data in _LEAVES:
        return int(cast("str", node.children[0]))
    numbers = []
    parts: list[int | Recipe] = []
    for child in node.children:
        if isinstance(child, Token):
            numbers.append(int(child))
            if child.type in LEAVES:
                parts.append(int(child))
            continue
        part = _recipe(child, depth + 1)
        parts.append(part)
        numbers += [part] if isinstance(part, int) else [part.first, part.last]
    return Recipe(BUILD[node.data], tuple(parts), numbers[0], numbers[-1])
