"""With what Redis is reached by TLS, and why no connection to it came about."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from models.speech import say


class Tls(Struct, frozen=True):
    """Files (PEM) for `rediss://`: who signed the server's certificate, our own certificate and its key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def options(self) -> dict[str, str]:
        """Arguments of redis-py's clients."""
        files = {"ssl_ca_certs": self.ca, "ssl_certfile": self.certificate, "ssl_keyfile": self.key}
        return {name: str(file) for name, file in files.items() if file is not None}


def unreachable(where: str, wrong: str, *, encrypted: bool) -> str:
    """Why no connection came about: redis-py says it in the words of the system and of OpenSSL."""
    if "CERTIFICATE_VERIFY_FAILED" in wrong:
        return say(
            "Redis at {where}: its certificate is not trusted; name the file of the authority that signed it in "
            "redis_ca, and the name in the certificate as the host",
            where=where,
        )
    if encrypted and ("WRONG_VERSION_NUMBER" in wrong or "RECORD_LAYER_FAILURE" in wrong):
        return say(
            "Redis at {where} does not speak TLS on this port; write redis:// instead of rediss://, or another port",
            where=where,
        )
    if not encrypted and "closed by server" in wrong.lower():
        return say(
            "Redis at {where} hung up; if it speaks TLS on this port, write rediss:// instead of redis://", where=where
        )
    return say(
        "Redis at {where} can't be reached ({wrong}); is it running, and is the address right?",
        where=where,
        wrong=wrong,
    )
