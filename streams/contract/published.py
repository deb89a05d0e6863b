"""A contract as it was published: read back from its AsyncAPI document, so that another can be compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from models.speech import say
from models.types import Kind
from streams.contract.asyncapi import DEAD_LETTER, DECISION, EVENT, HAND_OFF, TASK
from streams.contract.shapes import Schema
from streams.topics import EVENT_TOPICS


class NoContract(Exception):
    """What was read is no contract that `beforehand schema --out` has written; the message says why."""


class PublishedField(Struct, frozen=True):
    """A field of an event: its names on the wire, its type in words of the vocabulary, and whether it must be sent."""

    name: str
    spellings: tuple[str, ...]
    type: str
    #: What its amounts are in; "" where its type says all.
    unit: str
    #: Of a choice: as the vocabulary names them, and all that may be sent.
    choices: tuple[str, ...]
    values: tuple[str, ...]
    needed: bool


class PublishedEvent(Struct, frozen=True):
    """A type of event: its names on the wire, the one to prefer first, its fields, and the topics it belongs on."""

    name: str
    wires: tuple[str, ...]
    fields: tuple[PublishedField, ...]
    topics: tuple[str, ...]


class Published(Struct, frozen=True):
    """What producers may send, and what those who receive get."""

    events: tuple[PublishedEvent, ...]
    #: Topics that messages go out on.
    topics: tuple[str, ...]
    #: What goes out -> its schema.
    outgoing: Mapping[str, Schema]


def read_published(content: bytes) -> Published:
    """The contract in an AsyncAPI document, as JSON; raises NoContract."""
    try:
        document = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError) as wrong:
        raise NoContract(say("it is not JSON ({wrong})", wrong=wrong)) from None
    try:
        return published(document)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise NoContract(say("it is not a document that `beforehand schema --out` has written")) from None


def published(document: Any) -> Published:
    """The contract of a document; any error of looking something up if it is none of ours."""
    components, channels = document["components"], document["channels"]
    schemas = components["schemas"]
    events = []
    for key, schema in schemas.items():
        if key.startswith(EVENT):
            topics = tuple(topic for topic, channel in channels.items() if key in channel["messages"])
            events.append(_event(schema, topics))
    outgoing = {name: schemas[name] for name in (DECISION, HAND_OFF, TASK)}
    outgoing[DEAD_LETTER] = components["messages"][DEAD_LETTER]["headers"]
    return Published(tuple(events), tuple(topic for topic in channels if topic not in EVENT_TOPICS), outgoing)


def _event(schema: Schema, topics: tuple[str, ...]) -> PublishedEvent:
    data = schema["properties"]["data"]
    needed = set(_needed(data))
    spellings: dict[str, list[str]] = {}
    for text, field in data["properties"].items():
        spellings.setdefault(field["x-field"], []).append(text)
    fields = tuple(
        _field(name, tuple(own), data["properties"][own[0]], needed=not needed.isdisjoint(own))
        for name, own in spellings.items()
    )
    return PublishedEvent(schema["title"], tuple(schema["properties"]["type"]["enum"]), fields, topics)


def _needed(data: Schema) -> Iterator[str]:
    """The names of which one must be there, and all others that will do instead."""
    yield from data.get("required", ())
    for several in data.get("allOf", ()):
        for one in several["anyOf"]:
            yield from one["required"]


def _field(name: str, spellings: tuple[str, ...], schema: Schema, *, needed: bool) -> PublishedField:
    type_ = schema["x-type"]
    values: tuple[str, ...] = ()
    if type_ == Kind.CHOICE.value:
        values = tuple(next(one["enum"] for one in schema.get("anyOf", [schema]) if "enum" in one))
    choices = tuple(schema.get("x-choices", ()))
    return PublishedField(name, spellings, type_, schema.get("x-unit", ""), choices, values, needed)
