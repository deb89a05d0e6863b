"""When time alone may make an average reach a limit.

An average changes whenever an entry leaves its window, which is as often as events come; but it can only reach a limit
at the moment after which all that is left has an average of the limit or more, and if what leaves is less than that.
"""

from __future__ import annotations

from bisect import bisect_right

from rules.compile.aggregates import column_of
from rules.compile.changes import Next, soonest
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.facts.series import Series
from rules.typed import Aggregate, AggregateFunction, Sliding

#: So many entries are looked at; then one asks again.
_MOST = 64


def next_rise(fact: Aggregate, least: int, most: int, compiler: Compiler) -> Next | None:
    """When an average may next reach a limit from `least` to `most`; None where nothing can be said beforehand."""
    window = fact.window
    if fact.function is not AggregateFunction.AVERAGE or not isinstance(window, Sliding) or window.ending or least <= 0:
        return None
    of = compiler.table.series[compiler.table.parts[fact]]
    key, column, length = of.key, column_of(fact, of), window.length

    def when(view: View) -> int | None:
        series = view.record.series_of(key)
        return None if series is None else soonest_rise(series, column, view.now, length, least, most)

    return when


def soonest_rise(series: Series, column: int, now: int, length: int, least: int, most: int) -> int | None:
    """The same of one series and a window of `length` milliseconds: too early at worst; None for never.

    What is less than `least` and comes later, but is not of an earlier time than what is there, makes it no sooner.
    """
    if series.merged_until > now - length or series.known[column] is not None or column in series.negative:
        return soonest(series, now, length, 0)
    times, sums = series.times, series.columns[column]
    low, end, total = bisect_right(times, now - length), len(times) - 1, sums[-1]
    enough: int = (total - sums[low]) // least
    first = max(low, end - enough)
    for leaving in range(first, min(first + _MOST, end)):
        if total - sums[leaving + 1] < (end - leaving) * least:
            continue
        alone = leaving == low or times[leaving - 1] < times[leaving]
        if not alone or sums[leaving + 1] - sums[leaving] < most:
            return times[leaving] + length
    return times[first + _MOST] + length if first + _MOST < end else None
