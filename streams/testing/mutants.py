"""Tests of tests: which mutants of a workspace's rules the rules' own tests let pass."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from msgspec.structs import replace

from rules.checks.written import rules
from rules.mutations.mutants import Mutant, mutants_of, mutants_of_shared_facts
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import FACTS, Workspace
from streams.testing.stories import Trial


@dataclass(frozen=True, slots=True)
class Group:
    """What the tests of one rule are to notice; of `facts.yaml`, those of all rules."""

    name: str
    file: str
    mutants: tuple[Mutant, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What came of a group: the mutants under which every test still passes."""

    group: Group
    survivors: tuple[Mutant, ...]

    @property
    def killed(self) -> int:
        """How many mutants made a test fail."""
        return len(self.group.mutants) - len(self.survivors)


def groups_of(workspace: Workspace, wanted: Collection[str] = ()) -> list[Group]:
    """The mutants of the rules with these ids; of all, and of the facts they share, if none is named.

    A rule that has no mutants (it is paused) is left out.
    """
    written = [rule for rule in rules(workspace) if not wanted or rule.file.rule.id in wanted]
    groups = [Group(rule.file.rule.id, rule.file.path, tuple(mutants_of(rule))) for rule in written]
    if not wanted:
        groups.append(Group(FACTS, FACTS, tuple(mutants_of_shared_facts(workspace))))
    return [group for group in groups if group.mutants]


def survives(workspace: Workspace, mutant: Mutant) -> bool:
    """Whether all tests of the rules it changes pass all the same. They must pass without it."""
    files = {file.rule.id: file for file in workspace.rules}
    return all(_passes(workspace, replace(files[rule.id], rule=rule)) for rule in mutant.rules)


def _passes(workspace: Workspace, file: RuleFile) -> bool:
    trial = Trial(workspace, file)
    return all(trial.run(story).passed for story in file.tests)
