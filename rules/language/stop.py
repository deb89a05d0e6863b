"""Where a phrase stops making sense: what the messages about its mistakes look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.token import Token
from rules.language.tree import Name
from rules.language.words import Words


@dataclass(frozen=True, slots=True)
class Stop:
    """A phrase, and the number of its first token that does not fit (how many there are, if it ends too early).

    `start` is what it is read as; `accepted` are the types of tokens that could stand there, `$END` among them.
    """

    start: str
    source: Located
    words: Words
    language: Language
    tokens: Sequence[Token]
    at: int
    accepted: frozenset[str]

    @property
    def token(self) -> Token | None:
        """The token that does not fit; None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def before(self) -> Token | None:
        return self.tokens[self.at - 1] if self.at > 0 else None

    def unknown(self, token: Token | None) -> str | None:
        """The word that a token is, if nobody knows it."""
        leaf = None if token is None else token.leaf
        return leaf.text if isinstance(leaf, Name) and leaf.text not in self.words.names else None
