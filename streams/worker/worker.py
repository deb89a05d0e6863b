"""What a worker does with the partition numbers it is given: claim, read, step, and let go.

It knows neither Kafka's client nor Faust: `streams.worker.app` brings what was fetched and tells of rebalances. What
goes wrong on one partition number stops that number alone, loudly; it is claimed anew a little later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from streams.partition import Partition
from streams.rule_sets import AHEAD
from streams.stores.base import LostClaim, SharedStore, StoreError
from streams.worker.broker_clock import BrokerClock
from streams.worker.measures import Measures, NotMeasured
from streams.worker.owned import AppendedRecord, Owned

log = logging.getLogger("beforehand.worker")

#: A topic and a partition number.
TopicPartition = tuple[str, int]

#: Milliseconds a partition number lies still after something went wrong with it.
STILL = 5_000
#: Milliseconds between two commits of a partition number of which nothing came but that it was read.
_IDLE_COMMIT = 5_000
#: For so long after a look at the published rule sets (ms) all are known that begin: who publishes asks the broker for
#: its time, adds `AHEAD`, and takes far less than the rest of it to publish.
_KNOWN_FOR = AHEAD // 2


class WorkerError(Exception):
    """A partition number can't be worked on; the message says which, why and what to do."""


class Claim(Protocol):
    """Makes a partition number ours."""

    def __call__(self, number: int) -> Owned:
        """Claim it, then read what is kept of it; raises StoreError or WorkerError."""


class Rules(Protocol):
    """The rule sets that were published."""

    def refresh(self) -> bool:
        """Look for new ones; StoreError."""

    def follow(self, number: int, partition: Partition) -> None:
        """Give a partition number the next one, if there is one; StoreError."""


class Worker:
    """The partition numbers of one process. Moments (`now`) are milliseconds of a clock that only counts on."""

    def __init__(
        self,
        claim: Claim,
        rules: Rules,
        clock: BrokerClock,
        topics: Sequence[str],
        *,
        recorded: bool,
        measures: Measures | None = None,
    ) -> None:
        self.owned: dict[int, Owned] = {}
        #: Partition numbers that something is wrong with -> what, and when they are to be claimed anew.
        self.still: dict[int, tuple[str, int]] = {}
        self._claim = claim
        self._rules = rules
        self._clock = clock
        self._topics = tuple(topics)
        self._recorded = recorded
        self._measures = measures or NotMeasured()
        self._committed: dict[int, int] = {}
        #: All rule sets are known that begin before this moment of the broker (ms).
        self._known = 0

    # ------------------------------------------------------------------ rebalance

    def assigned(self, numbers: Iterable[int], now: int) -> None:
        """These partition numbers are ours, and no others: claim them."""
        self.owned.clear()
        self.still.clear()
        for number in sorted(numbers):
            self.claim(number, now)

    def claim(self, number: int, now: int) -> None:
        """Claim a partition number; one that can't be claimed now lies still."""
        self.still.pop(number, None)
        try:
            self._rules.refresh()  # who had it before may have gone over to a set that we have not seen
            owned = self._claim(number)
            owned.begin()
        except (StoreError, WorkerError) as wrong:
            self.lay_still(number, wrong, now)
            return
        self._follow({number: owned})
        self.owned[number] = owned
        self._committed[number] = now

    def revoked(self) -> None:
        """Nothing is ours any more: what was not committed is forgotten, and comes again to whoever claims it."""
        self.owned.clear()
        self.still.clear()

    def owns(self, number: int, store: SharedStore) -> bool:
        """Whether this store of a partition number is that of the claim that stands, as far as we know."""
        owned = self.owned.get(number)
        return owned is not None and owned.store is store

    def lay_still(self, number: int, wrong: Exception, now: int) -> None:
        """Something is wrong with a partition number: leave it alone for a while."""
        self.owned.pop(number, None)
        self.still[number] = (str(wrong), now + STILL)
        level = logging.WARNING if isinstance(wrong, LostClaim) else logging.ERROR
        log.log(level, "partition %d is left alone for %g s: %s", number, STILL / 1_000, wrong)

    def to_be_claimed(self, now: int) -> list[int]:
        """The partition numbers that have lain still for long enough."""
        return [number for number, (_, until) in self.still.items() if until <= now]

    # ------------------------------------------------------------------ reading

    def read(self, topic: str, number: int, records: Sequence[AppendedRecord], now: int) -> int | None:
        """Records came. If they do not follow what was read: where the topic is to be read again from."""
        owned = self.owned.get(number)
        if owned is None or not records:
            return None
        if not self._recorded:
            self._clock.hear(records[-1].timestamp, now)
        before = owned.forwarded
        try:
            self._know(records[-1].timestamp, now)
            again = owned.read(topic, records)
        except StoreError as wrong:
            self.lay_still(number, wrong, now)
            return None
        if owned.forwarded > before:
            log.warning(
                "%s/%d: messages come here that belong on other partitions, and are passed on. Their producer does not "
                "choose partitions as Java's client does: on librdkafka set partitioner=murmur2_random",
                topic,
                number,
            )
        return again

    def to_ask(self) -> list[TopicPartition]:
        """Where it is to be asked how far the log reaches, so that quiet topics hold nobody up."""
        if self._recorded:
            return []
        return [
            (topic, number)
            for number, owned in self.owned.items()
            for topic, reading in owned.readings.items()
            if not reading.waits_for_end
        ]

    def ended(self, ends: Mapping[TopicPartition, int], asked: int) -> None:
        """How far the log of each reaches; `asked`: our own time before the question was sent."""
        at = self._clock.at_least(asked)
        if at is None:
            return
        for (topic, number), end in ends.items():
            owned = self.owned.get(number)
            if owned is not None:
                owned.ended(topic, end, at)

    def ahead(self) -> set[TopicPartition]:
        """What must not be read on for now: topics that run ahead of their sisters, and numbers that lie still."""
        found = {(topic, number) for number, owned in self.owned.items() for topic in owned.ahead()}
        return found | {(topic, number) for number in self.still for topic in self._topics}

    # ------------------------------------------------------------------ stepping

    def follow(self, now: int) -> None:
        """Look for rules that were published, and give each partition number those that follow there.

        What can't be had now is asked for again; the last good rules go on deciding.
        """
        try:
            self._look(now)
        except StoreError as wrong:
            log.error("the rules of before go on deciding: %s", wrong)

    def _look(self, now: int, moment: int = 0) -> None:
        """The same, when the broker's time is at least `moment` (ms); raises StoreError."""
        at = self._clock.at_least(now)
        self._rules.refresh()
        self._known = max(moment, at or 0) + _KNOWN_FOR
        self._follow(self.owned)

    def _follow(self, owned: Mapping[int, Owned]) -> None:
        """Give partition numbers the rules that follow there; those that can't be read here are asked for again."""
        try:
            for number, one in owned.items():
                self._rules.follow(number, one.partition)
        except StoreError as wrong:
            log.error("the rules of before go on deciding: %s", wrong)

    def _know(self, moment: int, now: int) -> None:
        """Look for rule sets, unless all are known that begin up to this moment of the broker (ms); StoreError.

        A worker that was frozen, or could not reach Redis, may not have looked for long.
        """
        if not self._recorded and moment >= self._known:
            self._look(now, moment)

    def step(self, number: int, now: int) -> bool:
        """Take and commit what is ready on a partition number. Whether anything was."""
        owned = self.owned.get(number)
        if owned is None or owned.full:
            return False
        try:
            self._know(owned.reached or 0, now)
            while owned.goes_over():
                self._follow({number: owned})
            done = owned.step(commit=now - self._committed[number] >= _IDLE_COMMIT)
        except StoreError as wrong:
            if isinstance(wrong, LostClaim):
                self._measures.refused()
            self.lay_still(number, wrong, now)
            return False
        if done:
            self._committed[number] = now
        return done

    def positions(self) -> dict[TopicPartition, int]:
        """Where each topic was read up to and done with: for those who look at the group's lag."""
        return {
            (topic, number): place.offset
            for number, owned in self.owned.items()
            for topic, place in owned.committed.items()
        }
