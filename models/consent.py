"""Consent: which events withdraw it."""

from __future__ import annotations

from string import punctuation

from models.events import Event
from models.text import fold

#: The events that may withdraw consent.
WITHDRAWING = frozenset({"consent changed", "message replied"})

#: What a customer replies to be left alone: the words carriers know, in the form in which texts are compared.
STOP_WORDS = frozenset(
    {"stop", "stop all", "stopall", "unsubscribe", "opt out", "cancel", "end", "quit", "t", "td", "退订"}
)


def withdraws(event: Event) -> bool:
    """Whether an event takes back a consent: one set to `no`, or a reply that is nothing but a word like STOP."""
    if event.type == "consent changed":
        return event.data.get("marketing") is False or event.data.get("service") is False
    if event.type == "message replied":
        text = event.data.get("text")
        return isinstance(text, str) and fold(text).strip(f"{punctuation}。 \t\r\n") in STOP_WORDS
    return False
