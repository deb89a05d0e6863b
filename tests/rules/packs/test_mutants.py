"""The tests inside the rules of the packs are good tests: they notice when a rule says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.workspace.workspace import load
from streams.testing.mutants import groups_of, survives

PACKS = Path(__file__).parents[3] / "rules" / "packs"


@pytest.mark.parametrize("name", ["retail", "telecom"])
def test_the_tests_of_a_pack_kill_95_percent_of_its_mutants(name: str) -> None:
    """Each clause dropped, each number shifted: in 19 of 20 cases a test fails."""
    workspace = load(PACKS / name).workspace
    assert workspace is not None
    mutants = [mutant for group in groups_of(workspace) for mutant in group.mutants]
    survivors = [str(mutant) for mutant in mutants if survives(workspace, mutant)]
    assert len(mutants) >= 200
    assert len(survivors) <= 0.05 * len(mutants), "\n".join(survivors)
