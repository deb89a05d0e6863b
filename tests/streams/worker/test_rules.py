"""Rules that are published while workers run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from models.moments import format_moment, parse_moment
from streams.topics import DEAD_LETTERS, DECISIONS
from tests.beforehand.cli.commands import RULE, VOCABULARY, call, workspace
from tests.beforehand.cli.topics_read import all_messages
from tests.streams.worker.processes import PATIENCE, workers

#: Another type of event, another choice, and a rule on both.
LARGER = VOCABULARY.replace("S | M", "S | M | L") + "  roamed: {family: service, country: text}\n"
ROAMS = """\
title: Abroad
because: Roaming costs.
when: roamed
only if: plan is L
then:
  guide:
    en: You are in {country}.
tests:
  - it: welcomes her
    customer: {plan: L}
    story:
      - 2026-03-02 09:00 roamed: {country: NL}
      - expect guidance by app
  - it: leaves plan S alone
    customer: {plan: S}
    story:
      - 2026-03-02 09:00 roamed: {country: NL}
      - expect nothing
"""


def grow(shop: Path) -> None:
    """Let the workspace have another type of event, and a rule on it."""
    (shop / "vocabulary.yaml").write_text(LARGER, "utf-8")
    (shop / "rules" / "abroad.yaml").write_text(ROAMS, "utf-8")


@pytest.fixture
def shop(tmp_path: Path, topics_prefix: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small workspace, with its topics, and a Redis of its own."""
    monkeypatch.setenv("BEFOREHAND_REDIS", redis_url)
    made = workspace(tmp_path / "shop")
    assert call("topics", "create", made, "--partitions", "3").exit_code == 0
    return made


def send(kafka: str, prefix: str, *events: dict[str, Any]) -> None:
    """Send events of now."""
    producer = KafkaProducer(bootstrap_servers=kafka)
    for number, event in enumerate(events):
        now = time.time_ns() // 1_000_000
        whole = {"specversion": "1.0", "id": f"{now}-{number}", "source": "test", "time": format_moment(now), **event}
        topic = "events.profile" if event["type"] == "customer changed" else "events.consumption"
        producer.send(prefix + topic, key=event["subject"].encode(), value=json.dumps(whole).encode())
    producer.flush()
    producer.close()


def decided(kafka: str, prefix: str, number: int) -> list[dict[str, Any]]:
    """The decisions that were published, when there are so many."""
    ends = time.monotonic() + PATIENCE
    while True:
        found = [json.loads(message.value) for message in all_messages(kafka, [prefix + DECISIONS])]
        if len(found) >= number or time.monotonic() > ends:
            return sorted(found, key=lambda one: str(one["time"]))
        time.sleep(0.2)


def letters(kafka: str, prefix: str, number: int) -> list[str]:
    """Why there are dead letters, when there are so many."""
    ends = time.monotonic() + PATIENCE
    while True:
        found = [
            dict(message.headers)["beforehand_reason"].decode()
            for message in all_messages(kafka, [prefix + DEAD_LETTERS])
        ]
        if len(found) >= number or time.monotonic() > ends:
            return found
        time.sleep(0.2)


def test_new_rules_decide_from_their_moment_on(shop: Path, kafka: str, topics_prefix: str) -> None:
    """What happened before is decided by the rules of before; what happens after, on every partition, by the new."""
    customers = [f"c{number}" for number in range(6)]
    much = [{"type": "data used", "subject": one, "data": {"amount": "9 GB"}} for one in customers]
    with workers(shop, shop / "log", 2):
        send(
            kafka,
            topics_prefix,
            *({"type": "customer changed", "subject": one, "data": {"plan": "M"}} for one in customers),
        )
        send(kafka, topics_prefix, *much[:3])
        first = decided(kafka, topics_prefix, 3)
        assert {one["text"] for one in first} == {"You have used most of your data."}, (shop / "log").read_text()
        text = RULE.replace("most of your data.", "nearly all of it.")
        (shop / "rules" / "data-nearly-used.yaml").write_text(text, "utf-8")
        published = call("publish-rules", shop)
        assert published.exit_code == 0, published.stderr
        assert "Rule set 2 decides from" in published.stdout
        send(kafka, topics_prefix, much[3])
        time.sleep(11)
        send(kafka, topics_prefix, *much[4:])
        found = decided(kafka, topics_prefix, 6)
    assert [one["text"] for one in found[3:]] == [
        "You have used most of your data.",
        "You have used nearly all of it.",
        "You have used nearly all of it.",
    ], (shop / "log").read_text()
    assert len({one["rule_version"] for one in found}) == 2


def test_a_type_of_event_is_added_while_workers_run(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Before its moment it is a dead letter, from then on taken; also by a worker that comes when another died."""
    roamed = {"type": "roamed", "subject": "c1", "data": {"country": "NL"}}
    with workers(shop, shop / "log", 1) as (first,):
        send(kafka, topics_prefix, {"type": "data used", "subject": "c1", "data": {"amount": "9 GB"}})
        send(kafka, topics_prefix, roamed)
        letters(kafka, topics_prefix, 1)
        grow(shop)
        published = call("publish-rules", shop)
        assert published.exit_code == 0, published.stderr
        assert "New or changed: abroad." in " ".join(published.stdout.split())
        assert 'Added to the vocabulary: the event "roamed", "L" of "plan".' in " ".join(published.stdout.split())
        begins = parse_moment(json.loads(call("rules", "list", "--json").stdout.splitlines()[-1])["from"])
        send(kafka, topics_prefix, roamed, {"type": "customer changed", "subject": "c1", "data": {"plan": "L"}})
        letters(kafka, topics_prefix, 3)
        first.kill()
    time.sleep(max(0, begins / 1_000 - time.time()) + 0.5)
    send(kafka, topics_prefix, {"type": "customer changed", "subject": "c1", "data": {"plan": "L"}})
    with workers(shop, shop / "log", 2):
        time.sleep(2.5)
        send(kafka, topics_prefix, roamed)
        found = decided(kafka, topics_prefix, 1)
    assert [one["text"] for one in found] == ["You are in NL."], (shop / "log").read_text()
    told = letters(kafka, topics_prefix, 3)
    assert sorted(told) == ["unknown type", "unknown type", "wrong value"]


def test_only_additions_are_taken_over_and_they_stay(shop: Path) -> None:
    """The rest is refused with its line; rules that come back leave the vocabulary as it is."""
    assert call("publish-rules", shop).exit_code == 0
    (shop / "vocabulary.yaml").write_text(VOCABULARY.replace("amount: data", "amount: data, size: data"), "utf-8")
    refused = call("publish-rules", shop)
    assert (refused.exit_code, "vocabulary.yaml:7:" in refused.stderr) == (1, True)
    assert 'the field "size" is needed now. Write `size: data, optional`' in refused.stderr
    assert "Workers take over only what is added to the vocabulary" in " ".join(refused.stderr.split())
    grow(shop)
    assert "Rule set 2 decides from" in call("publish-rules", shop).stdout
    assert "Rule set 3 decides from" in call("rules", "rollback").stdout
    told = [json.loads(line) for line in call("rules", "list", "--json").stdout.splitlines()]
    added = ['the event "roamed"', '"L" of "plan"']
    assert [(one["rules"], one["again"], one["added"]) for one in told] == [(1, None, []), (2, None, added), (1, 1, [])]
    assert 'adds the event "roamed", "L" of "plan"' in " ".join(call("rules", "list", width=200).stdout.split())
    (shop / "vocabulary.yaml").write_text(
        VOCABULARY.replace("currency: CNY", "currency: CNY\nsettle: 1 second"), "utf-8"
    )
    (shop / "rules" / "abroad.yaml").unlink()
    refused = call("publish-rules", shop)
    assert refused.exit_code == 1
    assert {line.split()[1] for line in refused.stderr.splitlines() if line.startswith("vocabulary.yaml:")} == {
        "E701",
        "E704",
        "E707",
    }


def test_rules_are_listed_and_come_back(shop: Path, kafka: str, topics_prefix: str) -> None:
    """The first decides from the first event on; broken ones are refused whole; an earlier set can decide again."""
    assert "No rules have been published yet" in call("rules", "list").stdout
    assert "Rule set 1 decides from the first event on." in call("publish-rules", shop).stdout
    assert "Nothing has changed since rule set 1." in call("publish-rules", shop).stdout
    file = shop / "rules" / "data-nearly-used.yaml"
    good = file.read_text("utf-8")
    file.write_text(good.replace("reaches 8 GB", "reaches 20 GB"), "utf-8")
    refused = call("publish-rules", shop)
    assert (refused.exit_code, "2 of 2 tests failed" in refused.stderr) == (1, True)
    file.write_text(good.replace("when: sum", "when: sun"), "utf-8")
    refused = call("publish-rules", shop)
    assert (refused.exit_code, "go on deciding" in refused.stderr) == (1, True)
    file.write_text(good.replace("most of", "much of"), "utf-8")
    assert "Rule set 2 decides from" in call("publish-rules", shop).stdout
    assert "Rule set 3 decides from" in call("rules", "rollback").stdout
    told = [json.loads(line) for line in call("rules", "list", "--json").stdout.splitlines()]
    assert [(one["number"], one["again"], one["rules"]) for one in told] == [(1, None, 1), (2, None, 1), (3, 1, 1)]
    assert "there is no rule set 9" in call("rules", "rollback", "9").stderr
