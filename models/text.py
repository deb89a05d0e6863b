"""How texts are compared: without regard to case and width."""

from __future__ import annotations

import unicodedata

from models.types import Value


def fold(text: str) -> str:
    """The form in which two texts are compared: NFKC (full-width signs read as plain ones), then casefold."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def told_apart(value: Value) -> Value:
    """The form in which a value is told apart from others of its type: texts as they compare, all else as it is."""
    return fold(value) if isinstance(value, str) else value
