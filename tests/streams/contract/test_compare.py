"""Changes, where they are written."""

from __future__ import annotations

import pytest

from rules.problems import CODES
from rules.workspace.workspace import load_texts
from streams.contract.change import Change
from streams.contract.compare import problem_of
from tests.streams.contract.contracts import changed, changes


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        ([("cell: text, optional", "cell: text")], (11, 5, 4)),
        ([("    cell: text, optional\n", "")], (7, 3, 9)),
        ([("  paid:\n    family: consumption\n    as: com.acme.paid\n    price: money\n", "")], (6, 1, 6)),
        ([("plan: S | M | L", "plan: S | M")], (4, 3, 4)),
        ([("  points: whole number\n", "")], (3, 1, 8)),
        ([("currency: CNY", "currency: EUR")], (1, 1, 8)),
    ],
)
def test_a_change_points_at_where_it_is_written(edits: list[tuple[str, str]], place: tuple[int, int, int]) -> None:
    """Or at what it was taken from."""
    workspace = load_texts({"vocabulary.yaml": changed(*edits)}).workspace
    assert workspace is not None
    (broken,) = [change for change in changes(*edits) if change.breaks]
    problem = problem_of(broken, workspace.sources, "asyncapi.json")
    assert problem.file == "vocabulary.yaml"
    assert (problem.line, problem.column, problem.length) == place
    assert problem.code in CODES


def test_a_change_of_beforehand_itself_is_in_no_file_of_the_workspace() -> None:
    """It is shown at the contract."""
    problem = problem_of(Change("E706", "channels", "x"), {}, "contract/asyncapi.json")
    assert (problem.file, problem.line, problem.message) == ("contract/asyncapi.json", 1, "channels: x")
