"""Why Kafka cannot be reached, found out step by step: its clients only say that they could not.

1. Is there a host, and does something listen? 2. Does it speak TLS, if and only if we do, with a certificate that we
trust? 3. Is it Kafka? 4. Does it want to know who we are, in the way that we would say it?
"""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import suppress

from models.speech import listed, say
from streams.kafka.base import Connection, KafkaTrouble, trouble_at
from streams.kafka.connection import tls_context

#: Seconds for each step.
_PATIENCE = 3
#: Kafka's numbers for two of its requests, each with the version that is sent: the oldest that 4.x answers.
_API_VERSIONS = (18, 0)
_SASL_HANDSHAKE = (17, 1)
#: Kafka's numbers for two errors.
_UNSUPPORTED_MECHANISM = 33
_ILLEGAL_STATE = 34
#: An answer that is longer is none of Kafka's.
_LONGEST_ANSWER = 1 << 20


class _NoAnswer(Exception):
    """It hung up, or answers something else."""


class _Silence(Exception):
    """It takes what it is told, and says nothing."""


def check_reachable(connection: Connection) -> None:
    """Nothing, if one of the servers can be spoken with; else KafkaTrouble says why none can."""
    context = tls_context(connection)
    troubles = []
    for server in connection.servers:
        try:
            with _reached(server, connection, context) as line:
                _greet(server, connection, line)
                return
        except _Silence:
            what = f"no answer within {_PATIENCE} s; it is very busy, or what listens there is not Kafka"
            troubles.append(KafkaTrouble(f"Kafka at {server}: {what}"))
        except KafkaTrouble as trouble:
            troubles.append(trouble)
    raise KafkaTrouble("; ".join(dict.fromkeys(map(str, troubles))))


def _reached(server: str, connection: Connection, context: ssl.SSLContext | None) -> socket.socket:
    line = _called(server)
    if context is None:
        return line
    host = server.rpartition(":")[0].strip("[]")
    try:
        return context.wrap_socket(line, server_hostname=host)
    except ssl.SSLCertVerificationError as wrong:
        line.close()
        what = say(
            "its certificate is not trusted ({wrong}); name the file of the authority that signed it in kafka_ca, and "
            "the name in the certificate as the server",
            wrong=wrong.verify_message or wrong.reason,
        )
        raise trouble_at(server, what) from None
    except (OSError, ssl.SSLError):
        line.close()
        plain = "SASL_PLAINTEXT" if connection.asks_for_user else "PLAINTEXT"
        what = say("it does not speak TLS on this port; try kafka_security: {plain}, or another port", plain=plain)
        raise trouble_at(server, what) from None


def _called(server: str) -> socket.socket:
    host, _, port = server.rpartition(":")
    try:
        line = socket.create_connection((host.strip("[]"), int(port)), _PATIENCE)
    except socket.gaierror:
        raise trouble_at(server, say("no host has the name {host}; is the setting kafka right?", host=host)) from None
    except TimeoutError:
        what = say(
            "no answer within {seconds} s; is the setting kafka right, and does a firewall let us through?",
            seconds=_PATIENCE,
        )
        raise trouble_at(server, what) from None
    except OSError as wrong:
        what = say(
            "nothing listens there ({wrong}); start it, or correct the setting kafka", wrong=wrong.strerror or wrong
        )
        raise trouble_at(server, what) from None
    line.settimeout(_PATIENCE)
    return line


def _greet(server: str, connection: Connection, line: socket.socket) -> None:
    try:
        _asked(line, _API_VERSIONS, b"")
    except _NoAnswer:
        raise trouble_at(server, _why_no_answer(server, connection)) from None
    _check_who(server, connection, line)


def _why_no_answer(server: str, connection: Connection) -> str:
    if not connection.encrypted and _speaks_tls(server):
        with_tls = "SASL_SSL" if connection.asks_for_user else "SSL, SASL_SSL"
        return say("it speaks TLS on this port; set kafka_security: {with_tls}", with_tls=with_tls)
    if connection.encrypted and connection.certificate is None:
        return say(
            "it hangs up after greeting us by TLS; if it asks its clients for certificates, set kafka_certificate and "
            "kafka_key"
        )
    if connection.encrypted:
        return say(
            "it hangs up on our kafka_certificate; it must be signed by an authority that the broker knows "
            "(ssl.truststore)"
        )
    return say("what answers there is not Kafka; correct the setting kafka")


def _check_who(server: str, connection: Connection, line: socket.socket) -> None:
    name = connection.mechanism.encode()
    try:
        answer = _asked(line, _SASL_HANDSHAKE, struct.pack(">h", len(name)) + name)
    except _NoAnswer:
        return
    (error,) = struct.unpack_from(">h", answer)
    plain = "SSL" if connection.encrypted else "PLAINTEXT"
    what = None
    if error == _ILLEGAL_STATE:
        if connection.asks_for_user:
            what = say(
                "it does not ask for a user on this port; set kafka_security: {plain}, or another port", plain=plain
            )
    elif not connection.asks_for_user:
        what = say(
            "it asks for a user and a password; set kafka_security: SASL_{plain}, kafka_user, kafka_password, and "
            "kafka_mechanism to one of {mechanisms}",
            plain=plain,
            mechanisms=listed(_texts(answer[2:])),
        )
    elif error == _UNSUPPORTED_MECHANISM:
        what = say(
            "it does not take {mechanism}; set kafka_mechanism to one of {mechanisms}",
            mechanism=connection.mechanism,
            mechanisms=listed(_texts(answer[2:])),
        )
    if what is not None:
        raise trouble_at(server, what)


def _texts(array: bytes) -> list[str]:
    (count,) = struct.unpack_from(">i", array)
    texts, at = [], 4
    for _ in range(count):
        (length,) = struct.unpack_from(">h", array, at)
        texts.append(array[at + 2 : at + 2 + length].decode())
        at += 2 + length
    return texts


def _asked(line: socket.socket, request: tuple[int, int], body: bytes) -> bytes:
    """The answer to a request of Kafka's protocol, without its header; _NoAnswer if there is none."""
    message = struct.pack(">hhih", *request, 1, -1) + body  # correlation 1, no client id
    try:
        line.sendall(struct.pack(">i", len(message)) + message)
        (size,) = struct.unpack(">i", _received(line, 4))
        if not 4 <= size <= _LONGEST_ANSWER:
            raise _NoAnswer
        answer = _received(line, size)
    except TimeoutError:
        raise _Silence from None
    except OSError:
        raise _NoAnswer from None
    if answer[:4] != struct.pack(">i", 1):
        raise _NoAnswer
    return answer[4:]


def _received(line: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        block = line.recv(size - len(received))
        if not block:
            raise _NoAnswer
        received += block
    return received


def _speaks_tls(server: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with suppress(OSError, KafkaTrouble), context.wrap_socket(_called(server)):
        return True
    return False
