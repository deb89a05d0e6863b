"""How far a source has been read, as it is kept with the state."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from models.speech import say
from streams.sources.base import SourceError


class FilePosition(Struct, frozen=True, array_like=True, tag="file"):
    """How far a file has been read.

    A file is read in *parts*: what it held when a run began and was not read yet. A part is put into order by itself;
    it arrives after the parts before it. All of this but `delivered` belongs to the part last begun.
    """

    #: The first byte of the part, and the one after its last.
    start: int
    end: int
    #: Hash of all bytes before `end`.
    digest: bytes
    #: Whether the part ends with a newline.
    closed: bool
    #: Lines before the part, and up to its end, blank ones included.
    line_start: int
    line_end: int
    #: Arrivals before the part, and in it.
    first: int
    count: int
    #: The last arrival before the part, and in it: milliseconds, or None.
    floor: int | None
    last: int | None
    #: Arrivals of the part that need not come again.
    delivered: int


class InputPosition(Struct, frozen=True, array_like=True, tag="input"):
    """How far standard input has been read: arrivals, the last of them, and the latest time, in milliseconds."""

    first: int
    last: int | None
    latest: int | None


Position = FilePosition | InputPosition


def encode_position(position: Position) -> bytes:
    """The position as the store keeps it."""
    return msgspec.msgpack.encode(position)


def decode_position(stored: bytes) -> Position:
    """The position that was stored; SourceError if it is none of ours."""
    try:
        position: Position = msgspec.msgpack.decode(stored, type=Position)
    except msgspec.MsgspecError:
        raise SourceError(say("the position kept with the state can't be read; start afresh with --again")) from None
    return position
