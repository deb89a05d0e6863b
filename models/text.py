"""How texts are compared: without regard to case and width."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The form in which two texts are compared: NFKC (full-width signs read as plain ones), then casefold."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
