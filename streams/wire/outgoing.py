"""What goes out to Kafka: decisions, hand-offs, dead letters and events as messages, with their topics and keys.

A dead letter goes out as it came in, with the same key, value and headers; why it was refused and where it stood are
headers beside them. So it can be sent again by any tool that copies messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from models.events import Event
from models.messages import HandOff, encode_hand_off
from models.speech import say, sentence
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from streams.dead_letters import DeadLetter, Header, Reason
from streams.topics import DEAD_LETTERS, DECISIONS, TASKS, hand_off_topic, topic_of
from streams.wire.content_types import CONTENT_TYPE, STRUCTURED
from streams.wire.encode import encode_event
from streams.wire.messages import Record

#: What the headers begin with that say why a message is a dead letter.
PREFIX = "beforehand_"
_REASON, _DETAIL, _POSITION, _SIZE = (PREFIX + name for name in ("reason", "detail", "position", "size"))
_EVENT: tuple[Header, ...] = ((CONTENT_TYPE, STRUCTURED.encode()),)
_JSON: tuple[Header, ...] = ((CONTENT_TYPE, b"application/json"),)


class Outgoing(Struct, frozen=True):
    """A message that is to be produced."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


def event_message(event: Event, vocabulary: Vocabulary, *, recorded: bool = False) -> Outgoing:
    """An event of the vocabulary, in structured mode; `recorded` and KeyError as `encode_event`."""
    type_ = RESERVED_EVENTS.get(event.type) or vocabulary.events[event.type]
    value = encode_event(event, vocabulary, recorded=recorded)
    return Outgoing(topic_of(type_), event.customer.encode() or None, value, _EVENT)


def decision_message(id: str, payload: bytes) -> Outgoing:
    """A decision, as it stands in the outbox: the topic is compacted, so it is keyed by its id."""
    return Outgoing(DECISIONS, id.encode(), payload, _JSON)


def hand_off_message(hand_off: HandOff) -> Outgoing:
    """A hand-off, in structured mode, for its channel; one without a channel is a task. Keyed by the customer."""
    channel = hand_off.data.channel
    topic = TASKS if channel is None else _topic_of_channel(channel)
    return Outgoing(topic, hand_off.subject.encode(), encode_hand_off(hand_off), _EVENT)


_topic_of_channel = lru_cache(maxsize=256)(hand_off_topic)


# ------------------------------------------------------------ dead letters


def position_of(letter: DeadLetter) -> str:
    """Where a message stood: `events.consumption/3@42` is offset 42 of partition 3."""
    return f"{letter.source}@{letter.offset}"


def dead_letter_message(letter: DeadLetter) -> Outgoing:
    """A dead letter that was a message: as it came, with the headers that say why and where."""
    said = {_REASON: letter.reason.value, _DETAIL: letter.detail, _POSITION: position_of(letter)}
    if letter.size > len(letter.raw):
        said[_SIZE] = str(letter.size)
    value = None if letter.reason is Reason.NO_VALUE else letter.raw
    headers = (*_own(letter.headers), *((name, text.encode()) for name, text in said.items()))
    return Outgoing(DEAD_LETTERS, letter.key, value, headers)


def dead_letter_of(record: Record) -> DeadLetter:
    """The dead letter that a message of the topic is; ValueError for a message that is none."""
    said = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
    raw = record.value or b""
    try:
        source, _, offset = said[_POSITION].rpartition("@")
        reason, place, size = Reason(said[_REASON]), int(offset), int(said.get(_SIZE, len(raw)))
    except (KeyError, ValueError):
        where = f"{record.topic}/{record.partition}@{record.offset}"
        words = sentence(
            "{where} is no dead letter: its headers {reason} and {position} are missing, or not as we write them"
        )
        raise ValueError(say(words, where=where, reason=_REASON, position=_POSITION)) from None
    return DeadLetter(reason, said.get(_DETAIL, ""), raw, size, source, 0, place, record.key, _own(record.headers))


def sent_again(letter: DeadLetter) -> Outgoing:
    """The message that a dead letter was, for the topic it came on; ValueError where only its beginning was kept."""
    if letter.size > len(letter.raw):
        words = sentence("only its beginning was kept: copy the message from {where}, while it is there")
        raise ValueError(say(words, where=position_of(letter)))
    topic = letter.source.rpartition("/")[0]
    value = None if letter.reason is Reason.NO_VALUE else letter.raw
    return Outgoing(topic, letter.key, value, letter.headers)


def _own(headers: Sequence[Header]) -> tuple[Header, ...]:
    """The producer's own headers: a letter that was sent again and refused again says only why it is one now."""
    return tuple((name, value) for name, value in headers if not name.startswith(PREFIX))
