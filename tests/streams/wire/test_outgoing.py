"""What goes out to Kafka, as those who receive it see it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decisions import ActionKind, TaskText
from models.messages import HandOff, Message
from streams.dead_letters import DeadLetter, Header, Reason
from streams.wire.messages import MessageDecoder
from streams.wire.outgoing import (
    dead_letter_message,
    dead_letter_of,
    decision_message,
    event_message,
    hand_off_message,
    sent_again,
)
from tests.streams.wire import test_messages
from tests.streams.wire.test_decoder import VOCABULARY
from tests.streams.wire.test_roundtrip import events, vocabularies

CLOUD_EVENT = ("content-type", b"application/cloudevents+json")
LETTER = DeadLetter(Reason.NO_KEY, "why", b"{}", 2, "events.service/3", 0, 42, None, (CLOUD_EVENT, ("trace", None)))


def hand_off(channel: str | None, task: TaskText | None = None) -> HandOff:
    """One that is of use until noon."""
    text, noon = (None, None) if task else ("Soon used up.", "2026-03-02T12:00:00.000Z")
    kind = ActionKind.TASK if task else ActionKind.GUIDANCE
    message = Message(("d1",), (kind,), "warn", "abcdef012345", channel, "en", text, (), task, noon, False)
    return HandOff("d1", "顾客", "2026-03-02T02:00:00.000Z", message)


def test_a_hand_off_goes_to_its_channel() -> None:
    """Keyed by the customer, so that she gets things in order; a whole CloudEvent with its expiry as value."""
    message = hand_off_message(hand_off("call centre"))
    assert (message.topic, message.key, message.headers) == ("handoff.call_centre", "顾客".encode(), (CLOUD_EVENT,))
    assert message.value is not None
    sent = json.loads(message.value)
    assert (sent["id"], sent["type"], sent["subject"], sent["specversion"]) == ("d1", "hand_off", "顾客", "1.0")
    assert (sent["data"]["text"], sent["data"]["expires"]) == ("Soon used up.", "2026-03-02T12:00:00.000Z")


def test_a_task_goes_to_people() -> None:
    """It has no channel."""
    message = hand_off_message(hand_off(None, TaskText("desk", "Call", "because", "2026-03-02T12:00:00.000Z", "15.00")))
    assert message.topic == "tasks"
    assert message.value is not None
    assert json.loads(message.value)["data"]["task"]["due"] == "2026-03-02T12:00:00.000Z"


def test_a_decision_is_keyed_by_its_id() -> None:
    """So that a compacted topic keeps each once; its value is what the outbox holds."""
    message = decision_message("d1", b'{"id":"d1"}')
    assert (message.topic, message.key, message.value) == ("decisions", b"d1", b'{"id":"d1"}')
    assert message.headers == (("content-type", b"application/json"),)


@given(st.data())
def test_an_event_that_is_published_is_read(data: st.DataObject) -> None:
    """Whatever the vocabulary and the event: with its key, on the topic of its type."""
    words = data.draw(vocabularies())
    event = data.draw(events(words))
    message = event_message(event, words)
    assert MessageDecoder(words).decode(message.key, message.value, message.headers) == event
    assert message.topic == ("events.profile" if event.type == "customer changed" else "events.service")


# ------------------------------------------------------------ dead letters


def test_a_dead_letter_is_the_message_that_came_with_why_and_where() -> None:
    """Key, value and headers are untouched, so whatever copies messages can send it again."""
    message = dead_letter_message(LETTER)
    assert (message.topic, message.key, message.value) == ("deadletters", None, b"{}")
    assert message.headers == (
        CLOUD_EVENT,
        ("trace", None),
        ("beforehand_reason", b"no key"),
        ("beforehand_detail", b"why"),
        ("beforehand_position", b"events.service/3@42"),
    )


def test_a_letter_that_is_refused_again_says_only_why_it_is_one_now() -> None:
    """What an earlier refusal said of it is left out, and what a producer pretends."""
    again = DeadLetter(
        Reason.NO_ID, "other", b"{}", 2, "events.service/3", 0, 43, None, dead_letter_message(LETTER).headers
    )
    found = dict(dead_letter_message(again).headers)
    assert (found["beforehand_reason"], found["beforehand_position"]) == (b"no id", b"events.service/3@43")
    assert len(found) == len(dead_letter_message(again).headers)


@given(
    test_messages.SOME_BYTES,
    test_messages.SOME_BYTES,
    st.lists(st.tuples(test_messages.SOME_NAMES, test_messages.SOME_BYTES)),
)
def test_a_dead_letter_comes_back_and_is_sent_again_as_it_came(
    key: bytes | None, value: bytes | None, headers: list[Header]
) -> None:
    """Whatever it was."""
    came = test_messages.Message(key, value, headers)
    (letter,) = MessageDecoder(VOCABULARY).decode_all([came])
    if isinstance(letter, DeadLetter):
        message = dead_letter_message(letter)
        kept = test_messages.Message(message.key, message.value, message.headers, "deadletters", 0, 7)
        assert dead_letter_of(kept) == letter
        again = sent_again(letter)
        assert (again.topic, again.key, again.value or b"") == ("events.consumption", key, value or b"")
        assert again.headers == tuple(headers)
        if not headers:
            assert message.value == again.value == value


def test_a_letter_that_was_cut_is_not_sent_again() -> None:
    """It says where the whole message is."""
    came = test_messages.Message(b"c", b"x" * 70_000, [])
    (letter,) = MessageDecoder(VOCABULARY).decode_all([came])
    assert isinstance(letter, DeadLetter)
    message = dead_letter_message(letter)
    assert message.headers[-1] == ("beforehand_size", b"70000")
    kept = test_messages.Message(message.key, message.value, message.headers)
    with pytest.raises(
        ValueError, match=r"^only its beginning was kept: copy the message from events\.consumption/3@42,"
    ):
        sent_again(dead_letter_of(kept))


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("beforehand_reason", b"no key"), ("beforehand_position", b"x@y")),
        (("beforehand_reason", None), ("beforehand_position", b"t/1@1")),
        (("beforehand_reason", b"no key"), ("beforehand_position", b"t/1@1"), ("beforehand_size", b"\xff")),
    ],
)
def test_what_is_no_dead_letter_is_named(headers: tuple[Header, ...]) -> None:
    """Somebody else may have written into the topic."""
    with pytest.raises(ValueError, match=r"^deadletters/0@7 is no dead letter: "):
        dead_letter_of(test_messages.Message(None, b"", headers, "deadletters", 0, 7))
