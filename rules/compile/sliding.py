"""Aggregates over sliding windows, each in one call, as they are asked for at nearly every event.

Where entries have been merged into buckets the closures of `rules.compile.aggregates` say it, as they do what is not
here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from typing import Any

from rules.compile.source import run_source
from rules.compile.view import View
from rules.typed import Aggregate, AggregateFunction, Sliding

#: Says a value, or a ratio.
Said = Callable[[View], Any]
#: Makes the closure: of the key of the series, its column, length and ending (ms) of the window, and of who says it in
#: general.
Make = Callable[[int, int, int, int, Said], Said]

#: What functions are of entries `low` to `high`, and where there are none.
_VALUES = {
    AggregateFunction.COUNT: ("high - low", "0"),
    AggregateFunction.SUM: ("series.columns[column][high] - series.columns[column][low]", "0"),
}
#: The same as two whole numbers.
_RATIOS = {
    AggregateFunction.TIME_BETWEEN: (
        "(times[high - 1] - times[low], high - low - 1) if high - low > 1 else None",
        "None",
    )
}
_OF_ALL = "view.record.series_of(key)"
_OF_EACH = "view.record.each_series_of(key).get(view.each)"
_MAKE = """\
def make(key, column, length, ending, general):
    def said(view):
        series = {series}
        if series is None:
            return {nothing}
        until = view.now - ending
        if series.merged_until > until - length:
            return general(view)
        times = series.times
        high = len(times)
        if high and times[-1] > until:  # most windows end now, after the last entry
            high = bisect_right(times, until)
        low = bisect_right(times, until - length)
        return {read}
    return said
"""


def sliding(fact: Aggregate, key: int, column: int, general: Said) -> Said:
    """The value of a fact, over column `column` of series `key`, as `general` says it."""
    return _made(fact, _VALUES.get(fact.function), key, column, general)


def sliding_ratio(fact: Aggregate, key: int, column: int, general: Said) -> Said:
    """The same as two whole numbers."""
    return _made(fact, _RATIOS.get(fact.function), key, column, general)


def _made(fact: Aggregate, text: tuple[str, str] | None, key: int, column: int, general: Said) -> Said:
    window = fact.window
    if text is None or not isinstance(window, Sliding):
        return general
    make = _make(*text, _OF_ALL if fact.each is None else _OF_EACH)
    return make(key, column, window.length, window.ending, general)


@cache  # (there are few texts, and many facts)
def _make(read: str, nothing: str, series: str) -> Make:
    text = _MAKE.format(read=read, nothing=nothing, series=series)
    made: Make = run_source(text, {"bisect_right": bisect_right}, f"sliding {read}")["make"]
    return made
