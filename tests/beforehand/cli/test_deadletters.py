"""What could not be read: shown, and sent again once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from streams.dead_letters import DeadLetter, Header, Reason
from streams.partitioning import partition_of
from streams.topics import EVENT_TOPICS
from streams.wire.outgoing import Outgoing, dead_letter_message
from tests.beforehand.cli.commands import VOCABULARY, call, events, workspace
from tests.beforehand.cli.topics_read import all_messages, make_topic
from tests.beforehand.running_worker import running_worker

PARTITIONS = 3
STRUCTURED: tuple[Header, ...] = (("content-type", b"application/cloudevents+json"), ("trace", b"\x00\xff"))
NO_EVENT = 'the vocabulary has no event "teleported"'


@pytest.fixture
def shop(tmp_path: Path, topics_prefix: str) -> Path:
    """The small workspace, with its topics."""
    made = workspace(tmp_path / "shop")
    assert call("topics", "create", made, "--partitions", str(PARTITIONS)).exit_code == 0
    return made


def letter(prefix: str, offset: int, **changes: object) -> DeadLetter:
    """An event that the vocabulary does not know, refused at this offset; `changes` are other members."""
    raw = b'{"id": "%d", "type": "teleported"}' % offset
    whole: dict[str, object] = {
        "reason": Reason.UNKNOWN_TYPE,
        "detail": NO_EVENT,
        "raw": raw,
        "size": len(changes.get("raw", raw)),  # type: ignore[arg-type]
        "source": f"{prefix}events.consumption/1",
        "line": 0,
        "offset": offset,
        "key": b"c-%d" % offset,
        "headers": STRUCTURED,
    }
    return DeadLetter(**(whole | changes))  # type: ignore[arg-type]


def refused(kafka: str, prefix: str, letters: Iterable[DeadLetter | Outgoing]) -> None:
    """Let these be in the topic of dead letters, as a worker puts them there."""
    producer = KafkaProducer(bootstrap_servers=kafka)
    for each in letters:
        message = dead_letter_message(each) if isinstance(each, DeadLetter) else each
        sent = [(name, value or b"") for name, value in message.headers]
        producer.send(f"{prefix}deadletters", message.value or b"", message.key, headers=sent).get(10)
    producer.close()


def sent(kafka: str, prefix: str) -> list[tuple[str, int, bytes | None, bytes | None, Sequence[Header]]]:
    """Topic, partition, key, value and headers of all that is in topics of events."""
    read = all_messages(kafka, [prefix + topic for topic in EVENT_TOPICS])
    return [(each.topic.removeprefix(prefix), each.partition, each.key, each.value, each.headers) for each in read]


def listed(*options: str) -> list[dict[str, object]]:
    """What `--json` prints."""
    result = call("deadletters", "--json", *options)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


# ------------------------------------------------------------ the list


def test_letters_are_lines_for_people(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Where, why and what, the latest last, then how many of each reason; what producers say is not obeyed."""
    hostile = letter(
        topics_prefix, 9, reason=Reason.NOT_JSON, detail="a\x1b[31mb\u202ec", raw=b"\x1b[2J\x07{", key=b"\x9b\xff"
    )
    refused(kafka, topics_prefix, [*(letter(topics_prefix, number) for number in range(3)), hostile])
    result = call("deadletters", "--limit", "2")
    assert result.exit_code == 0, result.stderr
    first, came, second, hostile_came, _, heading, *counts, last = result.stdout.splitlines()
    assert f"Z  {topics_prefix}events.consumption/1@2  unknown type: {NO_EVENT}" in first
    assert came == '    c-2  {"id": "2", "type": "teleported"}'
    assert f"{topics_prefix}events.consumption/1@9  not JSON: a\\x1b[31mb\\u202ec" in second
    assert hostile_came == "    \ufffd\ufffd  \\x1b[2J\\x07{"
    assert heading.split() == ["dead", "letters", "number", "sent", "again", "the", "first", "the", "latest"]
    assert [line.split()[:4] for line in counts] == [["unknown", "type", "3", "·"], ["not", "JSON", "1", "·"]]
    assert last == "The last 2 of 4 are shown; --limit 4 shows all."
    assert not set("\x1b\u202e\x07\x9b") & set(result.stdout)
    assert call("deadletters", "--limit", "0").stdout.splitlines()[1:3] == ["", *counts][1:]


def test_letters_are_lines_of_json_for_machines(shop: Path, kafka: str, topics_prefix: str) -> None:
    """With key, value and headers as they came, whether text or not."""
    refused(kafka, topics_prefix, [letter(topics_prefix, 5, raw=b"\xff{")])
    (told,) = listed()
    position = f"{topics_prefix}events.consumption/1@5"
    assert (told["position"], told["fate"], told["reason"], told["detail"]) == (
        position,
        "open",
        "unknown type",
        NO_EVENT,
    )
    assert str(told["time"]).endswith("Z")
    assert (told["source"], told["offset"], told["size"]) == (f"{topics_prefix}events.consumption/1", 5, 2)
    assert (told["raw_base64"], told["key"]) == ("/3s=", {"text": "c-5"})
    assert told["headers"] == [
        {"name": "content-type", "value": {"text": "application/cloudevents+json"}},
        {"name": "trace", "value": {"base64": "AP8="}},
    ]


def test_letters_are_chosen(shop: Path, kafka: str, topics_prefix: str) -> None:
    """By reason, by what the explanation says, by when they came, and those that are open."""
    other = letter(topics_prefix, 2, reason=Reason.WRONG_VALUE, detail="amount is -1")
    refused(kafka, topics_prefix, [letter(topics_prefix, 1), other])
    assert [told["offset"] for told in listed("--reason", "wrong value")] == [2]
    assert len(listed("--reason", "wrong value", "--reason", "Unknown Type")) == 2
    assert [told["offset"] for told in listed("--about", "TELEPORTED")] == [1]
    assert len(listed("--since", "2026-03-02")) == 2
    assert listed("--since", "2126-03-02 10:00") == []
    assert "There is no such dead letter." in call("deadletters", "--about", "x").stdout
    assert call("deadletters", "send-again", f"{topics_prefix}events.consumption/1@2").exit_code == 0
    assert [told["offset"] for told in listed("--open")] == [1]
    assert [told["fate"] for told in sorted(listed(), key=lambda told: int(str(told["offset"])))] == [
        "open",
        "sent again",
    ]
    assert call("--language", "zh", "deadletters", "--reason", "类型不存在").exit_code == 0


def test_a_reason_that_is_not_there_is_told_with_the_nearest(topics_prefix: str) -> None:
    """Or with all of them."""
    assert 'no reason "unknwn type". Did you mean "unknown type"?' in _flat(
        call("deadletters", "--reason", "unknwn type").stderr
    )
    assert '"no key"' in _flat(call("deadletters", "--reason", "xyz").stderr)


def _flat(framed: str) -> str:
    return " ".join(framed.replace("│", " ").split())


def test_what_is_no_dead_letter_is_told(shop: Path, kafka: str, topics_prefix: str) -> None:
    """The others are shown."""
    refused(kafka, topics_prefix, [Outgoing("", b"k", b"hello"), letter(topics_prefix, 1)])
    result = call("deadletters")
    assert result.exit_code == 0
    assert "events.consumption/1@1" in result.stdout
    assert "is no dead letter: its headers beforehand_reason and beforehand_position are missing" in result.stderr
    assert "1 message of the topic is no dead letter." in result.stderr


def test_a_list_needs_no_topic_of_marks_and_sending_does(kafka: str, topics_prefix: str) -> None:
    """A workspace whose topics are older has none."""
    make_topic(kafka, f"{topics_prefix}deadletters", 1)
    refused(kafka, topics_prefix, [letter(topics_prefix, 1)])
    assert [told["fate"] for told in listed()] == ["open"]
    result = call("deadletters", "send-again", "--yes")
    assert result.exit_code == 2
    assert f"there is no topic {topics_prefix}deadletters.sent; make it with: beforehand topics create" in result.stderr


def test_without_topics_the_command_that_makes_them_is_told(topics_prefix: str) -> None:
    """Nothing was made yet."""
    result = call("deadletters")
    assert result.exit_code == 2
    assert f"there is no topic {topics_prefix}deadletters; make it with: beforehand topics create" in result.stderr


# ------------------------------------------------------------ sending


def test_letters_are_sent_as_they_came_and_once(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Key, value and headers, to the partition of the key; what was sent is passed over, but for --repeat."""
    clock = letter(topics_prefix, 8, key=None, source=f"{topics_prefix}events.profile/2", raw=b'{"type": "clock"}')
    binary = letter(topics_prefix, 9, raw=b"\x00\xff\n", headers=(("ce_id", b"9"), ("ce_id", b"9"), ("x", b"")))
    refused(kafka, topics_prefix, [letter(topics_prefix, 7), clock, binary])
    result = call("deadletters", "send-again", stdin=b"y\n")
    assert result.exit_code == 0, result.stderr
    assert "Send these 3 messages again? [y/N]" in result.stderr
    assert result.stdout.endswith("3 messages sent again.\n")
    expected: list[object] = [
        ("events.consumption", partition_of(each.key.decode(), PARTITIONS), each.key, each.raw, list(each.headers))
        for each in (letter(topics_prefix, 7), binary)
        if each.key is not None
    ]
    expected.append(("events.profile", 2, None, clock.raw, list(clock.headers)))
    assert sorted(sent(kafka, topics_prefix), key=str) == sorted(expected, key=str)
    assert {told["fate"] for told in listed()} == {"sent again"}
    assert "(sent again)" in call("deadletters").stdout

    again = call("deadletters", "send-again", "--yes")
    assert again.exit_code == 0
    assert "There is nothing to send again." in again.stdout
    assert "3 were sent again before, and are passed over; --repeat sends them once more." in again.stderr
    assert len(sent(kafka, topics_prefix)) == 3
    repeated = call("deadletters", "send-again", "--repeat", f"{topics_prefix}events.consumption/1@7")
    assert "1 message sent again." in repeated.stdout
    assert len(sent(kafka, topics_prefix)) == 4


def test_a_letter_that_was_published_twice_is_sent_once(shop: Path, kafka: str, topics_prefix: str) -> None:
    """A worker that dies publishes its letters once more, with the same position."""
    refused(kafka, topics_prefix, [letter(topics_prefix, 7), letter(topics_prefix, 7)])
    assert "1 message sent again." in call("deadletters", "send-again", "--yes").stdout
    assert len(sent(kafka, topics_prefix)) == 1


def test_only_what_is_chosen_is_sent(shop: Path, kafka: str, topics_prefix: str) -> None:
    """As the list chooses, or by position; a position that is not there is told."""
    other = letter(topics_prefix, 2, reason=Reason.NO_ID, detail="there is no id")
    refused(kafka, topics_prefix, [letter(topics_prefix, 1), other, letter(topics_prefix, 3)])
    assert call("deadletters", "send-again", "--reason", "no id", "--yes").exit_code == 0
    assert [key for _, _, key, _, _ in sent(kafka, topics_prefix)] == [b"c-2"]
    wrong = call("deadletters", "send-again", "events.consumption/1@77")
    assert "There is no dead letter of events.consumption/1@77." in wrong.stderr
    assert wrong.exit_code == 1
    assert len(sent(kafka, topics_prefix)) == 1


def test_nothing_is_sent_before_somebody_agrees(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Not for another answer, not where nobody can answer, not with --dry-run."""
    refused(kafka, topics_prefix, [letter(topics_prefix, 1), letter(topics_prefix, 2, raw=b"x", size=70_000)])
    assert call("deadletters", "send-again", stdin=b"n\n").exit_code == 0
    silent = call("deadletters", "send-again", stdin=b"")
    assert silent.exit_code == 2
    assert "Nobody is there to answer; write --yes to send without asking." in silent.stderr
    dry = call("deadletters", "send-again", "--dry-run")
    assert "1 message would be sent again." in dry.stdout
    assert "events.consumption/1@2: not sent. only its beginning was kept" in dry.stderr
    assert sent(kafka, topics_prefix) == []
    assert {told["fate"] for told in listed()} == {"open"}


def test_what_cannot_be_sent_is_told_and_holds_nothing_up(shop: Path, kafka: str, topics_prefix: str) -> None:
    """What was cut, what pretends to come from elsewhere, what is nothing: each with its position."""
    letters = [
        letter(topics_prefix, 1, raw=b"beginning", size=70_000),
        letter(topics_prefix, 2, source="decisions/0"),
        letter(topics_prefix, 3, source=f"{topics_prefix}events.service/x"),
        letter(topics_prefix, 4, reason=Reason.NO_VALUE, key=None, raw=b""),
    ]
    refused(kafka, topics_prefix, letters)
    result = call("deadletters", "send-again", "--yes")
    assert result.exit_code == 1
    at = f"{topics_prefix}events.consumption/1@"
    assert (
        f"{at}1: not sent. only its beginning was kept: copy the message from {at}1, while it is there."
        in result.stderr
    )
    assert "decisions/0@2: not sent. decisions is no topic of events; nothing is sent there." in result.stderr
    assert f"{at}4: not sent. it has neither a key nor a value." in result.stderr
    assert "1 message sent again." in result.stdout
    assert [topic for topic, *_ in sent(kafka, topics_prefix)] == ["events.service"]
    assert sorted(str(told["fate"]) for told in listed()) == ["open", "open", "open", "sent again"]


def test_what_kafka_does_not_take_stays_open(kafka: str, topics_prefix: str, tmp_path: Path) -> None:
    """It is told, the others are sent, and the next time it is tried again."""
    make_topic(kafka, f"{topics_prefix}events.consumption", 2, max_message_bytes="1000")
    call("topics", "create", workspace(tmp_path / "shop"))
    refused(kafka, topics_prefix, [letter(topics_prefix, 1), letter(topics_prefix, 2, raw=b"x" * 2_000)])
    for more in ("1 message sent again.", ""):
        result = call("deadletters", "send-again", "--yes")
        assert result.exit_code == 1, result.stderr
        assert f"events.consumption/1@2: not delivered. Kafka at {kafka}: the message is too large" in result.stderr
        assert more in result.stdout
    assert [key for _, _, key, _, _ in sent(kafka, topics_prefix)] == [b"c-1"]


def test_what_was_sent_before_and_fails_now_was_sent(shop: Path, kafka: str, topics_prefix: str) -> None:
    """--repeat that comes to nothing does not let it be sent once more unseen."""
    refused(kafka, topics_prefix, [letter(topics_prefix, 1, raw=b"x" * 2_000)])
    assert call("deadletters", "send-again", "--yes").exit_code == 0
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    small = {"max.message.bytes": "1000"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{topics_prefix}events.consumption", small)])
    admin.close()
    assert "not delivered" in call("deadletters", "send-again", "--yes", "--repeat").stderr
    assert [told["fate"] for told in listed()] == ["sent again"]


@pytest.mark.parametrize(("point", "came"), [("send again: marked", 0), ("send again: sent", 2)])
def test_who_is_killed_meanwhile_leaves_what_nobody_knows(
    shop: Path, kafka: str, topics_prefix: str, point: str, came: int
) -> None:
    """Whether the messages came or not: they are not sent once more before somebody says so."""
    refused(kafka, topics_prefix, [letter(topics_prefix, 1), letter(topics_prefix, 2)])
    dying = (
        f"from streams.testing.failpoints import arm; arm({point!r}); from beforehand.cli import app; "
        "app(['deadletters', 'send-again', '--yes'])"
    )
    assert subprocess.run([sys.executable, "-c", dying], check=False, timeout=60).returncode == -signal.SIGKILL
    assert len(sent(kafka, topics_prefix)) == came
    assert {told["fate"] for told in listed()} == {"perhaps sent again"}
    refused(kafka, topics_prefix, [letter(topics_prefix, 3)])
    result = call("deadletters", "send-again", "--yes")
    assert result.exit_code == 1
    assert "2 may have been sent again by a command that was broken off, and are passed over." in result.stderr
    assert "1 message sent again." in result.stdout
    assert "3 messages sent again." in call("deadletters", "send-again", "--yes", "--repeat").stdout
    assert len(sent(kafka, topics_prefix)) == came + 4
    assert {told["fate"] for told in listed()} == {"sent again"}


def test_an_option_before_send_again_is_refused(topics_prefix: str) -> None:
    """It would choose nothing, and everything would be sent."""
    result = call("deadletters", "--reason", "no id", "send-again", "--yes")
    assert result.exit_code == 2
    assert "Write the options behind send-again." in result.stderr


def test_what_a_worker_refuses_is_sent_again_and_refused_again(
    shop: Path, kafka: str, topics_prefix: str, redis_url: str
) -> None:
    """With a real worker: as long as nothing was corrected, each comes back as a new dead letter, and ends there."""
    producer = KafkaProducer(bootstrap_servers=kafka)
    partition = partition_of("c-1", PARTITIONS)
    value = b'{"specversion": "1.0", "id": "1", "source": "s", "type": "teleported", "subject": "c-1", "time": "2026"}'
    producer.send(f"{topics_prefix}events.service", value, b"c-1", partition=partition, headers=[*STRUCTURED]).get(10)
    producer.close()
    with running_worker(shop, env={"BEFOREHAND_REDIS": redis_url}) as worker:
        worker.wait(lambda: len(listed()) == 1)
        assert call("deadletters", "send-again", "--yes").exit_code == 0
        worker.wait(lambda: len(listed()) == 2)
    assert {(told["position"], told["fate"]) for told in listed()} == {
        (f"{topics_prefix}events.service/{partition}@0", "sent again"),
        (f"{topics_prefix}events.service/{partition}@1", "open"),
    }
    first, second = sent(kafka, topics_prefix)
    assert first == second


# ------------------------------------------------------------ the state of a run


def test_the_letters_of_a_run_are_listed(tmp_path: Path) -> None:
    """By the line they stood in."""
    file, state = events(tmp_path / "day.jsonl"), tmp_path / "state"
    call("run", workspace(tmp_path / "shop"), "--events", file, "--state", state)
    result = call("deadletters", "--state", state)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"day.jsonl:6  unknown type: {NO_EVENT}")
    assert result.stdout.splitlines()[-1].split() == ["unknown", "type", "1"]
    (told,) = (json.loads(line) for line in call("deadletters", "--state", state, "--json").stdout.splitlines())
    assert (told["position"], told["line"], told["time"]) == ("day.jsonl:6", 6, None)


def test_the_lines_of_a_run_are_appended_once_they_can_be_read(tmp_path: Path) -> None:
    """With the vocabulary corrected, the next run reads them."""
    file, state, shop = events(tmp_path / "day.jsonl"), tmp_path / "state", workspace(tmp_path / "shop")
    call("run", shop, "--events", file, "--state", state)
    raw = call("deadletters", "--state", state, "--raw", "--about", "teleported").stdout_bytes
    assert raw == file.read_bytes().splitlines(keepends=True)[5]
    workspace(shop, vocabulary=VOCABULARY + "  teleported: {family: location}\n")
    with file.open("ab") as more:
        more.write(raw)
    result = call("run", shop, "--events", file, "--state", state)
    assert result.exit_code == 0, result.stderr
    assert "7 events" in result.stdout
    assert len(call("deadletters", "--state", state, "--json").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--state", "nowhere"], "nowhere: there is no state"),
        (["--raw"], "--raw is for --state"),
        (["--state", "state", "--open"], "With --state there is no --since and no --open"),
    ],
)
def test_wrong_use_of_a_state_is_told(tmp_path: Path, options: list[str], said: str) -> None:
    """And nothing is made where there was none."""
    result = call("deadletters", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("nowhere").exists()
