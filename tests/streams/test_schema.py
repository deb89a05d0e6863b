from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from beforehand.packs.telecom.day import generate
from models.events import Event
from rules.workspace.workspace import Workspace, load, load_texts
from streams.assembly import assemble
from streams.dead_letters import DeadLetter
from streams.schema import schemas
from streams.wire.decoder import Decoder

PACK = Path(__file__).resolve().parents[2] / "rules" / "packs" / "telecom"
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "string": str,
    "number": (int, float),
    "integer": int,
    "array": list,
    "boolean": bool,
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value of JSON fits a schema, for the words of JSON Schema that ours use."""
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "anyOf" in schema and not any(fits(value, one) for one in schema["anyOf"]):
        return False
    if not all(fits(value, one) for one in schema.get("allOf", ())):
        return False
    return _is_of_type(value, schema) and _holds(value, schema)


def _is_of_type(value: Any, schema: dict[str, Any]) -> bool:
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    return not names or any(value is None if name == "null" else isinstance(value, TYPES[name]) for name in names)


def _holds(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, dict):
        own = schema.get("properties", {})
        return set(schema.get("required", ())) <= set(value) and all(
            fits(value[name], own[name]) for name in set(own) & set(value)
        )
    if isinstance(value, (int, float)):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return not isinstance(value, str) or schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """The telecom pack."""
    loaded = load(PACK, stories=False)
    assert loaded.workspace is not None
    return loaded.workspace


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A day of it."""
    file = tmp_path_factory.mktemp("day") / "day.jsonl"
    generate(file, customers=40)
    return file.read_bytes().splitlines()


def test_real_events_fit_the_schema_of_their_type(workspace: Workspace, lines: list[bytes]) -> None:
    """Each line of a day fits one schema, which names every field it has."""
    events = {
        name: schema
        for file, schema in schemas(workspace.vocabulary).items()
        if file.startswith("events/")
        for name in schema["properties"]["type"]["enum"]
    }
    for text in lines:
        event = json.loads(text)
        schema = events[event["type"]]
        assert fits(event, schema), event
        assert set(event["data"]) <= set(schema["properties"]["data"]["properties"])


@pytest.mark.parametrize(
    "change",
    [
        {"subject": ""},
        {"id": None},
        {"data": {}},
        {"data": {"amount": -1, "network": "home"}},
        {"data": {"amount": 1, "network": "elsewhere"}},
        {"data": {"amount": 1.5, "network": "home"}},
        {"data": {"amount": [], "network": "home"}},
        {"specversion": "2.0"},
    ],
)
def test_what_the_schema_refuses_the_decoder_refuses_too(workspace: Workspace, change: dict[str, Any]) -> None:
    """An event with one mistake is a dead letter, and does not fit the schema."""
    good = {
        "id": "1",
        "type": "data used",
        "subject": "c-1",
        "time": "2026-03-02T10:00:00Z",
        "data": {"amount": 1, "network": "home"},
    }
    schema = schemas(workspace.vocabulary)["events/data_used.json"]
    decode = Decoder(workspace.vocabulary).decode
    assert fits(good, schema)
    assert not isinstance(decode(json.dumps(good).encode()), DeadLetter)
    assert not fits(good | change, schema)
    assert isinstance(decode(json.dumps(good | change).encode()), DeadLetter)


def test_a_decision_by_all_channels_fits_the_schema_and_names_them() -> None:
    """`channel` is the first of them; one that reaches her alone stands alone."""
    texts = {
        "vocabulary.yaml": "customer: {tier: a | b}\nevents: {paid: {family: consumption, price: money}}\n",
        "rules/thanks.yaml": "when: paid\nthen: {guide: Thank you, by: 'all of [sms, app]'}\n",
    }
    read = load_texts(texts).workspace
    assert read is not None
    engine = assemble(read, [file.rule for file in read.rules])
    schema = schemas(read.vocabulary)["decision.json"]
    found = []
    for number, reachable in enumerate((None, "app")):
        record = engine.new_record("c-1")
        record.attributes.update({} if reachable is None else {"reachable by": reachable})
        event = Event("paid", "c-1", number, number, "till", str(number), {"price": 100})
        (decision,) = engine.take(record, event, number)
        written = json.loads(msgspec.json.encode(decision))
        assert fits(written, schema)
        assert set(written) <= set(schema["properties"])
        found.append((written["channel"], written.get("channels")))
    assert found == [("sms", ["sms", "app"]), ("app", None)]


def test_real_decisions_fit_the_schema_of_decisions(workspace: Workspace, lines: list[bytes]) -> None:
    """Every decision of a day, as it stands on the wire."""
    engine = assemble(workspace, [file.rule for file in workspace.rules], without_policy=True)
    decode = Decoder(workspace.vocabulary).decode
    records: dict[str, Any] = {}
    schema = schemas(workspace.vocabulary)["decision.json"]
    kinds = set()
    for text in lines:
        event = decode(text)
        assert not isinstance(event, DeadLetter)
        record = records.setdefault(event.customer, engine.new_record(event.customer))
        for decision in engine.take(record, event, event.arrived):
            written = json.loads(msgspec.json.encode(decision))
            assert fits(written, schema), written
            assert set(written) <= set(schema["properties"])
            kinds.add(written["kind"])
    assert {"guidance", "task"} <= kinds
