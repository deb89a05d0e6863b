"""Comparing the contract of a workspace with the one that was published, as problems at their places in its files."""

from __future__ import annotations

from collections.abc import Mapping

from models.speech import say
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_nodes import Node
from rules.language.yaml_source import Source
from rules.problems import Problem, Severity
from rules.workspace.reading import plain
from streams.contract.change import Change
from streams.contract.incoming import changes_for_producers
from streams.contract.published import Published
from streams.contract.received import changes_for_receivers, changes_of_topics


def compare(old: Published, new: Published) -> list[Change]:
    """All changes: first what producers see, then what channels and other readers do."""
    return [
        *changes_for_producers(old.events, new.events),
        *changes_of_topics(old.topics, new.topics),
        *changes_for_receivers(old.outgoing, new.outgoing),
    ]


def problem_of(change: Change, sources: Mapping[str, Source], contract: str) -> Problem:
    """The change as a problem, where it is written; `contract` is the file of one that is written nowhere else."""
    severity = Severity.ERROR if change.breaks else Severity.NOTICE
    message = say("{whom}: {what}", whom=change.whom, what=change.what)
    source = sources.get(change.file)
    if source is None or source.root is None:
        return Problem(change.file or contract, 1, 1, change.code, severity, message, change.fix)
    line, column, length = 1, 1, 1
    node: Node | None = source.root
    for key in change.keys:
        found = _entry(node, key)
        if found is None:
            break
        (line, column, length), node = found
    return Problem(change.file, line, column, change.code, severity, message, change.fix, length)


def _entry(node: Node | None, key: str) -> tuple[tuple[int, int, int], Node] | None:
    """Where a key of a mapping stands, and its value."""
    if isinstance(node, MappingNode):
        for name, value in node.pairs:
            if plain(name.text) == key:
                return (name.line, name.column, max(1, len(name.text))), value
    return None
