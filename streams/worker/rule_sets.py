"""Which rules decide on each partition number of a worker, which follow, and which vocabulary is in force.

A set that came back has its own rules and the vocabulary of the set before it: what was added to the vocabulary stays,
as producers send it and records hold it (ADR 0033).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from models.speech import say
from models.vocabulary import Vocabulary
from rules.workspace.workspace import Workspace, load_texts
from streams.assembly import assemble
from streams.engine import Engine
from streams.partition import Partition
from streams.progress import facts_begun, kept_run
from streams.rule_sets import Coming
from streams.stores.base import Store, StoreError
from streams.worker.published import Published, Registry, deciding_at

log = logging.getLogger("beforehand.worker")


class RuleSets:
    """The published rule sets, as engines. Not to be shared between threads."""

    def __init__(self, registry: Registry, read: Callable[[Published], Workspace]) -> None:
        """`read` makes the workspace of a set; raises StoreError for one that can't be read here."""
        self._registry = registry
        self._read = read
        self._workspaces: dict[int, Workspace] = {}
        #: (number of the set, since when its facts are kept) -> engine.
        self._engines: dict[tuple[int, tuple[tuple[int, int], ...]], Engine] = {}
        #: Partition number -> the index of the set that decides there.
        self._deciding: dict[int, int] = {}
        self.sets: list[Published] = []
        self.refresh()

    def refresh(self) -> bool:
        """Look for sets that were published meanwhile; whether there are any. StoreError."""
        new = self._registry.published(len(self.sets))
        self.sets.extend(new)
        return bool(new)

    def workspace(self, index: int) -> Workspace:
        """The workspace of a set, with the vocabulary that is in force; StoreError."""
        if index not in self._workspaces:
            own = self._read(self.sets[index])
            if self.sets[index].again is not None:
                own = replace(own, vocabulary=self.vocabulary(index))
            self._workspaces[index] = own
        return self._workspaces[index]

    def vocabulary(self, index: int) -> Vocabulary:
        """The vocabulary that is in force while a set decides; StoreError."""
        alike = [index]
        while index and _as_before(self.sets[index - 1], self.sets[index]):
            index -= 1
            alike.append(index)
        own = [one for one in alike if self.sets[one].again is None]
        return self.workspace(next((one for one in own if one in self._workspaces), own[0])).vocabulary

    def engine(self, partition: int, store: Store) -> Engine:
        """The engine that is to go on with the state in this store; StoreError."""
        kept = kept_run(store)
        reached = None if kept is None else kept[0].reached
        index = deciding_at(self.sets, None if reached is None else reached + 1)
        self._deciding[partition] = index
        rules = [file.rule for file in self.workspace(index).rules]
        return self._made(index, facts_begun(store, rules))

    def follow(self, number: int, partition: Partition) -> None:
        """Give a partition number the next set, if there is one and it does not wait for another; StoreError."""
        index = self._deciding[number] + 1
        if partition.coming is not None or index >= len(self.sets):
            return
        one = self.sets[index]
        begins = one.begins or 0
        rules = [file.rule for file in self.workspace(index).rules]
        if not partition.follow(Coming(self._made(index, partition.begun(rules, begins)), begins)):
            begins = partition.next_moment
            log.error("rule set %d came too late for partition %d: it decides from %d on", one.number, number, begins)
            partition.follow(Coming(self._made(index, partition.begun(rules, begins)), begins))
        self._deciding[number] = index

    def _made(self, index: int, begun: Mapping[int, int]) -> Engine:
        known = index, tuple(sorted(begun.items()))
        if known not in self._engines:
            workspace = self.workspace(index)
            rules = [file.rule for file in workspace.rules]
            self._engines[known] = assemble(workspace, rules, begun=begun, puts_off=False)
        return self._engines[known]


def _as_before(before: Published, one: Published) -> bool:
    """Whether it is plain, without reading rules, that a set has the vocabulary of the one before it."""
    return one.again is not None or (before.again is None and _beside_rules(before) == _beside_rules(one))


def _beside_rules(one: Published) -> dict[str, bytes]:
    return {name: content for name, content in one.files.items() if not name.startswith("rules/")}


def workspace_of(one: Published) -> Workspace:
    """The workspace of a published set; StoreError if this version of Beforehand can't read it."""
    found = load_texts(one.files, stories=False)
    if found.workspace is None:
        wrong = next((problem.message for problem in found.problems if problem.severity == "error"), "")
        raise StoreError(
            say(
                "rule set {number} can't be read by this version of Beforehand: {wrong}", number=one.number, wrong=wrong
            )
        )
    return found.workspace
