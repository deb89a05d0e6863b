"""Consent: what events say of it, and what stands of what they said."""

from __future__ import annotations

from string import punctuation

from msgspec import Struct

from models.events import Event
from models.policy import PURPOSES
from models.text import fold

#: The events that may withdraw consent, or give it.
OF_CONSENT = frozenset({"consent changed", "message replied"})

#: What a customer replies to be left alone: the words carriers know, in the form in which texts are compared.
STOP_WORDS = frozenset(
    {"stop", "stop all", "stopall", "unsubscribe", "opt out", "cancel", "end", "quit", "t", "td", "退订"}
)


#: The channel of what was said of all channels.
EVERY_CHANNEL = ""


class Consent(Struct, frozen=True, array_like=True):
    """What stands of all that a customer has said of messages of one purpose over one channel. Times are milliseconds.

    `withdrawn` is the latest stated time and the latest arrival of her withdrawals, `given` the stated time of the
    consent that stands. Neither: she has taken nothing back, and what she gave is unknown.
    """

    withdrawn: tuple[int, int] | None = None
    given: int | None = None

    def after(self, event: Event, *, consents: bool) -> Consent:
        """What stands once an event has been taken that gives the consent, or takes it back.

        A consent stands if both its time and its arrival are later than those of every withdrawal. A withdrawal arrives
        later than any consent that was taken before it.
        """
        if not consents:
            time, arrived = self.withdrawn or (event.time, event.arrived)
            return Consent((max(time, event.time), max(arrived, event.arrived)))
        if self.withdrawn is not None and not (event.time > self.withdrawn[0] and event.arrived > self.withdrawn[1]):
            return self
        return Consent(self.withdrawn, event.time if self.given is None else max(self.given, event.time))


def said(event: Event) -> dict[str, bool]:
    """What an event says of consent: for which purposes it is given (True) or taken back.

    A reply that is nothing but a word like STOP takes back all.
    """
    if event.type == "consent changed":
        return {purpose: value for purpose in PURPOSES if isinstance(value := event.data.get(purpose), bool)}
    text = event.data.get("text") if event.type == "message replied" else None
    stops = isinstance(text, str) and fold(text).strip(f"{punctuation}。 \t\r\n") in STOP_WORDS
    return dict.fromkeys(PURPOSES, False) if stops else {}


def withdraws(event: Event) -> bool:
    """Whether an event takes back a consent."""
    return False in said(event).values()


def channel_of(event: Event) -> str:
    """The channel an event of consent speaks of, in the form in which names are compared; empty: of every channel."""
    channel = event.data.get("channel")
    return fold(channel).strip() if isinstance(channel, str) else EVERY_CHANNEL
