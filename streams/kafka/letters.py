"""The dead letters of a Kafka: read from `deadletters`, with what `deadletters.sent` says has become of them.

A mark in `deadletters.sent` is keyed by where the message stood (`events.consumption/3@42`). Before a letter is sent
again its mark says `sending`, afterwards `sent`, or `not sent` if Kafka did not take it (ADR 0032).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streams.kafka.base import Connection, Message
from streams.kafka.kept import Kept, kept
from streams.kafka.topics import found_topics
from streams.kept_letters import Fate, KeptLetter
from streams.topics import DEAD_LETTERS, SENT_AGAIN
from streams.wire.outgoing import Outgoing, dead_letter_of, position_of

SENDING, SENT, NOT_SENT = b"sending", b"sent", b"not sent"
_FATES = {SENDING: Fate.UNKNOWN, SENT: Fate.SENT}


def mark(position: str, state: bytes) -> Outgoing:
    """The message that says what has become of the letter of a position."""
    return Outgoing(SENT_AGAIN, position.encode(), state)


class Marks:
    """What has become of letters, as far as it was read."""

    def __init__(self, topic: Kept | None) -> None:
        self._topic = topic
        self._fates: dict[str, Fate] = {}
        self.read_on()

    def read_on(self) -> None:
        """Read what was marked meanwhile; raises KafkaTrouble."""
        for several in self._topic.up_to_now() if self._topic is not None else ():
            for message in several:
                self.set((message.key or b"").decode("utf-8", "replace"), message.value)

    def set(self, position: str, state: bytes | None) -> None:
        """What has become of the letter of a position."""
        if state in _FATES:
            self._fates[position] = _FATES[state]
        else:
            self._fates.pop(position, None)

    def fate(self, position: str) -> Fate:
        """What has become of the letter of a position."""
        return self._fates.get(position, Fate.OPEN)


class Letters:
    """The dead letters that are there."""

    def __init__(self, topic: Kept, marks: Marks) -> None:
        self._topic = topic
        self.marks = marks
        #: How many messages of the topic are no dead letters, and what is wrong with the first.
        self.others = 0
        self.other: str | None = None
        #: Messages that were read, of how many in all, about.
        self.read = 0

    @property
    def total(self) -> int:
        """How many messages there are, about."""
        return self._topic.total

    def up_to_now(self) -> Iterator[KeptLetter]:
        """All of them, in order on each partition; raises KafkaTrouble."""
        return self._letters(self._topic.up_to_now())

    def again(self) -> Iterator[KeptLetter]:
        """The same once more, without those that have come meanwhile."""
        self.read = self.others = 0
        return self._letters(self._topic.again())

    def _letters(self, messages: Iterator[list[Message]]) -> Iterator[KeptLetter]:
        for several in messages:
            for message in several:
                self.read += 1
                try:
                    letter = dead_letter_of(message)
                except ValueError as wrong:
                    self.others += 1
                    self.other = self.other or str(wrong)
                    continue
                position = position_of(letter)
                yield KeptLetter(letter, position, message.time, self.marks.fate(position))


@contextmanager
def dead_letters(connection: Connection, *, since: int | None = None, marked: bool = False) -> Iterator[Letters]:
    """The dead letters that came to their topic from `since` (ms) on, or all. Raises KafkaTrouble.

    `marked`: it is an error if nobody can mark which were sent again; else none were.
    """
    with kept(connection, DEAD_LETTERS, since=since) as topic:
        if not marked and not found_topics(connection, [connection.prefix + SENT_AGAIN]):
            yield Letters(topic, Marks(None))
            return
        with kept(connection, SENT_AGAIN) as sent:
            yield Letters(topic, Marks(sent))
