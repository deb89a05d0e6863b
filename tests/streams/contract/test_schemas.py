from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from beforehand.packs.telecom.day import generate
from models.events import Event
from models.messages import encode_hand_off, hand_offs
from models.types import Kind, Type
from models.vocabulary import RESERVED_EVENTS, EventType, Vocabulary
from rules.workspace.workspace import Workspace, load, load_texts
from streams.assembly import assemble
from streams.contract.events import event_schema
from streams.contract.files import schemas
from streams.dead_letters import DeadLetter
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event
from streams.wire.names import to_snake_case
from tests.models.test_messages import GUIDANCE, OFFER, TASK
from tests.streams.wire.test_decoder import ENVELOPE, VOCABULARY
from tests.streams.wire.test_roundtrip import events, vocabularies

PACK = Path(__file__).resolve().parents[3] / "rules" / "packs" / "telecom"


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value of JSON fits a schema."""
    return Draft202012Validator(schema).is_valid(value)


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
        {"data": {"amount": 10**18, "network": "home"}},
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


def test_hand_offs_fit_their_schemas() -> None:
    """A message and a task, with and without what may be missing; neither fits the other's."""
    message, task = schemas(VOCABULARY)["hand_off.json"], schemas(VOCABULARY)["task.json"]
    made = list(hand_offs(map(msgspec.json.encode, (GUIDANCE, OFFER, TASK))))
    for hand_off, schema, other in zip(made, (message, task), (task, message), strict=True):
        written = json.loads(encode_hand_off(hand_off))
        assert fits(written, schema)
        assert not fits(written, other)
        assert set(written) == set(schema["properties"])
        assert set(written["data"]) == set(schema["properties"]["data"]["properties"])


# ---------------------------------------------------------------------- laws


@given(st.data())
def test_what_is_written_as_it_should_be_fits(data: st.DataObject) -> None:
    """Every event that `encode_event` writes, whatever the vocabulary."""
    words = data.draw(vocabularies())
    event = data.draw(events(words))
    name = to_snake_case(event.type)
    assert fits(json.loads(encode_event(event, words)), schemas(words)[f"events/{name}.json"])


#: Numbers have no more decimals than every amount keeps.
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**19), 10**19)
    | st.sampled_from(
        [0, -1, 10**12, -(10**12), 10**12 - 1, 10**15, 10**15 - 1, 10**16, 10**16 - 1, 10**18 - 1, 10**18]
    )
    | st.lists(st.text(max_size=3), max_size=2)
    | st.dictionaries(st.sampled_from(["lat", "lon"]), st.integers(-200, 200) | st.none() | st.text(max_size=2))
)


@pytest.mark.parametrize("kind", Kind)
@given(VALUES, st.booleans(), st.sampled_from(["CNY", "JPY"]))
def test_schema_and_decoder_agree(kind: Kind, value: Any, optional: bool, currency: str) -> None:
    """Of all but texts, which a schema cannot tell apart, what fits is read, and what is read fits."""
    type_ = Type(kind, ("home",) if kind is Kind.CHOICE else (), optional)
    words = Vocabulary({"e": EventType("e", "service", {"x": type_}, "e")}, {"x": type_}, currency=currency)
    decoder = Decoder(words)
    for name in ("e", "customer changed"):
        sent = {**ENVELOPE, "type": name, "data": {"x": value}}
        read = decoder.decode(json.dumps(sent).encode())
        event = words.events.get(name) or RESERVED_EVENTS[name]
        assert fits(sent, event_schema(event, words)) == isinstance(read, Event), read
