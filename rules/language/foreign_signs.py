"""Signs of programming languages and spreadsheets, and what the rule language writes instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.speech import say
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
        return span.problem(
            "E302",
            say('"{text}" is not a sign of the rule language.', text=span.text),
            say('Write "{instead}".', instead=instead),
        )
    if sign in "'‘`":
        return span.problem("E302", say("A text stands in double quotes."), say('Write it as "text".'))
    if sign in "$¥€£":
        hint = say("Write the amount with its currency behind it, such as 15 {currency}.", currency=currency)
        return span.problem("E302", say('"{text}" does not name the currency of this workspace.', text=span.text), hint)
    if sign == "%":
        return span.problem("E302", say("A percentage is a number followed by %."), say("Write 80%, or 80% of NAME."))
    if sign in "{}":
        return span.problem("E302", say("Braces stand in messages only."), say("Write the name without them."))
    return span.problem(
        "E302",
        say('"{text}" has no meaning in a phrase.', text=span.text),
        say("A text that holds it stands in quotes."),
    )
