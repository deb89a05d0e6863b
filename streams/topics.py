"""The topics of a workspace on Kafka: their names, what their messages are keyed by, and what each must be set to.

Events of a customer come on six topics of equal partition counts, keyed by the customer. What was decided goes out on
topics of its own. Where several workspaces share a broker, who produces, consumes or creates puts a prefix of his own
before these names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

from models.speech import quoted, say, sentence
from models.vocabulary import CUSTOMER_CHANGED, FAMILIES, EventType
from streams.wire.names import to_plain_name

#: Partitions of each topic, where nobody says otherwise. A customer's partition is murmur2(subject), so the count is
#: chosen once.
DEFAULT_PARTITIONS = 24

#: What customers are like and have agreed to, and what came of what was sent to them.
PROFILE = "events.profile"
FEEDBACK = "events.feedback"
#: Family of the vocabulary -> topic.
_OF_FAMILY: Mapping[str, str] = MappingProxyType({family: f"events.{family}" for family in FAMILIES})
#: The topics that events come on; all have as many partitions.
EVENT_TOPICS = (*_OF_FAMILY.values(), PROFILE, FEEDBACK)

DECISIONS = "decisions"
TASKS = "tasks"
DEAD_LETTERS = "deadletters"
#: Workers ask the broker for its time by appending here.
CLOCKS = "clocks"
#: Which dead letters were sent again.
SENT_AGAIN = "deadletters.sent"

_PROFILE_EVENTS = (CUSTOMER_CHANGED, "consent changed")
#: Kafka's limit, in characters.
_LONGEST_NAME = 249
#: So that the broker's clock, and not the producer's, says when an event arrived.
_EVENT_SETTINGS = MappingProxyType({"message.timestamp.type": "LogAppendTime"})

_CLOCK_SETTINGS = MappingProxyType({"message.timestamp.type": "LogAppendTime", "retention.ms": "3600000"})


class Topic(Struct, frozen=True):
    """A topic: its name, what a message of it is, what it is keyed by, and the settings it cannot do without."""

    name: str
    holds: str
    key: str
    settings: Mapping[str, str] = MappingProxyType({})


def topic_of(event: EventType) -> str:
    """The topic for events of a type: that of its family; of the reserved ones `events.profile` or `events.feedback`.

    Events are read from whichever topic they come on. `clock` belongs on each of them.
    """
    return _OF_FAMILY.get(event.family) or (PROFILE if event.name in _PROFILE_EVENTS else FEEDBACK)


def hand_off_topic(channel: str) -> str:
    """The topic of a channel's hand-offs: `sms` -> `handoff.sms`, `call centre` -> `handoff.call_centre`.

    What may not stand in the name of a topic is written as the bytes of its UTF-8, `.e7.9f.ad`.
    """
    return f"handoff.{to_plain_name(channel)}"


def hand_off_topics(channels: Iterable[str]) -> dict[str, str]:
    """Channel -> topic; ValueError where two channels would share one, or a name is too long for Kafka."""
    topics: dict[str, str] = {}
    for channel in channels:
        topic = hand_off_topic(channel)
        for other, taken in topics.items():
            if taken == topic and other != channel:
                words = sentence("the channels {one} and {other} would share the topic {topic}; rename one")
                raise ValueError(say(words, one=quoted(other), other=quoted(channel), topic=topic))
        if len(topic) > _LONGEST_NAME:
            words = sentence("the channel {name} has too long a name for a topic of Kafka; shorten it")
            raise ValueError(say(words, name=quoted(channel)))
        topics[channel] = topic
    return topics


def topics(channels: Iterable[str]) -> tuple[Topic, ...]:
    """The topics of the contract of a workspace with these channels; ValueError as `hand_off_topics`."""
    customer = "customer"
    return (
        *(Topic(name, f"events: {name.removeprefix('events.')}", customer, _EVENT_SETTINGS) for name in EVENT_TOPICS),
        Topic(DECISIONS, "decisions, with why", "decision", MappingProxyType({"cleanup.policy": "compact"})),
        *(Topic(name, f"hand-offs for {channel}", customer) for channel, name in hand_off_topics(channels).items()),
        Topic(TASKS, "hand-offs for people", customer),
        Topic(DEAD_LETTERS, "what could not be read", "as it came"),
    )


#: The topics that Beforehand needs for itself: no part of the contract with anybody.
OWN_TOPICS = (
    Topic(CLOCKS, "nothing: workers ask for the broker's time here", "none", _CLOCK_SETTINGS),
    Topic(
        SENT_AGAIN, "which dead letters were sent again", "position", MappingProxyType({"cleanup.policy": "compact"})
    ),
)
