"""Ports that are free on this machine, for servers of our own."""

from __future__ import annotations

import random
import socket

#: Below what Linux and macOS give to outgoing connections: while a server is down for a test, a client's own
#: connection could else take its port, or even reach itself.
PORTS = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """So many different ports of 127.0.0.1 on which nothing listens."""
    found: list[int] = []
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"fewer than {count} free ports between {PORTS.start} and {PORTS.stop}; stop what is not needed")


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
