"""A workspace of another trade decides, one by one, what an independent reading of the semantics says."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance import reading, roller_events, roller_places, roller_rules
from tests.beforehand.cli.commands import call

ROLLER = Path(__file__).parent / "roller"
#: In these every rule is decided on. Seeds divisible by three have no `arrived`: all arrive at their time.
SEEDS = [15, 17, 24, 25]
PAUSED = {"asleep"}

Row = tuple[int, str, str, str, str, str, str, str, str]


def lines_of(seed: int) -> list[dict[str, Any]]:
    """The events of a seed."""
    return roller_events.events(seed, customers=5, each=70)


def decided(events: list[dict[str, Any]], folder: Path) -> Counter[Row]:
    """What the real command decides on these lines, in the order they have."""
    file, out = folder / "events.jsonl", folder / "decisions.jsonl"
    file.write_text(roller_events.written(events), encoding="utf-8")
    out.unlink(missing_ok=True)
    ended = call("run", ROLLER, "--events", file, "--out", out)
    assert ended.exit_code == 0, ended.output
    found: Counter[Row] = Counter()
    for line in out.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        event = one["event"]
        trigger = f"{event['source']} {event['id']}" if "id" in event else f"due {reading.instant(event['due'])}"
        found[_row({**one, "time": reading.instant(one["time"]), "trigger": trigger})] += 1
    return found


def understood(folder: Path) -> Counter[Row]:
    """What the second reading says of the same file."""
    rules = roller_rules
    found = reading.decisions(folder / "events.jsonl", rules.RULES, roller_places.places, rules.GAPS, rules.value)
    return Counter(_row(one) for one in found)


def _row(one: dict[str, Any]) -> Row:
    names = ("customer", "rule", "each", "kind", "outcome", "reason", "channel", "trigger")
    return (one["time"], *(one[name] or "" for name in names), *one.get("channels", ()))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Counter[Row], Counter[Row]]]:
    """For each seed what was decided, and what was to be expected."""
    folder = tmp_path_factory.mktemp("roller")
    return {seed: (decided(lines_of(seed), folder), understood(folder)) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_decision_is_the_one_expected(seed: int, both: dict[int, tuple[Counter[Row], Counter[Row]]]) -> None:
    """Late, old, repeated and moved about the clock: the same decisions, at the same moments, for the same reasons."""
    found, expected = both[seed]
    assert (found - expected, expected - found) == (Counter(), Counter())


def test_seeds_try_every_rule(both: dict[int, tuple[Counter[Row], Counter[Row]]]) -> None:
    """The comparison is worth its while: no rule of the workspace is left out but the paused one."""
    files = {file.stem for file in (ROLLER / "rules").iterdir()}
    assert {rule.id for rule in roller_rules.RULES} == files
    assert {row[2] for _, expected in both.values() for row in expected} == files - PAUSED


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_every_decision_is_the_one_expected_on_many_seeds(seed: int, tmp_path: Path) -> None:
    """The same, until somebody is convinced."""
    assert decided(lines_of(seed), tmp_path) == understood(tmp_path)


def test_order_of_lines_and_small_disorder_change_nothing(tmp_path: Path) -> None:
    """Shuffled lines, arriving up to `settle` late, decide what the tidy file decides."""
    tidy = lines_of(SEEDS[2])
    end = {"id": "end", "type": "clock", "time": "2027-01-01T00:00:00Z"}
    expected = decided([*tidy, end], tmp_path)
    dice = Random(1)
    untidy = [{**event, "arrived": _later(event["time"], dice.uniform(0, reading.SETTLE))} for event in tidy]
    dice.shuffle(untidy)
    assert decided([*untidy, end], tmp_path) == expected


def _later(moment: str, milliseconds: float) -> str:
    later = datetime.fromisoformat(moment) + timedelta(milliseconds=milliseconds)
    return later.isoformat(timespec="milliseconds")
