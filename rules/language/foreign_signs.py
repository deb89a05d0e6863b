"""Signs of programming languages and spreadsheets, and what the rule language writes instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.language.located import Span
from rules.problems import Problem

#: Sign -> what to write.
_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "==": "is",
        "===": "is",
        "=": "is",
        "!=": "is not",
        "<>": "is not",
        "≠": "is not",
        "=<": "<=",
        "=>": ">=",
        "&&": "and",
        "&": "and",
        "||": "or",
        "|": "or",
        "!": "not",
    }
)

#: What a phrase may hold by habit. Longest first.
FOREIGN: Final = re.compile(
    "|".join(
        re.escape(sign)
        for sign in sorted((*_INSTEAD, "'", "‘", "`", "$", "¥", "€", "£", "%", ":", ";", "{", "}"), key=len)[::-1]
    )
)


def foreign(span: Span, sign: str, currency: str) -> Problem:
    """The error for such a sign."""
    instead = _INSTEAD.get(sign)
    if instead is not None:
        return span.problem("E302", f'"{span.text}" is not a sign of the rule language.', f'Write "{instead}".')
    if sign in "'‘`":
        return span.problem("E302", "A text stands in double quotes.", 'Write it as "text".')
    if sign in "$¥€£":
        hint = f"Write the amount with its currency behind it, such as 15 {currency}."
        return span.problem("E302", f'"{span.text}" does not name the currency of this workspace.', hint)
    if sign == "%":
        return span.problem("E302", "A percentage is a number followed by %.", "Write 80%, or 80% of NAME.")
    if sign in "{}":
        return span.problem("E302", "Braces stand in messages only.", "Write the name without them.")
    return span.problem("E302", f'"{span.text}" has no meaning in a phrase.', "A text that holds it stands in quotes.")
