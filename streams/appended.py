"""A file that grows by whole lines, each of which stands there once, whatever dies when.

A mark says how long the file was when the lines before it were known to be published. Opened with a mark, the file is
cut back to it: what stood behind will come again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from models.speech import say
from streams.channels.base import ChannelError

#: Bytes before the mark by which the file is known again.
_KNOWN_BY = 4_096


class _Mark(Struct, frozen=True, array_like=True):
    length: int
    #: Hash of the last bytes before `length`.
    digest: bytes


class AppendedFile:
    """The file at `path`. Without a mark it begins anew; with one it goes on there.

    A file that is not the one that was marked (moved away, or emptied) is left as it is and added to. `durable`: a
    flush reaches the disk, so that even a machine that loses power keeps what it published.
    """

    def __init__(self, path: Path, mark: bytes | None = None, *, durable: bool = True) -> None:
        self.path = path
        self._durable = durable
        try:
            self._file = path.open("w+b" if mark is None else "a+b")
            if mark is not None:
                _go_on(self._file, msgspec.msgpack.decode(mark, type=_Mark))
        except OSError as wrong:
            raise self._refused(wrong) from None

    def append(self, lines: Iterable[bytes]) -> None:
        """Add lines, given without their newlines."""
        try:
            self._file.writelines(line + b"\n" for line in lines)
        except OSError as wrong:
            raise self._refused(wrong) from None

    def flush(self) -> bytes:
        """All lines are in the file; the mark of its end."""
        try:
            self._file.flush()
            if self._durable:
                os.fsync(self._file.fileno())
            return msgspec.msgpack.encode(_mark_at_end(self._file))
        except OSError as wrong:
            raise self._refused(wrong) from None

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        try:
            self._file.close()
        except OSError as wrong:
            raise self._refused(wrong) from None

    def _refused(self, wrong: OSError) -> ChannelError:
        return ChannelError(say("{path}: it can't be written ({wrong})", path=self.path, wrong=wrong.strerror or wrong))


def _mark_at_end(file: BinaryIO) -> _Mark:
    length = file.seek(0, os.SEEK_END)
    return _Mark(length, _digest_before(file, length))


def _digest_before(file: BinaryIO, length: int) -> bytes:
    file.seek(max(0, length - _KNOWN_BY))
    digest = hashlib.blake2b(file.read(min(length, _KNOWN_BY)), digest_size=16).digest()
    file.seek(0, os.SEEK_END)
    return digest


def _go_on(file: BinaryIO, mark: _Mark) -> None:
    if file.seek(0, os.SEEK_END) >= mark.length and _digest_before(file, mark.length) == mark.digest:
        file.truncate(mark.length)
    file.seek(0, os.SEEK_END)
