"""When time alone may make an average reach a limit.

An average changes whenever an entry leaves its window, which is as often as events come; but it can only reach a limit
when what is left is little enough: of entries that are all 0 or more, no more than (their sum / the limit) can have an
average of the limit together.
"""

from __future__ import annotations

from bisect import bisect_right

from rules.compile.aggregates import column_of
from rules.compile.changes import Next, soonest
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.facts.series import Series
from rules.typed import Aggregate, AggregateFunction, Sliding


def next_rise(fact: Aggregate, least: int, compiler: Compiler) -> Next | None:
    """When an average may next reach `least` or a higher limit; None where nothing can be said beforehand."""
    window = fact.window
    if fact.function is not AggregateFunction.AVERAGE or not isinstance(window, Sliding) or window.ending or least <= 0:
        return None
    of = compiler.table.series[compiler.table.parts[fact]]
    key, column, length = of.key, column_of(fact, of), window.length

    def when(view: View) -> int | None:
        series = view.record.series.get(key)
        return None if series is None else soonest_rise(series, column, view.now, length, least)

    return when


def soonest_rise(series: Series, column: int, now: int, length: int, least: int) -> int | None:
    """The same of one series and a window of `length` milliseconds: too early at worst; None for never."""
    if series.buckets or series.known[column] is not None or column in series.negative:
        return soonest(series, now, length, 0)
    times, sums = series.times, series.columns[column]
    low = bisect_right(times, now - length)
    enough: int = (sums[-1] - sums[low]) // least
    if not enough:
        return None
    first = max(low, len(times) - enough - 1)
    return times[first] + length
