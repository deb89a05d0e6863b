from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import RULE, call, events, line, workspace

POLICY = "consent: {marketing: required}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace, with events beside it."""
    events(tmp_path / "events.jsonl")
    return workspace(tmp_path / "shop")


def decisions(text: str) -> list[dict[str, object]]:
    """The decisions of lines of JSON."""
    return [json.loads(one) for one in text.splitlines()]


def test_what_is_sent_appears_with_its_time_customer_and_words(folder: Path, tmp_path: Path) -> None:
    """By the clocks of the workspace, under its day, and the summary says what became of everything."""
    result = call("run", folder, "--events", tmp_path / "events.jsonl")
    assert result.exit_code == 0
    assert "Monday 2 March 2026" in result.stdout
    assert "09:00:00  c-1" in result.stdout
    assert "You have used most of your data." in result.stdout
    assert "6 events" in result.stdout
    assert "at most 1 per 7 days" in result.stdout
    assert "plan is M" in result.stdout
    assert "teleported" in result.stdout


def test_out_gets_every_terminal_decision(folder: Path, tmp_path: Path) -> None:
    """Those that were suppressed too, one JSON object a line, in order."""
    out = tmp_path / "out" / "decisions.jsonl"
    call("run", folder, "--events", tmp_path / "events.jsonl", "--out", out)
    found = decisions(out.read_text("utf-8"))
    assert [(one["customer"], one["outcome"]) for one in found] == [("c-1", "sent"), ("c-1", "suppressed")]
    assert "without_policy" not in found[0]
    assert found[0]["offer"] is None


def test_json_prints_the_same_decisions(folder: Path, tmp_path: Path) -> None:
    """Standard output is what --out gets; the summary goes elsewhere."""
    out = tmp_path / "out.jsonl"
    result = call("run", folder, "--events", tmp_path / "events.jsonl", "--out", out, "--json")
    assert result.stdout == out.read_text("utf-8")
    assert "6 events" in result.stderr


def test_a_run_goes_on_where_its_state_left_off(folder: Path, tmp_path: Path) -> None:
    """Run twice, nothing is decided twice; with --again everything is."""
    arguments = ("run", folder, "--events", tmp_path / "events.jsonl", "--state", tmp_path / "state", "--json")
    first = call(*arguments)
    assert len(decisions(first.stdout)) == 2
    assert call(*arguments).stdout == ""
    assert call(*arguments, "--again").stdout == first.stdout


def test_lines_added_later_are_taken_by_the_next_run(folder: Path, tmp_path: Path) -> None:
    """The record is kept: what was counted before the break counts after it."""
    file = tmp_path / "more.jsonl"
    state = tmp_path / "state"
    file.write_text(line(1, "2026-03-02T08:00:00+08:00", "c-1", "customer changed", '{"plan": "M"}'), "utf-8")
    arguments = ("run", folder, "--events", file, "--state", state, "--json")
    with file.open("a", encoding="utf-8") as more:
        more.write(line(2, "2026-03-02T09:00:00+08:00", "c-1", "data used", '{"amount": "5 GB"}'))
    assert call(*arguments).stdout == ""
    with file.open("a", encoding="utf-8") as more:
        more.write(line(3, "2026-03-02T10:00:00+08:00", "c-1", "data used", '{"amount": "5 GB"}'))
    assert [one["outcome"] for one in decisions(call(*arguments).stdout)] == ["sent"]


def test_a_file_that_changed_stops_the_run_and_names_again(folder: Path, tmp_path: Path) -> None:
    """What was read before must be what it was."""
    file = events(tmp_path / "changing.jsonl")
    arguments = ("run", folder, "--events", file, "--state", tmp_path / "state")
    assert call(*arguments).exit_code == 0
    file.write_text(file.read_text("utf-8").replace("9000000000", "8000000000"), "utf-8")
    result = call(*arguments)
    assert result.exit_code == 2
    assert "--again" in result.stderr


def test_events_come_from_standard_input_too(folder: Path, tmp_path: Path) -> None:
    """`--events -` reads what is piped in."""
    piped = (tmp_path / "events.jsonl").read_bytes()
    result = call("run", folder, "--events", "-", "--json", stdin=piped)
    assert [one["outcome"] for one in decisions(result.stdout)] == ["sent", "suppressed"]


def test_after_a_long_silence_standard_input_says_what_to_do(folder: Path) -> None:
    """On standard error, once; standard output stays JSON lines."""
    days = ("02", "05", "06")
    piped = "".join(
        line(n, f"2026-03-{day}T09:00:00Z", "c-1", "data used", '{"amount": 1}') for n, day in enumerate(days)
    )
    result = call("run", folder, "--events", "-", "--json", stdin=piped.encode())
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.count("Send such a line first") == 1
    assert '{"id":"clock 2026-03-05T09:00:00.000Z","type":"clock","time":"2026-03-05T09:00:00.000Z"}' in result.stderr


def test_a_speed_paces_the_run_by_the_clock_of_the_file(folder: Path, tmp_path: Path) -> None:
    """26 hours at 100,000 times their speed take 0.9 s; the decisions are the same."""
    began = time.perf_counter()
    paced = call("run", folder, "--events", tmp_path / "events.jsonl", "--speed", "100000x", "--json")
    assert time.perf_counter() - began > 0.9
    assert paced.stdout == call("run", folder, "--events", tmp_path / "events.jsonl", "--json").stdout


@pytest.mark.parametrize("speed", ["fast", "0x", "-1", "1e400"])
def test_a_speed_that_is_none_is_wrong_use(folder: Path, tmp_path: Path, speed: str) -> None:
    """The message says how to write it."""
    result = call("run", folder, "--events", tmp_path / "events.jsonl", "--speed", speed)
    assert result.exit_code == 2
    assert "60x" in result.stderr


def test_policy_that_is_not_built_is_refused_unless_it_is_left_aside(tmp_path: Path) -> None:
    """It is named with its place; --without-policy runs, and marks every decision."""
    folder = workspace(tmp_path / "shop", policy=POLICY)
    file = events(tmp_path / "events.jsonl")
    refused = call("run", folder, "--events", file)
    assert refused.exit_code == 2
    assert "policy.yaml:1" in refused.stderr
    assert "--without-policy" in refused.stderr
    result = call("run", folder, "--events", file, "--without-policy", "--json")
    assert [one["without_policy"] for one in decisions(result.stdout)] == [True, True]


def test_a_workspace_with_errors_is_not_run(tmp_path: Path) -> None:
    """Its errors are shown, and the exit code is 1."""
    folder = workspace(tmp_path / "shop", rule=RULE.replace("plan is M", "plna is M"))
    result = call("run", folder, "--events", events(tmp_path / "events.jsonl"))
    assert result.exit_code == 1
    assert "plna" in result.stderr


@pytest.mark.parametrize("missing", ["nowhere.jsonl", "."])
def test_events_that_are_no_file_are_wrong_use(folder: Path, tmp_path: Path, missing: str) -> None:
    """A missing file, or a folder."""
    result = call("run", folder, "--events", tmp_path / missing)
    assert result.exit_code == 2
    assert "beforehand: " in result.stderr


def test_what_producers_write_is_shown_and_never_obeyed(folder: Path, tmp_path: Path) -> None:
    """Escape sequences in customers' names and broken lines come out as text."""
    file = tmp_path / "evil.jsonl"
    evil = "c-\\u001b[2J\\u202e"
    file.write_text(
        line(1, "2026-03-02T08:00:00+08:00", evil, "customer changed", '{"plan": "M"}')
        + line(2, "2026-03-02T09:00:00+08:00", evil, "data used", '{"amount": "9 GB"}')
        + line(3, "2026-03-02T09:00:00+08:00", "c-1", "\\u001b[2Jx", "{}"),
        "utf-8",
    )
    result = call("run", folder, "--events", file)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "\\x1b[2J" in result.stdout


def test_the_file_of_events_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    """`--out` with the events' own file is refused, and the file is as it was."""
    file = tmp_path / "events.jsonl"
    before = file.read_bytes()
    assert call("run", folder, "--events", file, "--out", tmp_path / "shop" / ".." / "events.jsonl").exit_code == 2
    assert file.read_bytes() == before


def test_fields_the_vocabulary_does_not_name_are_counted(folder: Path, tmp_path: Path) -> None:
    """They are passed over, and the summary names them."""
    file = tmp_path / "more.jsonl"
    file.write_text(line(1, "2026-03-02T08:00:00Z", "c-1", "data used", '{"amount": 1, "colour": "red"}'), "utf-8")
    assert "1 field that the vocabulary does not name: data used colour" in call("run", folder, "--events", file).stdout


def test_a_place_that_cannot_be_written_is_wrong_use(folder: Path, tmp_path: Path) -> None:
    """A file where the folder of --out should be, and one where the state should be."""
    blocked = tmp_path / "blocked"
    blocked.touch()
    for option, path in (("--out", blocked / "out.jsonl"), ("--state", blocked), ("--state", blocked / "state")):
        assert call("run", folder, "--events", tmp_path / "events.jsonl", option, path).exit_code == 2
