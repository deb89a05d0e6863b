"""What was made of files that have not changed since, kept on disk so that it need not be made again.

Nothing depends on it: a file that is missing, damaged, of another program or of another world is as good as none, and
is written anew. It holds data only, so that reading it runs nothing.

Form: 16 bytes of checksum over the rest, then `_Kept`, packed (`rules.packed`).
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from models.speech import spoken
from rules.packed import pack, unpack

T = TypeVar("T")

#: A file larger than this is not kept (bytes), and of more files than these the oldest go.
MOST_BYTES = 200_000_000
MOST_FILES = 48

_OF_THE_PROGRAM = (".py", ".lark", ".po")
_DIGEST = 16
_ENDING = ".kept"


class _Kept(Struct, Generic[T], array_like=True):
    #: A hash of everything that what was made depends on, beside the file itself.
    world: bytes
    #: Name of a file -> hash of its content, and what was made of it.
    made: dict[str, tuple[bytes, T]]


class Prints(Struct, frozen=True):
    """By what unchanged files are known: hashes of what all of them depend on, and of their own contents."""

    world: bytes
    files: Mapping[str, bytes]


def digest(content: bytes | memoryview | str) -> bytes:
    """The hash by which a content is known."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return blake2b(data, digest_size=_DIGEST).digest()


def world_of(parts: Iterable[bytes | str]) -> bytes:
    """One hash of all that what is made of a file depends on, this program and the language it speaks included."""
    hashed = blake2b(_program() + spoken().encode(), digest_size=_DIGEST)
    for part in parts:
        hashed.update(digest(part))
    return hashed.digest()


def keeping_place(folder: Path, workspace: Path, what: str) -> Path:
    """The file in `folder` that keeps something of a workspace."""
    return folder / f"{digest(os.fspath(workspace.resolve())).hex()}-{what}{_ENDING}"


def read_kept(place: Path, prints: Prints, kind: type[T]) -> dict[str, T]:
    """What was kept of the files that are still what they were, by name."""
    try:
        data = memoryview(place.read_bytes())
        if digest(data[_DIGEST:]) != data[:_DIGEST]:
            return {}
        kept = unpack(data[_DIGEST:], _Kept[kind])  # type: ignore[valid-type]  # known when it runs
    except (OSError, msgspec.MsgspecError):
        return {}
    if kept.world != prints.world:
        return {}
    return {name: made for name, (known, made) in kept.made.items() if prints.files.get(name) == known}


def keep(place: Path, prints: Prints, made: Mapping[str, object]) -> None:
    """Keep what was made of these files, whole or not at all; where that cannot be, nothing happens."""
    try:
        data = pack(_Kept(prints.world, {name: (prints.files[name], one) for name, one in made.items()}))
    except (OverflowError, msgspec.MsgspecError):  # a number that needs more than 64 bits
        return
    if len(data) > MOST_BYTES:
        return
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(place, digest(data), data)
        _forget_oldest(place.parent)


def _write(place: Path, *parts: bytes) -> None:
    with NamedTemporaryFile(dir=place.parent, suffix=".new", delete=False) as file:
        try:
            for part in parts:
                file.write(part)
            file.close()
            Path(file.name).replace(place)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _forget_oldest(folder: Path) -> None:
    files = sorted(_files(folder), key=lambda found: found[0], reverse=True)
    for _, file in files[MOST_FILES:]:
        file.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[int, Path]]:
    """The kept files of a folder with their age; what a process that was killed left half written is among them."""
    for file in folder.iterdir():
        if file.suffix in {_ENDING, ".new"}:
            with suppress(FileNotFoundError):
                yield file.stat().st_mtime_ns, file


@cache
def _program() -> bytes:
    """A hash of what reads and checks rules: the code itself, for its version stays the same while it is worked on."""
    hashed = blake2b(sys.version.encode(), digest_size=_DIGEST)
    for package in ("models", "rules"):
        root = next(iter(sys.modules[package].__path__))
        inside = (f"{folder}/{name}" for folder, _, names in os.walk(root) for name in names)
        for file in sorted(name for name in inside if name.endswith(_OF_THE_PROGRAM)):
            with open(file, "rb") as opened:  # noqa: PTH123  a Path of each would take twice as long
                hashed.update(digest(opened.read()))
    for part in (*_libraries(), *_zones()):
        hashed.update(part.encode())
    return hashed.digest()


def _libraries() -> Iterator[str]:
    """The installed libraries with their versions; tzdata is one of them."""
    for folder in sys.path:
        with suppress(OSError):
            yield from sorted(file.name for file in Path(folder).iterdir() if file.name.endswith(".dist-info"))


def _zones() -> Iterator[str]:
    """When the system's time zones were last changed: local times of rules and tests are read by them."""
    for folder in zoneinfo.TZPATH:
        with suppress(OSError):
            yield f"{folder} {Path(folder).stat().st_mtime_ns}"
