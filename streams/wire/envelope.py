"""The envelope of an event: the attributes of CloudEvents 1.0 around its data, read slowly, and told what is wrong."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from models.speech import say
from models.visible import visible
from streams.dead_letters import Reason
from streams.wire.refusal import Refusal
from streams.wire.values import NumberText, found


class Envelope(Struct, gc=False):
    """An event as JSON has it, `data` still untyped. What is missing is `""` or `{}`; `specversion` is None."""

    type: str = ""
    id: str = ""
    source: str = ""
    subject: str = ""
    time: str = ""
    arrived: str = ""
    data: dict[str, Any] = {}
    specversion: str | None = None
    # Not used, but known.
    datacontenttype: str = ""
    dataschema: str = ""
    traceparent: str = ""
    tracestate: str = ""
    partitionkey: str = ""


#: Characters in an id, a source, a customer.
LONGEST_NAME = 1_024
#: The source of an event that names none.
NO_SOURCE = "file"
#: Whole numbers with more digits than this are refused before they are computed.
_LONGEST_INTEGER = 400
_NAMES = Envelope.__struct_fields__


def read_envelope(line: bytes) -> tuple[Envelope, list[str]]:
    """The envelope, and the names of attributes that are not read; raises Refusal."""
    read = read_json(line)
    if type(read) is not dict:
        raise Refusal(Reason.NOT_AN_OBJECT, say("an event is an object in braces; found {found}", found=found(read)))
    return _envelope_of(read)


def read_json(line: bytes) -> Any:
    """What stands there, a number that is not whole as NumberText; raises Refusal."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Refusal(Reason.NOT_UTF8, say("byte {start} is not UTF-8", start=wrong.start + 1)) from None
    try:
        read = _DECODER.decode(text.removeprefix("\ufeff"))
        _check_surrogates(read)
    except RecursionError:
        raise Refusal(Reason.NOT_JSON, say("it is nested too deeply")) from None
    except json.JSONDecodeError as wrong:
        raise Refusal(
            Reason.NOT_JSON,
            say("{problem}, at character {number}", problem=visible(wrong.msg, 80), number=wrong.pos + 1),
        ) from None
    return read


def _envelope_of(read: dict[str, Any]) -> tuple[Envelope, list[str]]:
    known = {name: value for name, value in read.items() if name in _NAMES and value is not None}
    for name, value in known.items():
        if name == "data":
            if type(value) is not dict:
                raise Refusal(
                    Reason.BAD_ENVELOPE, say("data is an object in braces; found {found}", found=found(value))
                )
        elif type(value) is not str:
            raise Refusal(Reason.BAD_ENVELOPE, say("{name} is a text; found {found}", name=name, found=found(value)))
    return Envelope(**known), [name for name in read if name not in _NAMES]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise Refusal(Reason.DUPLICATE_KEY, say('"{name}" stands twice in one object', name=visible(twice, 40)))
    return read


def _constant(name: str) -> Any:
    raise Refusal(
        Reason.NOT_A_NUMBER, say("{name} is not a value of JSON; leave the field out or write null", name=name)
    )


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise Refusal(Reason.NOT_A_NUMBER, say("a number with {count} digits is out of range", count=len(text)))
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=NumberText, parse_int=_integer, parse_constant=_constant
)


def _check_surrogates(value: Any) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise Refusal(Reason.LONE_SURROGATE, say('"{value}" holds half a surrogate pair', value=visible(value, 40)))
    elif type(value) is dict:
        for key, item in value.items():
            _check_surrogates(key)
            _check_surrogates(item)
    elif type(value) is list:
        for item in value:
            _check_surrogates(item)
