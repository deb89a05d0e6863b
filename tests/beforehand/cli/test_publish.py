from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from beforehand.packs.telecom import day as telecom
from models.moments import format_moment, parse_moment
from models.vocabulary import DEFAULT_SETTLE
from servers.kafka import Kafka
from streams.partitioning import partition_of
from streams.topics import EVENT_TOPICS
from tests.beforehand.cli.commands import call, events, line, workspace
from tests.beforehand.cli.topics_read import all_messages, make_topic

PARTITIONS = 5


@pytest.fixture
def shop(tmp_path: Path, topics_prefix: str) -> Path:
    """The small workspace, with its topics."""
    made = workspace(tmp_path / "shop")
    assert call("topics", "create", made, "--partitions", str(PARTITIONS)).exit_code == 0
    return made


def published(kafka: str, prefix: str) -> list[dict[str, object]]:
    """All events that stand in topics of events."""
    return [json.loads(each.value) for each in all_messages(kafka, [prefix + topic for topic in EVENT_TOPICS])]


def test_events_go_to_the_topic_of_their_type_and_the_partition_of_their_customer(
    shop: Path, kafka: str, topics_prefix: str, tmp_path: Path
) -> None:
    """Keyed by the customer, complete as CloudEvents, and the lines that cannot be read are told."""
    result = call("publish", events(tmp_path / "events.jsonl"), "-w", shop)
    assert result.exit_code == 1
    assert "6 events published" in result.stdout
    assert f'{tmp_path / "events.jsonl"}:6: unknown type: the vocabulary has no event "teleported"' in result.stderr
    assert "1 line of" in result.stderr
    assert "All these events are old news" in result.stderr
    topics = {"data used": "events.consumption", "customer changed": "events.profile"}
    messages = all_messages(kafka, [topics_prefix + topic for topic in EVENT_TOPICS])
    assert len(messages) == 6
    for message in messages:
        event = json.loads(message.value)
        assert message.topic == topics_prefix + topics[event["type"]]
        assert message.key.decode() == event["subject"]
        assert message.partition == partition_of(event["subject"], PARTITIONS)
        assert (event["specversion"], event["source"]) == ("1.0", "file")
        assert "arrived" not in event
        assert ("content-type", b"application/cloudevents+json") in message.headers


def test_a_recorded_day_is_published_so_that_it_decides_as_its_replay(
    kafka: str, topics_prefix: str, tmp_path: Path
) -> None:
    """Every event says when it arrived, is where murmur2 says; every partition hears the clock last."""
    shop, day = tmp_path / "shop", tmp_path / "day.jsonl"
    call("init", shop, "--pack", "telecom")
    telecom.generate(day, customers=60)
    assert call("topics", "create", shop, "--partitions", str(PARTITIONS)).exit_code == 0
    result = call("publish", day, "-w", shop, "--recorded")
    assert result.exit_code == 0, result.stderr
    messages = all_messages(kafka, [topics_prefix + topic for topic in EVENT_TOPICS])
    last = {}
    sent = []
    for message in messages:
        event = json.loads(message.value)
        last[message.topic, message.partition] = event
        if event["type"] != "clock":
            assert message.partition == partition_of(event["subject"], PARTITIONS)
            sent.append(event)
        assert "arrived" in event
    assert len(last) == len(EVENT_TOPICS) * PARTITIONS
    latest = max(parse_moment(event["arrived"]) for event in sent)
    assert {event["type"] for event in last.values()} == {"clock"}
    assert {parse_moment(event["arrived"]) for event in last.values()} == {latest + DEFAULT_SETTLE + 1}

    back = tmp_path / "back.jsonl"
    back.write_text("".join(json.dumps(event) + "\n" for event in sent), "utf-8")
    decided = call("replay", shop, "--events", day, "--json", "--without-policy").stdout
    assert decided
    assert call("replay", shop, "--events", back, "--json", "--without-policy").stdout == decided


def test_now_moves_a_day_so_that_it_ends_now(shop: Path, kafka: str, topics_prefix: str, tmp_path: Path) -> None:
    """All times keep their distance; a second time it is another day, not a repeat."""
    began = time.time() * 1000
    for _ in range(2):
        call("publish", events(tmp_path / "events.jsonl"), "-w", shop, "--now")
    told = published(kafka, topics_prefix)
    by_day: dict[object, list[int]] = {}
    for event in told:
        by_day.setdefault(event["source"], []).append(parse_moment(str(event["time"])))
    assert len(by_day) == 2
    for times in by_day.values():
        assert began - 1 <= max(times) <= time.time() * 1000
        assert max(times) - min(times) == parse_moment("2026-03-03T10:00:00Z") - parse_moment("2026-03-02T08:00:00Z")


def test_times_ahead_are_warned_of(shop: Path, tmp_path: Path) -> None:
    """A worker would refuse them."""
    file = tmp_path / "events.jsonl"
    tomorrow = format_moment(int((time.time() + 86_400) * 1000))
    file.write_text(line(1, tomorrow, "c-1", "paid", '{"price": "1.00"}'), "utf-8")
    result = call("publish", file, "-w", shop)
    assert result.exit_code == 0
    assert "Some of these events lie ahead of now: live workers refuse them." in result.stderr


def test_rate_limits_events_a_second(shop: Path, tmp_path: Path) -> None:
    """Thirty events at 30 a second take about a second."""
    file = tmp_path / "events.jsonl"
    lines = (line(each, "2026-03-02T08:00:00+08:00", "c-1", "paid", '{"price": "1.00"}') for each in range(30))
    file.write_text("".join(lines), "utf-8")
    began = time.monotonic()
    assert call("publish", file, "-w", shop, "--rate", "30").exit_code == 0
    assert time.monotonic() - began > 0.9


def test_an_event_that_kafka_does_not_take_is_told_with_its_line(
    kafka: str, topics_prefix: str, tmp_path: Path
) -> None:
    """A topic that takes small messages only: the others are published."""
    shop, file = workspace(tmp_path / "shop"), tmp_path / "events.jsonl"
    make_topic(kafka, f"{topics_prefix}events.consumption", 2, max_message_bytes="1000")
    call("topics", "create", shop)
    events(file)
    with file.open("a") as more:
        big = line(7, "2026-03-03T11:00:00+08:00", "c" * 900, "paid", '{"price": "1.00"}')
        more.write(big + line(8, "2026-03-03T12:00:00+08:00", "c-1", "paid", '{"price": "1.00"}'))
    result = call("publish", file, "-w", shop)
    assert result.exit_code == 1, result.stderr
    assert f"{file}:8: not delivered. Kafka at {kafka}: the message is too large for the topic" in result.stderr
    assert "raise max.message.bytes of the topic" in result.stderr
    assert "7 events published" in result.stdout
    assert {event["id"] for event in published(kafka, topics_prefix)} == {"1", "2", "3", "4", "6", "8"}


def test_what_follows_a_message_that_is_refused_is_published(kafka: str, topics_prefix: str, tmp_path: Path) -> None:
    """In order and once, on its partition and all others; the client alone would give everything up."""
    shop, file = workspace(tmp_path / "shop"), tmp_path / "events.jsonl"
    make_topic(kafka, f"{topics_prefix}events.consumption", 2, max_message_bytes="1000")
    call("topics", "create", shop)
    at = "2026-03-02T08:00:00+08:00"
    customers = ["c" * 900 if each in (5, 12) else f"c-{each % 3}" for each in range(30)]
    lines = (line(each, at, customer, "paid", '{"price": "1"}') for each, customer in enumerate(customers))
    file.write_text("".join(lines), "utf-8")
    result = call("publish", file, "-w", shop, "--rate", "40")
    assert result.stderr.count("not delivered. Kafka") == 2, result.stderr
    assert "28 events published" in result.stdout
    read = all_messages(kafka, [f"{topics_prefix}events.consumption"])
    for partition in range(2):
        ids = [int(json.loads(each.value)["id"]) for each in read if each.partition == partition]
        assert ids == sorted(set(ids))
    assert len(read) == 28


def test_topics_that_are_not_there_are_told(topics_prefix: str, tmp_path: Path) -> None:
    """With the command that makes them."""
    result = call("publish", events(tmp_path / "events.jsonl"), "-w", workspace(tmp_path / "shop"))
    assert result.exit_code == 2
    assert f"there is no topic {topics_prefix}events.consumption, " in result.stderr
    assert "beforehand topics create" in result.stderr


def test_topics_of_unequal_partitions_are_refused(kafka: str, topics_prefix: str, tmp_path: Path) -> None:
    """A customer would be on several partitions."""
    for topic in EVENT_TOPICS:
        make_topic(kafka, topics_prefix + topic, 2 if topic == EVENT_TOPICS[-1] else 1)
    result = call("publish", events(tmp_path / "events.jsonl"), "-w", workspace(tmp_path / "shop"))
    assert result.exit_code == 2
    assert "topics of events must have equally many partitions" in result.stderr


def test_nothing_is_lost_or_doubled_when_the_broker_is_killed_meanwhile(
    own_kafka: Kafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A broker that comes back finds each event once, in order."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", own_kafka.address)
    shop, file = workspace(tmp_path / "shop"), tmp_path / "events.jsonl"
    assert call("topics", "create", shop, "--partitions", "2").exit_code == 0
    at = "2026-03-02T08:00:00+08:00"
    file.write_text("".join(line(each, at, f"c-{each % 9}", "paid", '{"price": "1"}') for each in range(900)), "utf-8")
    command = [sys.executable, "-m", "beforehand", "publish", str(file), "-w", str(shop), "--rate", "100"]
    publishing = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while len(all_messages(own_kafka.address, ["events.consumption"])) < 100:
        assert publishing.poll() is None
    own_kafka.kill()
    own_kafka.restart()
    said = publishing.communicate(timeout=90)
    assert publishing.returncode == 0, said
    read = all_messages(own_kafka.address, ["events.consumption"])
    for partition in range(2):
        ids = [int(json.loads(each.value)["id"]) for each in read if each.partition == partition]
        assert ids == sorted(set(ids))
    assert len(read) == 900


@pytest.mark.long
def test_a_broker_that_stays_away_is_told(own_kafka: Kafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After half a minute without an answer the command ends, with the first line that was not delivered."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", own_kafka.address)
    shop, file = workspace(tmp_path / "shop"), tmp_path / "events.jsonl"
    assert call("topics", "create", shop, "--partitions", "2").exit_code == 0
    at = "2026-03-02T08:00:00+08:00"
    file.write_text("".join(line(each, at, f"c-{each % 9}", "paid", '{"price": "1"}') for each in range(900)), "utf-8")
    command = [sys.executable, "-m", "beforehand", "publish", str(file), "-w", str(shop), "--rate", "100"]
    publishing = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while len(all_messages(own_kafka.address, ["events.consumption"])) < 100:
        assert publishing.poll() is None
    own_kafka.kill()
    _, said = publishing.communicate(timeout=90)
    assert publishing.returncode == 2
    assert "it stopped answering; is it running" in said
    assert re.search(r"the first line that was not delivered is \d{3}\.", said)
