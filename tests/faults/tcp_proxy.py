"""A network that loses replies: a proxy which cuts a connection after the server has done what it was asked."""

from __future__ import annotations

import contextlib
import socket
import threading

from servers.ports import free_ports


class Proxy:
    """Between clients, who connect to `port`, and a server on this machine."""

    def __init__(self, to: int) -> None:
        self._to = to
        (self.port,) = free_ports(1)
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self._lock = threading.Lock()
        self._command, self._to_lose = b"", 0
        #: Replies that were lost.
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_replies(self, command: bytes, number: int) -> None:
        """Lose the replies to the next so many requests in which this command stands."""
        with self._lock:
            self._command, self._to_lose = command, number

    def close(self) -> None:
        """Take no new connections."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    client.close()  # as if nobody listened
                    continue
                _Connection(self, client, server)

    def loses(self, asked: bytes) -> bool:
        """Whether the reply to what was asked is to be lost."""
        with self._lock:
            if not self._to_lose or self._command not in asked:
                return False
            self._to_lose -= 1
            self.lost += 1
            return True


class _Connection:
    """One client with its connection to the server."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._asked = b""
        for pump in (self._forth, self._back):
            threading.Thread(target=self._pumped, args=(pump,), daemon=True).start()

    def _pumped(self, pump: object) -> None:
        assert callable(pump)
        with contextlib.suppress(OSError):
            pump()
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _forth(self) -> None:
        while asked := self._client.recv(1 << 16):
            self._asked = self._asked[-64:] + asked
            self._server.sendall(asked)

    def _back(self) -> None:
        while reply := self._server.recv(1 << 16):
            asked, self._asked = self._asked, b""
            if self._proxy.loses(asked):
                return
            self._client.sendall(reply)
