"""Dead letters sent again to where they came from, each once unless it is wanted otherwise.

1. Nobody else has sent them meanwhile, as far as the marks say.  2. `sending` is marked.  3. They are sent.  4. `sent`
is marked, or `not sent`. Who is killed between 2 and 4 leaves letters of which nobody knows: they are not sent again
before a person says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from kafka.admin import KafkaAdminClient

from models.speech import say
from models.visible import visible
from streams.kafka.base import Connection, KafkaTrouble
from streams.kafka.clients import client
from streams.kafka.delivery import Delivery, delivering
from streams.kafka.letters import NOT_SENT, SENDING, SENT, Marks, mark
from streams.kept_letters import Fate, KeptLetter, Outcome
from streams.testing.failpoints import reach
from streams.topics import EVENT_TOPICS
from streams.wire.outgoing import Outgoing, sent_again

#: How a letter is marked that was not sent, by what had become of it before.
_STATES = {Fate.OPEN: NOT_SENT, Fate.SENT: SENT, Fate.UNKNOWN: SENDING}
#: Characters that are shown of the name of a topic that somebody else may have made up.
_SHOWN = 100


class Sender:
    """Sends letters again."""

    def __init__(
        self, delivery: Delivery, prefix: str, partitions: Mapping[str, int], marks: Marks, *, repeat: bool
    ) -> None:
        """`partitions`: of each topic of events. `repeat`: also those that were sent again before."""
        self._delivery = delivery
        self._prefix = prefix
        self._partitions = partitions
        self._marks = marks
        self._repeat = repeat
        self._now: set[str] = set()
        self.outcome = Outcome()

    def wants(self, kept: KeptLetter) -> bool:
        """Whether this letter would be sent, as far as what has become of it decides."""
        if kept.position in self._now:
            return False
        return self._repeat or self._marks.fate(kept.position) is Fate.OPEN

    def send(self, letters: Sequence[KeptLetter], *, dry_run: bool = False) -> None:
        """Send those of some letters that it wants again, and wait until Kafka has them; `dry_run`: but do not.

        What is interrupted is marked as far as it came. Raises KafkaTrouble when Kafka stopped taking anything.
        """
        self._marks.read_on()
        messages = dict(self._messages(letters))
        if dry_run:
            self.outcome.sent += len(messages)
            return
        before = {position: self._marks.fate(position) for position in messages}
        self._mark(messages, SENDING)
        reach("send again: marked")
        begun: list[str] = []
        handed_over: list[str] = []
        failed: dict[str, str] = {}
        try:
            for position, message in messages.items():
                begun.append(position)
                note = functools.partial(failed.__setitem__, position)
                self._delivery.send(message.topic, message, self._partition(message, position), note)
                handed_over.append(position)
        finally:
            self._delivery.wait()
            reach("send again: sent")
            if self._delivery.hopeless is None:
                # Of one that was interrupted while it was handed over nobody knows.
                delivered = [position for position in handed_over if position not in failed]
                for position in (messages.keys() - set(begun)) | failed.keys():
                    self._mark([position], _STATES[before[position]])
                self._mark(delivered, SENT)
                self.outcome.sent += len(delivered)
                self.outcome.undelivered += failed.items()
        self._hope()

    def _messages(self, letters: Sequence[KeptLetter]) -> Iterator[tuple[str, Outgoing]]:
        for kept in filter(self.wants, letters):
            self._now.add(kept.position)
            try:
                yield kept.position, self._message(kept)
            except ValueError as wrong:
                self.outcome.unfit.append((kept.position, str(wrong)))

    def _message(self, kept: KeptLetter) -> Outgoing:
        message = sent_again(kept.letter)
        if message.topic not in self._partitions:
            topic = visible(message.topic, _SHOWN)
            raise ValueError(say("{topic} is no topic of events; nothing is sent there", topic=topic))
        if message.key is None and message.value is None:
            raise ValueError(say("it has neither a key nor a value"))
        return message

    def _partition(self, message: Outgoing, position: str) -> int | None:
        """That of its key; what has none (a `clock`) goes where it was."""
        if message.key is not None:
            return None
        was = position.rpartition("@")[0].rpartition("/")[2]
        return next((number for number in range(self._partitions[message.topic]) if str(number) == was), None)

    def _mark(self, positions: Iterable[str], state: bytes) -> None:
        untold: list[str] = []
        for position in positions:
            one = mark(position, state)
            self._delivery.send(self._prefix + one.topic, one, None, untold.append)
            self._marks.set(position, state)
        self._delivery.wait()
        self._hope()
        if untold:
            raise KafkaTrouble(untold[0])

    def _hope(self) -> None:
        if self._delivery.hopeless is not None:
            raise self._delivery.hopeless


@contextmanager
def sending_again(connection: Connection, marks: Marks, *, repeat: bool) -> Iterator[Sender]:
    """What sends letters again, each once unless `repeat`. Raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        there = {each["name"]: len(each["partitions"]) for each in admin.describe_topics(None)}
    names = [connection.prefix + topic for topic in EVENT_TOPICS]
    partitions = {name: there[name] for name in names if name in there}
    with delivering(connection) as delivery:
        yield Sender(delivery, connection.prefix, partitions, marks, repeat=repeat)
