"""The Faust app: Faust's worker life, consumer group, partition assignment and timers, around our own `Worker`.

Faust's agents make two tasks for every message and take 8,600 of them a second. So the consumer hands whole fetched
lists on, at the one place where Faust takes them apart (`Consumer._drain_messages`); and where it would seek to the
group's offsets (`Consumer.seek_to_committed`) partition numbers are claimed, as offsets are kept with the state.
These names are Faust 0.15's own: `tests/streams/worker/test_faust.py` holds them to what is written here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import aiokafka
import faust
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT
from mode import Service
from mode.types import ServiceT

from streams.kafka.base import Connection
from streams.kafka.connection import client_options
from streams.worker.carrier import Carrier
from streams.worker.header_names import read_any_header_name

log = logging.getLogger("beforehand.worker")

#: Seconds that are waited for what was assigned to be claimed.
_UNCLAIMED = 0.02


@dataclass(frozen=True, slots=True)
class AppSettings:
    """How a worker is part of its group. Times are seconds."""

    connection: Connection
    group: str
    topics: Sequence[str]
    #: Of each topic, as the state is kept for.
    partitions: int
    session: float = 6.0
    instance: str | None = None


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's thread, with a consumer made to our settings."""

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        del transport  # it knows the servers only, not how to speak with them
        app = _ours(self.app)
        read_any_header_name()
        self._assignor = app.assignor  # topics of equal partition counts are assigned together
        return aiokafka.AIOKafkaConsumer(
            **client_options(app.settings.connection),
            group_id=app.settings.group,
            group_instance_id=app.settings.instance,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            # A position that is gone must never be replaced behind our back.
            auto_offset_reset="none",
            session_timeout_ms=int(app.settings.session * 1_000),
            heartbeat_interval_ms=int(app.settings.session * 1_000 / 5),
            max_poll_interval_ms=300_000,
            # How soon a topic that was deleted or has other partitions is noticed.
            metadata_max_age_ms=5_000,
            # While a fetch waits, what was claimed or resumed meanwhile is not fetched, and who asks on the same
            # connection how far a quiet log reaches waits, too.
            fetch_max_wait_ms=30,
        )

    async def on_thread_stop(self) -> None:
        """Stop the consumer; a fetch that waits for a Kafka that is away would else end this thread with it."""
        try:
            await super().on_thread_stop()
        except asyncio.CancelledError:
            log.debug("the consumer was stopped while it waited for Kafka")


class BatchConsumer(driver.Consumer):
    """Hands whole lists of fetched records to the worker."""

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Claim what is assigned, read where it was left, and only then seek."""
        return await _ours(self.app).carrier.claim_assigned()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Nothing is ours until the next claim."""
        await _ours(self.app).carrier.let_go()
        await super().on_partitions_revoked(revoked)

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        # What a fetch brings that was under way in a rebalance is not thrown away: a topic that is quiet afterwards
        # would never bring it again. Whether it follows what was read last is looked at by `Owned.read`.
        app = _ours(self.app)
        fetching = cast(Service, fetcher)
        try:
            while not (self._stopped.is_set() or fetching._stopped.is_set()):  # noqa: SLF001 -- as Faust does it
                try:
                    records, _ = await self._wait_next_records(timeout=0.2)
                except NoOffsetForPartitionError:
                    # What was assigned just now has no position until it is claimed.
                    await asyncio.sleep(_UNCLAIMED)
                    continue
                except OffsetOutOfRangeError as gone:
                    app.carrier.out_of_range(gone.args[0])
                    continue
                await app.carrier.received(records or {})
                await asyncio.sleep(0)
        except self.consumer_stopped_errors:
            if not app.should_stop:
                raise
        except asyncio.CancelledError:
            if not app.should_stop:
                raise


class _Transport(driver.Transport):
    Consumer = BatchConsumer


class WorkerApp(faust.App):
    """Faust's app, with our transport."""

    settings: AppSettings
    carrier: Carrier

    async def on_first_start(self) -> None:
        """Make no folders for tables, as Faust would in the present one, which may not be ours: we keep none."""

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)


def _ours(app: AppT) -> WorkerApp:
    return cast(WorkerApp, app)


def worker_app(settings: AppSettings) -> WorkerApp:
    """The app, subscribed to its topics. Its carrier is to be set before it starts."""
    connection = settings.connection
    app = WorkerApp(
        settings.group,
        broker=[f"kafka://{server}" for server in connection.servers],
        store="memory://",
        # Faust's web server binds every interface and shows tables; health and metrics are ours.
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        broker_session_timeout=settings.session,
        broker_heartbeat_interval=settings.session / 5,
        loop=None,
    )
    app.settings = settings
    # Its own producer would not know how to speak with a secured Kafka, and has nothing to do.
    app.boot_strategy.enable_kafka_producer = False
    for topic in settings.topics:
        app.topics.add(app.topic(connection.prefix + topic, value_type=bytes))
    return app
