"""Random lines of a vocabulary, as producers write them: most as they should be, the others strange or damaged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from random import Random

from models.types import Kind, Type
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from streams.wire.names import spellings

#: Values of each kind, as JSON has them: what is usual, then what is allowed, then what is almost right.
USUAL: dict[Kind, tuple[str, ...]] = {
    Kind.YES_NO: ("true", "false"),
    Kind.TEXT: ('"roaming pass"', '"5"', '""', '"用量"'),
    Kind.NUMBER: ("3", "-2.5", "0.000001", '"12.5"'),
    Kind.WHOLE: ("3", "0", "-7", "999999999999"),
    Kind.MONEY: ("15", "15.25", '"15.25"', "0.0", "-3"),
    Kind.DATA: ("1500000000", "0", "999999999999"),
    Kind.DURATION: ("90", "1.5", "0"),
    Kind.LENGTH: ("4000", "0.5"),
    Kind.DATE: ('"2026-03-02"', '"1970-01-01"'),
    Kind.MOMENT: ('"2026-03-02T10:00:00+08:00"', '"2026-03-02T02:00:00.250Z"'),
    Kind.POINT: ('{"lat":31.1443,"lon":121.8083}', '{"lon":-180,"lat":90.0}'),
    Kind.CELL: ('"460-00-4411"',),
}
UNUSUAL = (
    *("null", "true", "0", "-0", "-1", "-0.0", "1.0", "15.00", "1e2", "1E-7", "15.001", "1e400", "-1e999999999", "NaN"),
    *(
        "Infinity",
        "01",
        str(1 - 10**12),
        "1.000001",
        "1.0000001",
        "0.001",
        "0.0001",
        "1.",
        ".5",
        "+1",
        str(10**12),
        str(-(10**12)),
        str(10**18),
        str(2**63),
        str(2**64),
        "9" * 500,
    ),
    *('"15 CNY"', '"1.5 GB"', '"30 minutes"', '"80%"', '"yes"', '"NO"', '"否"', '"HOME"', '"ｈｏｍｅ"', '"home "'),
    *('"2026-02-30"', '"2026-03-02T10:00:00"', '"2026-03-02T10:00Z"', '"2026-03-02t10:00:00,5z"'),
    *('"0001-01-01T00:00:00Z"', '"1899-12-31T23:59:59Z"', '"1900-01-01T00:00:00+01:00"', '"3000-01-01T00:00:00Z"'),
    *('"2999-12-31T23:59:59.999-12:00"', '"2026-03-02T10:00:00.1239999Z"', '"2026-03-02T10:00:00.5+08"'),
    *('"2026-03-02T24:00:00Z"', '"2026-03-02T10:60:00Z"', '"a\\"b"', '"\\u0068ome"', '"\\ud83d\\ude00"', '"\\ud800"'),
    *(
        '"a\\nb"',
        '"a\nb"',
        '"a\x00b"',
        '"\x7f"',
        '"\\x"',
        '"\\\\"',
        '""',
        '" "',
        '"\u3000"',
        '"x"',
        '"1.0"',
        '"0.3"',
        "'x'",
    ),
    *(f'"{"x" * 1024}"', f'"{"用" * 1024}"', f'"{"x" * 1025}"', "[" * 2_000 + "]" * 2_000),
    *("[]", "{}", '["app","sms"]', '["app",5]', '[{"a":1,"a":1}]', '{"lat":1}', '{"lat":91,"lon":0}'),
    *('{"lat":-90.0001,"lon":0}', '{"lat":-90,"lon":180.0}', '{"lat":90,"lon":180.0001}', '{"lat":0,"lon":-180.0001}'),
    *('{"lat":"1","lon":0}', '{"lat":1,"lon":2,"lat":1}', '{"lat":1,"lon":2,"alt":3}', '{"lat" : -0.0, "lon":1e-400}'),
    *('{"lat":1e1,"lon":10e400}', '{"lat":null,"lon":2}', '{"lat":true,"lon":2}', '{"lat":9007199254740993,"lon":0.1}'),
)
_ENVELOPE = ("specversion", "id", "source", "type", "subject", "time", "arrived", "data")
_OTHERS = ("datacontenttype", "dataschema", "traceparent", "tracestate", "partitionkey", "color", "Id", "id ")


def line(random: Random, vocabulary: Vocabulary) -> bytes:
    """A line."""
    strangeness = random.choice((0, 0, 0, 0.05, 0.2))
    events = {**RESERVED_EVENTS, **vocabulary.events}
    event = events[random.choice((*vocabulary.events, *vocabulary.events, *events))]
    names = [event.wire, *_spelled(events, vocabulary, False)[event.name]]
    pairs = {
        "specversion": '"1.0"',
        "id": f'"e-{random.randrange(1_000)}"',
        "source": random.choice(('"billing"', '"用"')),
        "type": _text(random.choice(names)),
        "subject": random.choice(('"c-1"', '" c"', '"顾客"')),
        "time": random.choice(USUAL[Kind.MOMENT]),
        "arrived": random.choice(USUAL[Kind.MOMENT]),
        "data": _data(random, event, vocabulary, strangeness),
    }
    for name in ("specversion", "source", "arrived"):
        if random.random() < 0.3:
            del pairs[name]
    if random.random() < 0.2:
        pairs[random.choice(_OTHERS[:5])] = '"x"'
    text = _object(random, list(pairs.items()), (*_ENVELOPE, *_OTHERS), strangeness)
    return _damaged(random, text.encode("utf-8", "surrogatepass"), strangeness)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _spelled(names: Iterable[str], vocabulary: Vocabulary, snake_case: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for spelling, name in spellings(names, vocabulary, snake_case).items():
        found.setdefault(name, []).append(spelling)
    return found


def _data(random: Random, event: EventType, vocabulary: Vocabulary, strangeness: float) -> str:
    changed = event.name == "customer changed"
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer} if changed else event.fields
    spelled = _spelled(types, vocabulary, True)
    pairs = []
    for name, type_ in types.items():
        if (type_.optional or changed) and random.random() < 0.5:
            continue
        pairs.append((random.choice(spelled[name]), _value(random, type_, changed or type_.optional)))
        if random.random() < strangeness / 4:
            pairs.append((random.choice(spelled[name]), _value(random, type_, False)))
    return _object(random, pairs, (*spelled, "color", ""), strangeness)


def _value(random: Random, type_: Type, optional: bool) -> str:
    if optional and random.random() < 0.2:
        return "null"
    if type_.kind is Kind.CHOICE:
        return _text(random.choice(type_.choices))
    return random.choice(USUAL[type_.kind])


def _object(random: Random, pairs: list[tuple[str, str]], names: tuple[str, ...], strangeness: float) -> str:
    """The pairs; where it is strange, some are changed, repeated, left out, in another order or of another name."""
    if random.random() < 0.2:
        random.shuffle(pairs)
    colon, comma = random.choice(((":", ","), (":", ","), (": ", ", "), (" : ", " , "), ("\t:", ",\r\n")))
    written: list[tuple[str, str]] = []
    for pair in pairs:
        written += _strange(random, *pair, names) if random.random() < strangeness else (pair,)
    return "{" + comma.join(_key(random, name, strangeness) + colon + value for name, value in written) + "}"


def _strange(random: Random, name: str, value: str, names: tuple[str, ...]) -> Sequence[tuple[str, str]]:
    other, another = random.choice(names), random.choice((value, random.choice(UNUSUAL)))
    return random.choice(
        (
            (),
            ((name, random.choice(UNUSUAL)),),
            ((name, value), (name, another)),
            ((other, value),),
            ((other, another), (name, value)),
        )
    )


def _key(random: Random, name: str, strangeness: float) -> str:
    if name and random.random() < strangeness / 4:
        return f'"\\u{ord(name[0]):04x}{name[1:]}"'
    return _text(name)


def _damaged(random: Random, line: bytes, strangeness: float) -> bytes:
    if random.random() >= strangeness * 2:
        return line
    at, other = sorted((random.randrange(len(line)), random.randrange(len(line))))
    match random.randrange(7):
        case 0:
            return line[:at] + bytes([line[at] ^ (1 << random.randrange(8))]) + line[at + 1 :]
        case 1:
            return line[:at] + line[at + 1 :]
        case 2:
            extra = random.choice((b'"', b":", b'":', b'","id":"2', b"}", b"\\", b"\t", b" ", b"\xff", b"\xed\xa0\x80"))
            return line[:at] + extra + line[at:]
        case 3:
            return line[:at]
        case 4:
            return line[:other] + line[at:]
        case 5:
            return b"\xef\xbb\xbf" + line
        case _:
            return random.choice((line + b" ", line + b"\r", line + b"x", b"[" + line + b"]", line + line))
