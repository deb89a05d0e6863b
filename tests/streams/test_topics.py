from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import FAMILIES, RESERVED_EVENTS, EventType
from streams.topics import EVENT_TOPICS, hand_off_topic, hand_off_topics, topic_of, topics


def test_an_event_goes_on_the_topic_of_its_family() -> None:
    """Reserved events are about her profile, or feedback."""
    assert [topic_of(EventType("e", family, {}, "e")) for family in FAMILIES] == [
        "events.consumption",
        "events.location",
        "events.behavior",
        "events.service",
    ]
    assert {name: topic_of(event) for name, event in RESERVED_EVENTS.items()} == {
        **dict.fromkeys(RESERVED_EVENTS, "events.feedback"),
        "customer changed": "events.profile",
        "consent changed": "events.profile",
    }


def test_all_topics_of_a_workspace() -> None:
    """Six for events, whose arrival the broker's clock tells; one for each channel; three others."""
    found = {topic.name: topic for topic in topics(["app", "sms"])}
    assert list(found) == [*EVENT_TOPICS, "decisions", "handoff.app", "handoff.sms", "tasks", "deadletters"]
    assert {topic.settings.get("message.timestamp.type") for topic in map(found.get, EVENT_TOPICS) if topic} == {
        "LogAppendTime"
    }
    assert found["decisions"].settings == {"cleanup.policy": "compact"}


def test_a_channel_may_have_any_name() -> None:
    """Words are joined by an underscore; other characters stand as bytes."""
    names = {"sms": "sms", "call centre": "call_centre", "短信": ".e7.9f.ad.e4.bf.a1", "v1.2": "v1.2e2"}
    assert hand_off_topics(names) == {channel: f"handoff.{name}" for channel, name in names.items()}


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        (
            ["call centre", "call-centre"],
            'the channels "call centre" and "call-centre" would share the topic handoff.call_centre; rename one',
        ),
        (["x" * 242], f'the channel "{"x" * 242}" has too long a name for a topic of Kafka; shorten it'),
    ],
)
def test_names_that_kafka_cannot_tell_apart_are_refused(channels: list[str], message: str) -> None:
    """Or that it cannot take."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        hand_off_topics(channels)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text("ab._~é%", min_size=1))
def test_topics_of_channels_are_legal_and_apart(one: str, other: str) -> None:
    """But for space, hyphen and underscore, which are one."""
    assert re.fullmatch(r"handoff\.[a-zA-Z0-9._]+", hand_off_topic(one))
    same = re.sub("[ -]", "_", one) == re.sub("[ -]", "_", other)
    assert (hand_off_topic(one) == hand_off_topic(other)) == same
