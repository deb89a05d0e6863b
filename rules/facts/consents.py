"""What a customer has said of consent: for each purpose, by channel.

What was said of one channel is kept apart from the moment on that it is first named. Until then it is what was said of
every channel; what is said of every channel later is said of this one, too.
"""

from __future__ import annotations

from models.consent import EVERY_CHANNEL, Consent, channel_of, said
from models.events import Event
from models.text import fold
from rules.record import Record

#: Channels kept apart per customer and purpose. A withdrawal from a further one counts for all that are not named.
MOST_CHANNELS = 32

_NOTHING_SAID = Consent()


def keep(record: Record, event: Event) -> None:
    """Keep what an event says of consent, with its time as stated."""
    channel = channel_of(event)
    for purpose, consents in said(event).items():
        kept = record.consents.setdefault(purpose, {EVERY_CHANNEL: _NOTHING_SAID})
        for name in _meant(record, kept, channel, consents=consents):
            kept[name] = kept.get(name, kept[EVERY_CHANNEL]).after(event, consents=consents)


def _meant(record: Record, kept: dict[str, Consent], channel: str, *, consents: bool) -> list[str]:
    if channel == EVERY_CHANNEL:
        return list(kept)
    if channel in kept or len(kept) <= MOST_CHANNELS:
        return [channel]
    record.count("channels not kept apart")
    return [] if consents else [EVERY_CHANNEL]


def given(record: Record, purpose: str, channel: str) -> bool | None:
    """Whether she consents to messages of a purpose over a channel: False once taken back, None if she never said."""
    kept = record.consents.get(purpose)
    if kept is None:
        return None
    stands = kept.get(fold(channel), kept[EVERY_CHANNEL])
    if stands.given is not None:
        return True
    return None if stands.withdrawn is None else False
