"""A partition number that a worker owns: its topics are read together, its customers stepped and committed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from models.events import Event
from streams.dead_letters import DeadLetter
from streams.partition import Partition
from streams.partitioning import partition_of
from streams.stores.base import SharedStore
from streams.wire.messages import Record
from streams.wire.plans import CLOCK
from streams.worker.decoders import Decoders
from streams.worker.forwarded import entry_of, forwarding
from streams.worker.reading import Place, Reading

#: Numbers of arrivals tell the topic, too: at most so many can be read.
SOURCES = 16
#: By how much more than `settle` a topic may run ahead of its slowest sister before it has to wait (ms).
_AHEAD = 1_000
#: Events that have arrived and are not taken; with more, all topics but the slowest wait.
_WAITING = 100_000
#: Entries of the outbox that may wait; with more, nothing is read or decided until they are published.
_UNPUBLISHED = 10_000

_places = msgspec.msgpack.Decoder(dict[str, Place])


class AppendedRecord(Record, Protocol):
    """A message with the moment at which the broker appended it (ms)."""

    @property
    def timestamp(self) -> int: ...


def places_of(partition: Partition) -> dict[str, Place]:
    """Topic -> where it is to be read on, as the last commit left it; empty before the first."""
    return {} if partition.restored is None else decode_places(partition.restored.where)


def decode_places(where: bytes) -> dict[str, Place]:
    """The places that `Owned.where` gave."""
    return _places.decode(where)


class Owned:
    """One partition number. Moments are milliseconds."""

    def __init__(
        self,
        number: int,
        partitions: int,
        store: SharedStore,
        partition: Partition,
        decoders: Decoders,
        places: Mapping[str, Place],
        *,
        recorded: bool,
    ) -> None:
        """`partitions`: of each topic. `places`: of every topic that is read. `recorded`: see "Time" in the docs.

        `partition` is made for `SOURCES` sources, over `store`.
        """
        self.number = number
        self.store = store
        self.partition = partition
        self.readings = {topic: Reading(place) for topic, place in places.items()}
        #: Topic -> where it is to be read on after the last commit.
        self.committed: Mapping[str, Place] = places
        #: Records that were read since the last step.
        self.read_since_step = 0
        #: How many messages were passed on to the partition they belong to.
        self.forwarded = 0
        self._index = {topic: index for index, topic in enumerate(self.readings)}
        self._topics = list(self.readings)
        self._partitions = partitions
        self._decoders = decoders
        self._recorded = recorded

    # ------------------------------------------------------------------ reading

    def read(self, topic: str, records: Sequence[AppendedRecord]) -> int | None:
        """Records of a topic have come. If they do not follow the last: where it is to be read again from."""
        reading = self.readings[topic]
        for run in _runs(records, reading.next):
            if not reading.fits(run[0].offset):
                return reading.next
            self._arrive(topic, reading, run)
        return None

    def _arrive(self, topic: str, reading: Reading, records: Sequence[AppendedRecord]) -> None:
        """Consecutive records, the first of which is the next one."""
        self.read_since_step += len(records)
        if self._recorded:
            events = self._decoders.decode_recorded(records, reading.arrived)
            arrivals = reading.arrive(0 if isinstance(event, DeadLetter) else event.arrived for event in events)
            events = [_not_before(event, at) for event, at in zip(events, arrivals, strict=True)]
            reading.appended = max(reading.appended, *(record.timestamp for record in records))
        else:
            events = self._decoders.decode_all(records, reading.arrive(record.timestamp for record in records))
            reading.appended = reading.arrived
        summary = self.partition.summary
        for event in (events[0], events[-1]):
            if isinstance(event, Event):
                summary.arrived(event.arrived)
        taking, index = self.partition.taking, self._index[topic]
        together: list[Event] = []
        for record, event in zip(records, events, strict=True):
            if isinstance(event, Event) and self._settles(event, record, reading):
                together.append(event)
                continue
            self._pass_over(topic, event, record)
            if together:
                taking.arrive_all((record.offset - len(together)) * SOURCES + index, together)
                together = []
        taking.arrive_all((records[-1].offset + 1 - len(together)) * SOURCES + index, together)

    def _settles(self, event: Event, record: AppendedRecord, reading: Reading) -> bool:
        """Whether this event is to be taken here."""
        if event.type == CLOCK or reading.taken(record.offset):
            return False
        # Who has a record has been found to belong here.
        return event.customer in self.partition.stepper.records or self._belongs(event.customer)

    def _belongs(self, customer: str) -> bool:
        return partition_of(customer, self._partitions) == self.number

    def _pass_over(self, topic: str, event: Event | DeadLetter, record: AppendedRecord) -> None:
        """The record is done with, once this is committed."""
        reading = self.readings[topic]
        if reading.taken(record.offset):
            return
        if isinstance(event, DeadLetter):
            self.partition.dead.append(event)
        elif event.type != CLOCK:
            self._forward(topic, event.customer, record)
        reading.take(record.offset)

    def _forward(self, topic: str, customer: str, record: AppendedRecord) -> None:
        to = partition_of(customer, self._partitions)
        self.partition.forwards.append(entry_of(forwarding(record, topic, to), self.number, record.offset))
        self.forwarded += 1

    def ended(self, topic: str, end: int, at: int) -> None:
        """At the moment `at` of the broker's clock (rather too early) the log of a topic ended before this offset."""
        self.readings[topic].ended(end, at)

    # ------------------------------------------------------------------ how far arrivals have come

    @property
    def reached(self) -> int | None:
        """How far arrivals have come: as far as on the slowest topic; None until each has answered."""
        moments = [reading.reached for reading in self.readings.values()]
        return None if None in moments else min(moment for moment in moments if moment is not None)

    @property
    def full(self) -> bool:
        """Whether so much waits to be published that nothing more may be decided."""
        return self.store.unpublished > _UNPUBLISHED

    def ahead(self) -> set[str]:
        """The topics that have to wait for a slower one, or for what was decided to be published."""
        if self.full:
            return set(self.readings)
        full = self.partition.taking.waiting > _WAITING
        slowest = min((-1 if one.reached is None else one.reached) for one in self.readings.values())
        most = slowest + (0 if full else self.partition.taking.settle + _AHEAD)
        return {topic for topic, one in self.readings.items() if one.reached is not None and one.reached > most}

    # ------------------------------------------------------------------ stepping

    def begin(self) -> None:
        """Go on where the last commit left off."""
        self.partition.go_on(self.where)

    def goes_over(self) -> bool:
        """Let the rule set that follows decide, if all before its moment can be taken; whether it does now."""
        reached = self.reached
        if reached is None:
            return False
        self.partition.taking.advance(reached)
        return self.partition.go_over(self.where)

    def step(self, *, commit: bool = False) -> bool:
        """Take what can be taken, run what is due, commit if anything came of it; whether that was so.

        `commit`: even if nothing came of it, so that what was read and is done with need not be read again.
        """
        self.read_since_step = 0
        reached = self.reached
        if reached is not None:
            self.partition.taking.advance(reached)
        self.partition.advance(self.where)
        if self.partition.changed or commit:
            self.partition.commit(self.where)
            return True
        return False

    def where(self) -> bytes:
        """Where the topics are to be read on, were the process to end here: asked at each commit."""
        for number in self.partition.taking.finished():
            self.readings[self._topics[number % SOURCES]].take(number // SOURCES)
        self.committed = {topic: reading.place() for topic, reading in self.readings.items()}
        return msgspec.msgpack.encode(self.committed)


def _runs(records: Sequence[AppendedRecord], start: int) -> Iterator[Sequence[AppendedRecord]]:
    """Runs of consecutive records, without those before the offset `start`."""
    first = 0
    while first < len(records) and records[first].offset < start:
        first += 1
    if first < len(records) and records[-1].offset - records[first].offset == len(records) - 1 - first:
        yield records[first:] if first else records
        return
    for last in range(first + 1, len(records) + 1):
        if last == len(records) or records[last].offset != records[last - 1].offset + 1:
            yield records[first:last]
            first = last


def _not_before(event: Event | DeadLetter, arrived: int) -> Event | DeadLetter:
    """The event, with an arrival that is not before the one before it."""
    if isinstance(event, DeadLetter) or event.arrived == arrived:
        return event
    return replace(event, arrived=arrived)
