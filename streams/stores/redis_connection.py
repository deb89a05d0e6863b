"""With what Redis is reached by TLS."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class Tls(Struct, frozen=True):
    """Files (PEM) for `rediss://`: who signed the server's certificate, our own certificate and its key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def options(self) -> dict[str, str]:
        """Arguments of redis-py's clients."""
        files = {"ssl_ca_certs": self.ca, "ssl_certfile": self.certificate, "ssl_keyfile": self.key}
        return {name: str(file) for name, file in files.items() if file is not None}
