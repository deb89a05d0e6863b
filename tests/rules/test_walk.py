"""Walks over typed trees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rules.typed import Aggregate, Attribute, Compare, Constant, FieldOf, Pattern
from rules.walk import nodes, nodes_of
from rules.workspace.workspace import load

ROOT = Path(__file__).parents[2]


def test_nodes_of_some_kinds_are_those_of_all_in_their_order() -> None:
    """Whatever kinds are asked for, nothing is left out, and nothing comes earlier than in the walk past all."""
    found = load(ROOT / "rules" / "packs" / "telecom", stories=False)
    assert found.workspace is not None
    rules = tuple(file.rule for file in found.workspace.rules)
    every = list(nodes(rules))
    for kinds in ((Aggregate,), (Attribute, Constant), (Pattern, Compare, FieldOf)):
        wanted = [node for node in every if type(node) in kinds]
        assert len(wanted) > 10
        assert nodes_of(rules, kinds) == wanted


def test_shapely_is_not_imported_before_an_area_comes_up() -> None:
    """It takes a third of a start: who reads and compiles rules without areas does not wait for it."""
    program = "import sys, rules.checks, streams.assembly, beforehand.wiring; print('shapely' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
