"""From the outboxes to Kafka: decisions, hand-offs, dead letters, and messages passed on to where they belong.

1. What the outbox of a partition number holds is produced; the broker says that it has it (acks=all, idempotent).
2. Only then is it trimmed. A worker that dies in between publishes it again, with the same ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from models.decisions import ActionKind
from models.messages import hand_offs
from streams.stores.base import LostClaim, OutboxEntry, SharedStore, StoreError
from streams.testing.failpoints import reach
from streams.wire.outgoing import Outgoing, dead_letter_message, decision_message, hand_off_message
from streams.worker.forwarded import forwarded, is_forwarded

log = logging.getLogger("beforehand.worker")


class Producing(Protocol):
    """A client that produces; its messages keep their order on each partition."""

    async def produce(self, message: Outgoing, partition: int | None) -> asyncio.Future[object]:
        """Send a message; the future is done when the broker has it. Raises PublishError."""


class PublishError(Exception):
    """Kafka does not take what it is given; the message says what, why and what to do."""


class _Sent(Struct):
    """How far the outbox of a partition number was produced."""

    decisions: int = 0
    dead: int = 0


class Publisher:
    """Publishes for all partition numbers of a worker."""

    def __init__(self, producing: Producing, order: Sequence[ActionKind]) -> None:
        """`order`: in which what one customer gets at one moment is handed over."""
        self._producing = producing
        self._order = order
        #: Messages that were published, by topic.
        self.published: dict[str, int] = {}

    async def publish(self, stores: Iterable[SharedStore]) -> int:
        """All that these outboxes hold, at once; how many messages that were.

        Raises PublishError and StoreError; what was not trimmed is to be published again.
        """
        sent: list[tuple[SharedStore, _Sent]] = []
        waiting: list[asyncio.Future[object]] = []
        for store in stores:
            entries, dead = list(store.outbox()), list(store.dead_outbox())
            if not entries and not dead:
                continue
            reach("publish: before")
            for message, partition in self._messages(entries):
                waiting.append(await self._produce(message, partition))
                reach("publish: between")
            for _, letter in dead:
                waiting.append(await self._produce(dead_letter_message(letter), None))
            sent.append((store, _Sent(entries[-1].sequence if entries else 0, dead[-1][0] if dead else 0)))
        await asyncio.gather(*waiting)
        reach("publish: flushed")
        for store, upto in sent:
            _trim(store, upto)
        return len(waiting)

    async def _produce(self, message: Outgoing, partition: int | None) -> asyncio.Future[object]:
        self.published[message.topic] = self.published.get(message.topic, 0) + 1
        return await self._producing.produce(message, partition)

    def _messages(self, entries: Sequence[OutboxEntry]) -> Iterable[tuple[Outgoing, int | None]]:
        decisions: list[bytes] = []
        for entry in entries:
            if is_forwarded(entry.id):
                one = forwarded(entry.payload)
                yield Outgoing(one.topic, one.key, one.value, tuple(one.headers)), one.partition
            else:
                decisions.append(entry.payload)
                yield decision_message(entry.id, entry.payload), None
        for hand_off in hand_offs(decisions, self._order):
            yield hand_off_message(hand_off), None


def _trim(store: SharedStore, upto: _Sent) -> None:
    try:
        if upto.decisions:
            store.trim(upto.decisions)
        if upto.dead:
            store.trim_dead(upto.dead)
    except LostClaim:
        log.info("what was published is published again by the worker that owns it now")
    except StoreError as wrong:
        log.warning("what was published is published again: %s", wrong)
