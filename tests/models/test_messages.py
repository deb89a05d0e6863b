"""Which decisions become one hand-off."""

from __future__ import annotations

import json

import msgspec
from msgspec.structs import replace

from models import messages
from models.decisions import ActionKind, Decision, EventCause, Outcome, TaskText, Trace
from models.messages import HandOff, encode_hand_off

GUIDANCE = Decision(
    "d1",
    "warn",
    "abcdef012345",
    "c-1",
    None,
    "2026-03-02T02:00:00.000Z",
    ActionKind.GUIDANCE,
    Outcome.SENT,
    None,
    "app",
    "en",
    "Soon used up.",
    None,
    None,
    None,
    EventCause("till", "e1"),
    Trace((), {}),
)
OFFER = replace(
    GUIDANCE, id="d2", kind=ActionKind.OFFER, offer="five-gigabyte-top-up", expires="2026-03-03T02:00:00.000Z"
)
TASK = replace(
    GUIDANCE, id="d3", kind=ActionKind.TASK, channel=None, text=None, task=TaskText("desk", "Call", None, None, None)
)


def hand_offs(decisions: list[Decision]) -> list[HandOff]:
    """The hand-offs of these decisions, as the outbox would have them."""
    return list(messages.hand_offs(map(msgspec.json.encode, decisions)))


def test_guidance_and_offer_of_one_block_go_out_as_one_message() -> None:
    """One text, one hand-off, both decisions; a task goes by itself."""
    message, task = hand_offs([GUIDANCE, OFFER, TASK])
    assert (message.id, message.subject, message.data.decisions) == ("d1", "c-1", ("d1", "d2"))
    assert (message.data.kinds, message.data.offers) == (
        (ActionKind.GUIDANCE, ActionKind.OFFER),
        ("five-gigabyte-top-up",),
    )
    assert message.data.expires == "2026-03-03T02:00:00.000Z"
    assert (task.id, task.data.decisions, task.data.task) == ("d3", ("d3",), TASK.task)


def test_only_what_was_sent_is_handed_over() -> None:
    """Suppressed, withheld and ended decisions reach nobody."""
    outcomes = [outcome for outcome in Outcome if outcome is not Outcome.SENT]
    assert hand_offs([replace(GUIDANCE, outcome=outcome) for outcome in outcomes]) == []
    (alone,) = hand_offs([replace(GUIDANCE, outcome=Outcome.CONTROL), OFFER])
    assert (alone.id, alone.data.decisions) == ("d2", ("d2",))


def test_what_differs_is_not_one_message() -> None:
    """Another customer, channel, text, match or a second of one kind begins a hand-off of its own."""
    for change in (
        {"customer": "c-2"},
        {"channel": "sms"},
        {"text": "Other."},
        {"event": EventCause("till", "e2")},
        {"rule": "other"},
        {"kind": ActionKind.GUIDANCE},
        {"each": "x"},
    ):
        assert len(hand_offs([GUIDANCE, replace(OFFER, **change)])) == 2


def test_a_message_by_several_channels_is_a_hand_off_for_each() -> None:
    """Each says its one channel, has an id of its own, and names the same decisions."""
    both = ("app", "sms")
    found = hand_offs([replace(GUIDANCE, channels=both), replace(OFFER, channels=both), TASK])
    assert [(one.id, one.data.channel) for one in found] == [("d1:app", "app"), ("d1:sms", "sms"), ("d3", None)]
    assert [one.data.decisions for one in found] == [("d1", "d2"), ("d1", "d2"), ("d3",)]


def test_a_hand_off_is_a_cloud_event() -> None:
    """On the wire it has CloudEvents' attributes, and its data beside them."""
    (message,) = hand_offs([GUIDANCE])
    written = json.loads(encode_hand_off(message))
    assert {key: written[key] for key in ("specversion", "id", "source", "type", "subject", "time")} == {
        "specversion": "1.0",
        "id": "d1",
        "source": "beforehand",
        "type": "hand_off",
        "subject": "c-1",
        "time": "2026-03-02T02:00:00.000Z",
    }
    assert written["data"]["text"] == "Soon used up."
    assert b"\n" not in encode_hand_off(message)
