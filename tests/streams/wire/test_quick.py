"""The quick way from line to event gives what the slow one gives, or nothing."""

from __future__ import annotations

import json
import linecache
from itertools import chain, product
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.currencies import currency_decimals
from models.events import Event
from models.moments import DAY
from models.types import NUMBER_LIMIT, Kind, Type
from models.vocabulary import RESERVED_EVENTS, EventType, Vocabulary
from streams.dead_letters import DeadLetter
from streams.wire.decoder import COMPILED, Decoder
from streams.wire.encode import encode_event
from streams.wire.times import EARLIEST, LATEST
from tests.property.worlds import world
from tests.streams.wire.lines import UNUSUAL, USUAL, line
from tests.streams.wire.test_decoder import ENVELOPE, VOCABULARY, noticed
from tests.streams.wire.test_roundtrip import events, vocabularies

_NAMES = (*("amount", "seats free", "home", "type", "data", "用量", "class", "a-b", "a b"), *("x\ny", '"', "\\", "{x}"))
_CHOICES = ("home", "HOME 2", "漫游")


def vocabulary(random: Random) -> Vocabulary:
    """Of any types, any names, in any currency."""
    if random.randrange(4) == 0:
        return world(random).vocabulary
    names = random.sample(_NAMES, 5)
    events = {name: EventType(name, "service", _fields(random), random.choice((name, f"com.{name}"))) for name in names}
    zh = {name: random.choice(("漫游", "余座 1", "amount", f"{name}名")) for name in (*_NAMES, "home")}
    currency = random.choice(("CNY", "JPY", "KWD"))
    assert currency_decimals(currency) in (0, 2, 3)
    return Vocabulary(events, _fields(random), names={"zh": zh} if random.randrange(2) else {}, currency=currency)


def _fields(random: Random) -> dict[str, Type]:
    names = random.sample(_NAMES, random.randrange(5))
    return {name: _type(random, random.choice(list(Kind))) for name in names}


def _type(random: Random, kind: Kind) -> Type:
    return Type(kind, _CHOICES if kind is Kind.CHOICE else (), random.randrange(2) == 0)


def pure(words: Vocabulary) -> Decoder:
    """A decoder without compiled code."""
    return Decoder(words, compiled=False)


def exactly(read: Event | DeadLetter | None) -> object:
    """What is compared: with the types of values, for True is 1 and 1.0."""
    if not isinstance(read, Event):
        return read
    values = {name: (type(value), repr(value)) for name, value in read.data.items()}
    return read.type, read.customer, read.time, read.arrived, read.source, read.id, values


@settings(max_examples=100)
@given(st.integers(), st.booleans(), st.booleans())
def test_the_quick_way_gives_what_the_slow_way_gives(seed: int, told: bool, often: bool) -> None:
    """Whatever the vocabulary and the line, and whatever came often: the same event or dead letter, the same counts."""
    random = Random(seed)
    words = vocabulary(random)
    decoder, slow = pure(words), Decoder(words)
    for name in (next(iter(words.events)), "customer changed") if often else ():
        decoder._pass_over(name, "Id", of_data=False)
        decoder._pass_over(name, "color", of_data=True)
    for _ in range(40):
        one = line(random, words)
        arrived = 1_772_416_800_000 + random.choice((-1, 0, 1, 300_000)) if told else None
        assert exactly(decoder.decode(one, arrived)) == exactly(slow.decode_slowly(one, arrived)), one
    assert decoder.ignored == slow.ignored
    assert decoder.read_as_arrived == slow.read_as_arrived


@settings(max_examples=100)
@given(st.integers(), st.booleans())
def test_many_lines_at_once_give_what_each_gives_alone(seed: int, told: bool) -> None:
    """Whatever the vocabulary and the lines, good and bad ones: the same events, dead letters and counts."""
    random = Random(seed)
    words = vocabulary(random)
    together, slow = Decoder(words, 600, compiled=False), Decoder(words, 600)
    for _ in range(3):
        # Lines of one producer are alike, but for some.
        kinds = [line(random, words) for _ in range(8)]
        lines = random.choices(kinds, weights=[9, 9, 3, 1, 1, 1, 1, 1], k=30)
        lines[random.randrange(30)] = b" " * random.choice((600, 601))
        arrived = [1_772_416_800_000 + random.choice((-1, 0, 1, 300_000)) for _ in lines] if told else None
        expected = [
            slow.decode_slowly(one, None if arrived is None else arrived[place])
            if len(one) <= slow.limit
            else slow.decode(one)
            for place, one in enumerate(lines)
        ]
        assert list(map(exactly, together.decode_all(lines, arrived))) == list(map(exactly, expected))
    assert together.ignored == slow.ignored
    assert together.read_as_arrived == slow.read_as_arrived


@settings(max_examples=50)
@given(st.integers())
def test_what_nobody_asks_for_is_checked_all_the_same(seed: int) -> None:
    """Whatever is asked for: the same events and dead letters, in which nothing is missing but what nobody asks for."""
    random = Random(seed)
    words = vocabulary(random)
    names = sorted({name for event in words.events.values() for name in event.fields})
    asked = frozenset(random.sample(names, random.randrange(len(names) + 1)))
    decoder, whole = Decoder(words, asked=asked, compiled=False), Decoder(words)
    for _ in range(40):
        one = line(random, words)
        found, expected = decoder.decode(one), whole.decode(one)
        if isinstance(found, Event) and isinstance(expected, Event) and found.type not in RESERVED_EVENTS:
            places = {
                name for name, of in words.events[found.type].fields.items() if of.kind in (Kind.POINT, Kind.CELL)
            }
            assert found.data.items() <= expected.data.items()
            missing = expected.data.keys() - found.data.keys()
            assert not missing & (asked | places)
            expected.data = found.data
        assert exactly(found) == exactly(expected), one
    assert decoder.ignored == whole.ignored


@pytest.mark.parametrize("currency", ["CNY", "JPY", "KWD"])
@pytest.mark.parametrize("optional", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_every_form_of_a_value_is_read_alike(kind: Kind, optional: bool, currency: str) -> None:
    """Whatever stands in a field, usual or not."""
    type_ = Type(kind, ("home", "roaming") if kind is Kind.CHOICE else (), optional)
    words = Vocabulary({"e": EventType("e", "service", {"x": type_}, "e")}, {"x": type_}, currency=currency)
    for name in ("e", "customer changed"):
        alike(words, ENVELOPE | {"type": name, "data": {"x": "?"}}, '"?"')


@pytest.mark.parametrize("name", ENVELOPE | {"arrived": "", "dataschema": ""})
def test_every_form_of_an_attribute_is_read_alike(name: str) -> None:
    """Whatever stands in the envelope, usual or not."""
    alike(VOCABULARY, ENVELOPE | {name: "?"}, '"?"')


@pytest.mark.parametrize("sent", [{**ENVELOPE, "color": "?"}, noticed(color="?")])
def test_every_form_of_what_is_passed_over_is_read_alike(sent: dict[str, object]) -> None:
    """Whatever stands in an attribute or a field that is not in the vocabulary, however often it came."""
    alike(VOCABULARY, sent, '"?"', often="color")


def alike(words: Vocabulary, sent: dict[str, object], place: str, often: str | None = None) -> None:
    """What stands at this place of the line is read alike, whatever it is, and whatever name has come often."""
    before, after = json.dumps(sent).split(place)
    decoders, slow = [Decoder(words, compiled=compiled) for compiled in {COMPILED, False}], Decoder(words)
    if often is not None:
        for decoder, of_data in product(decoders, (False, True)):
            decoder._pass_over(str(sent["type"]), often, of_data=of_data)
    for value in {*UNUSUAL, *chain.from_iterable(USUAL.values())}:
        written = f"{before}{value}{after}".encode("utf-8", "surrogatepass")
        expected = exactly(slow.decode_slowly(written))
        for decoder in decoders:
            assert exactly(decoder.decode(written)) == expected, value
    for decoder in decoders:
        assert decoder.ignored == slow.ignored


def quickly(decoder: Decoder, line: bytes) -> Event | None:
    """The event of the quick way alone."""
    sent = decoder._quick.read(line)
    return decoder._quick.makers[type(sent)](sent, line, None, decoder.ignored)


def _is_usual(event: Event, words: Vocabulary) -> bool:
    """Whether it speaks of no moment within days of the edge of what is read, and of less than a terabyte."""
    fields = words.events[event.type].fields if event.type in words.events else words.customer
    told = [(fields[name].kind, value) for name, value in event.data.items() if isinstance(value, int)]
    moments = (event.time, event.arrived, *(value for kind, value in told if kind is Kind.MOMENT))
    amounts = (value for kind, value in told if kind in (Kind.DATA, Kind.DURATION, Kind.LENGTH))
    return all(EARLIEST + DAY <= at < LATEST - 2 * DAY for at in moments) and all(one < NUMBER_LIMIT for one in amounts)


@given(st.data())
def test_what_is_written_as_it_should_be_is_read_quickly(data: st.DataObject) -> None:
    """What `encode_event` writes of usual events never needs the slow way."""
    words = data.draw(vocabularies())
    event = data.draw(events(words))
    assume(_is_usual(event, words))
    assert quickly(pure(words), encode_event(event, words)) == event


@pytest.mark.parametrize(
    "sent",
    [
        ENVELOPE,
        dict(reversed(ENVELOPE.items())),
        {**ENVELOPE, "type": "com.acme.data.used", "data": {"用量": 1, "network": "境内"}},
        {**ENVELOPE, "arrived": "2026-03-02T10:00:00.123456+08:00"},
        {**ENVELOPE, "type": "customer changed", "data": {"plan": None, "allowance": "10 GB", "bill_day": 5}},
        {**ENVELOPE, "type": "customer changed", "data": {"reachable by": ["app", "sms"], "language": "zh"}},
        {**ENVELOPE, "type": "customer changed", "data": {"reachable_by": "sms"}},
        noticed(
            seats_free=3, urgent="no", born="1970-01-02", departs="2026-03-02T10:00:00Z", spot={"lat": 1, "lon": 2}
        ),
        noticed(amount=1500.0, seats_free="3", wait="30 minutes", price="15.00"),
        noticed(note=None, price="15 CNY", score=0.5, wait=90, cell="x", network="HOME"),
        noticed(note='say "hello", or \\"', price=15.25),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_what_producers_choose_freely_is_read_quickly(sent: dict[str, object], indent: int | None) -> None:
    """Spellings, orders, spaces, escapes, null and texts with units keep a line on the quick way."""
    decoder = pure(VOCABULARY)
    written = json.dumps(sent, indent=indent).encode()
    event = quickly(decoder, written)
    assert isinstance(event, Event)
    assert exactly(event) == exactly(decoder.decode_slowly(written))


def test_producers_who_spell_fields_differently_are_read_quickly() -> None:
    """Spellings that the first event did not have cost one slow reading, and none from then on."""
    ours = json.dumps(ENVELOPE).encode()
    theirs = json.dumps({**ENVELOPE, "data": {"用量": 1, "network": ENVELOPE["data"]["network"]}}).encode()
    decoder = pure(VOCABULARY)
    first = decoder.decode(ours)
    assert quickly(decoder, ours) == first
    with pytest.raises(ValueError, match="field"):
        quickly(decoder, theirs)
    event = decoder.decode(theirs)
    assert isinstance(event, Event)
    assert event.data.keys() == {"amount", "network"}
    assert quickly(decoder, theirs) == event
    assert quickly(decoder, ours) == first


@pytest.mark.parametrize(
    "other",
    [
        noticed(amount=1500.0),
        noticed(amount="1 GB"),
        noticed(network="Home"),
        noticed(network="境内"),
        {**noticed(), "datacontenttype": "application/json", "traceparent": "00-1-2-01"},
        {name: value for name, value in noticed().items() if name != "source"},
        {name: value for name, value in noticed().items() if name != "specversion"},
    ],
)
def test_what_the_first_event_did_not_have_costs_one_slow_reading(other: dict[str, object]) -> None:
    """Numbers that are not whole, choices in other words, attributes that come or not: then they are read quickly."""
    arrived = {"arrived": "2026-03-02T10:00:00.500+08:00"}
    usual = json.dumps({**noticed(amount=5, network="home"), **arrived}).encode()
    decoder = pure(VOCABULARY)
    first = decoder.decode(usual)
    assert quickly(decoder, usual) == first
    unusual = json.dumps(other).encode()
    event = decoder.decode(unusual)
    assert isinstance(event, Event)
    assert exactly(quickly(decoder, unusual)) == exactly(event) == exactly(decoder.decode_slowly(unusual))
    assert quickly(decoder, usual) == first


def test_what_nobody_asks_for_is_left_out() -> None:
    """The quick way leaves out what is not asked for."""
    event = Decoder(VOCABULARY, asked={"amount"}, compiled=False).decode(json.dumps(ENVELOPE).encode())
    assert isinstance(event, Event)
    assert event.data.keys() == {"amount"}


def test_a_traceback_shows_what_was_generated() -> None:
    """The source of a function that reads events can be looked at."""
    decoder = pure(VOCABULARY)
    for _ in range(2):
        quickly(decoder, json.dumps(ENVELOPE).encode())
    made = [maker for maker in decoder._quick.makers.values() if maker.__name__ == "read"]
    shown = {linecache.getline(maker.__code__.co_filename, 1) for maker in made}
    assert shown == {"def read(sent, line, arrived, ignored):\n"}


def test_names_that_come_often_need_the_slow_way_no_more() -> None:
    """What the vocabulary does not know is passed over quickly once it has come a hundred times, and counted on."""
    decoder = pure(VOCABULARY)
    line = json.dumps(
        {**ENVELOPE, "color": "red", "data": {**ENVELOPE["data"], "shoe size": 44, "mood": None}}
    ).encode()
    read = [decoder.decode(line) for _ in range(100)]
    assert quickly(decoder, line) == read[0] == decoder.decode(json.dumps(ENVELOPE).encode())
    for value in (b'"44"', b"44.5", b'{"eu": [44, "45", {"narrow": null}]}'):
        assert quickly(decoder, line.replace(b"44", value)) == read[0]
    assert set(decoder.ignored.values()) == {104}


def test_names_that_are_passed_over_have_an_end() -> None:
    """A producer that invents names, each a hundred times, does not make others slow."""
    decoder = pure(VOCABULARY)
    for number in range(103):
        line = json.dumps({**ENVELOPE, f"x{number}": 1}).encode()
        for _ in range(100):
            decoder.decode(line)
    assert decoder.ignored == {("data used", f"x{number}"): 100 for number in range(103)}
    assert quickly(decoder, json.dumps({**ENVELOPE, "x99": 1}).encode()) is not None
    assert quickly(decoder, json.dumps({**ENVELOPE, "x100": 1}).encode()) is None
