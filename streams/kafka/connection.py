"""How clients are told to reach Kafka."""

from __future__ import annotations

import ssl
from typing import Any

from models.speech import listed, say
from streams.kafka.base import Connection, KafkaTrouble


def tls_context(connection: Connection) -> ssl.SSLContext | None:
    """What TLS is checked with; None without TLS. Raises KafkaTrouble for files that cannot be used."""
    if not connection.encrypted:
        return None
    try:
        context = ssl.create_default_context(cafile=connection.ca)
    except OSError as wrong:  # SSLError is one
        raise KafkaTrouble(
            say(
                "kafka_ca: {file} is no file of certificates in PEM ({wrong})",
                file=connection.ca,
                wrong=_reason(wrong),
            )
        ) from None
    if connection.certificate is not None:
        try:
            context.load_cert_chain(connection.certificate, connection.key, connection.key_password or "")
        except OSError as wrong:
            files = [file for file in (connection.certificate, connection.key) if file is not None]
            raise KafkaTrouble(
                say(
                    "kafka_certificate, kafka_key: {files} are no certificate and key in PEM, or the password is "
                    "another ({wrong})",
                    files=listed(map(str, files)),
                    wrong=_reason(wrong),
                )
            ) from None
    return context


def client_options(connection: Connection) -> dict[str, Any]:
    """Arguments that every client of kafka-python and of aiokafka takes."""
    options: dict[str, Any] = {
        "bootstrap_servers": list(connection.servers),
        "client_id": "beforehand",
        "security_protocol": connection.security,
        "ssl_context": tls_context(connection),
    }
    if connection.asks_for_user:
        options |= {
            "sasl_mechanism": connection.mechanism,
            "sasl_plain_username": connection.user,
            "sasl_plain_password": connection.password,
        }
    return options


def _reason(wrong: OSError) -> str:
    return getattr(wrong, "reason", None) or wrong.strerror or str(wrong)
