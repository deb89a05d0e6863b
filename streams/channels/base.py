"""The port of channels: what brings a hand-off to a customer, or to a person who has a task."""

from __future__ import annotations

from typing import Protocol

from models.messages import HandOff


class Channel(Protocol):
    """What hand-offs are given to.

    A hand-off may come a second time after a crash, with the same id; a channel that can keeps it from having a second
    effect.
    """

    def hand_over(self, hand_off: HandOff) -> None:
        """Take a hand-off; it need not be out of our hands yet."""

    def flush(self) -> bytes | None:
        """All that was taken is now out of our hands; raises ChannelError.

        The mark that comes back is kept together with "these are published" and given to the channel when it is opened
        again; None where a channel needs no such thing.
        """

    def close(self) -> None:
        """Nothing more will come."""


class ChannelError(Exception):
    """The channel can't take what it is given; the message says which, why and what to do."""
