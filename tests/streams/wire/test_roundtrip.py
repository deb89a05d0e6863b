"""Laws of reading and writing events, for any bytes, any vocabulary, any event."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models import moments
from models.events import Event
from models.types import NUMBER_LIMIT, Kind, Type, Value
from models.vocabulary import EventType, Vocabulary
from streams.dead_letters import DeadLetter, decode_dead_letter, encode_dead_letter
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event
from streams.wire.times import EARLIEST, LATEST

# What JSON can carry: any character but halves of surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text("abcdefgxyz 用量", min_size=1, max_size=8).map(str.strip).filter(bool)
AMOUNTS = st.integers(0, 10**18 - 1)
SIGNED = st.integers(-(10**18) + 1, 10**18 - 1)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.YES_NO: st.booleans(),
    Kind.TEXT: TEXTS,
    Kind.CELL: TEXTS,
    Kind.NUMBER: SIGNED,
    Kind.WHOLE: st.integers(1 - NUMBER_LIMIT, NUMBER_LIMIT - 1),
    Kind.MONEY: SIGNED,
    Kind.DATA: AMOUNTS,
    Kind.DURATION: AMOUNTS,
    Kind.LENGTH: AMOUNTS,
    Kind.DATE: st.integers(-719_162, 2_932_896),
    Kind.MOMENT: st.integers(moments.EARLIEST, moments.LATEST),
    Kind.POINT: st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(lambda p: (p[0] + 0.0, p[1] + 0.0)),
}


@st.composite
def types(draw: st.DrawFn) -> Type:
    """A type, optional or not."""
    optional = draw(st.booleans())
    kind = draw(st.sampled_from(list(Kind)))
    if kind is Kind.CHOICE:
        return Type(kind, ("small", "LARGE", "很大")[: draw(st.integers(1, 3))], optional)
    return Type(kind, (), optional)


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """A vocabulary of a few event types."""
    fields = st.dictionaries(NAMES, types(), max_size=4)
    events = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        events[name] = EventType(name, "service", draw(fields), draw(st.sampled_from([name, f"com.acme.{name}"])))
    customer = draw(fields)
    return Vocabulary(events, customer, currency=draw(st.sampled_from(["CNY", "JPY", "KWD"])))


@st.composite
def events(draw: st.DrawFn, vocabulary: Vocabulary) -> Event:
    """An event of this vocabulary, its values on the grid."""
    name = draw(st.sampled_from([*vocabulary.events, "customer changed"]))
    changed = name == "customer changed"
    fields = vocabulary.customer if changed else vocabulary.events[name].fields
    data: dict[str, Value] = {}
    for field, type_ in fields.items():
        if (type_.optional or changed) and draw(st.booleans()):
            if changed and draw(st.booleans()):
                data[field] = None
            continue
        data[field] = draw(st.sampled_from(type_.choices) if type_.choices else VALUES[type_.kind])
    seen = TEXTS.filter(str.strip)
    times = st.integers(EARLIEST, LATEST - 1)
    time = draw(times)
    return Event(name, draw(seen), time, draw(st.one_of(st.just(time), times)), draw(seen), draw(seen), data)


@given(st.data())
def test_what_is_written_reads_back_the_same(data: st.DataObject) -> None:
    """decode(encode(event)) is the event, for every type and value."""
    vocabulary = data.draw(vocabularies())
    event = data.draw(events(vocabulary))
    decoder = Decoder(vocabulary)
    assert decoder.decode(encode_event(event, vocabulary)) == event
    assert not decoder.ignored


VOCABULARY = Vocabulary(
    {
        "e": EventType(
            "e", "service", {str(kind): Type(kind, ("a",) if kind is Kind.CHOICE else (), True) for kind in Kind}, "e"
        )
    },
    {},
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1 GB", "5 minutes", "2026-03-02"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(list(Kind)), inner, max_size=4)
    ),
    max_leaves=8,
)
ATTRIBUTES = ["type", "id", "time", "subject", "data", "source", "specversion", "arrived", "dataschema"]
LIKELY = {
    "type": st.just("e"),
    "id": st.just("1"),
    "time": st.just("2026-03-02T10:00:00Z"),
    "subject": st.just("c"),
    "data": st.dictionaries(st.sampled_from([str(kind) for kind in Kind]), JSON, max_size=3),
}


@st.composite
def almost_events(draw: st.DrawFn) -> bytes:
    """A line that resembles an event, perhaps damaged, spaced or doubled."""
    pairs = {name: draw(st.one_of(LIKELY.get(name, JSON), LIKELY.get(name, JSON), JSON)) for name in ATTRIBUTES[:5]}
    pairs |= draw(st.dictionaries(st.sampled_from(ATTRIBUTES), JSON, max_size=2))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : "), (",", "\t:")]))
    line = json.dumps(pairs, ensure_ascii=draw(st.booleans()), separators=separators).encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(st.binary(max_size=2) | st.sampled_from([b'"', b"}", b'","id":"2', b":"])) + line[at:]
    return line


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), almost_events()), st.none() | st.integers(0, LATEST))
def test_any_bytes_give_an_event_or_a_dead_letter(line: bytes, arrived: int | None) -> None:
    """Nothing that comes in raises, and what is not an event keeps its bytes and a reason that can be shown."""
    read = Decoder(VOCABULARY).decode(line, arrived)
    if isinstance(read, DeadLetter):
        assert (read.raw, read.size) == (line, len(line))
        assert read.detail.encode("utf-8").decode("utf-8").isprintable()
        assert decode_dead_letter(encode_dead_letter(read)) == read


@settings(max_examples=300)
@given(almost_events())
def test_the_quick_way_agrees_with_the_slow_one(line: bytes) -> None:
    """Whatever resembles an event gives the same in either way, and the same counts."""
    decoder, slow = Decoder(VOCABULARY), Decoder(VOCABULARY)
    assert decoder.decode(line) == slow.decode_slowly(line)
    assert decoder.ignored == slow.ignored
