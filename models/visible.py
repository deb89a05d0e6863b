"""Texts from outside, made safe to show in a message, a log or a terminal."""

from __future__ import annotations

import unicodedata

#: Categories of characters that would move a cursor, hide or reorder text: controls, formats, surrogates,
#: private and unassigned ones, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Joiners that scripts and emoji need, and that do nothing elsewhere.
_JOINERS = frozenset("\u200c\u200d")


def visible(text: str, limit: int | None = None) -> str:
    r"""The text with every character that cannot be seen written as an escape (`\x1b`, `\u202e`).

    With a `limit`, at most that many characters of the text are shown, and `...` says that there were more.
    """
    cut = limit is not None and len(text) > limit
    shown = text[:limit] if cut else text
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_seen, shown))
    return shown + "..." if cut else shown


def _seen(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN or character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")
