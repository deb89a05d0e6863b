from __future__ import annotations

import json
from pathlib import Path

from tests.beforehand.cli.commands import RULE, VOCABULARY, call, hold_to, workspace


def test_a_sound_workspace_ends_with_0(tmp_path: Path) -> None:
    """Nothing to mend: exit code 0, and the rules and tests are counted."""
    result = call("check", workspace(tmp_path))
    assert result.exit_code == 0
    assert "1 rule with 2 tests" in result.stdout


def test_all_mistakes_are_shown_at_once_each_with_its_line_and_a_caret(tmp_path: Path) -> None:
    """Three mistakes in two files are three problems, and the exit code is 1."""
    rule = RULE.replace("reaches 8 GB", "reaches 8 GBs").replace("at most: 1 per 7 days", "at most: 1 per 7 dayz")
    vocabulary = VOCABULARY.replace("family: consumption, price", "family: consumtion, price")
    result = call("check", workspace(tmp_path, rule=rule, vocabulary=vocabulary))
    assert result.exit_code == 1
    assert "3 errors" in result.stdout
    hold_to("check-three-mistakes.txt", result.stdout)


def untested(folder: Path, *names: str) -> Path:
    """The small workspace with so many more rules, none of which has a test."""
    for name in names:
        (folder / "rules" / f"{name}.yaml").write_text(
            "when: paid\nthen: {guide: Thank you}\nat most: 1 per day\n", "utf-8"
        )
    return folder


def test_errors_come_last_and_what_many_rules_share_is_said_once(tmp_path: Path) -> None:
    """The one error is nearest to the prompt, however many rules have no test."""
    rule = RULE.replace("reaches 8 GB", "reaches 8 GBs")
    folder = untested(workspace(tmp_path, rule=rule), *(f"rule-{number:02}" for number in range(1, 13)))
    result = call("check", folder)
    hold_to("check-many-warnings.txt", result.stdout)
    problems = [json.loads(one) for one in call("check", folder, "--json").stdout.splitlines()]
    assert sum(problem["code"] == "W504" for problem in problems) == 12
    assert problems == sorted(problems, key=lambda problem: (problem["file"], problem["line"], problem["column"]))


def test_two_of_a_kind_are_shown_one_by_one(tmp_path: Path) -> None:
    """Only what is said in three places or more is put together; errors never are."""
    folder = untested(workspace(tmp_path), "one", "two")
    assert call("check", folder).stdout.count("W504") == 2
    assert call("check", untested(folder, "three")).stdout.count("W504") == 1
    for name in ("one", "two", "three"):
        (folder / "rules" / f"{name}.yaml").write_text("when: payd\nthen: {guide: Thank you}\n", "utf-8")
    assert call("check", folder).stdout.count("E201") == 3


def test_json_gives_each_problem_as_a_line(tmp_path: Path) -> None:
    """One object a line, with file, line, column, code, severity, message and hint."""
    rule = RULE.replace("only if: plan is M", "only if: plna is M", 1)
    result = call("check", workspace(tmp_path, rule=rule), "--json")
    assert result.exit_code == 1
    problems = [json.loads(one) for one in result.stdout.splitlines()]
    assert [list(problem) for problem in problems] == [
        ["file", "line", "column", "code", "severity", "message", "hint"]
    ] * len(problems)
    assert ("rules/data-nearly-used.yaml", 4, "error") in {
        (problem["file"], problem["line"], problem["severity"]) for problem in problems
    }


def test_a_folder_that_is_no_workspace_is_wrong_use(tmp_path: Path) -> None:
    """No such folder, a file, or a folder without a vocabulary: exit code 2, and how to make one."""
    file = tmp_path / "file"
    file.touch()
    for path in (tmp_path / "nowhere", file, tmp_path):
        result = call("check", path)
        assert result.exit_code == 2
        assert str(path.name) in result.stderr


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """The line of the file is shown without what would move the cursor."""
    rule = RULE.replace("title: Data", "title: \x1b[2JData")
    result = call("check", workspace(tmp_path, rule=rule))
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
