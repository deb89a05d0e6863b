"""The client that produces."""

from __future__ import annotations

import asyncio

from streams.kafka.base import Connection
from streams.wire.outgoing import Outgoing
from streams.worker.clients import Producer
from tests.beforehand.cli.topics_read import all_messages, make_topic


def test_a_message_is_produced_as_it_is(kafka: str, own_name: str) -> None:
    """Key, value and headers; a header without a value is not one with an empty value."""
    make_topic(kafka, own_name, 1)
    headers = (("ce_id", b"1"), ("ce_dataschema", None), ("note", b""))
    asyncio.run(_produce(kafka, Outgoing(own_name, b"c", b"{}", headers), Outgoing(own_name, b"c", None)))
    found = [(one.key, one.value, tuple(one.headers)) for one in all_messages(kafka, [own_name])]
    assert found == [(b"c", b"{}", headers), (b"c", None, ())]


async def _produce(kafka: str, *messages: Outgoing) -> None:
    producer = Producer(Connection((kafka,)))
    await producer.start()
    try:
        for message in messages:
            await (await producer.produce(message, None))
    finally:
        await producer.stop()
