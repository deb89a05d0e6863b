"""Which decisions become one hand-off."""

from __future__ import annotations

import json
from operator import attrgetter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models import messages
from models.decisions import ActionKind, Decision, EventCause, Outcome, TaskText, Trace
from models.messages import HandOff, encode_hand_off
from models.policy import DEFAULT_ORDER

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


GRANT = replace(GUIDANCE, id="d4", rule="zero", kind=ActionKind.GRANT, offer="credit", text="Credit")


def offer(rule: str, worth: str | None) -> Decision:
    """An offer that stands alone."""
    return replace(OFFER, id=f"offer of {rule}", rule=rule, text=rule, worth=worth)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (DEFAULT_ORDER, ["d4", "d1", "d3", "offer of a", "offer of c", "offer of b", "offer of d", "offer of e"]),
        (
            (ActionKind.OFFER, ActionKind.TASK, ActionKind.GUIDANCE, ActionKind.GRANT),
            ["d1", "offer of a", "offer of c", "offer of b", "offer of d", "offer of e", "d3", "d4"],
        ),
    ],
)
def test_what_one_customer_gets_at_one_moment_is_in_policys_order(order: list[ActionKind], expected: list[str]) -> None:
    """By kind; offers by worth, ties by rule, those without a worth last; a message of two kinds stays one."""
    worths = {"a": "10", "b": "2.50", "c": "10.00", "d": "-1", "e": None}
    together = [replace(GUIDANCE, rule="warn"), replace(OFFER, rule="warn", worth="99.00"), TASK, GRANT]
    decisions = sorted([*together, *(offer(rule, worth) for rule, worth in worths.items())], key=attrgetter("rule"))
    found = messages.hand_offs(map(msgspec.json.encode, decisions), order)
    assert [one.id for one in found] == expected


@given(st.lists(st.sampled_from([GUIDANCE, OFFER, TASK, GRANT])), st.permutations(list(ActionKind)), st.data())
def test_order_moves_nothing_between_moments_or_customers(
    some: list[Decision], order: list[ActionKind], data: st.DataObject
) -> None:
    """Every decision is handed over once; moments and customers stay as they were, kinds of one come as ordered."""
    stamps = st.tuples(st.sampled_from("12"), st.sampled_from("12"))
    stamped = [
        replace(one, id=f"{number}", rule=f"{number}", time=time, customer=customer)
        for number, (one, (time, customer)) in enumerate((one, data.draw(stamps)) for one in some)
    ]
    decisions = sorted(stamped, key=attrgetter("time", "customer", "rule"))
    found = list(messages.hand_offs(map(msgspec.json.encode, decisions), order))
    assert sorted(one.id for one in found) == sorted(one.id for one in stamped)
    turns = [(one.time, one.subject, order.index(one.data.kinds[0])) for one in found]
    assert turns == sorted(turns)


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
