"""kafka-python's connections that were not made.

kafka-python 3.0 (`kafka/net/inet.py`) leaves the socket of an attempt that was refused, or came too late, to the
garbage collector, which warns in the middle of some other test. Here it is closed, so that each socket left open
is an error.
"""

from __future__ import annotations

from socket import socket
from typing import Any

from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(self: KafkaNetSocket, net: Any, sock: socket, *args: Any, **options: Any) -> Any:
    try:
        return await _connect(self, net, sock, *args, **options)
    except BaseException:
        sock.close()
        raise


def close_failed_attempts() -> None:
    """From now on, in this process."""
    KafkaNetSocket.sock_connect = _connect_or_close
