"""The files of a workspace as nodes, each read when somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.language.yaml_source import Source, read_yaml
from rules.workspace.tests_left_out import without_tests


class Sources(Mapping[str, Source]):
    """Files by their names. `stories=False` leaves the tests of rules out."""

    def __init__(self, contents: Mapping[str, bytes | str], *, stories: bool) -> None:
        self._contents = contents
        self._stories = stories
        self._read: dict[str, Source] = {}

    def __getitem__(self, name: str) -> Source:
        source = self._read.get(name)
        if source is None:
            content = self._contents[name]
            source = self._read[name] = read_yaml(name, content if self._stories else without_tests(content))
        return source

    def put(self, source: Source) -> None:
        """A file that somebody else has read."""
        self._read[source.file] = source

    def content(self, name: str) -> bytes | str | None:
        """What is in a file, tests included; None if there is no such file."""
        return self._contents.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._contents

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)
