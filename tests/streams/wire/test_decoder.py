"""What comes of each form of a line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.events import Event
from models.moments import parse_moment
from models.types import CELL, DATA, DATE, DURATION, MOMENT, MONEY, NUMBER, POINT, TEXT, WHOLE, YES_NO, Kind, Type
from models.vocabulary import EventType, Vocabulary
from streams.dead_letters import DeadLetter, Reason
from streams.wire.decoder import Decoder

NETWORK = Type(Kind.CHOICE, ("home", "roaming"))
FIELDS = {
    "amount": DATA,
    "network": NETWORK,
    "price": MONEY,
    "wait": DURATION,
    "score": NUMBER,
    "seats free": WHOLE,
    "urgent": YES_NO,
    "departs": MOMENT,
    "born": DATE,
    "spot": POINT,
    "cell": CELL,
    "note": TEXT,
}
VOCABULARY = Vocabulary(
    events={
        "data used": EventType("data used", "consumption", {"amount": DATA, "network": NETWORK}, "com.acme.data.used"),
        "noticed": EventType(
            "noticed",
            "service",
            {name: Type(type_.kind, type_.choices, True) for name, type_ in FIELDS.items()},
            "noticed",
        ),
    },
    customer={"plan": TEXT, "allowance": DATA},
    names={"zh": {"data used": "使用流量", "amount": "用量", "home": "境内", "seats free": "余座"}},
    currency="CNY",
)
ENVELOPE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "b-8812",
    "source": "billing",
    "type": "data used",
    "subject": "c-1001",
    "time": "2026-03-02T10:00:00+08:00",
    "data": {"amount": 1500000000, "network": "home"},
}
TEN = parse_moment("2026-03-02T02:00:00Z")


def decode(line: str | bytes | dict[str, Any], arrived: int | None = None) -> Event | DeadLetter:
    """What comes of one line."""
    if isinstance(line, dict):
        line = json.dumps(line, ensure_ascii=False)
    return Decoder(VOCABULARY).decode(line if isinstance(line, bytes) else line.encode(), arrived)


def refused(line: str | bytes | dict[str, Any], arrived: int | None = None) -> DeadLetter:
    """The dead letter of one line."""
    letter = decode(line, arrived)
    assert isinstance(letter, DeadLetter), letter
    return letter


def noticed(**data: Any) -> dict[str, Any]:
    """A line of the event that has a field of every type."""
    return {**ENVELOPE, "type": "noticed", "data": data}


def without(name: str) -> dict[str, Any]:
    """The example without one attribute."""
    return {key: value for key, value in ENVELOPE.items() if key != name}


def test_the_example_of_the_contract_is_read_to_grid_values() -> None:
    """The published example becomes the event it describes."""
    expected = Event("data used", "c-1001", TEN, TEN, "billing", "b-8812", {"amount": 1_500_000_000, "network": "home"})
    assert decode(ENVELOPE) == expected


@pytest.mark.parametrize(
    ("field", "sent", "value"),
    [
        ("amount", 0, 0),
        ("amount", "1.5 GB", 1_500_000_000),
        ("amount", 1500.0, 1500),
        ("price", 15, 1500),
        ("price", "15.00", 1500),
        ("price", "15 CNY", 1500),
        ("price", "-0.01", -1),
        ("wait", 90, 90_000),
        ("wait", 1.5, 1_500),
        ("wait", "30 minutes", 1_800_000),
        ("score", -2, -2_000_000),
        ("score", 0.000001, 1),
        ("score", "12.5", 12_500_000),
        ("score", 999999999999, 999_999_999_999_000_000),
        ("seats free", 3, 3),
        ("seats free", 3.0, 3),
        ("seats free", "-3", -3),
        ("urgent", True, True),
        ("urgent", "No", False),
        ("departs", "2026-03-02T10:00:00.9999+08:00", TEN + 999),
        ("born", "1970-01-02", 1),
        ("spot", {"lat": 31.1443, "lon": 121}, (31.1443, 121.0)),
        ("cell", "460-00-4411", "460-00-4411"),
        ("network", "ＨＯＭＥ", "home"),
        ("network", "境内", "home"),
        ("note", "a\x00\x1b[31m", "a\x00\x1b[31m"),
        ("note", "", ""),
    ],
)
def test_each_form_of_a_value_is_read(field: str, sent: object, value: object) -> None:
    """Every value form of the contract gives its exact grid value."""
    event = decode(noticed(**{field: sent}))
    assert isinstance(event, Event), event
    assert event.data == {field: value}
    assert type(event.data[field]) is type(value)


@pytest.mark.parametrize("written", ["15.00", "15.0", "15", "1.5e1", "1500e-2"])
def test_money_never_passes_through_a_binary_fraction(written: str) -> None:
    """A JSON number of money is the decimal that was written."""
    event = decode(json.dumps(noticed(price=0)).replace('"price": 0', f'"price": {written}'))
    assert isinstance(event, Event)
    assert event.data == {"price": 1500}


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("amount", -1),
        ("amount", 1.5),
        ("amount", "15 minutes"),
        ("amount", True),
        ("amount", [1]),
        ("amount", "lots"),
        ("amount", 10**30),
        ("amount", "1" * 5_000),
        ("price", "15.001"),
        ("price", 0.001),
        ("price", "15 EUR"),
        ("wait", -1),
        ("wait", 0.0001),
        ("wait", "2 GB"),
        ("score", 0.0000001),
        ("score", 10**12),
        ("score", "NaN"),
        ("seats free", 3.5),
        ("urgent", 1),
        ("urgent", "perhaps"),
        ("departs", "2026-03-02T10:00:00"),
        ("departs", 0),
        ("born", "2026-02-29"),
        ("born", "yesterday"),
        ("spot", [31.1, 121.8]),
        ("spot", {"lat": 91, "lon": 0}),
        ("spot", {"lat": 1.5}),
        ("spot", {"lat": "1.5", "lon": 0}),
        ("spot", {"lat": 10**40, "lon": 0}),
        ("cell", 4411),
        ("network", "abroad"),
        ("network", 1),
        ("note", 5),
        ("note", 5.5),
        ("note", {}),
        ("spot", "31.1,121.8"),
    ],
)
def test_a_wrong_value_names_its_field(field: str, sent: object) -> None:
    """A value of the wrong type, unit or range is a dead letter that says which field."""
    letter = refused(noticed(**{field: sent}))
    assert letter.reason is Reason.WRONG_VALUE
    assert letter.detail.startswith(f"{field}: ")
    assert len(letter.detail) < 300


@pytest.mark.parametrize("exponent", ["1e400", "1e-400", "1e999999999999999999999", "-1e9999999999"])
@pytest.mark.parametrize("field", ["score", "price", "wait"])
def test_huge_exponents_are_refused_without_being_computed(field: str, exponent: str) -> None:
    """A number that would need gigabytes is a dead letter at once."""
    line = json.dumps(noticed(note="")).replace('"note": ""', f'"{field}": {exponent}')
    assert refused(line).reason is Reason.WRONG_VALUE


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", Reason.NOT_JSON),
        (b"hello", Reason.NOT_JSON),
        (b'{"type": "data used"', Reason.NOT_JSON),
        (b"[" * 50_000, Reason.NOT_JSON),
        (b'{"a":' * 9_000, Reason.NOT_JSON),
        (b"[1]", Reason.NOT_AN_OBJECT),
        (b'"x"', Reason.NOT_AN_OBJECT),
        (b'{"id": "\xff"}', Reason.NOT_UTF8),
        (b'{"id": "\xed\xa0\x80"}', Reason.NOT_UTF8),
        (b'{"id": "\\ud800"}', Reason.LONE_SURROGATE),
        (b'{"id": [{"\\udc00": 1}]}', Reason.LONE_SURROGATE),
        (b'{"id": NaN}', Reason.NOT_A_NUMBER),
        (b'{"id": -Infinity}', Reason.NOT_A_NUMBER),
        (b'{"id": ' + b"9" * 5_000 + b"}", Reason.NOT_A_NUMBER),
        (b'{"id": "1", "id": "2"}', Reason.DUPLICATE_KEY),
        (b'{"id": "a\tb"}', Reason.NOT_JSON),
        (b"\x00" * 100, Reason.NOT_JSON),
    ],
)
def test_what_is_not_an_object_of_json_says_why(line: bytes, reason: Reason) -> None:
    """Each way of not being a JSON object has its own reason."""
    assert refused(line).reason is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": ""}, Reason.NO_TYPE),
        ({"type": None}, Reason.NO_TYPE),
        ({"type": "data lost"}, Reason.UNKNOWN_TYPE),
        ({"type": 5}, Reason.BAD_ENVELOPE),
        ({"id": ""}, Reason.NO_ID),
        ({"id": None}, Reason.NO_ID),
        ({"id": 8812}, Reason.BAD_ENVELOPE),
        ({"id": "x" * 1025}, Reason.BAD_ENVELOPE),
        ({"subject": " "}, Reason.NO_CUSTOMER),
        ({"subject": "x" * 1025}, Reason.BAD_ENVELOPE),
        ({"source": "x" * 1025}, Reason.BAD_ENVELOPE),
        ({"time": None}, Reason.NO_TIME),
        ({"time": "2026-03-02"}, Reason.BAD_TIME),
        ({"time": "2026-03-02T10:00:00"}, Reason.BAD_TIME),
        ({"time": 1772380800}, Reason.BAD_ENVELOPE),
        ({"arrived": "soon"}, Reason.BAD_TIME),
        ({"specversion": "0.3"}, Reason.BAD_ENVELOPE),
        ({"data": [1]}, Reason.BAD_ENVELOPE),
        ({"data": None}, Reason.MISSING_FIELD),
        ({"data": {"amount": 1}}, Reason.MISSING_FIELD),
        ({"data": {"amount": 1, "network": None}}, Reason.MISSING_FIELD),
        ({"data": {"amount": 1, "用量": 1, "network": "home"}}, Reason.DUPLICATE_KEY),
    ],
)
def test_a_broken_envelope_says_what_is_wrong(change: dict[str, Any], reason: Reason) -> None:
    """Each attribute that is missing or wrong has its reason."""
    assert refused({**ENVELOPE, **change}).reason is reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("type", Reason.NO_TYPE),
        ("id", Reason.NO_ID),
        ("subject", Reason.NO_CUSTOMER),
        ("time", Reason.NO_TIME),
        ("data", Reason.MISSING_FIELD),
    ],
)
def test_a_missing_attribute_says_which(name: str, reason: Reason) -> None:
    """What an event must have, and has not, is the reason."""
    assert refused(without(name)).reason is reason


@pytest.mark.parametrize(
    "twice",
    [
        '"id":"2"',
        '"id" : "2"',
        '"\\u0069d":"2"',
        '"data":{"amount":1,"amount":2,"network":"home"}',
        '"traceparent":"a"',
        '"data":{"amount":1,"network":"home","x":{"y":[{"z":1,"z" :1}]}}',
        '"id"\t:"2"',
        '"id"\n:"2"',
    ],
)
def test_no_duplicate_key_slips_through_the_quick_way(twice: str) -> None:
    """However a key is repeated, the line is refused."""
    whole = json.dumps({**ENVELOPE, "traceparent": "b"}, separators=(",", ":"))
    if twice.startswith('"data"'):
        whole = json.dumps(without("data"), separators=(",", ":"))
    assert refused(whole[:-1] + "," + twice + "}").reason is Reason.DUPLICATE_KEY


@pytest.mark.parametrize("type_", ["data used", "com.acme.data.used", "使用流量"])
@pytest.mark.parametrize("field", ["amount", "用量"])
def test_every_spelling_of_a_name_works(type_: str, field: str) -> None:
    """Types and fields may be sent as the vocabulary, the wire or another language has them."""
    event = decode({**ENVELOPE, "type": type_, "data": {field: 1, "network": "home"}})
    assert isinstance(event, Event)
    assert (event.type, event.data) == ("data used", {"amount": 1, "network": "home"})


@pytest.mark.parametrize("field", ["seats free", "seats_free", "余座"])
def test_fields_with_spaces_may_be_sent_in_snake_case(field: str) -> None:
    """`seats_free` is `seats free`."""
    event = decode(noticed(**{field: 3}))
    assert isinstance(event, Event)
    assert event.data == {"seats free": 3}


def test_unknown_fields_are_ignored_and_counted() -> None:
    """What the vocabulary does not know is passed over, and how often is known."""
    decoder = Decoder(VOCABULARY)
    line = {**ENVELOPE, "color": {"a": [1]}, "data": {**ENVELOPE["data"], "spam": 1e400, "eggs": None}}
    event = decoder.decode(json.dumps(line).replace("Infinity", "1e400").encode())
    assert event == decode(ENVELOPE)
    assert decoder.ignored == {("data used", "color"): 1, ("data used", "spam"): 1, ("data used", "eggs"): 1}


def test_counting_unknown_names_has_an_end() -> None:
    """A producer that invents names does not grow memory."""
    decoder = Decoder(VOCABULARY)
    for number in range(1_500):
        decoder.decode(json.dumps({**ENVELOPE, f"x{number}": 1}).encode())
    assert len(decoder.ignored) <= 1_001
    assert decoder.ignored.total() == 1_500


def test_null_is_missing() -> None:
    """An optional field that is null is as if it had not been sent."""
    event = decode(noticed(note=None, score=1))
    assert isinstance(event, Event)
    assert event.data == {"score": 1_000_000}


def test_customer_changed_sets_and_removes_attributes() -> None:
    """Its data are attributes; null removes; unknown ones are counted; channels may be a list."""
    decoder = Decoder(VOCABULARY)
    data = {"allowance": "10 GB", "plan": None, "bill_day": 5, "reachable by": ["sms", "app"], "mood": "good"}
    event = decoder.decode(json.dumps({**ENVELOPE, "type": "customer changed", "data": data}).encode())
    assert isinstance(event, Event)
    assert event.data == {"allowance": 10_000_000_000, "plan": None, "bill day": 5, "reachable by": "sms, app"}
    assert decoder.ignored == {("customer changed", "mood"): 1}


def test_a_clock_needs_no_customer() -> None:
    """A clock event has no subject, and says how far time has come."""
    event = decode({"id": "1", "type": "clock", "time": "2026-03-02T10:00:00+08:00"})
    assert event == Event("clock", "", TEN, TEN, "file", "1", {})


def test_a_stated_arrival_is_believed_where_nothing_else_is_known() -> None:
    """`arrived` is when the event reached us; without it, its time is."""
    event = decode({**ENVELOPE, "arrived": "2026-03-02T03:00:00Z"})
    assert isinstance(event, Event)
    assert (event.time, event.arrived) == (TEN, TEN + 3_600_000)


def test_a_broker_knows_better_when_an_event_arrived() -> None:
    """A time up to five minutes ahead of the arrival is read as it; more is a dead letter."""
    decoder = Decoder(VOCABULARY)
    line = json.dumps({**ENVELOPE, "arrived": "2026-01-01T00:00:00Z"}).encode()
    event = decoder.decode(line, TEN - 300_000)
    assert isinstance(event, Event)
    assert (event.time, event.arrived, decoder.read_as_arrived) == (TEN - 300_000, TEN - 300_000, 1)
    late = decoder.decode(line, TEN + 5)
    assert isinstance(late, Event)
    assert (late.time, late.arrived, decoder.read_as_arrived) == (TEN, TEN + 5, 1)
    assert refused(ENVELOPE, TEN - 300_001).reason is Reason.TIME_AHEAD


def test_a_line_that_is_too_large_is_kept_in_part() -> None:
    """Of a line over the limit only the beginning is kept, and its size."""
    line = json.dumps({**ENVELOPE, "data": {"amount": 1, "network": "home", "x": "y" * 70_000}}).encode()
    letter = refused(line)
    assert (letter.reason, letter.size) == (Reason.TOO_LARGE, len(line))
    assert len(letter.raw) == 1_024


def test_what_a_producer_wrote_cannot_move_a_cursor() -> None:
    """Control characters of the input are escaped in every reason."""
    for line in (
        noticed(network="\x1b[2J\u202e"),
        {**ENVELOPE, "type": "\x1b[2J"},
        '{"\\u001b[2J": 1, "\\u001b[2J": 1}',
    ):
        detail = refused(line).detail
        assert "\x1b" not in detail
        assert "\\x1b[2J" in detail
