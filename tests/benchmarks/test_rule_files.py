from __future__ import annotations

import pytest
from msgspec import structs

from benchmarks.rule_files import write_workspace
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.workload import vocabulary
from rules.typed import Line, Rule, Sequence
from rules.workspace.workspace import Workspace, load
from streams.testing.stories import run_stories

RULES = 200


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The files of some rules, read."""
    folder = tmp_path_factory.mktemp("made") / "workspace"
    write_workspace(folder, RULES)
    loaded = load(folder)
    assert loaded.problems == []
    assert loaded.workspace is not None
    return loaded.workspace


def test_the_files_say_what_the_trees_say(workspace: Workspace) -> None:
    """What is written of a typed tree is read as that tree, so that figures of loading are of the rules measured."""
    read = [_nameless(file.rule) for file in workspace.rules]
    assert read == [_nameless(rule) for rule in rule_mix(RULES)]


def test_the_vocabulary_is_the_companys(workspace: Workspace) -> None:
    """Events, attributes and places come back from their file as they are."""
    company = vocabulary(place_count(RULES))
    read = workspace.vocabulary
    assert {name: event.fields for name, event in read.events.items()} == {
        name: event.fields for name, event in company.events.items()
    }
    assert read.places == company.places


def test_their_tests_pass(workspace: Workspace) -> None:
    """The test that each file carries is a true one."""
    assert all(told.passed for file in workspace.rules[:30] for told in run_stories(workspace, file))


def _nameless(rule: Rule) -> Rule:
    """The rule without what is only for people, and without what follows from its text."""
    only_if = tuple(Line("", line.condition) for line in rule.only_if)
    situation = rule.situation
    if isinstance(situation, Sequence):
        situation = Sequence(tuple(structs.replace(step, name=None) for step in situation.steps))
    return structs.replace(rule, version="", title="", owner="", because="", situation=situation, only_if=only_if)
