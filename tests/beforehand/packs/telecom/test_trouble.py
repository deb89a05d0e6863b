"""The stories of the made-up day, read back from the file by plain loops."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from beforehand.packs.telecom.day import generate
from beforehand.packs.telecom.trouble import BAD_CELL

Event = dict[str, Any]


@pytest.fixture(scope="module")
def by_customer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Event]]:
    """A day of 1,000 customers: each one's events in order of time."""
    out = tmp_path_factory.mktemp("day") / "events.jsonl"
    generate(out, customers=1000)
    found: dict[str, list[Event]] = defaultdict(list)
    for line in out.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        event["at"] = datetime.fromisoformat(event["time"])
        found[event["subject"]].append(event)
    for events in found.values():
        events.sort(key=lambda event: event["at"])
    return dict(found)


def of_type(events: list[Event], type_: str) -> list[Event]:
    """The events of one type."""
    return [event for event in events if event["type"] == type_]


def triples(times: list[datetime]) -> list[tuple[datetime, datetime, datetime]]:
    """Each time with the two that follow it."""
    return [(times[at], times[at + 1], times[at + 2]) for at in range(len(times) - 2)]


def test_the_failing_cell_cuts_off_many_at_once(by_customer: dict[str, list[Event]]) -> None:
    """At the failing cell ten of a thousand customers and more lose three calls in half an hour; elsewhere none."""
    caught: Counter[str] = Counter()
    for events in by_customer.values():
        drops: dict[str, list[datetime]] = defaultdict(list)
        for event in of_type(events, "call dropped"):
            drops[event["data"]["cell"]].append(event["at"])
        for cell, times in drops.items():
            caught[cell] += any(third - first < timedelta(minutes=30) for first, _, third in triples(times))
    assert caught[BAD_CELL] >= 10
    assert sum(caught.values()) == caught[BAD_CELL]


def test_complaints_are_answered_or_not(by_customer: dict[str, list[Event]]) -> None:
    """Of the day's complaints some are answered within four hours, and some wait longer."""
    waits: Counter[bool] = Counter()
    for events in by_customer.values():
        answered = {e["data"]["case"]: e["at"] for e in of_type(events, "complaint progressed")}
        for opened in of_type(events, "complaint opened"):
            if "arrived" not in opened:
                answer = answered.get(opened["data"]["case"])
                waits[answer is None or answer - opened["at"] >= timedelta(hours=4)] += 1
    assert waits[False] >= 5
    assert waits[True] >= 5


def test_some_fly_with_a_pass_and_some_without(by_customer: dict[str, list[Event]]) -> None:
    """Of those who looked up roaming and came to the airport, some bought the pass and some did not."""
    fates: Counter[bool] = Counter()
    for events in by_customer.values():
        looked_up = [e for e in of_type(events, "searched") if _about_roaming(e["data"]["query"])]
        at_airport = [e for e in of_type(events, "position") if e["data"]["spot"]["lon"] > 121.78]
        if looked_up and at_airport and looked_up[0]["at"] < at_airport[0]["at"]:
            fates[any(e["data"]["product"] == "roaming-pass" for e in of_type(events, "paid"))] += 1
    assert fates[True] >= 2
    assert fates[False] >= 4


def _about_roaming(query: str) -> bool:
    return "roaming" in query.lower() or "漫游" in query


def test_the_unhappy_look_for_the_way_out(by_customer: dict[str, list[Event]]) -> None:
    """Some detractors whose contract is ending look up how to leave for the second time in a week, on this day."""
    leaving = 0
    for events in by_customer.values():
        known = of_type(events, "customer changed")[0]["data"]
        looks = [e for e in of_type(events, "page viewed") if e["data"]["page"] == "cancellation"]
        twice = any(second["at"] - first["at"] < timedelta(days=7) for first, second in pairwise(looks))
        leaving += twice and known["nps"] <= 6 and known["contract ends"] <= "2026-04-19"
    assert leaving >= 4
