"""Clients of kafka-python that say what is wrong, where, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from kafka import errors

from models.speech import say
from streams.kafka.base import Connection, KafkaTrouble, trouble_at
from streams.kafka.connection import client_options
from streams.kafka.diagnosis import check_reachable

#: Milliseconds that a broker which answers has for letting us in.
_PATIENCE = 5_000


class Closable(Protocol):
    """A client of kafka-python."""

    def close(self) -> None:
        """Let go of it."""


Client = TypeVar("Client", bound=Closable)


@contextmanager
def client(
    make: Callable[..., Client],
    connection: Connection,
    *,
    let_go: Callable[[Client], None] | None = None,
    **options: Any,
) -> Iterator[Client]:
    """A client of kafka-python, let go of in the end (by `close`); what Kafka refuses meanwhile is a KafkaTrouble."""
    # What it logs while it tries again and again is told once, by us, if it does not succeed.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    check_reachable(connection)
    try:
        made = make(**client_options(connection), bootstrap_timeout_ms=_PATIENCE, **options)
    except (errors.KafkaTimeoutError, errors.SaslAuthenticationFailedError):
        raise trouble_at(connection.address, _why_not_let_in(connection)) from None
    try:
        yield made
    except errors.KafkaError as wrong:
        raise trouble(wrong, connection) from None
    finally:
        if let_go is None:
            made.close()
        else:
            let_go(made)


def _why_not_let_in(connection: Connection) -> str:
    if connection.asks_for_user:
        return say(
            "it does not let the user {user} in; correct kafka_user, kafka_password or kafka_mechanism",
            user=repr(connection.user),
        )
    return say("it answers but does not serve; look into its log")


def trouble(wrong: errors.KafkaError, connection: Connection, topic: str | None = None) -> KafkaTrouble:
    """What an error of kafka-python means, for the topic if it is about one."""
    return trouble_at(connection.address, _meaning(wrong, topic or "?"))


def _meaning(wrong: errors.KafkaError, topic: str) -> str:
    match wrong:
        case errors.UnknownTopicOrPartitionError():
            return say("there is no topic {topic}; make it with: beforehand topics create", topic=topic)
        case errors.MessageSizeTooLargeError() | errors.RecordListTooLargeError():
            return say(
                "the message is too large for the topic {topic}; make it smaller, or raise max.message.bytes of the "
                "topic",
                topic=topic,
            )
        case errors.AuthorizationError():
            return say(
                "our user may not use the topic {topic}; allow it with kafka-acls.sh ({wrong})",
                topic=topic,
                wrong=_name(wrong),
            )
        case errors.InvalidReplicationFactorError():
            return say("it has fewer brokers than --replication asks copies for")
        case errors.PolicyViolationError() | errors.InvalidConfigurationError():
            return say("it refuses the settings of the topic {topic} ({wrong})", topic=topic, wrong=wrong)
        case errors.KafkaTimeoutError() | errors.RequestTimedOutError() | errors.KafkaConnectionError():
            return say(
                "it stopped answering; is it running, and can the address that its brokers tell clients "
                "(advertised.listeners) be reached from here? ({wrong})",
                wrong=_name(wrong),
            )
    return f"{_name(wrong)}: {wrong}"


def _name(wrong: errors.KafkaError) -> str:
    return type(wrong).__name__.removesuffix("Error")
