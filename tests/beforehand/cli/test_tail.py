from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaProducer

from servers.programs import program
from tests.beforehand.cli.commands import call
from tests.beforehand.cli.topics_read import make_topic

DECISION = {
    "id": "d-1",
    "rule": "data-nearly-used",
    "customer": "c-1",
    "time": "2026-03-02T01:00:00.000Z",
    "kind": "guidance",
    "outcome": "suppressed",
    "reason": "at most 1 per 7 days",
    "channel": "app",
    "text": "You have \x1b[31mused it.",
}


@pytest.fixture
def decisions(kafka: str, topics_prefix: str) -> str:
    """A topic with a decision, what is no JSON, and an event in binary mode."""
    make_topic(kafka, f"{topics_prefix}decisions", 1)
    producer = KafkaProducer(bootstrap_servers=kafka)
    name = f"{topics_prefix}decisions"
    producer.send(name, json.dumps(DECISION).encode(), b"d-1")
    producer.send(name, b"\xff\x1b[2Jno json", b"c-2")
    headers = [("ce_type", b"data used"), ("ce_subject", b"c-3"), ("content-type", b"application/json")]
    producer.send(name, b'{"amount": 10}', b"c-3", headers=headers)
    producer.close()
    return name


def test_messages_are_lines_for_people(decisions: str) -> None:
    """Who and what; what comes from outside is shown and not obeyed."""
    result = call("tail", "decisions", "--from-beginning", "--count", "3")
    assert result.exit_code == 0, result.stderr
    first, second, third = result.stdout.splitlines()
    assert "0:0 " in first
    assert "c-1         data-nearly-used  guidance suppressed (at most 1 per 7 days) by app  You have" in first
    assert "0:1 " in second
    assert "no json" in second
    assert '0:2       c-3         data used  {"amount":10}' in third
    assert "\x1b" not in result.stdout


def test_messages_are_lines_of_json_for_machines(decisions: str) -> None:
    """The value as it is, and where it stands."""
    result = call("tail", "decisions", "--from-beginning", "--count", "3", "--json")
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert (first["partition"], first["offset"], first["key"], first["value"]) == (0, 0, "d-1", DECISION)
    assert second["value"] == "\ufffd\x1b[2Jno json"
    assert (third["headers"]["ce_type"], third["value"]) == ("data used", {"amount": 10})


@pytest.mark.parametrize(("customer", "offset"), [("c-1", 0), ("c-2", 1), ("c-3", 2)])
def test_one_customer(decisions: str, customer: str, offset: int) -> None:
    """Whether the customer stands in the decision, the key or a header."""
    result = call("tail", "decisions", "--from-beginning", "--customer", customer, "--count", "1", "--json")
    assert json.loads(result.stdout)["offset"] == offset


def test_without_beginning_only_what_comes_is_shown_and_ctrl_c_ends_it(
    decisions: str, kafka: str, tmp_path: Path
) -> None:
    """What was there before is passed over; the end is quiet."""
    command = [sys.executable, "-m", "beforehand", "tail", "decisions", "--json"]
    tailing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    producer = KafkaProducer(bootstrap_servers=kafka)
    assert tailing.stdout is not None
    # It is not known when it begins to listen: something comes until it is heard.
    deadline = time.monotonic() + 30
    sending = 0
    import select

    while not select.select([tailing.stdout], [], [], 0.2)[0] and time.monotonic() < deadline:
        producer.send(decisions, str(sending).encode(), b"new").get(10)
        sending += 1
    assert json.loads(tailing.stdout.readline())["offset"] >= 3
    producer.close()
    tailing.send_signal(signal.SIGINT)
    _, said = tailing.communicate(timeout=20)
    assert tailing.returncode == 130
    assert said == ""


def test_a_header_whose_name_is_no_text_holds_nothing_up(decisions: str, kafka: str) -> None:
    """A producer in C may write any bytes; they are shown as escapes."""
    command = [program("kcat"), "-P", "-b", kafka, "-t", decisions, "-H", "\udcff\udc9b=1"]
    subprocess.run(command, input=b"odd\n", check=True, timeout=60)
    result = call("tail", "decisions", "--from-beginning", "--count", "4", "--json")
    assert result.exit_code == 0, result.stderr
    *_, last = map(json.loads, result.stdout.splitlines())
    assert (last["value"], last["headers"]) == ("odd", {"\\xff\\x9b": "1"})


def test_a_topic_that_is_not_there_is_told_with_the_nearest(decisions: str, kafka: str, topics_prefix: str) -> None:
    """A mistyped name."""
    result = call("tail", "desicions")
    assert result.exit_code == 2
    assert f"there is no topic {topics_prefix}desicions; did you mean decisions?" in result.stderr
