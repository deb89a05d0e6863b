"""What the commands for Kafka share: the connection, and how they end when Kafka cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from beforehand.cli.terminal import wrong_use
from models.speech import say

if TYPE_CHECKING:
    from streams.kafka.base import Connection


@contextmanager
def kafka() -> Iterator[Connection]:
    """How Kafka is reached; wrong use, if the settings are wrong or Kafka refuses what is done with it."""
    from beforehand.kafka_wiring import connection
    from beforehand.settings import SettingsError
    from streams.kafka.base import KafkaTrouble

    try:
        yield connection()
    except SettingsError as wrong:
        wrong_use(str(wrong))
    except KafkaTrouble as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))
