"""Connections to Kafka that were not made leave no socket behind."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.inet import create_connection


class _Late:
    """A loop that comes back too late, as on a machine that stands still for a moment."""

    async def wait_write(self, _sock: socket.socket, **_options: Any) -> None:
        time.sleep(0.2)  # it is to hold everything up


@pytest.mark.parametrize("listens", [True, False])
def test_the_socket_of_an_attempt_that_failed_is_closed(listens: bool) -> None:
    """Be it late or refused: an open one would warn, and each warning is an error here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not listens:
            server.close()
        with pytest.raises(KafkaConnectionError):
            asyncio.run(create_connection(_Late(), "127.0.0.1", port, timeout_at=time.monotonic() + 0.1))
    gc.collect()
