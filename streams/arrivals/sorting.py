"""Putting the lines of a file into the order of their arrival, outside memory where they are many."""

from __future__ import annotations

import heapq
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from streams.arrivals.lines import Line, Overlong
from streams.arrivals.survey import Placed

#: Lines, and their bytes, that are sorted in memory at once.
CHUNK_LINES = 200_000
CHUNK_BYTES = 64 << 20
#: Files that are merged at once: fewer than a process may have open.
MERGED_AT_ONCE = 64

_HEADER = struct.Struct("<qqqqi")


class Dated(NamedTuple):
    """A line and when it arrives. The order of these is that of arrival, and that of the file for equal arrivals."""

    arrived: int
    number: int
    offset: int
    line: Line

    def placed(self) -> Placed:
        """The line without its arrival."""
        return self.number, self.offset, self.line


def in_order_of_arrival(
    lines: Iterable[Dated], chunk_lines: int = CHUNK_LINES, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Placed]:
    """The lines by (arrived, number). More than one chunk of them goes through files in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="beforehand-") as folder:
        files: list[Path] = []
        chunks = _sorted_chunks(lines, chunk_lines, chunk_bytes)
        chunk = next(chunks, [])
        for following in chunks:
            files.append(_write(chunk, Path(folder) / f"{len(files)}"))
            chunk = following
        if not files:
            yield from (dated.placed() for dated in chunk)
            return
        files.append(_write(chunk, Path(folder) / f"{len(files)}"))
        del chunk
        yield from (dated.placed() for dated in _merged(files))


def _sorted_chunks(lines: Iterable[Dated], most_lines: int, most_bytes: int) -> Iterator[list[Dated]]:
    chunk: list[Dated] = []
    size = 0
    for dated in lines:
        chunk.append(dated)
        size += len(dated.line)
        if len(chunk) >= most_lines or size >= most_bytes:
            chunk.sort(key=_order)
            yield chunk
            chunk, size = [], 0
    chunk.sort(key=_order)
    yield chunk


def _order(dated: Dated) -> tuple[int, int]:
    return dated.arrived, dated.number


def _merged(files: list[Path]) -> Iterator[Dated]:
    """All lines of sorted files; where these are very many, some are merged into one first."""
    while len(files) > MERGED_AT_ONCE:
        several, files = files[:MERGED_AT_ONCE], files[MERGED_AT_ONCE:]
        merged = several[0].with_name(several[0].name + "+")
        files.append(_write(heapq.merge(*map(_read, several), key=_order), merged))
        for file in several:
            file.unlink()
    return heapq.merge(*map(_read, files), key=_order)


def _write(lines: Iterable[Dated], path: Path) -> Path:
    with path.open("wb") as file:
        for arrived, number, offset, line in lines:
            raw, size = (line.beginning, line.size) if isinstance(line, Overlong) else (line, -1)
            file.write(_HEADER.pack(arrived, number, offset, size, len(raw)))
            file.write(raw)
    return path


def _read(path: Path) -> Iterator[Dated]:
    with path.open("rb") as file:
        while header := file.read(_HEADER.size):
            arrived, number, offset, size, length = _HEADER.unpack(header)
            yield Dated(arrived, number, offset, _line(file, size, length))


def _line(file: BinaryIO, size: int, length: int) -> Line:
    raw = file.read(length)
    return raw if size < 0 else Overlong(raw, size)
