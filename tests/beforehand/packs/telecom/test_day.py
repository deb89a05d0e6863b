"""The made-up day of the telecom pack."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from beforehand.packs.telecom.day import BROKEN, Counts, generate

DAY = date(2026, 3, 20)
EVENING = datetime.fromisoformat("2026-03-19T18:00:00+08:00")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counts, list[dict[str, Any]]]:
    """A day of 400 customers: what was counted, and the events in the order of the file."""
    out = tmp_path_factory.mktemp("day") / "events.jsonl"
    counts = generate(out, customers=400, day=DAY)
    return counts, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def happened(event: dict[str, Any]) -> datetime:
    """When it happened."""
    return datetime.fromisoformat(event["time"])


def arrived(event: dict[str, Any]) -> datetime:
    """When it reaches the engine."""
    return datetime.fromisoformat(event.get("arrived", event["time"]))


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    """The same customers, seed and day give the same file, byte for byte; another seed gives another."""
    for name, seed in (("one.jsonl", 7), ("two.jsonl", 7), ("other.jsonl", 8)):
        generate(tmp_path / name, customers=60, seed=seed)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert (tmp_path / "one.jsonl").read_bytes() != (tmp_path / "other.jsonl").read_bytes()


def test_compressed_files_are_equal_too(tmp_path: Path) -> None:
    """A gzipped day carries neither name nor time of its making, and holds the same lines."""
    for name in ("one.jsonl.gz", "two.jsonl.gz", "plain.jsonl"):
        generate(tmp_path / name, customers=40)
    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()
    assert gzip.decompress((tmp_path / "one.jsonl.gz").read_bytes()) == (tmp_path / "plain.jsonl").read_bytes()


def test_lines_are_in_order_of_arrival(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """The file begins the evening before, ends with the day, and no line arrives before the one above it."""
    _, events = written
    arrivals = [arrived(event) for event in events]
    assert arrivals == sorted(arrivals)
    assert arrivals[0] == EVENING
    assert arrivals[-1].date() == DAY
    assert all(happened(event) <= arrived(event) for event in events)


def test_the_past_is_old_news(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """What is told of the time before the file arrives more than an hour after it happened, so it fires nothing."""
    counts, events = written
    past = [event for event in events if happened(event) < EVENING]
    assert len(past) == counts.history
    assert all(arrived(event) == EVENING for event in past)
    assert all(arrived(event) - happened(event) > timedelta(hours=1) for event in past)


def test_every_customer_is_known_before_anything_else_of_her(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """The first event of a customer, by its time, brings her attributes."""
    _, events = written
    first: dict[str, dict[str, Any]] = {}
    for event in sorted(events, key=happened):
        first.setdefault(event["subject"], event)
    assert len(first) == 400
    assert {event["type"] for event in first.values()} == {"customer changed"}


def test_ids_are_repeated_only_by_repeated_lines(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """(source, id) names one event; a line delivered twice says the same both times."""
    counts, events = written
    seen: dict[tuple[str, str], Any] = {}
    repeated = 0
    for event in events:
        same = {key: value for key, value in event.items() if key != "arrived"}
        repeated += (key := (event["source"], event["id"])) in seen
        assert seen.setdefault(key, same) == same
    assert repeated == counts.repeated > 0


def test_counts_are_those_of_the_file(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """What is counted is what stands in the file."""
    counts, events = written
    assert counts.customers == 400
    assert counts.lines == len(events)
    assert counts.late == sum("arrived" in event and arrived(event) > EVENING for event in events) - sum(
        "arrived" in event for event in _again(events)
    )


def _again(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The second of two lines with the same id."""
    seen: set[tuple[str, str]] = set()
    again = []
    for event in events:
        key = event["source"], event["id"]
        if key in seen:
            again.append(event)
        seen.add(key)
    return again


def test_nobody_begins_the_day_at_the_line_of_her_allowance(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """Less than 80 % of each allowance is used before the file begins: warnings belong to the day."""
    _, events = written
    allowance = {e["subject"]: e["data"]["allowance"] for e in events if e["type"] == "customer changed"}
    used: Counter[str] = Counter()
    for event in events:
        if event["type"] == "data used" and happened(event) < EVENING:
            used[event["subject"]] += event["data"]["amount"]
    assert all(amount < 0.8 * allowance[customer] for customer, amount in used.items())


def test_the_day_has_a_curve(written: tuple[Counts, list[dict[str, Any]]]) -> None:
    """Nights are quiet and evenings are busy."""
    _, events = written
    by_hour = Counter(happened(event).hour for event in events if happened(event).date() == DAY)
    assert by_hour[21] > 10 * by_hour[3]


def test_broken_lines_come_only_when_asked_for(tmp_path: Path) -> None:
    """`broken` adds a handful of lines that no reader understands, and changes nothing else."""
    plain, broken = tmp_path / "plain.jsonl", tmp_path / "broken.jsonl"
    assert generate(plain, customers=30).broken == 0
    assert generate(broken, customers=30, broken=True).broken == len(BROKEN)
    extra = Counter(broken.read_bytes().splitlines()) - Counter(plain.read_bytes().splitlines())
    assert extra == Counter(BROKEN)


def test_progress_is_told(tmp_path: Path) -> None:
    """Progress says how many customers are done, of how many."""
    told: list[tuple[int, int]] = []
    generate(tmp_path / "day.jsonl", customers=200, progress=lambda done, total: told.append((done, total)))
    assert told == [(100, 200), (200, 200)]


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 3, 31)])
def test_any_day_will_do(tmp_path: Path, day: date) -> None:
    """The calendar's corners, and bill days that the month does not have, give a day like any other."""
    counts = generate(tmp_path / "day.jsonl", customers=80, day=day)
    assert counts.events > 80
