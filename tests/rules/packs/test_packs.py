"""The shipped packs: they load without a problem, and every rule keeps the promises of its own tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from rules.problems import Severity
from rules.stories import Story
from rules.typed import After, Grant, Guide, Offer, Task
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace, load
from streams.testing.stories import run_story

PACKS = Path(__file__).parents[3] / "rules" / "packs"
NAMES = ("retail", "telecom")


@cache
def workspace(name: str) -> Workspace:
    """A pack, loaded."""
    found = load(PACKS / name).workspace
    assert found is not None, f"the pack {name} has errors"
    return found


def rules() -> list[tuple[str, RuleFile]]:
    """All rules of all packs."""
    return [(name, file) for name in NAMES for file in workspace(name).rules]


def stories() -> list[tuple[str, RuleFile, Story]]:
    """All tests of all rules of all packs."""
    return [(name, file, story) for name, file in rules() for story in file.tests]


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_has_no_problem(name: str) -> None:
    """A pack has neither errors nor warnings; notices say what does not act yet."""
    assert not [str(problem) for problem in load(PACKS / name).problems if problem.severity is not Severity.NOTICE]


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_runs_with_its_policy(name: str) -> None:
    """Nothing in a pack makes `run` refuse it."""
    assert not workspace(name).needs_policy_not_built()


@pytest.mark.parametrize(("name", "file"), [pytest.param(*one, id=f"{one[0]}/{one[1].rule.id}") for one in rules()])
def test_a_rule_says_when_it_must_not_fire(name: str, file: RuleFile) -> None:
    """Every rule has at least two tests: one in which something is sent, and one in which nothing is."""
    silent = [story.must_not_fire() for story in file.tests]
    assert True in silent
    assert False in silent
    assert file.rule.because
    assert file.rule.owner


@pytest.mark.parametrize(
    ("name", "file", "story"), [pytest.param(*one, id=f"{one[0]}/{one[1].rule.id}: {one[2].it}") for one in stories()]
)
def test_a_story_comes_true(name: str, file: RuleFile, story: Story) -> None:
    """Each test of each rule passes: what it expects happens, and nothing else."""
    result = run_story(workspace(name), file, story)
    assert [one.why_not for one in result.checked if not one.passed] == []
    assert result.unexpected == ()
    assert result.passed


def test_the_packs_show_the_whole_language() -> None:
    """Across the packs every kind of action occurs, and blocks with `after`, `each` and `stop when`."""
    all_rules = [file.rule for _, file in rules()]
    blocks = [block for rule in all_rules for block in rule.blocks]
    assert {type(action) for block in blocks for action in block.actions} == {Guide, Offer, Grant, Task}
    assert any(isinstance(block.after, After) for block in blocks)
    assert any(rule.each for rule in all_rules)
    assert any(rule.stop_when for rule in all_rules)
    assert {type(rule.situation).__name__ for rule in all_rules} == {
        "Happens", "Crosses", "Visits", "Sequence", "Moment",
    }  # fmt: skip


def test_every_message_is_short() -> None:
    """A message takes at most two SMS: 134 signs in Chinese, 306 in English, before its values are put in."""
    for name, file in rules():
        for block in file.rule.blocks:
            for action in block.actions:
                for language, template in action.texts if isinstance(action, Guide) else ():
                    length = sum(len(part) if isinstance(part, str) else 8 for part in template)
                    assert length <= (134 if language == "zh" else 306), (name, file.rule.id, language)
