from __future__ import annotations

import os
from pathlib import Path

import pytest

from beforehand.kafka_wiring import connection
from beforehand.settings import HttpAddress, Settings, SettingsError, read_settings, reference, secret
from models.speech import Tongue, speaking


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests, and a folder without a file of settings."""
    for name in [name for name in os.environ if name.startswith("BEFOREHAND_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refused(text: str) -> str:
    """What is said of a file of settings."""
    Path("beforehand.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as wrong:
        read_settings()
    return str(wrong.value)


def test_without_settings_servers_are_those_of_this_machine() -> None:
    """Who tries it on one machine need set nothing."""
    settings = read_settings()
    assert (settings.kafka, secret(settings.redis)) == ("localhost:9092", "redis://localhost:6379/0")
    assert connection().servers == ("localhost:9092",)


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is common stands in a file, what differs between processes in the environment."""
    Path("beforehand.yaml").write_text("kafka: a:1\nprefix: shop.\n", "utf-8")
    monkeypatch.setenv("BEFOREHAND_KAFKA", "b:1, c:2")
    settings = read_settings()
    assert (settings.kafka, settings.prefix) == ("b:1,c:2", "shop.")


def test_the_environment_may_name_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file elsewhere is read; one that is not there is no file without settings."""
    monkeypatch.setenv("BEFOREHAND_SETTINGS", str(tmp_path / "elsewhere.yaml"))
    with pytest.raises(SettingsError, match=r"BEFOREHAND_SETTINGS: there is no file .*elsewhere.yaml"):
        read_settings()
    (tmp_path / "elsewhere.yaml").write_text("prefix: there.\n", "utf-8")
    assert read_settings().prefix == "there."


def test_every_setting_reaches_the_connection() -> None:
    """None of the settings of Kafka is read and forgotten."""
    Path("beforehand.yaml").write_text(
        "{kafka: 'k:1', kafka_security: SASL_SSL, kafka_ca: ca, kafka_certificate: c, kafka_key: k, prefix: p.,"
        " kafka_key_password: kp, kafka_mechanism: PLAIN, kafka_user: u, kafka_password: 123}",
        "utf-8",
    )
    made = connection()
    assert (made.servers, made.security, made.mechanism, made.prefix) == (("k:1",), "SASL_SSL", "PLAIN", "p.")
    assert (made.ca, made.certificate, made.key) == (Path("ca"), Path("c"), Path("k"))
    assert (made.key_password, made.user, made.password) == ("kp", "u", "123")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kafka: localhost", 'beforehand.yaml: kafka: write host:port, several with commas; found "localhost"'),
        ("kafka: a:99999", 'found "a:99999"'),
        ("kafka_security: TLS", "'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'; found 'TLS'"),
        ("kafak: a:1", "kafak: there is no such setting; did you mean kafka?"),
        ("colour: red", "colour: there is no such setting; there are kafka, kafka_security"),
        ("kafka_security: SASL_SSL", "kafka_security: SASL_SSL needs kafka_user and kafka_password"),
        ("kafka_key: k.pem", "kafka_key needs kafka_certificate"),
        ("redis: http://localhost", "redis: write redis://host:port/database"),
        ("prefix: a b", 'found "a b"'),
        ("http: localhost", 'http: write host:port, host:port-port, or off; found "localhost"'),
        ("http: a:20-10", 'found "a:20-10"'),
        ("http: a:70000", 'found "a:70000"'),
        ("log: xml", "log: Input should be 'text' or 'json'; found 'xml'"),
        ("session: 0", "session: Input should be greater than or equal to 1; found 0"),
        ("redis_key: k.pem", "redis_certificate and redis_key need each other"),
        ("- kafka", "write one setting a line"),
        ("kafka: [", "it is no YAML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(text: str, said: str) -> None:
    """Where it stands, what was expected and what was found."""
    assert said in refused(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kafka: localhost", "beforehand.yaml: kafka：请写host:port，多个用逗号隔开；实际是“localhost”"),
        ("log: xml", "beforehand.yaml: log：应为'text'或'json'；实际是'xml'"),
        ("session: 0", "beforehand.yaml: session：应不小于1；实际是0"),
        ("kafak: a:1", "beforehand.yaml: kafak：没有这项设置；是否指kafka？"),
        ("kafka_key: k.pem", "设置：kafka_key需要与kafka_certificate一起设置"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_chinese(text: str, said: str) -> None:
    """Also what Pydantic finds."""
    with speaking(Tongue.CHINESE):
        assert refused(text) == said


def test_a_setting_of_the_environment_is_told_by_its_name_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for it in a file."""
    monkeypatch.setenv("BEFOREHAND_KAFKA_SECURITY", "TLS")
    with pytest.raises(SettingsError, match=r"^BEFOREHAND_KAFKA_SECURITY: Input should be"):
        read_settings()


@pytest.mark.parametrize(
    "text",
    [
        "redis: http://user:geheim@localhost",
        "redis: [geheim]",
        "kafka_password: [geheim]",
        "kafka_security: SASL_SSL\nkafka_password: geheim",
        "kafka_key_password: {a: geheim}",
    ],
)
def test_a_secret_is_not_told(text: str) -> None:
    """A password that stands in the wrong place does not end up in a log."""
    assert "geheim" not in refused(text)


def test_settings_and_connections_hide_their_secrets() -> None:
    """Whoever prints them by mistake prints no password."""
    secrets = "kafka_password: geheim, kafka_key_password: geheim, redis: 'redis://:geheim@localhost'"
    Path("beforehand.yaml").write_text(f"{{kafka_user: u, {secrets}}}", "utf-8")
    settings = read_settings()
    assert "geheim" not in repr(settings)
    assert "geheim" not in str(settings)
    assert "geheim" not in repr(connection(settings))


def test_the_reference_has_every_setting() -> None:
    """Each with its name in the environment and a sentence."""
    rows = reference()
    assert [name for name, *_ in rows] == list(Settings.model_fields)
    assert [row for row in rows if not row[3].endswith(".")] == []
    assert rows[0][1] == "BEFOREHAND_KAFKA"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", HttpAddress("127.0.0.1", range(9464, 9496))),
        ("http: 0.0.0.0:8080", HttpAddress("0.0.0.0", range(8080, 8081))),
        ("http: '[::1]:1-3'", HttpAddress("::1", range(1, 4))),
        ("http: off", None),
    ],
)
def test_where_the_pages_of_a_worker_are(text: str, address: HttpAddress | None) -> None:
    """On this machine alone if nothing is said; at one port, the first free of several, or nowhere."""
    Path("beforehand.yaml").write_text(text, "utf-8")
    assert read_settings().pages == address


def test_an_empty_variable_turns_the_pages_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all others what is empty is not set."""
    monkeypatch.setenv("BEFOREHAND_HTTP", "")
    monkeypatch.setenv("BEFOREHAND_PREFIX", "")
    assert read_settings().pages is None
