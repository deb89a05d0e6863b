"""The published contract as one AsyncAPI 3 document: topics, keys, headers and values of all that goes in and out.

Topics are AsyncAPI's `channels`. Each type of event is two messages, one for each mode of CloudEvents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from models.vocabulary import RESERVED_EVENTS, EventType, Vocabulary
from streams.contract.decisions import decision_schema
from streams.contract.events import event_schema, names_of
from streams.contract.hand_offs import message_schema, task_hand_off_schema
from streams.contract.shapes import Schema, closed_object, text
from streams.topics import DEAD_LETTERS, DECISIONS, EVENT_TOPICS, TASKS, Topic, hand_off_topics, topic_of, topics
from streams.wire.content_types import STRUCTURED
from streams.wire.messages import PREFIX
from streams.wire.names import apart, to_plain_name
from streams.wire.outgoing import PREFIX as DEAD_PREFIX
from streams.wire.plans import CLOCK

_VERSION = "3.0.0"
_BINDING = "0.5.0"
#: What the name of a message in binary mode ends with.
BINARY = ".binary"
#: What the names of events begin with, and those of all that goes out, among the components of the document.
EVENT = "event."
DECISION, HAND_OFF, TASK, DEAD_LETTER = "decision", "hand_off", "task", "dead_letter"
_JSON = "application/json"


def asyncapi(vocabulary: Vocabulary, channels: Sequence[str], title: str = "") -> Schema:
    """The document. `title` names the workspace; ValueError as `streams.topics.hand_off_topics`."""
    events = _named({**RESERVED_EVENTS, **vocabulary.events})
    of_channels = hand_off_topics(channels)
    held = _held(events) | {topic: [f"{HAND_OFF}.{to_plain_name(one)}"] for one, topic in of_channels.items()}
    held |= {DECISIONS: [DECISION], TASKS: [TASK], DEAD_LETTERS: [DEAD_LETTER]}
    messages: Schema = {}
    for name, event in events.items():
        messages |= _event_messages(name, event, vocabulary)
    for channel in of_channels:
        messages[f"{HAND_OFF}.{to_plain_name(channel)}"] = _hand_off_message(channel)
    messages[TASK] = _message("task", STRUCTURED, _reference("schemas", TASK), "customer: the same as `subject`")
    messages[DECISION] = _message("decision", _JSON, _reference("schemas", DECISION), "decision: its `id`")
    messages[DEAD_LETTER] = _dead_letter()
    body: Schema = {
        "channels": {topic.name: _channel(topic, held[topic.name]) for topic in topics(channels)},
        "operations": dict(_operation(name, held[name]) for name in held),
        "components": {"messages": messages, "schemas": _schemas(events, vocabulary)},
    }
    info = {
        "title": f"{title}: events, decisions, hand-offs" if title else "Events, decisions, hand-offs",
        # The hash of what follows, so that who looks can see whether anything has changed.
        "version": blake2b(msgspec.json.encode(body), digest_size=6).hexdigest(),
        "description": "What this workspace of Beforehand reads from Kafka and writes there.",
    }
    return {"asyncapi": _VERSION, "info": info, "defaultContentType": _JSON, **body}


def _named(events: Mapping[str, EventType]) -> dict[str, EventType]:
    """The name of a component of the document -> type of event."""
    return {EVENT + text: events[name] for name, text in apart(events, to_plain_name).items()}


def _held(events: Mapping[str, EventType]) -> dict[str, list[str]]:
    """Topic -> the messages on it."""
    held: dict[str, list[str]] = {topic: [] for topic in EVENT_TOPICS}
    for name, event in events.items():
        for topic in EVENT_TOPICS if event.name == CLOCK else (topic_of(event),):
            held[topic] += [name, name + BINARY]
    return held


def _schemas(events: Mapping[str, EventType], vocabulary: Vocabulary) -> Schema:
    found = {name: event_schema(event, vocabulary) for name, event in events.items()}
    found |= {DECISION: decision_schema(), HAND_OFF: message_schema(), TASK: task_hand_off_schema()}
    return {name: {word: said for word, said in one.items() if word != "$schema"} for name, one in found.items()}


# ------------------------------------------------------------------ topics


def _channel(topic: Topic, held: Iterable[str]) -> Schema:
    settings: dict[str, Any] = dict(topic.settings)
    if "cleanup.policy" in settings:
        settings["cleanup.policy"] = [settings["cleanup.policy"]]
    kafka: Schema = {"topic": topic.name, "bindingVersion": _BINDING}
    if settings:
        kafka["topicConfiguration"] = settings
    return {
        "address": topic.name,
        "title": topic.holds,
        "messages": {name: _reference("messages", name) for name in held},
        "bindings": {"kafka": kafka},
    }


def _operation(topic: str, held: Iterable[str]) -> tuple[str, Schema]:
    """What Beforehand does with a topic: it receives events, and sends all else."""
    action = "receive" if topic in EVENT_TOPICS else "send"
    at = f"#/channels/{topic}"
    messages = [{"$ref": f"{at}/messages/{name}"} for name in held]
    return f"{action}.{topic}", {"action": action, "channel": {"$ref": at}, "messages": messages}


def _reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


# ---------------------------------------------------------------- messages


def _message(title: str, content_type: str, payload: Schema, key: str, headers: Schema | None = None) -> Schema:
    if headers is None:
        headers = {"type": "object", "properties": {"content-type": {"const": content_type}}}
    return {
        "name": title,
        "contentType": content_type,
        "headers": headers,
        "payload": payload,
        "bindings": {"kafka": {"key": text(f"The {key}, in plain UTF-8."), "bindingVersion": _BINDING}},
    }


def _event_messages(name: str, event: EventType, vocabulary: Vocabulary) -> Schema:
    schema = _reference("schemas", name)
    key = "customer: the same as `subject`" if event.name != CLOCK else "key is not looked at"
    # What may be left out in a file may not be left out here.
    whole = {"allOf": [schema, {"required": ["specversion", "source"]}]}
    data: Schema = {"$ref": f"#/components/schemas/{name}/properties/data"}
    return {
        name: _message(event.name, STRUCTURED, whole, key),
        name + BINARY: _message(event.name, _JSON, data, key, _attributes(event, vocabulary)),
    }


def _attributes(event: EventType, vocabulary: Vocabulary) -> Schema:
    """The headers of a message in binary mode."""
    attributes = event_schema(event, vocabulary)["properties"]
    headers: Schema = {
        f"{PREFIX}specversion": {"const": "1.0"},
        f"{PREFIX}id": attributes["id"],
        f"{PREFIX}source": {**attributes["source"], "description": "Who says it."},
        f"{PREFIX}type": {"enum": names_of(event, vocabulary)},
        f"{PREFIX}time": attributes["time"],
        f"{PREFIX}subject": {**attributes["subject"], "description": "The customer; the key, if it is missing."},
        "content-type": {"const": _JSON},
    }
    return closed_object(headers, (f"{PREFIX}subject", "content-type"))


def _hand_off_message(channel: str) -> Schema:
    own = {"properties": {"data": {"properties": {"channel": {"const": channel}}}}}
    payload = {"allOf": [_reference("schemas", HAND_OFF), own]}
    return _message(f"hand-off by {channel}", STRUCTURED, payload, "customer: the same as `subject`")


def _dead_letter() -> Schema:
    headers = {
        f"{DEAD_PREFIX}reason": text("Why it could not be read, in words that docs/wire.md explains."),
        f"{DEAD_PREFIX}detail": text("What was expected and found."),
        f"{DEAD_PREFIX}position": text("Where it stood: topic/partition@offset."),
        f"{DEAD_PREFIX}size": text("Its bytes, where only its beginning was kept."),
    }
    required = closed_object(headers, (f"{DEAD_PREFIX}size",))
    anything: Schema = {"description": "As it came, with the headers it came with."}
    return _message("dead letter", "application/octet-stream", anything, "key that it came with", required)
