"""Golden files of mutants: a workspace, and every change that is made to its rules.

`WRITE_GOLDEN=1 pytest ..` writes the files anew, to be read in the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from rules.checks.written import rules
from rules.mutations.mutants import Mutant, mutants_of, mutants_of_shared_facts
from rules.workspace.workspace import Workspace, load_texts
from streams.testing.mutants import survives

FOLDER = Path(__file__).parents[2] / "golden" / "mutants"
MARK = "=== mutants\n"


def workspace(text: str) -> Workspace:
    """The workspace in a golden file."""
    parts = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)[1:]
    loaded = load_texts(dict(zip(parts[::2], parts[1::2], strict=True)))
    assert loaded.workspace is not None, loaded.problems
    return loaded.workspace


def mutants(of: Workspace) -> list[Mutant]:
    """All mutants of a workspace."""
    return [mutant for rule in rules(of) for mutant in mutants_of(rule)] + mutants_of_shared_facts(of)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_every_mutant_is_a_rule_that_can_run(path: Path) -> None:
    """It compiles, and is another rule; a step that nothing looks at any more leaves no gap."""
    of = workspace(path.read_text("utf-8").partition(MARK)[0])
    before = {file.rule.id: file.rule for file in of.rules}
    for mutant in mutants(of):
        assert all(rule != before[rule.id] for rule in mutant.rules), mutant
        assert survives(of, mutant)  # there are no tests that could fail


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_every_clause_is_dropped_and_every_number_shifted(path: Path) -> None:
    """The list of mutants is exactly this: one a line, with its place, what was done, and the test that would tell."""
    text, _, expected = path.read_text("utf-8").partition(MARK)
    found = "".join(
        f"{one.file}:{one.line} {one.said}: add a test {one.told_by}.\n" for one in mutants(workspace(text))
    )
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text + MARK + found, "utf-8")
        expected = found
    assert found == expected
