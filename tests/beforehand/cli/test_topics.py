from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from servers.programs import program
from tests.beforehand.cli.commands import call, workspace
from tests.beforehand.cli.topics_read import make_topic

POLICY = "channels: {app: {}, call centre: {}}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The small workspace, with two channels."""
    return workspace(tmp_path / "shop", policy=POLICY)


def described(shop: Path) -> dict[str, dict[str, object]]:
    """Topic -> what `describe --json` says."""
    lines = call("topics", "describe", shop, "--json").stdout.splitlines()
    return {told["topic"]: told for told in map(json.loads, lines)}


def test_create_makes_all_topics_of_the_workspace(shop: Path, topics_prefix: str) -> None:
    """Those of events by the broker's clock, those of the channels of policy, decisions compacted; twice is once."""
    result = call("topics", "create", shop, "--partitions", "3")
    assert result.exit_code == 0, result.stderr
    assert "13 topics made, 0 there before; 3 partitions." in result.stdout
    told = described(shop)
    families = ("consumption", "location", "behavior", "service", "profile", "feedback")
    names = [f"events.{family}" for family in families]
    names += ["decisions", "handoff.app", "handoff.call_centre", "tasks", "deadletters", "clocks", "deadletters.sent"]
    assert list(told) == [topics_prefix + name for name in names]
    assert {one["partitions"] for one in told.values()} == {3}
    assert {one["state"] for one in told.values()} == {"fine"}
    again = call("topics", "create", shop)
    assert "0 topics made, 13 there before; 3 partitions." in again.stdout
    assert again.exit_code == 0


def test_decisions_are_compacted_and_events_timed_by_the_broker(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Read back with Kafka's own tool's view of the topic: as kcat's and as any other client's."""
    call("topics", "create", shop, "--partitions", "1")
    told = described(shop)
    settings = {name.removeprefix(topics_prefix): one["settings"] for name, one in told.items()}
    assert settings["decisions"]["cleanup.policy"] == "compact"  # type: ignore[index]
    assert settings["events.service"]["message.timestamp.type"] == "LogAppendTime"  # type: ignore[index]
    assert settings["events.service"]["retention.ms"] == str(35 * 86_400_000)  # type: ignore[index]
    listed = subprocess.run(
        [program("kcat"), "-L", "-b", kafka, "-t", f"{topics_prefix}decisions"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert f'topic "{topics_prefix}decisions" with 1 partitions' in listed.stdout


def test_describe_before_anything_is_made(shop: Path, topics_prefix: str) -> None:
    """Everything is missing, and the command says which makes it."""
    result = call("topics", "describe", shop, width=120)
    assert result.exit_code == 1
    assert result.stdout.count("missing") == 13
    assert f"13 topics are missing: {topics_prefix}events.consumption, " in result.stderr
    assert f"beforehand topics create {shop}" in result.stderr


def test_a_wrong_number_of_partitions_is_refused_with_the_fix(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Nothing is made as long as the topics of events would not fit together."""
    make_topic(kafka, f"{topics_prefix}events.service", 2, message_timestamp_type="LogAppendTime")
    result = call("topics", "create", shop, "--partitions", "5")
    assert result.exit_code == 1
    assert f"{topics_prefix}events.service has 2 partitions instead of 5" in result.stderr
    assert "Take --partitions 2" in result.stderr
    assert f"--delete --topic {topics_prefix}events.service" in result.stderr
    assert sum(one["state"] != "missing" for one in described(shop).values()) == 1
    assert call("topics", "create", shop).stdout.rstrip().endswith("12 topics made, 1 there before; 2 partitions.")


def test_a_topic_of_a_channel_may_have_other_partitions(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Only events must lie together; how a gateway reads is its own affair."""
    make_topic(kafka, f"{topics_prefix}handoff.app", 1)
    assert call("topics", "create", shop, "--partitions", "2").exit_code == 0


def test_settings_that_differ_are_told_with_the_line_that_puts_them_right(
    shop: Path, kafka: str, topics_prefix: str
) -> None:
    """A topic of events that believes producers' clocks, and keeps events for less than the history."""
    make_topic(kafka, f"{topics_prefix}events.service", 2, retention_ms="1000")
    for command in ("create", "describe"):
        result = call("topics", command, shop, width=120)
        assert result.exit_code == 1
        name = f"{topics_prefix}events.service"
        assert f"{name} has message.timestamp.type=CreateTime instead of LogAppendTime" in result.stderr
        alter = f"kafka-configs.sh --bootstrap-server {kafka} --alter --topic {name} --add-config"
        assert f"{alter} message.timestamp.type=LogAppendTime" in result.stderr
        assert f"{alter} retention.ms={35 * 86_400_000}" in result.stderr


def test_more_copies_than_brokers_are_refused(shop: Path, topics_prefix: str) -> None:
    """The message speaks of the option."""
    result = call("topics", "create", shop, "--replication", "3")
    assert result.exit_code == 2
    assert "it has fewer brokers than --replication asks copies for" in result.stderr


def test_channels_with_one_topic_are_refused(tmp_path: Path, topics_prefix: str) -> None:
    """Two names that Kafka cannot tell apart."""
    shop = workspace(tmp_path / "shop", policy="channels: {call centre: {}, call_centre: {}}\n")
    result = call("topics", "create", shop)
    assert result.exit_code == 2
    assert "would share the topic handoff.call_centre; rename one" in result.stderr


def test_a_kafka_that_is_not_there_is_wrong_use(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was looked for, and what to do."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", "127.0.0.1:1")
    result = call("topics", "describe", shop)
    assert result.exit_code == 2
    assert "Kafka at 127.0.0.1:1: nothing listens there (Connection refused); start it" in result.stderr


def test_settings_that_cannot_be_used_are_wrong_use(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Kafka is asked anything."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", "localhost")
    result = call("topics", "describe", shop)
    assert result.exit_code == 2
    assert 'BEFOREHAND_KAFKA: write host:port, several with commas; found "localhost"' in result.stderr
