"""Tokens: what the text of a phrase is cut into."""

from __future__ import annotations

from dataclasses import dataclass

from rules.language.keywords import Language
from rules.language.located import Located, Span
from rules.language.tree import Clock, Date, DateTime, DayName, Name, Number, Percent, Quantity, Quoted

Leaf = Clock | Date | DateTime | DayName | Name | Number | Percent | Quantity | Quoted

#: Types of tokens that are leaves of the syntax tree; all others are keywords and signs.
LEAVES = frozenset(
    {
        "NAME",
        "NUMBER",
        "QUANTITY",
        "PERCENT",
        "QUOTED",
        "DATE",
        "CLOCK",
        "DATETIME",
        "DAY_NAME",
        "EVERY_DAY_NAME",
    }
)


@dataclass(slots=True)
class Token:
    """A token: its type, its leaf (None for keywords and signs), its place as offsets into the text as written.

    `language` is that of a keyword; names, literals and signs have none.
    """

    type: str
    leaf: Leaf | None
    source: Located
    start: int
    end: int
    language: Language | None = None

    @property
    def at(self) -> Span:
        return Span(self.source, self.start, self.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]
