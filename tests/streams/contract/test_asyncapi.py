"""The AsyncAPI document: valid by AsyncAPI's own schema, and true."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from models.policy import DEFAULT_CHANNELS
from models.vocabulary import RESERVED_EVENTS, EventType, Vocabulary
from rules.workspace.workspace import load
from streams.contract.asyncapi import BINARY, asyncapi
from streams.contract.files import ASYNCAPI, contract, schemas
from streams.contract.shapes import DIALECT
from streams.topics import topics
from tests.streams.wire.test_decoder import ENVELOPE, VOCABULARY
from tests.streams.wire.test_messages import binary
from tests.streams.wire.test_roundtrip import vocabularies

PACKS = Path(__file__).resolve().parents[3] / "rules" / "packs"


@cache
def of_asyncapi() -> Draft7Validator:
    """What judges a document: the schema of AsyncAPI 3.0.0 itself."""
    schema = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text("utf-8"))
    return Draft7Validator(schema)


def as_json(document: dict[str, Any]) -> dict[str, Any]:
    """The document as a reader has it."""
    read: dict[str, Any] = json.loads(msgspec.json.encode(document))
    return read


def found(document: dict[str, Any], reference: str) -> Any:
    """What a reference of the document leads to."""
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def references(node: Any) -> list[str]:
    """All references in it."""
    if isinstance(node, list):
        return [one for item in node for one in references(item)]
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for item in node.values() for one in references(item)]
    return []


def fits(document: dict[str, Any], message: str, part: str, value: Any) -> bool:
    """Whether a value is what the payload or the headers of a message are to be."""
    schema = {"components": document["components"], **document["components"]["messages"][message][part]}
    return Draft7Validator(schema).is_valid(value)


@pytest.mark.parametrize("pack", ["telecom", "retail"])
def test_the_document_of_a_pack_is_valid(pack: str) -> None:
    """By AsyncAPI's own schema; every reference leads somewhere, and every part is valid by itself."""
    workspace = load(PACKS / pack, stories=False).workspace
    assert workspace is not None
    valid(as_json(asyncapi(workspace.vocabulary, DEFAULT_CHANNELS, pack)))


def valid(document: dict[str, Any]) -> None:
    """It is valid in every way that can be told."""
    assert [error.message for error in of_asyncapi().iter_errors(document)] == []
    for reference in references(document):
        found(document, reference)
    for message in document["components"]["messages"].values():
        Draft7Validator.check_schema(message["headers"])
        Draft7Validator.check_schema(message["payload"])
    for schema in document["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)


@settings(max_examples=5)
@given(vocabularies(), st.lists(st.sampled_from(["app", "短信", "call centre"]), unique=True))
def test_the_document_is_valid_whatever_the_vocabulary(words: Vocabulary, channels: list[str]) -> None:
    """Whatever its names, and those of its channels."""
    names = {**words.events, "使用 流量": EventType("使用 流量", "location", {}, "使用 流量")}
    valid(as_json(asyncapi(Vocabulary(names, words.customer), channels)))


def test_every_topic_is_there_and_every_event_on_its_own() -> None:
    """In both modes; Beforehand receives events and sends all else; `clock` is on each topic of events."""
    document = asyncapi(VOCABULARY, ["app", "call centre"], "shop")
    assert list(document["channels"]) == [topic.name for topic in topics(["app", "call centre"])]
    on = {topic: set(channel["messages"]) for topic, channel in document["channels"].items()}
    assert on["events.consumption"] == {
        f"event.{name}{mode}" for name in ("data_used", "clock") for mode in ("", BINARY)
    }
    assert on["handoff.call_centre"] == {"hand_off.call_centre"}
    assert {operation["action"] for name, operation in document["operations"].items() if ".events." in name} == {
        "receive"
    }
    assert len(document["operations"]) == len(document["channels"])
    assert document["channels"]["decisions"]["bindings"]["kafka"]["topicConfiguration"] == {
        "cleanup.policy": ["compact"]
    }
    everywhere = set().union(*on.values())
    assert everywhere == set(document["components"]["messages"])
    assert {f"event.{name.replace(' ', '_')}" for name in RESERVED_EVENTS} < everywhere


@pytest.mark.parametrize("missing", [None, "source", "specversion", "id", "time", "type"])
def test_it_says_what_is_read_in_either_mode(missing: str | None) -> None:
    """A message that the decoder reads fits; without an attribute that it needs, none does."""
    document = as_json(asyncapi(VOCABULARY, ["app"]))
    sent = {name: value for name, value in ENVELOPE.items() if name != missing}
    _, value, headers = binary(sent)
    texts = {name: (text or b"").decode() for name, text in headers}
    assert fits(document, "event.data_used", "payload", sent) == (missing is None)
    assert fits(document, "event.data_used.binary", "headers", texts) == (missing is None)
    assert fits(document, "event.data_used.binary", "payload", json.loads(value or b""))
    assert not fits(document, "event.data_used.binary", "payload", {})


def test_the_version_is_the_hash_of_what_it_says() -> None:
    """It changes with the vocabulary and the channels, and with nothing else."""
    one = asyncapi(VOCABULARY, ["app"], "shop")["info"]["version"]
    assert one == asyncapi(VOCABULARY, ["app"], "other")["info"]["version"]
    assert one != asyncapi(VOCABULARY, ["sms"], "shop")["info"]["version"]
    assert one != asyncapi(Vocabulary(VOCABULARY.events, {}, names=VOCABULARY.names), ["app"])["info"]["version"]


def test_names_that_look_alike_stay_apart() -> None:
    """Two types of event whose names differ in a hyphen have a schema and a message each."""
    words = Vocabulary({name: EventType(name, "service", {}, name) for name in ("a b", "a-b")}, {})
    assert {"events/a_b.json", "events/a_b_2.json"} <= set(schemas(words))
    assert {"event.a_b", "event.a_b_2"} <= set(asyncapi(words, [])["components"]["messages"])


@pytest.mark.parametrize("pack", ["telecom", "retail"])
def test_every_schema_of_a_contract_is_one(pack: str) -> None:
    """By the metaschema of JSON Schema 2020-12, which each of them names."""
    workspace = load(PACKS / pack, stories=False).workspace
    assert workspace is not None
    files = contract(workspace.vocabulary)
    assert files.pop(ASYNCAPI)["asyncapi"] == "3.0.0"
    assert {"decision.json", "hand_off.json", "task.json", "events/clock.json"} <= set(files)
    for schema in files.values():
        assert schema["$schema"] == DIALECT
        Draft202012Validator.check_schema(schema)
