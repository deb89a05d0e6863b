"""The client of aiokafka that produces."""

from __future__ import annotations

import asyncio
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError

from streams.kafka.base import Connection
from streams.kafka.connection import client_options
from streams.wire.outgoing import Outgoing
from streams.worker.publisher import PublishError


class Producer:
    """An idempotent producer; topics get the prefix."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client: aiokafka.AIOKafkaProducer | None = None

    async def start(self) -> None:
        self._client = aiokafka.AIOKafkaProducer(
            **client_options(self._connection), acks="all", enable_idempotence=True
        )
        await self._client.start()

    async def stop(self) -> None:
        if self._client is not None:
            await self._client.stop()

    async def produce(self, message: Outgoing, partition: int | None) -> asyncio.Future[Any]:
        """See `Producing`."""
        assert self._client is not None
        topic = self._connection.prefix + message.topic
        # aiokafka sends no message that has neither.
        value = b"" if message.value is None and message.key is None else message.value
        try:
            future: asyncio.Future[Any] = await self._client.send(
                topic, value, message.key, partition=partition, headers=list(message.headers)
            )
        except KafkaError as wrong:
            raise PublishError(f"{topic}: {wrong}") from wrong
        return future
