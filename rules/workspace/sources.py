"""The files of a workspace as nodes, each read when somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.language.yaml_source import Source


class Sources(Mapping[str, "Source"]):
    """Files by their names. `stories=False` leaves the tests of rules out."""

    def __init__(self, contents: Mapping[str, bytes | str], *, stories: bool) -> None:
        self._contents = contents
        #: Whether tests of rules are read.
        self.stories = stories
        self._read: dict[str, Source] = {}

    def __getitem__(self, name: str) -> Source:
        source = self._read.get(name)
        if source is None:
            source = self._read[name] = _read(name, self._contents[name], stories=self.stories)
        return source

    def put(self, source: Source) -> None:
        """A file that somebody else has read."""
        self._read[source.file] = source

    def content(self, name: str) -> bytes | str:
        """What is in a file, tests included."""
        return self._contents[name]

    def __contains__(self, name: object) -> bool:
        return name in self._contents

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def _read(name: str, content: bytes | str, *, stories: bool) -> Source:
    from rules.language.yaml_source import read_yaml  # noqa: PLC0415  what is kept is not read, and needs no YAML
    from rules.workspace.tests_left_out import without_tests  # noqa: PLC0415

    return read_yaml(name, content if stories else without_tests(content))
