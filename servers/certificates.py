"""Certificates for servers that speak TLS in tests: an authority, and one certificate for this machine."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers.programs import program


@dataclass(frozen=True)
class Certificates:
    """Files in PEM. `pair` holds the key and the certificate one after the other, as Kafka wants them."""

    authority: Path
    certificate: Path
    key: Path
    pair: Path


def make_certificates(folder: Path) -> Certificates:
    """An authority, and a certificate of it for 127.0.0.1 and localhost; good for a server as for a client."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    made = Certificates(authority, folder / "server.pem", folder / "server.key", folder / "pair.pem")
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
    _openssl("req", "-x509", *new_key, "-subj", "/CN=tests", "-keyout", authority_key, "-out", authority)
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    signed_by: list[str | Path] = ["-CA", authority, "-CAkey", authority_key]
    _openssl("req", "-x509", *new_key, *names, *signed_by, "-keyout", made.key, "-out", made.certificate)
    made.pair.write_bytes(made.key.read_bytes() + made.certificate.read_bytes())
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run([program("openssl"), *map(str, arguments)], check=True, capture_output=True)
