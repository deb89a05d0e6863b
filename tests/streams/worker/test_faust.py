"""What of Faust's own names the worker leans on: a version that has changed them must not be taken unseen."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import faust
import pytest
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer, Fetcher
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.transport.drivers.aiokafka import Consumer as KafkaConsumer

from streams.worker.app import BatchConsumer, WorkerApp


def test_the_version_is_the_one_that_was_read() -> None:
    """The names below begin with an underscore: another version may mean something else by them."""
    assert faust.__version__.startswith("0.15.")


@pytest.mark.parametrize(
    ("caller", "called"),
    [
        (Fetcher._fetcher.fun, "consumer._drain_messages(self)"),
        (Recovery._resume_streams, "consumer.perform_seek()"),
        (Consumer.perform_seek, "self.seek_to_committed()"),
        (Consumer._wait_next_records, "self._getmany("),
        (AIOKafkaConsumerThread._create_consumer, "self._create_worker_consumer(transport)"),
        (AIOKafkaConsumerThread.on_start, "self._create_consumer("),
        (KafkaConsumer.__init__, "self._new_consumer_thread()"),
    ],
)
def test_faust_calls_what_is_ours(caller: Callable[..., Any], called: str) -> None:
    """Where we put something else in its place, Faust comes by."""
    assert called in inspect.getsource(caller)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BatchConsumer._drain_messages, KafkaConsumer._drain_messages),
        (BatchConsumer.seek_to_committed, KafkaConsumer.seek_to_committed),
        (BatchConsumer.on_partitions_revoked, KafkaConsumer.on_partitions_revoked),
        (BatchConsumer._new_consumer_thread, KafkaConsumer._new_consumer_thread),
        (WorkerApp._new_transport, faust.App._new_transport),
    ],
)
def test_what_is_ours_takes_what_theirs_takes(ours: Callable[..., Any], theirs: Callable[..., Any]) -> None:
    """The parameters are those that Faust gives."""
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
