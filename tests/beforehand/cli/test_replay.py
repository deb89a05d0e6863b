from __future__ import annotations

import json
from pathlib import Path

import pytest

from beforehand.cli.courses import course
from tests.beforehand.cli.commands import RULE, call, events, workspace


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[str | Path, ...]:
    """A replay of the small workspace."""
    return "replay", workspace(tmp_path / "shop"), "--events", events(tmp_path / "events.jsonl")


def test_the_report_tells_matches_reasons_days_and_samples(arguments: tuple[str | Path, ...]) -> None:
    """Rule by rule: two matches of one customer, one sent, one suppressed, and the words."""
    result = call(*arguments)
    assert result.exit_code == 0
    assert "data-nearly-used  Data is about to run out" in result.stdout
    assert "2 of 1 customer" in result.stdout
    assert "1 sent  ·  1 at most 1 per 7 days" in result.stdout
    assert "03-02 1  ·  03-03 1" in result.stdout
    assert "1 by plan is M" in result.stdout
    assert "You have used most of your data." in result.stdout


def test_many_rules_without_a_situation_are_told_in_one_line(tmp_path: Path) -> None:
    """A few are told one by one; of many the first are named, and how many they are."""
    shop = workspace(tmp_path / "shop")
    for number in range(30):
        (shop / "rules" / f"never-{number:02}.yaml").write_text(
            RULE.replace("8 GB", "800 GB").replace("- expect guidance by app", "- expect nothing"), "utf-8"
        )
    said = call("replay", shop, "--events", events(tmp_path / "events.jsonl")).stdout
    assert "30 rules had no situation: never-00, never-01, " in said
    assert "never-25" not in said
    assert "data-nearly-used  Data is about to run out" in said


def test_json_is_what_a_run_decides(arguments: tuple[str | Path, ...]) -> None:
    """The decisions of a replay are those of a run, byte for byte."""
    assert call(*arguments, "--json").stdout == call("run", *arguments[1:], "--json").stdout


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("2026-03-02", 1),
        ("2026-03-02 08:59", 0),
        ("2026-03-02 09:00", 1),
        ("2026-03-03", 2),
        ("2026-03-02T00:59:00Z", 0),
    ],
)
def test_until_ends_the_replay_by_the_clocks_of_the_workspace(
    arguments: tuple[str | Path, ...], until: str, number: int
) -> None:
    """A day means its end; a moment with an offset is taken as it is."""
    result = call(*arguments, "--until", until, "--json")
    assert len([json.loads(one) for one in result.stdout.splitlines()]) == number


@pytest.mark.parametrize("until", ["soon", "2026-02-30", "2026-03-02 25:00"])
def test_until_that_is_no_moment_is_wrong_use(arguments: tuple[str | Path, ...], until: str) -> None:
    """The message shows how to write it."""
    result = call(*arguments, "--until", until)
    assert result.exit_code == 2
    assert "2026-03-20 12:00" in result.stderr


def test_a_course_has_a_bar_a_day_or_a_bar_a_week() -> None:
    """The highest bar is the fullest, days without any are dots, and a year is told in weeks."""
    days = course({0: 1, 2: 8}, 0, 3)
    assert (days.bars, days.by_day, days.most, days.most_on) == ("▁·█·", True, 8, "1970-01-03")
    weeks = course(dict.fromkeys(range(364), 1), 0, 364)
    assert (len(weeks.bars), weeks.by_day, weeks.most) == (53, False, 7)
