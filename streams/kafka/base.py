"""The port of Kafka: how it is reached, what is told of it, and the error that says what does not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from models.speech import say

#: What a Difference calls the number of partitions, and Kafka how long messages are kept.
PARTITIONS = "partitions"
RETENTION = "retention.ms"
#: Messages that Kafka did not take and that are told one by one.
_TOLD = 20


class KafkaTrouble(Exception):
    """What does not work between Kafka and us, where, and what to do; without a full stop at its end."""


def trouble_at(address: str, what: str) -> KafkaTrouble:
    """`Kafka at localhost:9092: ...`."""
    return KafkaTrouble(say("Kafka at {address}: {what}", address=address, what=what))


@dataclass(frozen=True, slots=True)
class Connection:
    """The settings of the same names, `kafka_` left out. `prefix`: what the names of all topics begin with."""

    servers: tuple[str, ...]
    security: str = "PLAINTEXT"
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: str | None = field(default=None, repr=False)
    mechanism: str = "SCRAM-SHA-512"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    prefix: str = ""

    @property
    def address(self) -> str:
        """The servers, as they are shown."""
        return ",".join(self.servers)

    @property
    def encrypted(self) -> bool:
        """Whether we speak TLS."""
        return self.security.endswith("SSL")

    @property
    def asks_for_user(self) -> bool:
        """Whether we say who we are, with SASL."""
        return self.security.startswith("SASL")


class Wanted(Struct, frozen=True):
    """A topic as it should be: its name on Kafka (with the prefix), and the settings it cannot do without.

    `retention`: ms that messages are to be kept, at least; None: as the broker likes. `co_partitioned`: it must have
    exactly so many partitions, as the other topics of events have.
    """

    name: str
    partitions: int
    settings: Mapping[str, str] = {}
    retention: int | None = None
    co_partitioned: bool = False


class Found(Struct, frozen=True):
    """A topic as it is. `settings` are those of _LOOKED_AT that the broker told."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]


class Difference(Struct, frozen=True):
    """A setting of a topic that is not as it should be; `setting` may be PARTITIONS."""

    topic: str
    setting: str
    wanted: str
    found: str


class Undelivered(Struct):
    """Messages that Kafka did not take: how many, and of the first of them the line each came from, and why."""

    count: int = 0
    first: list[tuple[int, str]] = []

    def add(self, line: int, why: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < _TOLD:
            self.first.append((line, why))


class Message(Struct, frozen=True):
    """A message as it stands in a topic. `time`: when it was appended (or stated), in ms."""

    topic: str
    partition: int
    offset: int
    time: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
