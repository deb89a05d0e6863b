from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import RULE, call, hold_to, workspace

FAILING = RULE.replace("reaches 8 GB", "reaches 10 GB")


def test_tests_that_pass_end_with_0(tmp_path: Path) -> None:
    """Each rule is named with the number of its tests."""
    result = call("test", workspace(tmp_path))
    assert result.exit_code == 0
    assert "2 tests of 1 rule passed" in result.stdout


def test_a_failure_says_what_was_expected_what_happened_and_why_not(tmp_path: Path) -> None:
    """Both tests fail, for a limit that is too high, and the explanation shows how far off it was."""
    result = call("test", workspace(tmp_path, rule=FAILING))
    assert result.exit_code == 1
    assert "found 9 GB, needed >= 10 GB" in result.stdout
    hold_to("test-failing.txt", result.stdout.rpartition(", in ")[0])


def test_json_gives_each_test_as_a_line(tmp_path: Path) -> None:
    """With the expectations, whether each was met, and why not."""
    result = call("test", workspace(tmp_path, rule=FAILING), "--json")
    assert result.exit_code == 1
    first, second = (json.loads(one) for one in result.stdout.splitlines())
    assert (first["rule"], first["test"], first["passed"]) == ("data-nearly-used", "warns at 8 GB", False)
    assert first["expectations"][0]["why_not"]
    assert second["expectations"][0]["expected"] == "nothing, stopped by plan is M"


def test_rules_can_be_chosen_by_name(tmp_path: Path) -> None:
    """Only the tests of the rules named run; an unknown name is wrong use, with the nearest known one."""
    folder = workspace(tmp_path)
    (folder / "rules" / "other.yaml").write_text(FAILING, "utf-8")
    assert call("test", folder, "data-nearly-used").exit_code == 0
    assert call("test", folder, "other").exit_code == 1
    unknown = call("test", folder, "othr")
    assert unknown.exit_code == 2
    assert '"other"' in unknown.stderr


def test_a_rule_is_found_from_inside_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`beforehand test RULE` in the folder of the workspace means the rule."""
    monkeypatch.chdir(workspace(tmp_path))
    assert call("test").exit_code == 0
    assert call("test", "data-nearly-used").exit_code == 0


def test_a_workspace_with_errors_is_not_tested(tmp_path: Path) -> None:
    """Its errors are shown instead, and the exit code is 1."""
    result = call("test", workspace(tmp_path, rule=RULE.replace("plan is M", "plna is M")))
    assert result.exit_code == 1
    assert "plna" in result.stderr
    assert "passed" not in result.stdout
