"""Dead letters: what came in and could not be read as an event, with the reason and where it stood.

Nothing a producer sends may stop a run: a line that cannot be used is kept, counted and passed over.
"""

from __future__ import annotations

import base64
from enum import StrEnum

import msgspec
from msgspec import Struct


class Reason(StrEnum):
    """Why a line is a dead letter; the value is what the summary says."""

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


class DeadLetter(Struct, frozen=True):
    """A line that could not be used.

    `detail` says what was expected and found, safe to show. `raw` is the line as it came, cut where it was larger
    than the limit; `size` is its whole length in bytes. `line` counts from 1, `offset` is in bytes from the beginning
    of the source (of a compressed file: uncompressed); both are 0 where the source has no such thing.
    """

    reason: Reason
    detail: str
    raw: bytes
    size: int
    source: str = ""
    line: int = 0
    offset: int = 0

    def at(self, source: str, line: int, offset: int) -> DeadLetter:
        """The same letter, knowing where it stood."""
        return DeadLetter(self.reason, self.detail, self.raw, self.size, source, line, offset)


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


def encode_dead_letter(letter: DeadLetter) -> bytes:
    """The letter as one line of JSON, without the newline."""
    place = (letter.reason, letter.detail, letter.source, letter.line, letter.offset, letter.size)
    try:
        return msgspec.json.encode(_Written(*place, raw=letter.raw.decode("utf-8")))
    except UnicodeDecodeError:
        return msgspec.json.encode(_Written(*place, raw_base64=base64.b64encode(letter.raw).decode("ascii")))


def decode_dead_letter(line: bytes) -> DeadLetter:
    """The letter that `encode_dead_letter` wrote; msgspec.MsgspecError for anything else."""
    read = msgspec.json.decode(line, type=_Written)
    raw = base64.b64decode(read.raw_base64) if read.raw_base64 is not None else (read.raw or "").encode("utf-8")
    return DeadLetter(read.reason, read.detail, raw, read.size, read.source, read.line, read.offset)
