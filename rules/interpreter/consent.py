"""Consent, from all that a customer ever said of it."""

from __future__ import annotations

from collections.abc import Iterable

from models.consent import EVERY_CHANNEL, channel_of, said
from models.events import Event
from models.text import fold


def consent(events: Iterable[Event], purpose: str, channel: str) -> bool | None:
    """Whether a customer consents to messages of a purpose over a channel; None if no event says. In any order."""
    about = [
        event for event in events if purpose in said(event) and channel_of(event) in (EVERY_CHANNEL, fold(channel))
    ]
    withdrawals = [event for event in about if not said(event)[purpose]]
    consents = [event for event in about if said(event)[purpose]]
    if not withdrawals:
        return True if consents else None
    time, arrived = max(event.time for event in withdrawals), max(event.arrived for event in withdrawals)
    return any(event.time > time and event.arrived > arrived for event in consents)
