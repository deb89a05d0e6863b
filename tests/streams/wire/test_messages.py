"""What comes of a message of Kafka, in either mode."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.events import Event
from streams.dead_letters import DeadLetter, Header, Reason, decode_dead_letter, encode_dead_letter
from streams.wire.decoder import KEPT_OF_TOO_LARGE, Decoder
from streams.wire.encode import encode_event
from streams.wire.messages import MessageDecoder
from tests.streams.wire.lines import line
from tests.streams.wire.test_decoder import ENVELOPE, TEN, VOCABULARY
from tests.streams.wire.test_quick import exactly, quickly, vocabulary
from tests.streams.wire.test_roundtrip import almost_events, events, vocabularies

KEY = b"c-1001"
ONE = json.dumps(ENVELOPE).encode()
STRUCTURED: list[Header] = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
EVENT = Event("data used", "c-1001", TEN, TEN, "billing", "b-8812", {"amount": 1_500_000_000, "network": "home"})


class Message(NamedTuple):
    """As a consumer has it."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[Header]
    topic: str = "events.consumption"
    partition: int = 3
    offset: int = 42


def binary(sent: dict[str, Any]) -> tuple[bytes, bytes | None, list[Header]]:
    """The event as a message in binary mode, as CloudEvents' SDKs write it."""
    headers: list[Header] = [(f"ce_{name}", value.encode()) for name, value in sent.items() if name != "data"]
    value = json.dumps(sent["data"], ensure_ascii=False).encode() if "data" in sent else None
    return sent.get("subject", "").encode(), value, [*headers, ("content-type", b"application/json")]


def decode(
    key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), arrived: int | None = None
) -> Event | DeadLetter:
    """What comes of one message."""
    return MessageDecoder(VOCABULARY).decode(key, value, headers, arrived)


def refused(key: bytes | None, value: bytes | None, headers: Sequence[Header] = ()) -> tuple[str, str]:
    """The reason and the detail of a message that is a dead letter, which can be sent again as it came."""
    letter = decode(key, value, headers)
    assert isinstance(letter, DeadLetter), letter
    assert (letter.key, letter.raw, letter.headers) == (key, value or b"", tuple(headers))
    assert decode_dead_letter(encode_dead_letter(letter)) == letter
    return letter.reason.value, letter.detail


# -------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    "headers",
    [
        [],
        STRUCTURED,
        [("content-type", b"application/cloudevents")],
        # What producers of JSON set, who have never heard of CloudEvents.
        [("content-type", b"application/json")],
        [("content-type", b"text/plain"), ("trace", None), ("content-type", None)],
        # The attributes may stand in the headers too; the value is the event.
        [*STRUCTURED, ("ce_id", b"other"), ("ce_id", b"\xff")],
    ],
)
def test_an_event_in_structured_mode_is_read(headers: list[Header]) -> None:
    """The value is the event, whatever else stands in the headers."""
    assert decode(KEY, ONE, headers) == EVENT


@pytest.mark.parametrize(
    "content_type",
    [None, b"application/json", b"Application/JSON ; charset=utf-8", b"application/vnd.acme+json", b"text/json"],
)
def test_an_event_in_binary_mode_is_read(content_type: bytes | None) -> None:
    """The headers hold the attributes, the value is the data."""
    _, value, headers = binary(ENVELOPE)
    assert decode(KEY, value, [*headers[:-1], ("content-type", content_type), ("X", b"\xff")]) == EVENT


def test_in_binary_mode_the_key_may_stand_for_the_subject() -> None:
    """Who sets the key to the customer has said who it is."""
    _, value, headers = binary({name: sent for name, sent in ENVELOPE.items() if name != "subject"})
    assert decode(KEY, value, headers) == EVENT
    assert refused(None, value, headers) == ("no customer", "the event has no subject")


@pytest.mark.parametrize("value", [None, b"", b"{}", b"null", b"\xef\xbb\xbf {} "])
def test_an_event_without_data_needs_no_value(value: bytes | None) -> None:
    """Where no field is required, binary mode has nothing to put there."""
    _, _, headers = binary({**ENVELOPE, "type": "noticed"})
    read = decode(KEY, value, headers)
    assert isinstance(read, Event)
    assert read.data == {}


def test_a_header_may_hold_any_text() -> None:
    """Quotation marks, backslashes and line ends are part of the text, and open nothing."""
    for identity in ('","id":"2', "\\", "a\nb\t", "顾客"):
        read = decode(*binary({**ENVELOPE, "id": identity}))
        assert isinstance(read, Event)
        assert (read.id, read.customer) == (identity, "c-1001")


def test_time_that_is_recorded_is_believed() -> None:
    """`arrived` of the event counts where no broker's is given, in either mode."""
    sent = {**ENVELOPE, "arrived": "2026-03-02T10:00:07+08:00"}
    for read in (decode(KEY, json.dumps(sent).encode()), decode(*binary(sent))):
        assert isinstance(read, Event)
        assert (read.time, read.arrived) == (TEN, TEN + 7_000)


@pytest.mark.parametrize("mode", [lambda sent: (KEY, json.dumps(sent).encode(), []), binary])
def test_a_clock_that_runs_ahead_is_put_right_a_little(mode: Any) -> None:
    """Up to five minutes after the broker's time an event counts as of its arrival; then it is a dead letter."""
    decoder = MessageDecoder(VOCABULARY)
    key, value, headers = mode({**ENVELOPE, "arrived": "2020-01-01T00:00:00Z"})
    near = decoder.decode(key, value, headers, TEN - 300_000)
    assert isinstance(near, Event)
    assert near.time == near.arrived == TEN - 300_000
    assert decoder.decoder.read_as_arrived == 1
    key, value, headers = mode(ENVELOPE)
    far = decoder.decode(key, value, headers, TEN - 300_001)
    assert isinstance(far, DeadLetter)
    assert far.reason is Reason.TIME_AHEAD


def test_a_clock_event_has_no_customer_and_needs_no_key() -> None:
    """It goes to every partition, whatever its key."""
    clock = {name: ENVELOPE[name] for name in ("specversion", "id", "source", "time")} | {"type": "clock"}
    for key in (None, b"", b"7"):
        for read in (decode(key, json.dumps(clock).encode()), decode(key, *binary(clock)[1:])):
            assert isinstance(read, Event)
            assert (read.type, read.customer, read.time) == ("clock", "", TEN)


# ----------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("key", "reason", "detail"),
    [
        (None, "no key", 'the message has no key; its key is the customer, "c-1001"'),
        (
            b'"c-1001"',
            "key is not the customer",
            'the key is ""c-1001"", the subject "c-1001"; the key is the customer, as plain text',
        ),
        (
            b"\xff\x1b[2J",
            "key is not the customer",
            'the key is "\ufffd\\x1b[2J", the subject "c-1001"; the key is the customer, as plain text',
        ),
    ],
)
def test_the_key_is_the_customer(key: bytes | None, reason: str, detail: str) -> None:
    """Another key would put her events on another partition."""
    _, value, headers = binary(ENVELOPE)
    assert refused(key, ONE) == refused(key, value, headers) == (reason, detail)


@pytest.mark.parametrize(
    ("missing", "reason", "detail"),
    [
        (
            "source",
            "no source",
            "the event has no source; name the system it comes from, for ids are told apart by source",
        ),
        ("specversion", "no specversion", 'the event has no specversion; write "1.0"'),
        ("id", "no id", "the event has no id"),
        ("type", "no type", "the event has no type"),
        ("time", "no time", "the event has no time; write it as 2026-03-02T10:00:00+08:00"),
        ("data", "missing field", "data used needs amount, network"),
    ],
)
def test_what_may_be_missing_in_files_may_not_be_missing_here(missing: str, reason: str, detail: str) -> None:
    """The reason is the same in either mode."""
    sent = {name: value for name, value in ENVELOPE.items() if name != missing}
    for message in ((KEY, json.dumps(sent).encode(), STRUCTURED), binary(sent)):
        assert refused(*message) == (reason, detail)


_, DATA, HEADERS = binary(ENVELOPE)


@pytest.mark.parametrize(
    ("value", "headers", "reason", "detail"),
    [
        (None, [], "no value", "the message has no value, and no headers that say what happened"),
        (None, STRUCTURED, "no value", "the message has no value, and no headers that say what happened"),
        (b"", [], "not JSON", "Expecting value, at character 1"),
        (b"[]", [], "not an object", "an event is an object in braces; found a list"),
        (b"\xff", HEADERS, "not UTF-8", "byte 1 is not UTF-8"),
        (b'{"amount": "\xff"}', HEADERS, "not UTF-8", "byte 13 is not UTF-8"),
        (b'{"amount": 1', HEADERS, "not JSON", "Expecting ',' delimiter, at character 13"),
        (b'{"amount": NaN}', HEADERS, "not a number", None),
        (b"[1]", HEADERS, "bad envelope", "data is an object in braces; found a list"),
        (b'{}, "id": "2"', HEADERS, "not JSON", "Extra data, at character 3"),
        (b'{}, "arrived": "2020-01-01T00:00:00Z"', HEADERS, "not JSON", "Extra data, at character 3"),
        (DATA, [*HEADERS, ("ce_id", b"2")], "duplicate key", '"id" stands twice in one object'),
        (DATA, [*HEADERS, ("ce_data", b"2")], "duplicate key", '"data" stands twice in one object'),
        (DATA, [*HEADERS, ("ce_x", b"ab\xff")], "not UTF-8", "byte 3 of the header ce_x is not UTF-8"),
        (None, [*HEADERS, ("ce_x", b'ab"\xff')], "not UTF-8", "byte 4 of the header ce_x is not UTF-8"),
        (
            DATA,
            [*HEADERS[:-1], ("content-type", b"application/avro")],
            "bad header",
            "content-type is application/avro; data are read as JSON, application/json",
        ),
        (
            DATA,
            [*HEADERS[:-1], ("content-type", b"application/json; charset=GBK")],
            "bad header",
            "content-type has charset=gbk; JSON is UTF-8",
        ),
        (
            ONE,
            [("content-type", b"application/cloudevents-batch+json")],
            "bad header",
            "content-type is application/cloudevents-batch+json; one event is read, application/cloudevents+json",
        ),
        (
            DATA,
            [(name.replace("_", "-"), value) for name, value in HEADERS],
            "no type",
            "the event has no type; in Kafka the headers of CloudEvents begin with ce_, not with ce-",
        ),
    ],
)
def test_what_is_wrong_is_named(value: bytes | None, headers: list[Header], reason: str, detail: str | None) -> None:
    """Whatever is sent, its producer is told what to change."""
    found = refused(KEY, value, headers)
    assert found == (reason, detail or found[1])


def test_what_is_too_large_is_cut() -> None:
    """Its beginning is kept, so that memory has an end: of a value, and of headers beside one that is refused."""
    value = b'{"amount": "' + b"x" * 70_000 + b'"}'
    for headers in ([], HEADERS):
        letter = decode(KEY, value, headers)
        assert isinstance(letter, DeadLetter)
        assert (letter.reason, letter.detail) == (Reason.TOO_LARGE, "it has 70,014 bytes; at most 65,536 are read")
        assert (letter.raw, letter.size, letter.key) == (value[:KEPT_OF_TOO_LARGE], 70_014, KEY)
    many: list[Header] = [("x", b"x" * 70_000)]
    assert decode(KEY, ONE, many) == EVENT
    letter = decode(b"c-1002", ONE, many)
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.raw, letter.headers, letter.key) == (Reason.OTHER_KEY, ONE, (), None)
    assert letter.size == len(ONE) + 70_007
    letter = decode(KEY, DATA, [*HEADERS, ("ce_x", b"x" * 70_000)])
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.headers) == (Reason.TOO_LARGE, ())


# ---------------------------------------------------------------------- laws


def test_a_value_in_structured_mode_is_read_quickly() -> None:
    """The decoder of messages has a quick way of its own, on which nothing may be missing."""
    assert quickly(MessageDecoder(VOCABULARY).decoder, ONE) == EVENT
    for missing in ("source", "specversion"):
        sent = {name: value for name, value in ENVELOPE.items() if name != missing}
        with pytest.raises(msgspec.MsgspecError):
            quickly(MessageDecoder(VOCABULARY).decoder, json.dumps(sent).encode())


def test_a_batch_knows_where_each_message_stood() -> None:
    """Events in their order, each with its arrival; dead letters with topic, partition and offset."""
    messages = [Message(KEY, ONE, [], offset=number) for number in range(3)]
    messages[1] = messages[1]._replace(value=None)
    first, second, third = MessageDecoder(VOCABULARY).decode_all(messages, [TEN, TEN + 1, TEN + 2])
    assert isinstance(first, Event)
    assert isinstance(third, Event)
    assert (first.arrived, third.arrived) == (TEN, TEN + 2)
    assert isinstance(second, DeadLetter)
    assert (second.source, second.line, second.offset) == ("events.consumption/3", 0, 1)
    with pytest.raises(ValueError, match="shorter"):
        MessageDecoder(VOCABULARY).decode_all(messages, [TEN])


@given(st.data())
def test_both_modes_say_the_same(data: st.DataObject) -> None:
    """Whatever the vocabulary and the event."""
    words = data.draw(vocabularies())
    event = data.draw(events(words))
    written = encode_event(event, words)
    key, _, headers = binary(json.loads(written))
    value = bytes(msgspec.json.decode(written, type=dict[str, msgspec.Raw])["data"])
    decoder = MessageDecoder(words)
    assert exactly(decoder.decode(key, written)) == exactly(decoder.decode(key, value, headers)) == exactly(event)
    assert not decoder.decoder.ignored


@settings(max_examples=60)
@given(st.integers(), st.booleans())
def test_a_value_is_read_as_a_line_is(seed: int, told: bool) -> None:
    """But for what must not be missing, and the key: the same event or the same reason, from the same quick way."""
    random = Random(seed)
    words = vocabulary(random)
    messages, lines = MessageDecoder(words), Decoder(words)
    slow = Decoder(words, complete=True)
    for _ in range(40):
        one = line(random, words)
        arrived = TEN + random.choice((-1, 0, 300_000)) if told else None
        read, plain = lines.decode(one, arrived), slow.decode_slowly(one, arrived)
        key = read.customer.encode() if isinstance(read, Event) else b""
        message = messages.decode(key, one, STRUCTURED, arrived)
        if isinstance(message, DeadLetter):
            assert isinstance(plain, DeadLetter)
            assert (message.reason, message.detail) == (plain.reason, plain.detail)
            assert message.reason in (Reason.NO_SOURCE, Reason.NO_VERSION) or isinstance(read, DeadLetter)
        else:
            assert exactly(message) == exactly(plain) == exactly(read)
    assert messages.decoder.ignored == slow.ignored


SOME_BYTES = st.none() | st.binary(max_size=40) | st.sampled_from([KEY, b"1", b"1.0", b"data used", b"e", b"{}", b"c"])
SOME_NAMES = st.text(max_size=6) | st.sampled_from([name for name, _ in HEADERS])


@settings(max_examples=300)
@given(SOME_BYTES, SOME_BYTES | almost_events(), st.lists(st.tuples(SOME_NAMES, SOME_BYTES), max_size=8))
def test_any_message_gives_an_event_or_a_dead_letter(
    key: bytes | None, value: bytes | None, headers: list[Header]
) -> None:
    """Nothing raises, and what is refused can be shown, kept and sent again."""
    read = decode(key, value, headers)
    if isinstance(read, DeadLetter):
        assert (read.key, read.raw, read.headers) == (key, value or b"", tuple(headers))
        assert read.detail.isprintable()
        assert decode_dead_letter(encode_dead_letter(read)) == read
