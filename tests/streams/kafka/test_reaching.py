from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

from servers.certificates import Certificates, make_certificates
from servers.kafka import Kafka, encrypted, passwords
from servers.ports import free_ports
from streams.kafka.base import Connection, KafkaTrouble
from streams.kafka.clients import client


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Those of the secured broker."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Connection]:
    """A broker with TLS and passwords, and how it is rightly reached."""
    properties = passwords({"alice": "secret"}) | encrypted(certificates)
    server = Kafka(tmp_path_factory.mktemp("kafka"), security="SASL_SSL", properties=properties)
    yield Connection(
        (server.address,),
        security="SASL_SSL",
        mechanism="PLAIN",
        user="alice",
        password="secret",
        ca=certificates.authority,
    )
    server.kill()


def refused(connection: Connection) -> str:
    """What is said when a client is opened."""
    with pytest.raises(KafkaTrouble) as wrong, client(KafkaAdminClient, connection):
        pass
    return str(wrong.value)


def test_tls_and_password_let_us_in(secured: Connection) -> None:
    """With the right settings a secured broker serves."""
    with client(KafkaAdminClient, secured) as admin:
        assert admin.list_topics() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "wrong"}, "it does not let the user 'alice' in; correct kafka_user, kafka_password"),
        ({"mechanism": "SCRAM-SHA-256"}, "does not take SCRAM-SHA-256; set kafka_mechanism to one of PLAIN"),
        ({"security": "SSL"}, "asks for a user and a password; set kafka_security: SASL_SSL, kafka_user"),
        ({"security": "PLAINTEXT"}, "it speaks TLS on this port; set kafka_security: SSL, SASL_SSL"),
        ({"security": "SASL_PLAINTEXT"}, "it speaks TLS on this port; set kafka_security: SASL_SSL"),
        ({"ca": None}, "its certificate is not trusted (unable to get local issuer certificate); name the file"),
        ({"ca": Path("/nowhere")}, "kafka_ca: /nowhere is no file of certificates in PEM (No such file"),
        ({"ca": Path(__file__)}, "is no file of certificates in PEM"),
        ({"certificate": Path(__file__)}, "are no certificate and key in PEM"),
    ],
)
def test_what_a_secured_broker_refuses_is_told(secured: Connection, changed: dict[str, object], said: str) -> None:
    """Each of the settings that can be wrong is named, with what to do."""
    wrong = replace(secured, **changed)  # type: ignore[arg-type]
    told = refused(wrong)
    assert said in told
    assert "secret" not in told


def test_a_broker_without_tls_or_users_is_told(kafka: str) -> None:
    """Settings that ask for more than the broker has."""
    assert "it does not speak TLS on this port; try kafka_security: PLAINTEXT" in refused(Connection((kafka,), "SSL"))
    asking = Connection((kafka,), "SASL_PLAINTEXT", user="alice", password="secret")
    assert "it does not ask for a user on this port; set kafka_security: PLAINTEXT" in refused(asking)


def test_who_is_not_there_is_told() -> None:
    """A port on which nothing listens, and a host that does not exist: which, and which setting to look at."""
    (port,) = free_ports(1)
    nothing = (
        f"Kafka at 127.0.0.1:{port}: nothing listens there (Connection refused); start it, or correct the setting kafka"
    )
    assert refused(Connection((f"127.0.0.1:{port}",))) == nothing
    assert refused(Connection((f"127.0.0.1:{port}", "nowhere.invalid:9092"))) == (
        f"{nothing}; Kafka at nowhere.invalid:9092: no host has the name nowhere.invalid; is the setting kafka right?"
    )


def test_what_is_not_kafka_is_told(redis_url: str) -> None:
    """Somebody has named the port of another server."""
    address = redis_url.removeprefix("redis://").partition("/")[0]
    assert refused(Connection((address,))).startswith(
        f"Kafka at {address}: no answer within 3 s; it is very busy, or what"
    )


def test_one_server_of_several_is_enough(kafka: str) -> None:
    """One that is down does not keep us from the others."""
    (port,) = free_ports(1)
    with client(KafkaAdminClient, Connection((f"127.0.0.1:{port}", kafka))) as admin:
        assert admin.describe_cluster()["brokers"]


def test_certificates_that_a_broker_asks_for(tmp_path: Path, certificates: Certificates) -> None:
    """With our own we are let in; without one, or with one of another authority, we are told."""
    server = Kafka(tmp_path, security="SSL", properties=encrypted(certificates, clients_too=True))
    without = Connection((server.address,), "SSL", ca=certificates.authority)
    ours = replace(without, certificate=certificates.certificate, key=certificates.key)
    with client(KafkaAdminClient, ours) as admin:
        assert admin.list_topics() == []
    assert "if it asks its clients for certificates, set kafka_certificate and kafka_key" in refused(without)
    others = make_certificates(tmp_path / "others")
    strange = replace(ours, certificate=others.certificate, key=others.key)
    assert "it hangs up on our kafka_certificate; it must be signed by an authority" in refused(strange)
    server.kill()
