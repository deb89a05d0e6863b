"""Rules that meet within a cap: what is shown can be pasted into their tests, and the engine sends something."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.checks.collisions import check_collisions
from rules.checks.witness.drafting import Goal, Plan, example, smaller, speaks
from rules.checks.witness.story import run
from rules.problems import Problem
from rules.workspace.workspace import Workspace, load_texts
from streams.testing.stories import run_story
from tests.property.strategies import scenario
from tests.property.worlds import HOUR

PACKS = Path(__file__).parents[3] / "rules" / "packs"
CAPS = "caps: [marketing 1 per day, service 1 per 7 days, sms 2 per day]\n"


def files_of(pack: str) -> dict[str, str]:
    """The files of a pack whose policy has caps. Its places are given as points: texts have no folder."""
    folder = PACKS / pack
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}
    return {**texts, "policy.yaml": texts["policy.yaml"] + CAPS}


def read(files: dict[str, str]) -> Workspace:
    """The workspace, which must be without errors."""
    loaded = load_texts(files)
    assert loaded.workspace is not None, loaded.problems
    return loaded.workspace


def as_story(problem: Problem) -> str:
    """The events of a problem as a test of a rule."""
    said = problem.message.partition("by these events: ")[2].removesuffix(".")
    customer = re.match(r"customer (\{.*?\}), ", said)
    events = re.split(r", (?=\+\d|\d{4}-\d\d-\d\d \d\d:\d\d |until )", said[customer.end() if customer else 0 :])
    told = [re.sub(r"^until (.*)", r"\1 expect nothing", event) for event in events]
    lines = "".join(f"      - {line}\n" for line in told)
    return f"\ntests:\n  - it: meets\n    customer: {customer[1] if customer else '{}'}\n    story:\n{lines}"


def met(files: dict[str, str], problem: Problem) -> list[bool]:
    """Whether each rule that a problem names sends something when its events are told as a test of that rule."""
    names = [Path(problem.file).stem, *re.findall(r'"([\w-]+)"', problem.message.partition(" can reach ")[0])]
    found = []
    for name in names:
        path = f"rules/{name}.yaml"
        workspace = read({**files, path: files[path].partition("\ntests:")[0] + as_story(problem)})
        file = next(file for file in workspace.rules if file.rule.id == name)
        result = run_story(workspace, file, file.tests[0])
        found.append(bool(result.unexpected or any(one.happened for one in result.checked)))
    return found


@pytest.mark.parametrize("pack", ["retail", "telecom"])
def test_what_is_shown_happens(pack: str) -> None:
    """Each example that is shown of a pack's rules, told as a test of each of them, makes the engine speak."""
    files = files_of(pack)
    problems = list(check_collisions(read(files)))
    assert len(problems) >= 3
    for problem in problems:
        sent = met(files, problem)
        assert len(sent) >= 2
        assert all(sent), problem.message


@given(st.integers(0, 2**40))
@settings(max_examples=40)
def test_examples_are_confirmed_and_small(seed: int) -> None:
    """An example for random rules makes all of them speak, and nothing of it could be left out."""
    one = scenario(Random(seed))
    rules = [rule for rule in one.rule_sets[0].rules if rule.blocks[0].after is None][:2]
    goals = tuple(Goal(rule, 0) for rule in rules)
    found = example(Plan(goals, HOUR), one.vocabulary) if goals else None
    if found is None:
        return
    least = smaller(found, goals, one.vocabulary)
    assert speaks(goals, run(least, rules, one.vocabulary))
    assert len(least.events) <= len(found.events)


def test_the_law_has_something_to_hold() -> None:
    """Examples are found for many random rules, one by one, of every kind of situation."""
    kinds = set()
    for seed in range(250):
        one = scenario(Random(seed))
        for rule in one.rule_sets[0].rules[:1]:
            if rule.blocks[0].after is None and example(Plan((Goal(rule, 0),), HOUR), one.vocabulary):
                kinds.add(type(rule.situation).__name__)
    assert kinds == {"Happens", "Crosses", "Visits", "Sequence", "Moment"}
