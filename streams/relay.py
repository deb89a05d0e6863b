"""From the outbox to where decisions go: published, flushed, and only then forgotten.

1. What the outbox holds is given to every outlet, in order.
2. Each outlet makes sure that it is out of our hands, and gives a mark.
3. In one transaction the entries are trimmed and the marks are kept.

A process that dies before 3 publishes the same entries, with the same ids, when it starts again; an outlet that was
opened with its mark has forgotten them, so they stand there once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from models.decisions import ActionKind
from models.messages import hand_offs
from models.policy import DEFAULT_ORDER
from streams.appended import AppendedFile
from streams.channels.base import Channel
from streams.stores.base import OutboxEntry, Store
from streams.testing.failpoints import reach


class Outlet(Protocol):
    """Where published decisions go."""

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        """Take these decisions."""

    def flush(self) -> bytes | None:
        """All that was taken is out of our hands; the mark to open with next time."""


class DecisionFile:
    """All decisions, one a line, as they stand in the outbox."""

    def __init__(self, file: AppendedFile) -> None:
        self._file = file

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        self._file.append(entry.payload for entry in entries)

    def flush(self) -> bytes:
        return self._file.flush()


class HandOffs:
    """What was sent, as hand-offs on a channel: what one customer gets at one moment in policy's order of kinds."""

    def __init__(self, channel: Channel, order: Sequence[ActionKind] = DEFAULT_ORDER) -> None:
        self._channel = channel
        self._order = order

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        for hand_off in hand_offs((entry.payload for entry in entries), self._order):
            self._channel.hand_over(hand_off)

    def flush(self) -> bytes | None:
        return self._channel.flush()


def setting_of(outlet: str) -> str:
    """The name of the setting that keeps the mark of an outlet."""
    return f"mark of {outlet}"


def publish(store: Store, outlets: Mapping[str, Outlet]) -> int:
    """Publish all that the outbox holds; how many entries that were.

    Called after each commit, and once before the first, for what an earlier process left. ChannelError and StoreError
    leave the outbox as it is.
    """
    entries = list(store.outbox())
    if not entries:
        return 0
    reach("publish: before")
    for outlet in outlets.values():
        outlet.publish(entries)
        reach("publish: between")
    reach("publish: after")
    marks = {name: outlet.flush() for name, outlet in outlets.items()}
    reach("publish: flushed")
    store.trim(entries[-1].sequence, {setting_of(name): mark for name, mark in marks.items() if mark})
    return len(entries)
