"""Aggregates over sliding windows in one call: what a look at each entry says."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.types import DURATION, MONEY, WHOLE, Type
from rules.compile.sliding import sliding, sliding_ratio
from rules.compile.view import View
from rules.facts.series import Series
from rules.record import Record
from rules.typed import Aggregate, AggregateFunction, CalendarUnit, CalendarWindow, Pattern, Sliding, Window

KEY, COLUMN = 3, 0
ENTRIES = st.lists(st.tuples(st.sampled_from((0, 1, 5, 10)), st.integers(-5, 9)), max_size=12)


def never(_view: View) -> Any:
    """Nobody is asked in general."""
    raise AssertionError


def in_general(_view: View) -> Any:
    """What is said in general."""
    return "in general"


def fact(function: AggregateFunction, type_: Type, window: Window, each: str | None = None) -> Aggregate:
    """An aggregate of an event."""
    field = "price" if function is AggregateFunction.SUM else None
    return Aggregate(function, field, (Pattern("paid"),), window, type_, each)


def filled(entries: list[tuple[int, int]]) -> tuple[Series, list[tuple[int, int]]]:
    """A series of these entries, and each with its time."""
    series = Series((("price", True),))
    timed = list(zip(accumulate(step for step, _ in entries), (price for _, price in entries), strict=True))
    for time, price in timed:
        series.add(time, {"price": price}, -1_000, 1)
    return series, timed


@given(
    entries=ENTRIES,
    now=st.integers(0, 120),
    window=st.builds(Sliding, st.sampled_from((1, 10, 30)), st.sampled_from((0, 0, 5))),
    each=st.sampled_from((None, "product")),
)
def test_they_say_what_lies_in_the_window(
    entries: list[tuple[int, int]], now: int, window: Sliding, each: str | None
) -> None:
    """Of all events or of those of a value: how many, their sum, and the time between them."""
    series, timed = filled(entries)
    record = Record("c", ZoneInfo("UTC"))
    view = View(record, now)
    if each is None:
        record.series[KEY] = series
    else:
        record.each_series[KEY] = {"milk": series}
        view.each = "milk"
    until = now - window.ending
    inside = [(time, price) for time, price in timed if until - window.length < time <= until]
    gaps = [after - before for (before, _), (after, _) in pairwise(inside)]
    count, total = (
        sliding(fact(function, WHOLE, window, each), KEY, COLUMN, never)(view)
        for function in (AggregateFunction.COUNT, AggregateFunction.SUM)
    )
    between = sliding_ratio(fact(AggregateFunction.TIME_BETWEEN, DURATION, window, each), KEY, COLUMN, never)(view)
    assert (count, total) == (len(inside), sum(price for _, price in inside))
    assert between == ((sum(gaps), len(gaps)) if gaps else None)


@pytest.mark.parametrize("each", [None, "product"])
def test_where_nothing_has_happened(each: str | None) -> None:
    """No event, no sum, and no time between."""
    view = View(Record("c", ZoneInfo("UTC")), 0)
    window = Sliding(10, 0)
    assert sliding(fact(AggregateFunction.COUNT, WHOLE, window, each), KEY, -1, never)(view) == 0
    assert sliding(fact(AggregateFunction.SUM, MONEY, window, each), KEY, COLUMN, never)(view) == 0
    assert sliding_ratio(fact(AggregateFunction.TIME_BETWEEN, DURATION, window, each), KEY, -1, never)(view) is None


def test_all_else_is_said_in_general() -> None:
    """Other functions, other windows, and windows that hold entries that have been merged."""
    day = CalendarWindow(CalendarUnit.DAY)
    assert sliding(fact(AggregateFunction.COUNT, WHOLE, day), KEY, -1, in_general) is in_general
    assert sliding(fact(AggregateFunction.LOWEST, WHOLE, Sliding(10, 0)), KEY, 0, in_general) is in_general
    record = Record("c", ZoneInfo("UTC"))
    series, _ = filled([(1, 1)] * 2_000)
    record.series[KEY] = series
    series.shrink(-1_000, 100)
    assert series.buckets
    merged, plain = (
        sliding(fact(AggregateFunction.COUNT, WHOLE, Sliding(length, 0)), KEY, -1, in_general)
        for length in (2_000 - series.times[0] + 2, 1_000)
    )
    assert merged(View(record, 2_000)) == "in general"
    assert plain(View(record, 2_000)) == len([time for time in series.times if time > 1_000])
