"""Why Redis cannot be reached, found out step by step: its client only says that a connection came to an end.

1. Is there a host, and does something listen? 2. Does it speak TLS, if and only if we do, with a certificate that we
trust, and does it take ours? 3. Is it Redis? (Whom it lets in, the client says well enough.)
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

from models.speech import say
from streams.stores.base import StoreError
from streams.stores.redis_connection import Tls

#: Seconds for each step.
_PATIENCE = 3


def check_reachable(host: str, port: int, tls: Tls | None) -> None:
    """Nothing, if a Redis can be spoken with there; else StoreError says why not. `tls`: None without TLS."""
    where = f"{host}:{port}"
    context = None if tls is None else _context(tls)
    with _called(host, port) as line:
        if context is None:
            _greet_plainly(host, port, line)
            return
        try:
            with context.wrap_socket(line, server_hostname=host) as encrypted:
                answer = _answer(encrypted)
        except ssl.SSLCertVerificationError as wrong:
            raise StoreError(
                say(
                    "Redis at {where}: its certificate is not trusted ({said}); name the file of the authority that "
                    "signed it in redis_ca, and the name in the certificate as the host",
                    where=where,
                    said=wrong.verify_message or wrong.reason,
                )
            ) from None
        except OSError:  # SSLError is one
            raise StoreError(
                say(
                    "Redis at {where}: it does not speak TLS on this port; write redis:// instead of rediss://, or "
                    "another port",
                    where=where,
                )
            ) from None
    if answer is None and tls is not None and tls.certificate is None:
        raise StoreError(
            say("Redis at {where}: it asks for a certificate of ours; set redis_certificate and redis_key", where=where)
        )
    if answer is None:
        raise StoreError(
            say("Redis at {where}: it does not take our certificate; correct redis_certificate", where=where)
        )
    _check_answer(where, answer)


def _context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=tls.ca)
    except OSError as wrong:
        raise StoreError(
            say(
                "redis_ca: {file} is no file of certificates in PEM ({said})",
                file=tls.ca,
                said=_reason(wrong),
            )
        ) from None
    if tls.certificate is not None:
        try:
            context.load_cert_chain(tls.certificate, tls.key, "")
        except OSError as wrong:
            raise StoreError(
                say(
                    "redis_certificate, redis_key: {certificate} and {key} are no certificate and key in PEM ({said})",
                    certificate=tls.certificate,
                    key=tls.key,
                    said=_reason(wrong),
                )
            ) from None
    return context


def _called(host: str, port: int) -> socket.socket:
    where = f"{host}:{port}"
    try:
        line = socket.create_connection((host, port), _PATIENCE)
    except socket.gaierror:
        raise StoreError(
            say("Redis at {where}: no host has the name {host}; is the setting redis right?", where=where, host=host)
        ) from None
    except TimeoutError:
        raise StoreError(
            say(
                "Redis at {where}: no answer within {seconds} s; is the setting redis right, and does a firewall let "
                "us through?",
                where=where,
                seconds=_PATIENCE,
            )
        ) from None
    except OSError as wrong:
        raise StoreError(
            say(
                "Redis at {where}: nothing listens there ({said}); start it, or correct the setting redis",
                where=where,
                said=wrong.strerror or wrong,
            )
        ) from None
    line.settimeout(_PATIENCE)
    return line


def _greet_plainly(host: str, port: int, line: socket.socket) -> None:
    where = f"{host}:{port}"
    answer = _answer(line)
    if answer is None and _speaks_tls(host, port):
        raise StoreError(
            say("Redis at {where}: it speaks TLS on this port; write rediss:// instead of redis://", where=where)
        )
    _check_answer(where, answer)


def _answer(line: socket.socket) -> bytes | None:
    """The first bytes of what it says to a PING; None if it hangs up. TimeoutError counts as an answer to come."""
    try:
        line.sendall(b"PING\r\n")
        return line.recv(64) or None
    except TimeoutError:
        return b""
    except OSError:
        return None


def _check_answer(where: str, answer: bytes | None) -> None:
    """A Redis says PONG, or that it must be told who we are, or that it is busy; or nothing yet, where it is slow."""
    if answer == b"":
        raise StoreError(
            say("Redis at {where}: it takes what it is told, and does not answer; is it very busy?", where=where)
        )
    if answer is None or answer[:1] not in (b"+", b"-"):
        raise StoreError(
            say("Redis at {where}: what answers there is not Redis; correct the setting redis", where=where)
        )


def _speaks_tls(host: str, port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with suppress(OSError, StoreError), context.wrap_socket(_called(host, port)):
        return True
    return False


def _reason(wrong: OSError) -> str:
    return getattr(wrong, "reason", None) or wrong.strerror or str(wrong)
