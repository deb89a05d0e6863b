"""The compiled reader gives what the others give, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from beforehand.packs.telecom.day import generate
from benchmarks import workload
from models.events import Event
from models.moments import format_moment
from models.types import DATA, DATE, MOMENT, MONEY, NUMBER, POINT, TEXT, Type
from models.vocabulary import EventType, Vocabulary
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event
from streams.wire.times import EARLIEST, LATEST
from tests.beforehand.packs.telecom.test_wire import decoder as decoder_of_telecom
from tests.compiled import compiled_module
from tests.streams.wire.lines import UNUSUAL, line
from tests.streams.wire.test_decoder import ENVELOPE, VOCABULARY, noticed
from tests.streams.wire.test_quick import _is_usual, exactly, vocabulary
from tests.streams.wire.test_roundtrip import events, vocabularies

if compiled_module("streams.wire.scanning") is None:
    pytest.skip("there is nothing to compile it with", allow_module_level=True)

ARRIVED = 1_772_416_800_000
#: What is put into lines, or over a part of them.
FRAGMENTS = (
    *(
        b'"',
        b":",
        b",",
        b"{",
        b"}",
        b"[",
        b"]",
        b" ",
        b"\t",
        b"\r\n",
        b"\x00",
        b"\x0b",
        b"\x7f",
        b"\\",
        b"\\u0041",
        b"null",
    ),
    *(b"true", b"0", b"-", b".", b"e5", b"1.0", b"Z", b"T24", b":60", b"+08:00", b"-24:00", b"2999", b"1899", b"02-29"),
    *(
        b"\xff",
        b"\xc3",
        b"\xc0\x80",
        b"\xc2\x85",
        b"\xe3\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
    ),
)
EDITS = st.tuples(
    st.integers(0, 10_000), st.integers(0, 12), st.sampled_from(FRAGMENTS) | st.binary(max_size=3) | st.none()
)


def pair(words: Vocabulary, *, complete: bool = False) -> tuple[Decoder, Decoder]:
    """A decoder with compiled code, and one without."""
    return Decoder(words, complete=complete, compiled=True), Decoder(words, complete=complete, compiled=False)


def scanned(decoder: Decoder, line: bytes, arrived: int | None = None) -> Event | None:
    """What the compiled reader makes of a line."""
    assert decoder._scanner is not None
    return decoder._scanner.scan(line, arrived, decoder.ignored)


def edited(line: bytes, edits: list[tuple[int, int, bytes | None]]) -> bytes:
    """The line with parts of it cut out, overwritten, or (None) doubled."""
    for at, length, other in edits:
        begin = at % (len(line) + 1)
        end = begin + length
        line = line[:begin] + (line[begin:end] * 2 if other is None else other) + line[end:]
    return line


def alike(decoders: tuple[Decoder, Decoder], line: bytes, arrived: int | None = None) -> None:
    """Both read the line alike, and count alike."""
    compiled, pure = decoders
    assert exactly(compiled.decode(line, arrived)) == exactly(pure.decode(line, arrived)), line
    assert compiled.ignored == pure.ignored
    assert compiled.read_as_arrived == pure.read_as_arrived


def pass_over(decoders: tuple[Decoder, Decoder], event: str, names: Iterable[str]) -> None:
    """As if these attributes and fields had come a hundred times."""
    for name in names:
        for decoder in decoders:
            decoder.ignored[event, name] = 100
            decoder._pass_over(event, name, of_data=False)
            decoder._pass_over(event, name, of_data=True)


@settings(max_examples=100)
@given(st.integers(), st.booleans(), st.booleans(), st.booleans())
def test_any_line_is_read_as_without_compiled_code(seed: int, told: bool, complete: bool, often: bool) -> None:
    """Whatever the vocabulary and the line, usual, strange or damaged: the same event or dead letter and counts."""
    random = Random(seed)
    words = vocabulary(random)
    decoders = pair(words, complete=complete)
    for event in (*words.events, "customer changed") if often else ():
        pass_over(decoders, event, ("Id", "color", "", '"', "\\"))
    for _ in range(40):
        arrived = ARRIVED + random.choice((-1, 0, 1, 300_000)) if told else None
        alike(decoders, line(random, words), arrived)


@settings(max_examples=100)
@given(st.integers(), st.booleans())
def test_many_lines_are_read_as_without_compiled_code(seed: int, told: bool) -> None:
    """Together, some of them too long: the same events and dead letters in the same order, the same counts."""
    random = Random(seed)
    words = vocabulary(random)
    compiled, pure = Decoder(words, 600, compiled=True), Decoder(words, 600, compiled=False)
    lines = [line(random, words) for _ in range(40)] + [b" " * 600, b" " * 601]
    random.shuffle(lines)
    arrived = [ARRIVED + random.choice((-1, 0, 1, 300_000)) for _ in lines] if told else None
    assert list(map(exactly, compiled.decode_all(lines, arrived))) == list(
        map(exactly, pure.decode_all(lines, arrived))
    )
    assert compiled.ignored == pure.ignored
    assert compiled.read_as_arrived == pure.read_as_arrived


def of_fields(currency: str = "CNY", **fields: Type) -> tuple[Decoder, Decoder]:
    """Decoders of an event `e` of these fields."""
    return pair(Vocabulary({"e": EventType("e", "service", fields, "e")}, {}, currency=currency))


def with_data(data: str) -> bytes:
    """A line of `e`."""
    return json.dumps({**ENVELOPE, "type": "e", "data": 0}).replace(": 0}", f": {data}}}").encode()


ANY_BYTES = pair(VOCABULARY)


@st.composite
def written(draw: st.DrawFn) -> tuple[Vocabulary, Event, bytes]:
    """An event of a vocabulary and its line, whose members stand in any order, with any white space between them."""
    words = draw(vocabularies())
    event = draw(events(words))
    random = Random(draw(st.integers()))
    blank = random.choice(["", "", " ", "\n\t ", "\r\n"])

    def text(value: object) -> str:
        if not isinstance(value, dict):
            return json.dumps(value, ensure_ascii=random.random() < 0.2)
        members = [f"{text(key)}{blank}:{blank}{text(item)}" for key, item in value.items()]
        random.shuffle(members)
        return "{" + blank + f"{blank},{blank}".join(members) + blank + "}"

    sent = json.loads(encode_event(event, words))
    if random.random() < 0.8:
        # Data before the type are left to those who read more slowly.
        members = [text({name: value})[1:-1] for name, value in sent.items()]
        return words, event, ("{" + ",".join(members) + "}" + blank).encode()
    return words, event, (blank + text(sent) + blank).encode()


@settings(max_examples=80)
@given(written(), st.none() | st.integers(-1, 1))
def test_what_is_written_in_any_way_is_read_as_without_compiled_code(
    sent: tuple[Vocabulary, Event, bytes], later: int | None
) -> None:
    """Orders, white space, escapes."""
    words, event, line = sent
    alike(pair(words), line, None if later is None else event.time + later)


@settings(max_examples=150)
@given(written(), st.lists(EDITS, min_size=1, max_size=3))
def test_damaged_lines_are_read_as_without_compiled_code(
    sent: tuple[Vocabulary, Event, bytes], edits: list[tuple[int, int, bytes | None]]
) -> None:
    """Whatever is changed, cut out, doubled or put in, wherever."""
    words, event, line = sent
    decoders = pair(words)
    alike(decoders, edited(line, edits))
    alike(decoders, edited(encode_event(event, words), edits))


@settings(max_examples=300)
@given(
    st.binary(max_size=40)
    | st.lists(st.sampled_from([*FRAGMENTS, *(name.encode() for name in UNUSUAL[:60])])).map(b"".join)
)
def test_any_bytes_are_read_as_without_compiled_code(line: bytes) -> None:
    """Bytes that nobody has meant to be a line, and those in the place of data."""
    alike(ANY_BYTES, line)
    begun = json.dumps({**ENVELOPE, "data": 0}).encode()
    alike(ANY_BYTES, begun.replace(b": 0}", b": " + line))
    alike(ANY_BYTES, begun.replace(b": 0}", b': {"note": ' + line))


_EVERYTHING = {
    **dict.fromkeys(("arrived", "datacontenttype", "color"), "2026-03-02T10:00:00.5-08:00"),
    **noticed(
        amount=1,
        network="home",
        price="1.25",
        wait=1.5,
        score=-2,
        urgent=True,
        note="用 x",
        born="2026-02-28",
        departs="2026-03-02T10:00:00Z",
        spot={"lat": -31.5, "lon": 2},
        cell=None,
        rat=[0, {"a": "b"}],
    ),
}


def everything() -> tuple[tuple[Decoder, Decoder], bytes]:
    """A line that has everything, and decoders of it."""
    decoders = pair(VOCABULARY)
    pass_over(decoders, "noticed", ["color", "rat"])
    return decoders, json.dumps(_EVERYTHING, ensure_ascii=False).encode()


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_each_fragment_at_each_place_is_read_as_without_compiled_code(fragment: bytes) -> None:
    """Put in, or written over what stands there."""
    decoders, line = everything()
    for place in range(len(line) + 1):
        alike(decoders, line[:place] + fragment + line[place:])
        alike(decoders, line[:place] + fragment + line[place + len(fragment) :])


def test_what_is_cut_off_is_no_event() -> None:
    """However early a line ends."""
    (decoder, _), line = everything()
    assert scanned(decoder, line) is not None
    for size in range(len(line)):
        assert scanned(decoder, line[:size]) is None


def _has_exponent(event: Event) -> bool:
    return any("e" in repr(value) for value in event.data.values() if isinstance(value, tuple))


@given(st.data())
def test_usual_lines_are_scanned(data: st.DataObject) -> None:
    """What `encode_event` writes of usual events is scanned, but for texts with escapes and huge amounts."""
    words = data.draw(vocabularies())
    event = data.draw(events(words))
    line = encode_event(event, words)
    assume(_is_usual(event, words) and not _has_exponent(event) and b"\\" not in line)
    assume(all(type(value) is not int or abs(value) < 10**12 for value in event.data.values()))
    assert scanned(Decoder(words, compiled=True), line) == event


def test_the_lines_of_packs_and_benchmarks_are_scanned(tmp_path: Path) -> None:
    """None is left to those who read more slowly."""
    company = workload.vocabulary(places=1)
    generate(tmp_path / "day.jsonl", customers=30)
    for decoder, lines in (
        (Decoder(company), workload.workload(company, 2_000, customers=100).lines),
        (decoder_of_telecom(), (tmp_path / "day.jsonl").read_bytes().splitlines()),
    ):
        assert len(lines) > 500
        assert all(scanned(decoder, line) is not None for line in lines)


def test_texts_are_scanned_once_they_are_known() -> None:
    """What another way has read is looked up from then on."""
    decoder = Decoder(VOCABULARY, compiled=True)
    line = json.dumps(noticed(amount="1.5 GB", wait="30 minutes", network="Home", urgent="no")).encode()
    assert scanned(decoder, line) is None
    event = decoder.decode(line)
    assert scanned(decoder, line) == event


@pytest.mark.parametrize(
    "value",
    ["44", '"44"', '"用"', "44.5", "-0", "null", "true", "false", '{"eu": [44, "45", {"narrow": null}]}', "[]", "{}"],
)
def test_names_that_come_often_are_scanned(value: str) -> None:
    """What the vocabulary does not know is passed over by compiled code once it has come a hundred times."""
    sent = {"color": 0, **ENVELOPE, "data": {**ENVELOPE["data"], "shoe size": 0}}
    line = json.dumps(sent).replace(": 0", f": {value}").encode()
    decoder = Decoder(VOCABULARY, compiled=True)
    for _ in range(100):
        assert scanned(decoder, line) is None
        decoder.decode(line)
    assert scanned(decoder, line) == decoder.decode(json.dumps(ENVELOPE).encode())
    assert set(decoder.ignored.values()) == {101}


def nested() -> st.SearchStrategy[str]:
    """Objects and lists, in which now and then a key stands twice."""
    scalars = st.sampled_from(["1", "-2.5", '"x"', "null", "true", "0"])
    keys = st.sampled_from(["a", "b", "c", "用"])

    def grouped(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        members = st.builds('"{}": {}'.format, keys, items)
        lists, objects = (st.lists(one, max_size=3).map(", ".join) for one in (items, members))
        return lists.map("[{}]".format) | objects.map("{{{}}}".format)

    return st.recursive(scalars, grouped, max_leaves=8)


@given(st.text("0123456789.-+eE", max_size=6) | st.sampled_from(UNUSUAL) | nested(), st.lists(EDITS, max_size=2))
def test_what_is_passed_over_is_checked(value: str, edits: list[tuple[int, int, bytes | None]]) -> None:
    """Whatever stands there, it is read and counted as without compiled code."""
    decoders = pair(VOCABULARY)
    pass_over(decoders, "data used", ["color"])
    for sent in ({**ENVELOPE, "color": 0}, {**ENVELOPE, "data": {**ENVELOPE["data"], "color": 0}}):
        line = json.dumps(sent).replace(": 0", f": {value}").encode("utf-8", "surrogatepass")
        alike(decoders, line)
        alike(decoders, edited(line, edits))


def test_names_beyond_the_thousandth_are_counted_as_others() -> None:
    """Also where an attribute comes often, but with another type of event."""
    decoders = pair(VOCABULARY)
    pass_over(decoders, "data used", ["color"])
    for decoder in decoders:
        decoder.ignored.update({("data used", f"x{number}"): 1 for number in range(1_000)})
    alike(decoders, json.dumps({**noticed(), "color": 1}).encode())
    assert decoders[0].ignored["noticed", "..."] == 1


def test_names_that_json_escapes_are_left_to_others() -> None:
    """A name with quotation marks in it is not taken for two that stand side by side."""
    decoders = of_fields()
    pass_over(decoders, "e", ['x":1,"y'])
    alike(decoders, with_data('{"x":1,"y":2}'))
    assert decoders[0].ignored["e", "x"] == 1


@pytest.mark.parametrize("name", [" ", "  ", "\u3000", "\xa0 ", " x", "x" * 1024, "用" * 1024, "用" * 1025])
@pytest.mark.parametrize("attribute", ["subject", "id", "source"])
def test_blank_and_long_names_are_read_as_without_compiled_code(attribute: str, name: str) -> None:
    """Of customers, ids and sources."""
    alike(ANY_BYTES, json.dumps({**ENVELOPE, attribute: name}, ensure_ascii=False).encode())


@pytest.mark.parametrize("levels", [3, 4, 5, 500, 30_000])
def test_what_is_passed_over_may_be_nested(levels: int) -> None:
    """A few levels are scanned; a line of nothing but brackets ends no process."""
    decoders = pair(VOCABULARY)
    pass_over(decoders, "data used", ["color"])
    line = json.dumps({**ENVELOPE, "color": 0}).replace(": 0", f": {'[' * levels}{']' * levels}").encode()
    alike(decoders, line)
    assert (scanned(decoders[0], line) is not None) is (levels <= 4)


def test_names_that_are_passed_over_have_an_end() -> None:
    """A producer that invents names does not make the scanner grow; what it has not been told is read by others."""
    decoders = pair(VOCABULARY)
    names = [f"x{number}" for number in range(200)]
    pass_over(decoders, "data used", names)
    for name in names:
        alike(decoders, json.dumps({**ENVELOPE, name: 1, "data": {**ENVELOPE["data"], name: 1}}).encode())
    assert set(decoders[0].ignored.values()) == {102}


def test_types_with_very_many_fields_are_read_by_others() -> None:
    """Types of up to 96 fields are scanned; those that have more, and types beside them, are read all the same."""
    fields = {f"field {number}": TEXT for number in range(97)}
    types = [EventType("many", "service", fields, "many"), EventType("few", "service", {"x": TEXT}, "few")]
    types.insert(1, EventType("full", "service", dict(list(fields.items())[:96]), "full"))
    words = Vocabulary({type_.name: type_ for type_ in types}, {})
    decoder = Decoder(words, compiled=True)
    for type_, read in zip(types, (False, True, True), strict=True):
        line = json.dumps({**ENVELOPE, "type": type_.name, "data": dict.fromkeys(type_.fields, "x")}).encode()
        assert (scanned(decoder, line) is not None) is read
        alike(pair(words), line)


TIMES, DAYS, POINTS = of_fields(at=MOMENT), of_fields(on=DATE, at=MOMENT), of_fields(x=POINT)
AMOUNTS = [of_fields(currency, x=MONEY, y=NUMBER, z=DATA) for currency in ("CNY", "JPY", "KWD")]
_DIGITS = st.text("0123456789", max_size=12)


@st.composite
def times(draw: st.DrawFn) -> str:
    """Times, most of them as they should be."""
    at = draw(
        st.integers(EARLIEST - 10**8, EARLIEST + 10**8)
        | st.integers(LATEST - 10**8, LATEST + 10**8)
        | st.integers(EARLIEST, LATEST)
    )
    text = format_moment(at)[:19] + draw(st.just("") | _DIGITS.map(".".__add__))
    text += draw(
        st.just("Z") | st.builds("{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 25), st.integers(0, 61))
    )
    if draw(st.integers(0, 3)) == 0:
        place, other = draw(st.integers(0, len(text) - 1)), draw(st.sampled_from("0123456789 TtZz:.+-,/"))
        text = text[:place] + other + text[place + 1 :]
    return text


@settings(max_examples=300)
@given(times(), times(), times())
def test_times_are_read_as_without_compiled_code(time: str, arrived: str, at: str) -> None:
    """Of every year, with any offset and any fraction of a second; also those that there are not."""
    usual = ENVELOPE["time"]
    for attributes in ({"time": time}, {"time": usual, "arrived": arrived}, {"time": usual, "data": {"at": at}}):
        alike(TIMES, json.dumps({**ENVELOPE, "type": "e", "data": {"at": usual}, **attributes}).encode())


@pytest.mark.parametrize(
    "day",
    [
        "1900-02-29",
        "2000-02-29",
        "2023-02-29",
        "2024-02-29",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
    ],
)
def test_days_that_there_are_not_are_refused(day: str) -> None:
    """In leap years and others."""
    for data in ({"on": day, "at": ENVELOPE["time"]}, {"on": "2026-03-02", "at": f"{day}T12:00:00Z"}):
        alike(DAYS, with_data(json.dumps(data)))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of every length, with every number of decimals."""
    digits = st.text("0123456789", max_size=14) | st.text("0123456789", max_size=45)
    return draw(st.sampled_from(["", "", "-", "+"])) + draw(digits) + draw(st.just("") | digits.map(".".__add__))


@example("-0", False)
@example("-0.0", False)
@example("122.4920860860690060", False)  # its digits are no float, so that dividing them rounds twice
@example("90.0000000000000000001", False)
@example("-999999999999.99", True)
@example("1000000000000", False)
@settings(max_examples=300)
@given(numbers() | st.floats(-200, 200).map(str), st.booleans())
def test_numbers_are_read_as_without_compiled_code(number: str, quoted: bool) -> None:
    """Amounts in every currency, as numbers and as texts; degrees."""
    amount = f'"{number}"' if quoted else number
    for decoders in AMOUNTS:
        for name in "xyz":
            alike(decoders, with_data(json.dumps({"x": 1, "y": 1, "z": 1, name: 0}).replace(" 0", f" {amount}")))
    for point in (f'{{"lat": {number}, "lon": 0}}', f'{{"lon": {number}, "lat": -0.0}}'):
        alike(POINTS, with_data(f'{{"x": {point}}}'))
