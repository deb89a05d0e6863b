from __future__ import annotations

import json
from pathlib import Path

from tests.beforehand.cli.commands import RULE, call, hold_to, workspace

#: The rule with one of its two tests.
HALF_TESTED = RULE.rpartition("  - it:")[0]


def test_survivors_are_listed_in_words_with_the_test_to_add(tmp_path: Path) -> None:
    """By place; and the exit code is 1 where fewer are killed than is asked for."""
    result = call("test", workspace(tmp_path, rule=HALF_TESTED), "--mutate")
    assert result.exit_code == 1
    hold_to("test-mutate.txt", result.stdout.rpartition(", in ")[0])


def test_what_is_asked_for_can_be_less(tmp_path: Path) -> None:
    """`--at-least` is in percent; with 0 anything will do."""
    folder = workspace(tmp_path, rule=HALF_TESTED)
    assert call("test", folder, "--mutate", "--at-least", "0").exit_code == 0
    assert call("test", folder, "--mutate", "--at-least", "101").exit_code == 2


def test_json_gives_each_rule_as_a_line(tmp_path: Path) -> None:
    """With its counts and its survivors, each with its place."""
    result = call("test", workspace(tmp_path, rule=HALF_TESTED), "data-nearly-used", "--mutate", "--json")
    (line,) = (json.loads(one) for one in result.stdout.splitlines())
    assert (line["name"], line["file"]) == ("data-nearly-used", "rules/data-nearly-used.yaml")
    assert line["mutants"] - line["killed"] == len(line["survivors"]) > 0
    found = {(one["line"], one["changed"]) for one in line["survivors"]}
    assert (4, "`plan is M` is dropped") in found
    assert all(one["add_a_test"] for one in line["survivors"])


def test_tests_that_fail_are_mended_first(tmp_path: Path) -> None:
    """Where a test fails without any change, nothing can be learnt from changes."""
    result = call("test", workspace(tmp_path, rule=RULE.replace("reaches 8 GB", "reaches 10 GB")), "--mutate")
    assert result.exit_code == 1
    assert "tests of data-nearly-used fail as they are" in result.stderr
    assert result.stdout == ""
