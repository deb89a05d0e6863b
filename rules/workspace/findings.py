"""The problems found while one file is read, each at the node it stands at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.speech import listed, say
from rules.language.located import Located
from rules.language.yaml_nodes import Node, Scalar
from rules.language.yaml_source import Source
from rules.problems import Problem, Severity, suggestion


@dataclass(frozen=True, slots=True)
class Findings:
    """The file that is read and the problems found in it so far. `problems` grows while it is read."""

    source: Source
    problems: list[Problem] = field(default_factory=list)

    def error(self, node: Node, code: str, message: str, hint: str | None = None) -> None:
        """An error at the node's position."""
        self.add(node, code, Severity.ERROR, message, hint)

    def notice(self, node: Node, code: str, message: str, hint: str | None = None) -> None:
        """A notice at the node's position."""
        self.add(node, code, Severity.NOTICE, message, hint)

    def unknown(self, node: Node, code: str, message: str, name: str, known: Iterable[str]) -> None:
        """An error for a name that is not known, with the nearest known name, or else all of them if they are few."""
        self.error(node, code, message, nearest(name, known))

    def add(self, node: Node, code: str, severity: Severity, message: str, hint: str | None = None) -> None:
        """A problem at the node's position."""
        length = len(self.source.raw(node).partition("\n")[0]) or 1
        self.problems.append(Problem(self.source.file, node.line, node.column, code, severity, message, hint, length))

    def located(self, scalar: Scalar) -> Located:
        """The text of a scalar with its places in the file, for the phrases' own problems."""
        return self.source.located(scalar)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A hint for an unknown name: the nearest known one, or all of them if they are few."""
    names = list(dict.fromkeys(known))
    found = suggestion(name, names)
    if found is None and 0 < len(names) <= 12:
        return say("Known here: {names}.", names=listed(names))
    return found
