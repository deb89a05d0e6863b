"""Lines on counts and sums: compiled code crosses them, and lets them rest, as plain Python does."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.types import Value
from rules.compile import plain_totals
from rules.compile.resting import Window, running_window, sliding_window
from rules.compile.view import View
from rules.facts.series import Bucket, Series
from rules.record import Record
from rules.typed import CalendarUnit
from tests.compiled import compiled_module

HOUR = 3_600_000
BEGIN = 1_772_000_000_000
WINDOWS = (sliding_window(HOUR), running_window(CalendarUnit.DAY, 0), running_window(CalendarUnit.BILLING_CYCLE, 0))
#: Few, so that limits are met exactly; and more than a number of the processor holds.
AMOUNTS = (None, -1, 0, *[1] * 20, *[2] * 10, 3, 1 << 63)
LIMITS = (-1, 0, 1, 2, 3, 4, 5, 8, 1 << 63, 10**25)
MINUTES = (0, 0, 1, 1, 10, 20, 30, 59, 60, 61, 1_440)
LATE = (*[0] * 9, 5, 60, 65)

needed = compiled_module("rules.compile.compiled_totals")
pytestmark = pytest.mark.skipif(needed is None, reason="there is nothing to compile it with")


class Asking:
    """Lines on a total, crossed by one of two ways: what is asked, and what comes of it."""

    def __init__(self, way: ModuleType, window: Window, column: int, limits: list[int], falls: bool) -> None:
        self.record = Record("c", ZoneInfo("UTC"))
        self.series = Series((("a", True), ("b", True)))
        self.told: list[Any] = []
        field, timed = "" if column < 0 else "ab"[column], self.timed if len(limits) % 2 else None
        self.limits = way.CrossLimits(self.crossed, limits, window, column, field, timed, falls)
        self.limit = way.CrossLimit(7, self.limit_of(limits), window, column, field, "each", timed, falls)

    def crossed(self, before: Any, after: Any) -> list[int]:
        """Which lines are crossed."""
        self.told.append(("crossed", before, after))
        return [before, after]

    def limit_of(self, limits: list[int]) -> Any:
        """The limit of the one line: each of these in turn, and sometimes none."""
        return lambda record, now: [*limits, None][now // 60_000 % (len(limits) + 1)]

    def timed(self, view: View, each: Value = None) -> None:
        """The timer is set anew."""
        self.told.append((view.now, view.record is self.record, each))

    def merged(self, buckets: list[Bucket]) -> None:
        """The oldest of its entries have been merged."""
        self.series.set_buckets(deepcopy(buckets))

    def taken(self, now: int, time: int, data: dict[str, Value]) -> list[Any]:
        """All that can be seen once an event was counted."""
        self.series.add(time, data, time - 100 * HOUR, HOUR)
        seen = []
        for cross in (self.limits, self.limit):
            self.series.rest()
            if now % 120_000:
                self.series.rests_entries = len(self.series.times) + 2
            found = cross(self.record, self.series, now, time, data)
            rests = self.series.rests_until, self.series.rests_entries, self.series.rests_total
            seen.append((list(found), *rests))
        return [seen, self.told, self.record.chains]


def bucket(minutes: int, amount: int) -> Bucket:
    """Two entries of which the last was so long before the first event."""
    last = BEGIN - minutes * 60_000
    return Bucket(last - 60_000, last, 2, [[2, amount, amount, 0, amount, 0] for _ in "ab"])


@pytest.mark.parametrize("window", range(len(WINDOWS)))
@pytest.mark.parametrize("column", [-1, 0, 1])
def test_both_ways_cross_and_rest_alike(window: int, column: int) -> None:
    """Whatever was counted, in and out of order, and whatever was merged; with a calendar, and where there is none."""
    random = Random(window)
    for _ in range(1_000):
        limits, falls = sorted(random.sample(LIMITS, random.randint(0, 4))), random.random() < 0.5
        plain, compiled = (
            Asking(way, WINDOWS[window], column, limits, falls) for way in (plain_totals, needed) if way is not None
        )
        merged = [bucket(minutes, 3) for minutes in sorted(random.choices(MINUTES, k=random.randint(0, 2)))[::-1]]
        now = BEGIN
        for way in (plain, compiled):
            way.merged(merged)
        for _ in range(12):
            now += random.choice(MINUTES) * 60_000
            time, amount = now - random.choice(LATE) * 60_000, random.choice(AMOUNTS)
            data: dict[str, Value] = {"a": amount, "each": "x"}
            if amount is not None:
                data["b"] = amount
            assert plain.taken(now, time, data) == compiled.taken(now, time, data)
