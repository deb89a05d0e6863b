"""Carries records from Faust's consumer to the worker, and what the worker decided to Kafka."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import TopicPartition as KafkaTP
from faust.types import TP
from mode import Service

from streams.stores.base import SharedStore, StoreError
from streams.topics import CLOCKS
from streams.wire.outgoing import Outgoing
from streams.worker.broker_clock import BrokerClock
from streams.worker.clients import Producer
from streams.worker.measures import Measures, NotMeasured
from streams.worker.positions import check_topics, commit_to_group, extent, log_ends, pause_and_resume, start_reading
from streams.worker.publisher import Publisher, PublishError
from streams.worker.watching import watched
from streams.worker.worker import TopicPartition, Worker, WorkerError

if TYPE_CHECKING:
    from streams.worker.app import BatchConsumer, WorkerApp

log = logging.getLogger("beforehand.worker")

#: Records of one topic partition that are handed on at once; between two such lists timers get their turn.
CHUNK = 1_000
#: Records of a partition number that were read, with which it is stepped at once and not with the next beat.
_STEPPED_AT = 10_000
#: Seconds between two beats: what is ready is taken, and what is due runs.
_BEAT = 0.02
#: We are behind with records that were appended so long ago (ms), in recorded time with so many in one fetch. Then a
#: beat steps only what was not stepped for so long (ms): the more events there are between two commits, the more of
#: them share the writing of a record.
_BEHIND, _MANY, _BEHIND_BEAT = 1_000, 2_000, 1_000
#: Seconds between two looks at the worker for who watches it.
_WATCHED_EVERY = 0.5
#: Seconds between two questions of how far the logs of quiet topics reach.
_ASKED_EVERY = 0.03
#: Seconds between two commits of offsets to the group: nobody reads on from them, but they show the lag.
_GROUP_EVERY = 5.0
#: Seconds between two looks for published rules: they begin ten seconds after they were published, at the soonest.
_RULES_EVERY = 1.0
#: Seconds in which what was decided is published before partitions are let go.
_LET_GO_WITHIN = 2.0
#: Seconds after which something that failed at Kafka is tried again.
_AGAIN = 1.0
#: Milliseconds after which the broker is asked for its time, where nothing came that told it.
_PROBED_AFTER = 20_000


def now_ms() -> int:
    """Milliseconds of a clock that only counts on, whatever is done to the time of day."""
    return time.monotonic_ns() // 1_000_000


class Carrier(Service):
    """Carries records from Faust's consumer to the worker, and what the worker decided to Kafka."""

    def __init__(
        self,
        app: WorkerApp,
        worker: Worker,
        clock: BrokerClock,
        producer: Producer,
        publisher: Publisher,
        *,
        recorded: bool,
        measures: Measures | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._measures = measures or NotMeasured()
        self._app = app
        self._worker = worker
        self._clock = clock
        self._producer = producer
        self._publisher = publisher
        self._recorded = recorded
        self._prefix = app.settings.connection.prefix
        self._paused: set[TopicPartition] = set()
        #: Whether the last fetch showed that we are behind, and when each partition number was stepped (ms).
        self._behind = False
        self._stepped: dict[int, int] = {}
        #: Partition numbers whose outbox may hold something.
        self._to_publish: dict[int, SharedStore] = {}
        #: Since when (ms) what these hold waits.
        self._waits_since: dict[int, int] = {}
        #: Records of each topic partition that are not done with, when the broker was last asked.
        self._lag: dict[TopicPartition, int] = {}
        #: Whether the group has ever said what is ours.
        self._joined = False
        self._awake = asyncio.Event()
        #: Held while the outboxes are being published.
        self._publishing = asyncio.Lock()

    async def on_start(self) -> None:
        await self._producer.start()

    async def on_stop(self) -> None:
        for number in list(self._worker.owned):
            self._step(number)
        await self._publish()
        await self._producer.stop()

    # ------------------------------------------------------------------ names

    def _tp(self, one: TopicPartition) -> KafkaTP:
        return KafkaTP(self._prefix + one[0], one[1])

    def _own(self, tp: Any) -> TopicPartition:
        return tp.topic.removeprefix(self._prefix), tp.partition

    @property
    def _consumer(self) -> BatchConsumer:
        return cast("BatchConsumer", self._app.consumer)

    @property
    def _thread(self) -> Any:
        return self._consumer._thread  # noqa: SLF001 -- Faust gives it no other name

    @property
    def _client(self) -> Any:
        return self._thread._ensure_consumer()  # noqa: SLF001 -- as above

    # ------------------------------------------------------------------ rebalance

    async def claim_assigned(self) -> dict[TP, int]:
        """Claim the partition numbers of which all topics are ours, and seek to where they were left."""
        assigned = {self._own(tp) for tp in self._client.assignment()}
        unfit = {number: self._unfit(number, assigned) for _, number in assigned}
        whole = {number for number, wrong in unfit.items() if wrong is None}
        self._paused.clear()
        self._worker.assigned(whole, now_ms())
        for number, wrong in unfit.items():
            if wrong is not None:
                self._worker.lay_still(number, wrong, now_ms())
        offsets = await self._seek(whole)
        await self._park(assigned - {self._own(tp) for tp in offsets})
        self._joined = True
        return offsets

    def _unfit(self, number: int, assigned: Collection[TopicPartition]) -> WorkerError | None:
        """What is wrong with the topics, so that a partition number can't be worked on."""
        if all((topic, number) in assigned for topic in self._app.settings.topics):
            return self._wrong_topics()
        return self._wrong_topics() or WorkerError("it is ours on some topics only; the group has to agree anew")

    def _wrong_topics(self) -> WorkerError | None:
        """What is wrong with the topics of events, as far as is known."""
        settings, known = self._app.settings, self._client.partitions_for_topic
        counts = {topic: len(known(self._prefix + topic) or ()) for topic in settings.topics}
        try:
            check_topics(counts, settings.partitions)
        except WorkerError as wrong:
            return wrong
        return None

    def _look_at_topics(self) -> None:
        """Stop what was begun on topics that are not what they were. Of topics that are gone nothing is assigned, so
        that nobody would say so: then all partition numbers are told of.
        """
        wrong = self._wrong_topics() if self._joined else None
        if wrong is not None and not self._worker.still:
            for number in list(self._worker.owned) or range(self._app.settings.partitions):
                self._worker.lay_still(number, wrong, now_ms())

    async def let_go(self) -> None:
        """Others may own our partition numbers from now on: publish what was decided, or they would do so again."""
        self._worker.revoked()
        publishing = asyncio.ensure_future(self._publish())
        await asyncio.wait([publishing], timeout=_LET_GO_WITHIN)

    async def _park(self, unclaimed: Iterable[TopicPartition]) -> None:
        """What is assigned but could not be claimed needs a position too, or the client ends for want of one."""
        tps = [self._tp(one) for one in unclaimed]
        if not tps:
            return
        ends = await self._thread.call_thread(log_ends, self._client, tps)
        with contextlib.suppress(IllegalStateError):  # not ours any more: the next claim follows
            await self._consumer.seek_wait(ends)

    async def _seek(self, numbers: Iterable[int]) -> dict[TP, int]:
        claimed = [number for number in numbers if number in self._worker.owned]
        topics = self._app.settings.topics
        tps = [self._tp((topic, number)) for number in claimed for topic in topics]
        if not tps:
            return {}
        readings = [
            (number, topic, self._worker.owned[number].readings[topic]) for number in claimed for topic in topics
        ]
        appended = {self._tp((topic, number)): one.appended for number, topic, one in readings if one.appended}
        logs = await self._thread.call_thread(extent, self._client, tps, appended)
        offsets: dict[TP, int] = {}
        for number in claimed:
            owned = self._worker.owned.get(number)
            if owned is None:
                continue  # revoked meanwhile: the next claim follows
            try:
                for topic in owned.readings:
                    tp = self._tp((topic, number))
                    start_reading(owned, topic, logs.begins[tp], logs.ends[tp], logs.group.get(tp), logs.newer.get(tp))
                    offsets[TP(tp.topic, tp.partition)] = owned.readings[topic].next
            except WorkerError as wrong:
                self._worker.lay_still(number, wrong, now_ms())
                offsets = {tp: offset for tp, offset in offsets.items() if tp.partition != number}
                continue
            self._may_publish(number)  # what is left from before
        await self._consumer.seek_wait({self._tp(self._own(tp)): offset for tp, offset in offsets.items()})
        if offsets:
            log.info("partitions %s are ours", sorted(self._worker.owned))
        return offsets

    # ------------------------------------------------------------------ reading

    async def received(self, records: Mapping[Any, Sequence[Any]]) -> None:
        """Lists of records were fetched, or none."""
        self._behind = self._is_behind(records.values())
        if not records:
            return
        for tp, fetched in records.items():
            topic, number = self._own(tp)
            for start in range(0, len(fetched), CHUNK):
                again = self._worker.read(topic, number, fetched[start : start + CHUNK], now_ms())
                if again is not None:
                    log.info("%s/%d is read again from %d", topic, number, again)
                    await self._read_again((topic, number), again)
                    break
                owned = self._worker.owned.get(number)
                if owned is not None and owned.read_since_step >= _STEPPED_AT:
                    self._step(number)
                await asyncio.sleep(0)
        await self._pause()

    def _is_behind(self, fetched: Collection[Sequence[Any]]) -> bool:
        if self._recorded:
            return sum(map(len, fetched)) >= _MANY
        now = self._clock.latest(now_ms())
        return now is not None and any(records[0].timestamp < now - _BEHIND for records in fetched if records)

    async def _read_again(self, one: TopicPartition, offset: int) -> None:
        try:
            await self._consumer.seek_wait({self._tp(one): offset})
        except IllegalStateError:
            log.debug("%s/%d is not ours any more: who claims it next reads on", *one)

    def out_of_range(self, places: Iterable[Any]) -> None:
        """Topics have nothing where they were to be read on: the next claim finds out what became of it."""
        for topic, number in map(self._own, places):
            wrong = f"{topic}/{number} has nothing any more where it was to be read on"
            self._worker.lay_still(number, WorkerError(wrong), now_ms())

    async def _pause(self) -> None:
        ahead = self._worker.ahead()
        pause, resume = ahead - self._paused, self._paused - ahead
        if pause or resume:
            self._paused = ahead
            await self._thread.call_thread(
                pause_and_resume, self._client, [self._tp(one) for one in pause], [self._tp(one) for one in resume]
            )

    def _step(self, number: int) -> None:
        self._stepped[number] = now_ms()
        if self._worker.step(number, now_ms()):
            self._may_publish(number)

    def _may_publish(self, number: int) -> None:
        """Something may stand in the outbox of a partition number."""
        self._to_publish[number] = self._worker.owned[number].store
        self._waits_since.setdefault(number, now_ms())
        self._awake.set()

    # ------------------------------------------------------------------ tasks

    @Service.task
    async def _beats(self) -> None:
        while not self.should_stop:
            for number in list(self._worker.owned):
                if not self._behind or now_ms() - self._stepped.get(number, 0) >= _BEHIND_BEAT:
                    self._step(number)
                    await asyncio.sleep(0)
            await self._claim_again()
            await self._pause_quietly()
            await self.sleep(_BEAT)

    @Service.task
    async def _is_watched(self) -> None:
        while not self.should_stop:
            self._look_at_topics()
            assigned = self._joined and self._consumer.flow_active
            seen = watched(self._worker, self._clock, now_ms(), assigned=assigned, lag=self._lag)
            self._measures.beat(seen)
            await self.sleep(_WATCHED_EVERY)

    async def _claim_again(self) -> None:
        numbers = self._worker.to_be_claimed(now_ms())
        if not numbers or not self._consumer.flow_active:
            return
        assigned = {self._own(tp) for tp in self._client.assignment()}
        for number in numbers:
            unfit = self._unfit(number, assigned)
            if unfit is not None:
                self._worker.lay_still(number, unfit, now_ms())
                continue
            self._worker.claim(number, now_ms())
            if number in self._worker.still:
                break  # a store that does not answer keeps us waiting: the others have their turn after a beat
        try:
            await self._seek(numbers)
        except (KafkaError, TimeoutError) as wrong:
            for number in numbers:
                self._worker.lay_still(number, wrong, now_ms())

    async def _pause_quietly(self) -> None:
        if self._consumer.flow_active:
            await self._pause()

    @Service.task
    async def _asks(self) -> None:
        while not self.should_stop:
            try:
                await self._ask()
            except (KafkaError, PublishError, TimeoutError) as wrong:
                log.warning("Kafka was asked how far its logs reach, and did not say: %s", wrong)
                await self.sleep(_AGAIN)
            await self.sleep(_ASKED_EVERY)

    async def _ask(self) -> None:
        if self._recorded or not self._worker.owned:
            return
        if not self._clock.is_known(now_ms(), _PROBED_AFTER):
            await self._probe()
        asked = now_ms()
        tps = [self._tp(one) for one in self._worker.to_ask()]
        ends = await self._thread.call_thread(log_ends, self._client, tps)
        self._worker.ended({self._own(tp): end for tp, end in ends.items()}, asked)

    async def _probe(self) -> None:
        """Ask the broker for its time: it puts it on everything that is appended."""
        told = await (await self._producer.produce(Outgoing(CLOCKS, None, b""), None))
        self._clock.hear(told.timestamp, now_ms())

    @Service.task
    async def _follows(self) -> None:
        while not self.should_stop:
            await self.sleep(_RULES_EVERY)
            self._worker.follow(now_ms())

    @Service.task
    async def _publishes(self) -> None:
        while not self.should_stop:
            if self._to_publish:
                await self._publish()
            else:
                self._awake.clear()
                await self.wait_first(self._awake.wait(), timeout=1.0)

    async def _publish(self) -> None:
        async with self._publishing:
            stores, self._to_publish = self._to_publish, {}
            since, self._waits_since = self._waits_since, {}
            try:
                messages = await self._publisher.publish(stores.values())
                if messages:
                    self._measures.published(messages, now_ms() - min(since.values()))
                return
            except (PublishError, StoreError, KafkaError) as wrong:
                log.error("what was decided could not be published, and is tried again: %s", wrong)
                # What is not ours any more is published by whoever claims it.
                ours = {number: store for number, store in stores.items() if self._worker.owns(number, store)}
                self._to_publish = {**ours, **self._to_publish}
                self._waits_since = {**self._waits_since, **{number: since[number] for number in ours}}
        await self.sleep(_AGAIN)

    @Service.task
    async def _shows_lag(self) -> None:
        while not self.should_stop:
            await self.sleep(_GROUP_EVERY)
            positions = self._worker.positions()
            offsets = {TP(*self._tp(one)): offset for one, offset in positions.items() if offset}
            if positions and self._consumer.flow_active:
                try:
                    ends = await self._thread.call_thread(log_ends, self._client, [self._tp(one) for one in positions])
                    self._lag = {self._own(tp): max(0, end - positions[self._own(tp)]) for tp, end in ends.items()}
                    await self._thread.call_thread(commit_to_group, self._client, offsets)
                except (KafkaError, TimeoutError) as wrong:
                    log.info("the group's offsets could not be committed: %s", wrong)
