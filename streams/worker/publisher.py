"""From the outboxes to Kafka: decisions, hand-offs, dead letters, and messages passed on to where they belong.

1. What the outbox of a partition number holds is produced; the broker says that it has it (acks=all, idempotent).
2. Only then is it trimmed. A worker that dies in between publishes it again, with the same ids.

A hand-off that has expired on the real clock by then, or comes into the customer's quiet hours, because a worker or
Kafka was away, is not handed over: a `message receipt` of status `missed` says so to the customer's own record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from models.decisions import ActionKind
from models.events import Event
from models.messages import SOURCE, HandOff, hand_offs
from models.moments import parse_moment
from models.types import Value
from models.vocabulary import Vocabulary
from streams.stores.base import LostClaim, OutboxEntry, SharedStore, StoreError
from streams.testing.failpoints import reach
from streams.wire.outgoing import Outgoing, dead_letter_message, decision_message, event_message, hand_off_message
from streams.worker.forwarded import forwarded, is_forwarded

log = logging.getLogger("beforehand.worker")

#: The status of a receipt for what was not handed over in time.
MISSED = "missed"


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

    def __init__(
        self,
        producing: Producing,
        order: Sequence[ActionKind],
        vocabulary: Vocabulary,
        now: Callable[[], int] | None = None,
    ) -> None:
        """`order`: in which what one customer gets at one moment is handed over.

        `now`: the real time, ms since 1970; None in recorded time, where nothing expires on the way.
        """
        self._producing = producing
        self._order = order
        self._vocabulary = vocabulary
        self._now = now
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
        now = self._now() if self._now is not None and decisions else None
        for hand_off in hand_offs(decisions, self._order):
            if now is not None and not _may_go(hand_off, now):
                yield from ((receipt, None) for receipt in missed(hand_off, now, self._vocabulary))
            else:
                yield hand_off_message(hand_off), None


def _may_go(hand_off: HandOff, now: int) -> bool:
    message = hand_off.data
    if message.expires is not None and parse_moment(message.expires) <= now:
        return False
    return not any(quiet.includes(now) for quiet in message.quiet_hours)


def missed(hand_off: HandOff, now: int, vocabulary: Vocabulary) -> Iterator[Outgoing]:
    """What tells the customer's record that this was not handed over: a receipt for each of its decisions.

    Its id follows from the decision's, so that one that is published again counts once.
    """
    channel = hand_off.data.channel
    for decision in hand_off.data.decisions:
        data: dict[str, Value] = {"decision": decision, "status": MISSED}
        if channel is not None:
            data["channel"] = channel
        id_ = f"missed {decision} {channel or 'task'}"
        yield event_message(Event("message receipt", hand_off.subject, now, now, SOURCE, id_, data), vocabulary)


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
