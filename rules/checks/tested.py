"""Rules without tests, and rules none of whose tests says when they must be silent."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from rules.checks.written import WrittenRule, rules
from rules.problems import Problem
from rules.stories import ExpectKind, StoryExpect
from rules.workspace.workspace import Workspace


def check_tested(workspace: Workspace) -> Iterator[Problem]:
    """One warning for a rule without tests, or without one that expects nothing at all."""
    if not workspace.stories:
        return
    for rule in rules(workspace):
        problem = _untested(rule)
        if problem:
            yield problem


def _untested(rule: WrittenRule) -> Problem | None:
    tests = rule.file.tests
    if not rule.file.sound and rule.place.pair("tests"):
        return None
    if not tests:
        at = rule.place.pair("when")
        place = at[0] if at else rule.place
        hint = say("Write tests: one story in which it fires, and one in which it must not.")
        return place.problem("W504", say("this rule has no test."), hint)
    if any(story.must_not_fire() for story in tests):
        return None
    pair = rule.place.pair("tests")
    place = pair[0] if pair else rule.place
    expected = [line.kind for story in tests for line in story.lines if isinstance(line, StoryExpect)]
    what = say("no test says when the rule must be silent.")
    if ExpectKind.NOTHING in expected:
        what = say("no test says when the rule must be silent: each of them expects something.")
    return place.problem("W505", what, say("Write a story that ends with: expect nothing"))
