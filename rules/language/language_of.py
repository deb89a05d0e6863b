"""Which language a phrase is written in, as far as its text shows; messages show forms of that language."""

from __future__ import annotations

import re
from typing import Final

from rules.language.keywords import ENGLISH, Language
from rules.language.located import Span

#: Signs of scripts that put no spaces between words.
UNSPACED: Final = "\u2e80-\u2fff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_QUOTED: Final = re.compile(r'"[^"]*"?|“[^”]*”?|「[^」]*」?|『[^』]*』?')
_UNSPACED_SIGN: Final = re.compile(f"[{UNSPACED}]")
_LETTER: Final = rf"[^\W{UNSPACED}]"
_ENGLISH: Final = re.compile(
    rf"(?<!{_LETTER})(?:{'|'.join(spelling for spellings in ENGLISH.values() for spelling in spellings)})(?!{_LETTER})"
)


def language_of(text: str) -> Language:
    """The language of a phrase: Chinese if it has Chinese signs outside quotes, and no English keyword."""
    bare = _QUOTED.sub(" ", text)
    if _UNSPACED_SIGN.search(bare) and not _ENGLISH.search(bare):
        return Language.CHINESE
    return Language.ENGLISH


def form(at: Span, english: str, chinese: str) -> str:
    """The one of two ways to write something that suits the phrase a place is in."""
    return chinese if language_of(at.source.text) is Language.CHINESE else english
