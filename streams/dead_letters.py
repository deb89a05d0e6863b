"""Dead letters: what came in and could not be read as an event, with the reason and where it stood.

Nothing a producer sends may stop a run: a line, or a message, that cannot be used is kept, counted and passed over.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.speech import say, sentence


class Reason(StrEnum):
    """Why a line is a dead letter; the value is what machines read."""

    TOO_LARGE = "too large"
    NOT_UTF8 = "not UTF-8"
    NOT_JSON = "not JSON"
    NOT_AN_OBJECT = "not an object"
    DUPLICATE_KEY = "duplicate key"
    NOT_A_NUMBER = "not a number"
    LONE_SURROGATE = "lone surrogate"
    BAD_ENVELOPE = "bad envelope"
    NO_TYPE = "no type"
    UNKNOWN_TYPE = "unknown type"
    NO_ID = "no id"
    NO_CUSTOMER = "no customer"
    NO_TIME = "no time"
    BAD_TIME = "bad time"
    TIME_AHEAD = "time ahead of arrival"
    YEAR_MISTYPED = "year mistyped?"
    DAY_AHEAD = "more than a day ahead"
    MISSING_FIELD = "missing field"
    WRONG_VALUE = "wrong value"
    NO_SOURCE = "no source"
    NO_VERSION = "no specversion"
    NO_KEY = "no key"
    OTHER_KEY = "key is not the customer"
    NO_VALUE = "no value"
    BAD_HEADER = "bad header"


#: The name of a header of a message, and its bytes or null.
Header = tuple[str, bytes | None]


_SAID = {
    Reason.TOO_LARGE: sentence("too large"),
    Reason.NOT_UTF8: sentence("not UTF-8"),
    Reason.NOT_JSON: sentence("not JSON"),
    Reason.NOT_AN_OBJECT: sentence("not an object"),
    Reason.DUPLICATE_KEY: sentence("duplicate key"),
    Reason.NOT_A_NUMBER: sentence("not a number"),
    Reason.LONE_SURROGATE: sentence("lone surrogate"),
    Reason.BAD_ENVELOPE: sentence("bad envelope"),
    Reason.NO_TYPE: sentence("no type"),
    Reason.UNKNOWN_TYPE: sentence("unknown type"),
    Reason.NO_ID: sentence("no id"),
    Reason.NO_CUSTOMER: sentence("no customer"),
    Reason.NO_TIME: sentence("no time"),
    Reason.BAD_TIME: sentence("bad time"),
    Reason.TIME_AHEAD: sentence("time ahead of arrival"),
    Reason.YEAR_MISTYPED: sentence("year mistyped?"),
    Reason.DAY_AHEAD: sentence("more than a day ahead"),
    Reason.MISSING_FIELD: sentence("missing field"),
    Reason.WRONG_VALUE: sentence("wrong value"),
    Reason.NO_SOURCE: sentence("no source"),
    Reason.NO_VERSION: sentence("no specversion"),
    Reason.NO_KEY: sentence("no key"),
    Reason.OTHER_KEY: sentence("key is not the customer"),
    Reason.NO_VALUE: sentence("no value"),
    Reason.BAD_HEADER: sentence("bad header"),
}


def said_of(reason: Reason) -> str:
    """A reason in a sentence. (One that is newer than its sentence is what it is.)"""
    return say(_SAID.get(reason, reason.value))


class DeadLetter(Struct, frozen=True):
    """A line, or a message of Kafka, that could not be used.

    `detail` says what was expected and found, safe to show. `raw` is the line, or the value of the message, as it came,
    cut where it was larger than the limit; `size` is the whole length in bytes, so it is greater where something was
    cut. `line` counts from 1, `offset` is in bytes from the beginning of the source (of a compressed file:
    uncompressed); both are 0 where the source has no such thing. The source of a message is its `topic/partition`,
    and `offset` its offset there.
    """

    reason: Reason
    detail: str
    raw: bytes
    size: int
    source: str = ""
    line: int = 0
    offset: int = 0
    #: The key of the message as it came; None where there is none.
    key: bytes | None = None
    headers: tuple[Header, ...] = ()

    def at(self, source: str, line: int, offset: int) -> DeadLetter:
        """The same letter, knowing where it stood."""
        return replace(self, source=source, line=line, offset=offset)


class _Bytes(Struct, frozen=True, omit_defaults=True):
    """Bytes in JSON: as text where they are UTF-8, else in base64; neither is null."""

    text: str | None = None
    base64: str | None = None


class _WrittenHeader(Struct, frozen=True):
    name: str
    value: _Bytes


class _Written(Struct, frozen=True, omit_defaults=True):
    """A dead letter as a line of JSON: the raw bytes as text where they are UTF-8, else in base64."""

    reason: Reason
    detail: str
    source: str
    line: int
    offset: int
    size: int
    raw: str | None = None
    raw_base64: str | None = None
    key: _Bytes | None = None
    headers: Sequence[_WrittenHeader] = ()


def encode_dead_letter(letter: DeadLetter) -> bytes:
    """The letter as one line of JSON, without the newline."""
    return msgspec.json.encode(_as_written(letter))


def dead_letter_members(letter: DeadLetter) -> dict[str, Any]:
    """The members of that line, for one that says more."""
    members: dict[str, Any] = msgspec.to_builtins(_as_written(letter))
    return members


def _as_written(letter: DeadLetter) -> _Written:
    raw = _written(letter.raw)
    return _Written(
        reason=letter.reason,
        detail=letter.detail,
        source=letter.source,
        line=letter.line,
        offset=letter.offset,
        size=letter.size,
        raw=raw.text,
        raw_base64=raw.base64,
        key=None if letter.key is None else _written(letter.key),
        headers=tuple(_WrittenHeader(name, _written(value)) for name, value in letter.headers),
    )


def decode_dead_letter(line: bytes) -> DeadLetter:
    """The letter that `encode_dead_letter` wrote; msgspec.MsgspecError for anything else."""
    read = msgspec.json.decode(line, type=_Written)
    raw = _read(_Bytes(read.raw, read.raw_base64)) or b""
    headers = tuple((header.name, _read(header.value)) for header in read.headers)
    place = read.source, read.line, read.offset
    return DeadLetter(read.reason, read.detail, raw, read.size, *place, _read(read.key) if read.key else None, headers)


def _written(value: bytes | None) -> _Bytes:
    if value is None:
        return _Bytes()
    try:
        return _Bytes(text=value.decode("utf-8"))
    except UnicodeDecodeError:
        return _Bytes(base64=base64.b64encode(value).decode("ascii"))


def _read(written: _Bytes) -> bytes | None:
    if written.base64 is not None:
        return base64.b64decode(written.base64)
    return None if written.text is None else written.text.encode("utf-8")
