"""Rule sets that are listed in memory, as Redis lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from rules.workspace.workspace import Workspace, load_texts
from streams.worker.published import Published
from streams.worker.rule_sets import RuleSets


class Listed:
    """A list of rule sets. See `streams.worker.published.Registry`."""

    def __init__(self, sets: Sequence[Published]) -> None:
        self.sets = list(sets)
        #: How often it was asked.
        self.asked = 0

    def published(self, after: int = 0) -> list[Published]:
        """Those with a number above `after`."""
        self.asked += 1
        return self.sets[after:]

    def publish(self, one: Published) -> bool:
        """Add it."""
        self.sets.append(one)
        return True


def read_texts(one: Published) -> Workspace:
    """The workspace of a set."""
    return _read(tuple(one.files.items()))


@cache
def _read(files: tuple[tuple[str, bytes], ...]) -> Workspace:
    found = load_texts(dict(files), stories=False)
    assert found.workspace is not None, found.problems
    return found.workspace


def published(number: int, begins: int | None, files: Mapping[str, str], again: int | None = None) -> Published:
    """A set of these files."""
    return Published(number, begins, 0, {name: text.encode() for name, text in files.items()}, again)


def rule_sets(*sets: Published) -> RuleSets:
    """What a worker makes of them."""
    return RuleSets(Listed(sets), read_texts)
