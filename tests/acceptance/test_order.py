"""The order of lines is nobody's business: shuffled, repeated or interleaved input decides the same."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.moments import format_moment, parse_moment
from tests.beforehand.cli.commands import call

#: Milliseconds by which the telecom pack puts disorder right.
SETTLE = 2_000
CUSTOMERS = 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The telecom pack, with a day of its events."""
    folder = tmp_path_factory.mktemp("order")
    call("init", folder / "shop", "--pack", "telecom")
    call("generate", "telecom", folder / "day.jsonl", "--customers", str(CUSTOMERS))
    return folder


@pytest.fixture(scope="module")
def day(folder: Path) -> list[dict[str, Any]]:
    """The events of the day, in the order of their time, each arriving at its time."""
    events = [json.loads(line) for line in (folder / "day.jsonl").read_bytes().splitlines()]
    events.sort(key=lambda event: parse_moment(event["time"]))
    # Ids say who is who, once and for all: what the generator repeats is not repeated here.
    found = {(event["source"], event["id"]): event for event in events}
    return [{**event, "arrived": event["time"]} for event in found.values()]


def decided(folder: Path, lines: list[dict[str, Any]], name: str = "events.jsonl", *more: str | Path) -> str:
    """All decisions over these events."""
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    result = call("run", folder / "shop", "--events", folder / name, "--json", *more)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def ordered(folder: Path, day: list[dict[str, Any]]) -> str:
    """What is decided over the ordered day."""
    said = decided(folder, day)
    assert said.count("\n") > 10
    return said


def late(dice: random.Random, event: dict[str, Any], most: int) -> dict[str, Any]:
    """The event, arriving up to `most` milliseconds after its time."""
    return {**event, "arrived": format_moment(parse_moment(event["time"]) + dice.randint(0, most))}


@pytest.mark.parametrize("shuffle", [True, False])
def test_arrivals_shuffled_within_settle_change_nothing(
    folder: Path, day: list[dict[str, Any]], ordered: str, *, shuffle: bool
) -> None:
    """Whether the lines stand in the order in which they arrived, or anyhow."""
    dice = random.Random(3)
    lines = sorted((late(dice, event, SETTLE) for event in day), key=lambda event: str(event["arrived"]))
    if shuffle:
        dice.shuffle(lines)
    assert decided(folder, lines) == ordered


@pytest.mark.parametrize(
    "arrange",
    [
        lambda dice, lines: dice.shuffle(lines),
        lambda dice, lines: lines.reverse(),
        lambda dice, lines: lines.sort(key=lambda event: (event["subject"], event["time"])),
        lambda dice, lines: lines.sort(key=lambda event: (event["type"], event["id"])),
    ],
    ids=["shuffled", "backwards", "customer by customer", "type by type"],
)
def test_a_file_without_arrivals_may_be_in_any_order(
    folder: Path,
    day: list[dict[str, Any]],
    ordered: str,
    arrange: Callable[[random.Random, list[dict[str, Any]]], None],
) -> None:
    """Lines that do not say when they arrived do so at their time."""
    lines = [{key: value for key, value in event.items() if key != "arrived"} for event in day]
    arrange(random.Random(4), lines)
    assert decided(folder, lines) == ordered


def test_lines_that_come_again_within_the_hour_are_only_counted(
    folder: Path, day: list[dict[str, Any]], ordered: str
) -> None:
    """Every third line twice, some seconds to nearly an hour later: the same decisions, and so many duplicates."""
    dice = random.Random(5)
    again = [late(dice, event, 3_590_000) for event in day if dice.randrange(3) == 0]
    # A file that ends later would take its last timers later, so what is repeated has an end too.
    end = str(day[-1]["arrived"])
    again = [event for event in again if parse_moment(event["arrived"]) < parse_moment(end)]
    lines = [*day, *again]
    dice.shuffle(lines)
    assert decided(folder, lines) == ordered
    result = call("run", folder / "shop", "--events", folder / "events.jsonl")
    assert f"{len(again):,} came twice and counted once" in result.stdout
    assert len(again) > 1_000


@pytest.mark.parametrize("name", ["grown.jsonl", "grown.jsonl.gz"])
def test_a_file_that_grows_decides_what_the_whole_one_does(
    folder: Path, day: list[dict[str, Any]], ordered: str, name: str
) -> None:
    """Run, append, run again, four times: the sum of the runs is the run of the whole."""
    state, said = folder / f"state of {name}", ""
    cuts = [cut for cut in range(1, len(day)) if gap(day, cut) > SETTLE]
    for cut in [*sorted(random.Random(6).sample(cuts, 3)), len(day)]:
        said += decided(folder, day[:cut], name, "--state", state)
    assert said == ordered


def gap(day: list[dict[str, Any]], cut: int) -> int:
    """Milliseconds between the line before a cut and the one after it."""
    return parse_moment(day[cut]["time"]) - parse_moment(day[cut - 1]["time"])
