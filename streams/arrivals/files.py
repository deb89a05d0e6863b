"""Opening the files that hold events: plain, or compressed with gzip."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from xxhash import xxh3_128

from models.speech import say
from streams.arrivals.lines import BLOCK, Readable
from streams.sources.base import SourceError


class OpenFile:
    """A file that is being read: its bytes, unpacked, and how far it has come."""

    def __init__(self, file: BinaryIO, unpacked: BinaryIO) -> None:
        self._file = file
        self._unpacked = unpacked
        #: Bytes on disk.
        self.total = os.fstat(file.fileno()).st_size

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        return self._unpacked.read(size)

    def seek(self, offset: int) -> None:
        """Go to a byte of what is unpacked."""
        self._unpacked.seek(offset)

    def done(self) -> int:
        """Bytes on disk that have been read."""
        return self._file.tell()


@contextmanager
def opened(path: Path) -> Iterator[OpenFile]:
    """The file, unpacked if its name ends in `.gz`; what goes wrong while reading is a SourceError."""
    try:
        with path.open("rb") as file:
            if path.suffix == ".gz":
                with gzip.open(file) as unpacked:
                    yield OpenFile(file, cast("BinaryIO", unpacked))
            else:
                yield OpenFile(file, file)
    except FileNotFoundError:
        raise SourceError(say("{path}: there is no such file", path=path)) from None
    except (gzip.BadGzipFile, zlib.error, EOFError) as wrong:
        raise SourceError(
            say(
                "{path}: it is not, or not wholly, compressed with gzip ({wrong}); fetch it again",
                path=path,
                wrong=wrong,
            )
        ) from None
    except OSError as wrong:
        raise SourceError(say("{path}: it can't be read ({wrong})", path=path, wrong=wrong.strerror or wrong)) from None


class HashedStream:
    """A stream that hashes what is read from it, and knows how much that was."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._hash = xxh3_128()  # (it tells a file that was changed, not one that was forged)
        self.size = 0
        self.last_byte = b""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        block = self._stream.read(size)
        self._hash.update(block)
        self.size += len(block)
        self.last_byte = block[-1:] or self.last_byte
        return block

    def skip_to(self, end: int) -> bool:
        """Read on to byte `end`; False if the stream ends before."""
        while self.size < end:
            if not self.read(min(BLOCK, end - self.size)):
                return False
        return True

    def digest(self) -> bytes:
        """The hash of all that was read."""
        return self._hash.digest()
