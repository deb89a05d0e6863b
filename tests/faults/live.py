"""Producers of all kinds, as they are in real life, and what a worker must have made of what they sent."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from streams.partitioning import partition_of
from streams.topics import EVENT_TOPICS
from tests.faults.system import System
from tests.faults.topic_logs import TopicLog

OF_TYPE = {
    "ordered": "events.consumption",
    "paid": "events.service",
    "seen": "events.behavior",
    "customer changed": "events.profile",
}


class Shop:
    """Produces events of the courier's shop with a client of its own, stamped with the time of day."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._number = 0
        self._producer = KafkaProducer(
            bootstrap_servers=system.kafka, acks="all", max_request_size=32 << 20, linger_ms=5
        )

    def send(self, type_: str, customer: str, *, ahead: float = 0, partition: int | None = None, **data: str) -> None:
        """An event that happened just now; `ahead`: by a clock that leads by so many seconds."""
        self._number += 1
        event = {
            "specversion": "1.0",
            "id": f"live-{self._number}",
            "source": "live",
            "type": type_,
            "subject": customer,
            "time": datetime.fromtimestamp(time.time() + ahead, UTC).isoformat(timespec="milliseconds"),
            "data": data,
        }
        self.raw(OF_TYPE[type_], customer.encode(), json.dumps(event).encode(), partition=partition)

    def raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes | None]] | None = None,
        partition: int | None = None,
    ) -> None:
        """A message, whatever it is."""
        self._producer.send(self._system.prefix + topic, value, key, headers or [], partition)

    def close(self) -> None:
        self._producer.flush()
        self._producer.close()


def allow_large_messages(system: System) -> None:
    """The topics of events take messages of up to 32 MB."""
    admin = KafkaAdminClient(bootstrap_servers=system.kafka)
    wanted = {"max.message.bytes": str(32 << 20)}
    admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, system.prefix + topic, wanted) for topic in EVENT_TOPICS]
    )
    admin.close()


def as_recorded(system: System, file: Path, until: int) -> Path:
    """What stands in the topics of events, as a file: each event arrived when the broker appended it.

    Without dead letters, which the worker has named, and without what came on a wrong partition: it comes again
    on the right one. The file ends at `until` (ms).
    """
    log = TopicLog(system.kafka, [system.prefix + topic for topic in EVENT_TOPICS])
    log.read()
    log.close()
    dead = {dict(message.headers)["beforehand_position"].decode() for message in system.dead_letters()}
    latest: dict[tuple[str, int], int] = {}
    lines = []
    for message in log.messages:
        place = message.topic, message.partition
        arrived = latest[place] = max(message.timestamp, latest.get(place, 0))
        if f"{message.topic}/{message.partition}@{message.offset}" in dead:
            continue
        event = json.loads(message.value)
        if partition_of(event["subject"], system.partitions) == message.partition:
            lines.append((arrived, {**event, "arrived": _written(arrived)}))
    lines.sort(key=lambda line: line[0])
    end = {"type": "clock", "id": "end", "time": _written(until), "arrived": _written(until)}
    file.write_text("".join(json.dumps(event) + "\n" for event in (*(line for _, line in lines), end)), "utf-8")
    return file


def _written(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1_000, UTC).isoformat(timespec="milliseconds")


def decisions_until(system: System, moment: int) -> dict[str, Any]:
    """Decision -> the message it came out with, of those that were made up to a moment (ms)."""
    made = {}
    for message in system.decisions.messages:
        if datetime.fromisoformat(json.loads(message.value)["time"]).timestamp() * 1_000 <= moment:
            made[message.value] = message
    return made
