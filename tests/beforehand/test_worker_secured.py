"""A worker where Kafka and Redis let in only whom they know, with every setting another than its default."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from beforehand.settings import Settings
from servers.certificates import Certificates, make_certificates
from servers.kafka import Kafka, encrypted, passwords
from servers.ports import free_ports
from servers.redis import Redis
from tests.beforehand.cli.commands import call, events, workspace
from tests.beforehand.running_worker import running_worker

#: What a worker's user of Redis may do, as `docs/how-to/operate.md` says it.
RIGHTS = "~shop.beforehand:* +@read +@write +@transaction +@connection +eval -@dangerous +info +cluster|slots"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of the servers, and of ourselves."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def redis_tls(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Redis]:
    """With TLS, certificates of clients, and one user besides one who may do nothing."""
    users = f"on >redispass {RIGHTS}\nuser idle on >idlepass ~* +@connection"
    options = {"tls-auth-clients": "yes", "user default": "off", "user worker": users}
    server = Redis(tmp_path_factory.mktemp("redis"), tls=certificates, options=options)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def kafka_tls(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Kafka]:
    """With TLS, certificates of clients, and a user."""
    properties = passwords({"worker": "kafkapass"}) | encrypted(certificates, clients_too=True)
    server = Kafka(tmp_path_factory.mktemp("kafka"), security="SASL_SSL", properties=properties)
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All settings stand in the file."""
    for name in [name for name in os.environ if name.startswith("BEFOREHAND_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BEFOREHAND_CACHE", "off")
    monkeypatch.setenv("BEFOREHAND_SETTINGS", str(tmp_path / "settings.yaml"))


def with_password(key: Path, to: Path) -> Path:
    """The same key, kept with the password `keypass`."""
    command = ["openssl", "pkcs8", "-topk8", "-in", str(key), "-out", str(to), "-passout", "pass:keypass"]
    subprocess.run(command, check=True, capture_output=True)
    return to


def test_a_worker_works_with_every_setting_changed(
    tmp_path: Path, kafka_tls: Kafka, redis_tls: Redis, certificates: Certificates
) -> None:
    """Servers with TLS, users and certificates; a prefix, a name, pages and a log of its own: it decides."""
    (port,) = free_ports(1)
    ours, key = str(certificates.certificate), with_password(certificates.key, tmp_path / "key.pem")
    settings: dict[str, Any] = {
        "kafka": kafka_tls.address,
        "kafka_security": "SASL_SSL",
        "kafka_ca": str(certificates.authority),
        "kafka_certificate": ours,
        "kafka_key": str(key),
        "kafka_key_password": "keypass",
        "kafka_mechanism": "PLAIN",
        "kafka_user": "worker",
        "kafka_password": "kafkapass",
        "redis": redis_tls.url.replace("rediss://", "rediss://worker:redispass@"),
        "redis_ca": str(certificates.authority),
        "redis_certificate": ours,
        "redis_key": str(certificates.key),
        "redis_timeout": 7.5,
        "prefix": "shop.",
        "session": 10,
        "instance": "worker-1",
        "clock_skew": 50,
        "records_in_memory": 2_000,
        "http": f"127.0.0.1:{port}",
        "log": "json",
        "log_level": "debug",
    }
    assert set(settings) == set(Settings.model_fields)
    defaults = Settings()
    assert [name for name in settings if settings[name] == getattr(defaults, name)] == []
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    shop = workspace(tmp_path / "shop")
    assert call("topics", "create", shop, "--partitions", "3").exit_code == 0
    published = call("publish", events(tmp_path / "events.jsonl"), "-w", shop, "--now")
    assert "6 events published" in published.stdout
    with running_worker(shop, any_port=False) as worker:
        worker.wait_until_ready()
        assert worker.address == f"http://127.0.0.1:{port}"
        worker.wait(lambda: worker.metrics()["beforehand_events_total"][()] == 6)
        worker.wait(lambda: worker.metrics()["beforehand_published_total"][()] > 0)
        assert "pass" not in worker.log()
        assert all(json.loads(line)["logger"].startswith("beforehand") for line in worker.log().splitlines())


@pytest.fixture
def places(kafka: str, own_name: str, redis_url: str, redis_tls: Redis) -> dict[str, str]:
    """Where servers are: a Redis with TLS, one without, and what is no Redis."""
    redis, plain = redis_tls.url.removeprefix("rediss://"), redis_url.split("/")[2]
    return {"tls": redis, "plain": plain, "kafka": kafka, "prefix": f"{own_name}."}


@pytest.fixture
def shop_with_topics(tmp_path: Path, places: dict[str, str]) -> Path:
    """The small workspace; its topics are there."""
    shop = workspace(tmp_path / "shop")
    (tmp_path / "settings.yaml").write_text(f"kafka: {places['kafka']}\nprefix: {places['prefix']}\n", "utf-8")
    assert call("topics", "create", shop, "--partitions", "1").exit_code == 0
    return shop


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Redis at {tls}: it asks for a certificate of ours; set redis_certificate and redis_key"),
        (
            {"redis": "redis://worker:redispass@{tls}"},
            "Redis at {tls}: it speaks TLS on this port; write rediss:// instead",
        ),
        (
            {"redis_ca": ""},
            "Redis at {tls}: its certificate is not trusted (self-signed certificate in certificate chain)",
        ),
        ({"certificate": True, "redis": "rediss://worker:wrong@{tls}"}, "Redis at {tls} refuses us (invalid username-"),
        ({"certificate": True, "redis": "rediss://idle:idlepass@{tls}"}, "Redis at {tls} refuses us ("),
        ({"redis_ca": "/nowhere"}, "redis_ca: /nowhere is no file of certificates in PEM (No such file"),
        ({"redis": "rediss://{plain}"}, "Redis at {plain}: it does not speak TLS on this port; write redis:// instead"),
        (
            {"redis": "redis://127.0.0.1:1"},
            "Redis at 127.0.0.1:1: nothing listens there (Connection refused); start it",
        ),
        ({"redis": "redis://no.such.host"}, "Redis at no.such.host:6379: no host has the name no.such.host; is"),
        ({"redis": "redis://{kafka}"}, "Redis at {kafka}: what answers there is not Redis; correct the setting redis"),
    ],
)
def test_why_redis_does_not_let_a_worker_begin(
    shop_with_topics: Path,
    places: dict[str, str],
    certificates: Certificates,
    changed: dict[str, Any],
    said: str,
) -> None:
    """One line that names the setting, no password, and exit code 2."""
    settings: dict[str, Any] = {
        "kafka": places["kafka"],
        "prefix": places["prefix"],
        "redis": "rediss://worker:redispass@{tls}",
        "redis_ca": str(certificates.authority),
        "redis_timeout": 1,
    } | changed
    if settings.pop("certificate", False):
        settings |= {"redis_certificate": str(certificates.certificate), "redis_key": str(certificates.key)}
    settings["redis"] = settings["redis"].format_map(places)
    file = shop_with_topics.parent / "settings.yaml"
    file.write_text(yaml.safe_dump({name: value for name, value in settings.items() if value != ""}), "utf-8")
    result = call("worker", shop_with_topics)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"beforehand: {said.format_map(places)}")
    assert result.stderr.count("\n") == 1
    assert "pass@" not in result.stderr
