"""Event lines written to a file, plain or gzipped, the same bytes on every machine."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast


@contextmanager
def lines_to(out: Path) -> Iterator[BinaryIO]:
    """Open `out` for writing event lines; a name that ends in `.gz` is compressed.

    The file appears under its name only when it is complete, so an interrupted run leaves no half of a file behind.
    The gzip header carries neither a name nor a time, so that equal events give equal files.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + ".unfinished")
    try:
        with unfinished.open("wb") as raw:
            if out.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=raw, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield cast(BinaryIO, raw)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
