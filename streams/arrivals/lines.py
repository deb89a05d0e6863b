"""Bytes to lines, without ever holding more of a line than may be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from streams.wire.decoder import KEPT_OF_TOO_LARGE

#: Bytes read at once: so few that they are still near when they are split.
BLOCK = 1 << 17


class Readable(Protocol):
    """What bytes can be read from; `b""` is the end."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


class Overlong(NamedTuple):
    """A line that is larger than the limit: its beginning, and its size in bytes."""

    beginning: bytes
    size: int


Line = bytes | Overlong


def size_of(line: Line) -> int:
    """The bytes of the line, without its newline."""
    return len(line) if type(line) is bytes else line.size  # type: ignore[union-attr]


class LineSplitter:
    """Takes blocks of bytes, gives the lines completed by each."""

    __slots__ = ("_beginning", "_limit", "_rest", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        # Of a line that has outgrown the limit: what is kept of it, and how long it is so far.
        self._beginning: bytes | None = None
        self._size = 0

    def split(self, block: bytes) -> list[Line]:
        """The lines that end in this block."""
        lines: list[Line] = []
        if self._beginning is not None:
            end = block.find(b"\n")
            self._size += len(block) if end < 0 else end
            if end < 0:
                return lines
            lines.append(Overlong(self._beginning, self._size))
            self._beginning = None
            block = block[end + 1 :]
        parts = (self._rest + block).split(b"\n") if self._rest else block.split(b"\n")
        self._rest = parts.pop()
        # A carriage return before the newline does not count, so one more byte than the limit is waited for.
        if len(self._rest) > self._limit + 1:
            self._beginning, self._size, self._rest = self._rest[:KEPT_OF_TOO_LARGE], len(self._rest), b""
        lines.extend(parts)
        return lines

    def finish(self) -> list[Line]:
        """The last line, if it has no newline."""
        if self._beginning is not None:
            return [Overlong(self._beginning, self._size)]
        return [self._rest] if self._rest else []


def read_lines(stream: Readable, limit: int, size: int | None = None) -> Iterator[list[Line]]:
    """The lines of a stream (or of its next `size` bytes), block by block."""
    splitter = LineSplitter(limit)
    while size is None or size > 0:
        block = stream.read(BLOCK if size is None else min(BLOCK, size))
        if not block:
            break
        if size is not None:
            size -= len(block)
        yield splitter.split(block)
    yield splitter.finish()
