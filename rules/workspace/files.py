"""The files of a workspace's folder: which of them are read, and what is in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

#: The content of a file of the workspace, by its path inside it; None if there is no such file.
ReadFile = Callable[[str], bytes | str | None]

#: Files that end so are read, or complained about.
_ENDINGS = (".yaml", ".yml")
#: So many bytes are read at a time.
_PIECE = 1 << 16


def read_files(root: Path) -> tuple[dict[str, bytes], dict[str, OSError]]:
    """Name inside the folder -> content of all its YAML files, and what kept others from being read.

    Names that begin with a dot are those of editors and tools; nobody reads them.
    """
    contents: dict[str, bytes] = {}
    failures: dict[str, OSError] = {}
    for name in sorted(_names(root)):
        try:
            contents[name] = _content(f"{root}/{name}")
        except OSError as error:
            failures[name] = error
    return contents, failures


def _content(path: str) -> bytes:
    """What is in a file, read without Path and open(), whose making takes longer than to read a rule."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        content = os.read(file, _PIECE)
        while piece := os.read(file, _PIECE):
            content += piece
        return content
    finally:
        os.close(file)


def _names(root: Path) -> Iterator[str]:
    with os.scandir(root) as entries:
        yield from (entry.name for entry in entries if _is_read(entry.name))
    for folder, below, files in os.walk(root / "rules"):
        below[:] = [name for name in below if not name.startswith(".")]
        inside = Path(folder).relative_to(root).as_posix()
        yield from (f"{inside}/{name}" for name in files if _is_read(name))


def _is_read(name: str) -> bool:
    return name.endswith(_ENDINGS) and not name.startswith(".")
