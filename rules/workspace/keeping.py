"""What is kept of a workspace: each of its rules as it was read, and, where it had no errors, all the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from models.policy import Policy
from models.vocabulary import Vocabulary
from rules.offers import OfferTerms
from rules.problems import Problem
from rules.typed import Named
from rules.workspace.files import ReadFile
from rules.workspace.kept import Prints, digest, keep, keeping_place, read_kept, world_of
from rules.workspace.rule_file import RuleFile
from rules.workspace.sources import Sources

#: The one name under which the rest is kept, which is no file's.
_REST = ""


class Rest(Struct, frozen=True, array_like=True):
    """A workspace without errors, but for its rules. `problems` are all that were found in reading it, in order."""

    vocabulary: Vocabulary
    policy: Policy
    offers: dict[str, OfferTerms]
    facts: tuple[Named, ...]
    not_built: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    #: The files that are no YAML and were looked at: name -> hash.
    looked_at: dict[str, bytes]


class Kept(Struct, frozen=True):
    """All of a workspace that has not changed. `rules` are by file; `looked_at` are the files that are no YAML."""

    rest: Rest
    rules: Mapping[str, RuleFile]
    looked_at: Mapping[str, bytes | str]
    prints: Prints


class Keeping:
    """Where a workspace of these files is kept, and by what it is known."""

    def __init__(self, cache: Path, root: Path, sources: Sources) -> None:
        self.root = root
        self._cache = cache
        self._ending = "-with-tests" if sources.stories else ""
        self._files: dict[str, bytes] = {}
        #: Names and contents of all that rules depend on, but for files that are no YAML.
        self._beside: list[bytes | str] = [self._ending]
        for name in sources:
            content = sources.content(name)
            if name.startswith("rules/"):
                self._files[name] = digest(content)
            else:
                self._beside += [name, content]

    def prints(self, looked_at: Mapping[str, bytes | str]) -> Prints:
        """By what its rules are known in a world with these files that are no YAML."""
        world = world_of([*self._beside, *(part for file in looked_at.items() for part in file)])
        return Prints(world, self._files)

    def rules(self, prints: Prints) -> dict[str, RuleFile]:
        """The rules whose files have not changed since they were kept, by file."""
        return read_kept(self._place("rules"), prints, RuleFile)

    def keep_rules(self, prints: Prints, rules: Mapping[str, RuleFile]) -> None:
        """Keep rules, by file."""
        keep(self._place("rules"), prints, rules)

    def all_of_it(self, read_file: ReadFile) -> Kept | None:
        """All of the workspace; None if anything has changed since it was kept."""
        rest = read_kept(self._place("rest"), self._of_rest(), Rest).get(_REST)
        looked_at = {name: read_file(name) for name in rest.looked_at} if rest else {}
        there = {name: content for name, content in looked_at.items() if content is not None}
        if rest is None or {name: digest(content) for name, content in there.items()} != rest.looked_at:
            return None
        prints = self.prints(there)
        rules = self.rules(prints)
        return Kept(rest, rules, there, prints) if rules.keys() == self._files.keys() else None

    def keep_rest(self, rest: Rest) -> None:
        """Keep all but the rules, which are kept already."""
        keep(self._place("rest"), self._of_rest(), {_REST: rest})

    def _of_rest(self) -> Prints:
        return Prints(world_of(self._beside), {_REST: all_of(self._files)})

    def _place(self, what: str) -> Path:
        return keeping_place(self._cache, self.root, what + self._ending)


def all_of(files: Mapping[str, bytes]) -> bytes:
    """A hash of all files: of one more, and of one less, another one."""
    return digest(msgspec.msgpack.encode(sorted(files.items())))
