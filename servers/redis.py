"""A real Redis."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from servers.certificates import Certificates
from servers.ports import free_ports
from servers.process import Process
from servers.programs import program
from servers.server import Server

#: What Beforehand asks of a Redis: nothing is thrown out, and at most the last second is lost.
OPTIONS = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": '""'}


class Redis(Server):
    """A Redis on `folder`, started when it is made; `url` says where.

    `options`: other lines of redis.conf, or more (`appendonly: no`, `maxmemory: 50mb`, `user: ...`). With `tls` it
    listens with TLS only, and clients need no certificate.
    `owner`: the process with which it ends at the latest, if that is not this one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        options: Mapping[str, str] | None = None,
        tls: Certificates | None = None,
        owner: int | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._owner = owner
        (self.port,) = free_ports(1)
        self.url = f"{'rediss' if tls else 'redis'}://127.0.0.1:{self.port}"
        base = OPTIONS | {"bind": "127.0.0.1", "dir": f'"{self.folder}"'} | _listen(self.port, tls)
        lines = base | dict(options or {})
        self._file = self.folder / "redis.conf"
        self._file.write_text("".join(f"{name} {value}\n" for name, value in lines.items()), "utf-8")
        self.process = self._start()

    def _start(self) -> Process:
        command = [program("redis-server"), str(self._file)]
        return Process(command, self.folder / "redis.log", "Ready to accept connections", owner=self._owner)


def _listen(port: int, tls: Certificates | None) -> dict[str, str]:
    if tls is None:
        return {"port": str(port)}
    return {
        "port": "0",
        "tls-port": str(port),
        "tls-auth-clients": "no",
        "tls-cert-file": f'"{tls.certificate}"',
        "tls-key-file": f'"{tls.key}"',
        "tls-ca-cert-file": f'"{tls.authority}"',
    }
