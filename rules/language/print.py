"""Printing: a syntax tree as the phrase it is, in each language, with no more brackets than needed.

`parse(print_phrase(tree, language, names)) == tree` for every tree that parsing can give, if `names` are spellings
that parsing knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.language.keywords import Language
from rules.language.print_chinese import Chinese
from rules.language.print_english import English
from rules.language.printer import Printer
from rules.language.tree import Phrase, Window

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
_PRINTERS: Final[Mapping[Language, type[Printer]]] = MappingProxyType(
    {Language.ENGLISH: English, Language.CHINESE: Chinese}
)
_CANONICAL: Final = English(_NO_NAMES)


def print_phrase(node: Phrase | Window, language: Language, names: Mapping[str, str] = _NO_NAMES) -> str:
    """The phrase in a language.

    `names` leads from the vocabulary's own names to their spellings in that language (`words.names_in`); a name that is
    not in it stays as it is.
    """
    return _PRINTERS[language](names).phrase(node)


def print_english(node: Phrase | Window) -> str:
    """The phrase in canonical words: English, with the vocabulary's own names."""
    return _CANONICAL.phrase(node)
