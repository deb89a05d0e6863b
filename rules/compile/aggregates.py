"""Aggregates as closures over the series and totals of a record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from models.text import told_apart
from models.types import Value
from rules.compile.sliding import sliding, sliding_ratio
from rules.compile.view import View
from rules.compile.windows import calendar_bounds
from rules.facts.running import Running
from rules.facts.series import DISTINCT, Bucket, Series
from rules.facts.table import SUMMED, FactTable, SeriesOf
from rules.typed import Aggregate, AggregateFunction, CalendarUnit, CalendarWindow, Ever, SinceLast, Sliding

Compiled = Callable[[View], Value]
_STARTS_AT_ZERO = (AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.DISTINCT)


def aggregate(fact: Aggregate, table: FactTable, backs: Mapping[CalendarUnit, int]) -> Compiled:
    """The value of an aggregate at the view's moment."""
    if isinstance(fact.window, Ever):
        return _over_ever(fact, table)
    series_of = table.series[table.parts[fact]]
    column = column_of(fact, series_of)
    value = _READERS[fact.function](_cutter(fact.window, series_of.key, fact.each, backs), column)
    return sliding(fact, series_of.key, column, value)


#: A value as (numerator, denominator above 0); None is missing.
Ratio = Callable[[View], tuple[int, int] | None]


def ratio(fact: Aggregate, table: FactTable, backs: Mapping[CalendarUnit, int]) -> Ratio | None:
    """An average as two whole numbers: what compares by cross-multiplication need not become a fraction."""
    make = _RATIOS.get(fact.function)
    if make is None or isinstance(fact.window, Ever):
        return None
    series_of = table.series[table.parts[fact]]
    column = column_of(fact, series_of)
    pair = make(_cutter(fact.window, series_of.key, fact.each, backs), column)
    return sliding_ratio(fact, series_of.key, column, pair)


def floored(fact: Aggregate, table: FactTable, backs: Mapping[CalendarUnit, int]) -> Compiled | None:
    """A quotient rounded down: enough to compare it with whole numbers. None for what is no quotient."""
    pair = ratio(fact, table, backs)
    if pair is None:
        return None

    def value(view: View) -> Value:
        found = pair(view)
        return None if found is None else found[0] // found[1]

    return value


def last_of(fact: SinceLast, table: FactTable) -> Callable[[View], int | None]:
    """When the last fitting event was (ms); None where there was none."""
    get = _running_getter(table.running[table.parts[fact]].key, fact.each)

    def value(view: View) -> int | None:
        running = get(view)
        return None if running is None else running.last_time

    return value


def since_last(fact: SinceLast, table: FactTable) -> Compiled:
    """The length of time since the last fitting event; missing where there was none."""
    get = _running_getter(table.running[table.parts[fact]].key, fact.each)

    def value(view: View) -> Value:
        running = get(view)
        return None if running is None else view.now + view.ahead - running.last_time

    return value


def column_of(fact: Aggregate, series_of: SeriesOf) -> int:
    """The number of the column a fact reads; -1 for one that only counts."""
    return -1 if fact.field is None else series_of.fields.index((fact.field, fact.function in SUMMED))


def _number_of(field: str | None, fields: tuple[tuple[str, bool], ...]) -> int:
    return -1 if field is None else [name for name, _ in fields].index(field)


def _running_getter(key: int, each: str | None) -> Callable[[View], Running | None]:
    if each is None:
        return lambda view: view.record.running_of(key)
    return lambda view: view.record.each_running_of(key).get(view.each)


#: What of a series lies in a window: entries `low` to `high`, and these of its buckets.
Cut = tuple[Series, int, int, Sequence[Bucket]]
#: The cut of a fact. None where its window does not exist (no bill day).
Cutter = Callable[[View], Cut | None]

#: The cut where no event has fitted yet.
_NOTHING: Cut = (Series(()), 0, 0, ())


def _cutter(window: Sliding | CalendarWindow, key: int, each: str | None, backs: Mapping[CalendarUnit, int]) -> Cutter:
    bounds = calendar_bounds(window, backs) if isinstance(window, CalendarWindow) else None
    length, ending = (window.length, window.ending) if isinstance(window, Sliding) else (0, 0)

    def cut(view: View) -> Cut | None:
        if bounds is None:
            until = view.now - ending
            after = until - length
        else:
            span = bounds(view)
            if span is None:
                return None
            after, until = span
        record = view.record
        series = record.series_of(key) if each is None else record.each_series_of(key).get(view.each)
        if series is None:
            return _NOTHING
        times = series.times
        # Most windows end now, after the last entry.
        high = len(times) if not times or times[-1] <= until else bisect_right(times, until)
        if series.merged_until <= after:
            return series, bisect_right(times, after), high, ()
        merged = [bucket for bucket in series.buckets or () if after < bucket.last_time <= until]
        return series, bisect_right(times, after), high, merged

    return cut


def _count(cutter: Cutter, column: int) -> Compiled:
    def value(view: View) -> Value:
        cut = cutter(view)
        if cut is None:
            return None
        _, low, high, buckets = cut
        return high - low + sum(bucket.count for bucket in buckets) if buckets else high - low

    return value


def _total(cut: Cut, column: int) -> tuple[int, int]:
    """(sum, number of known values) in the window."""
    series, low, high, buckets = cut
    if high == low and not buckets:
        return 0, 0
    sums, counts = series.columns[column], series.known[column]
    total, known = sums[high] - sums[low], high - low if counts is None else counts[high] - counts[low]
    for bucket in buckets:
        known += bucket.fields[column][0]
        total += bucket.fields[column][1]
    return total, known


def _sum(cutter: Cutter, column: int) -> Compiled:
    def value(view: View) -> Value:
        cut = cutter(view)
        return None if cut is None else _total(cut, column)[0]

    return value


def _average(cutter: Cutter, column: int) -> Ratio:
    def pair(view: View) -> tuple[int, int] | None:
        cut = cutter(view)
        if cut is None:
            return None
        found = _total(cut, column)
        return found if found[1] else None

    return pair


def _as_fraction(make: Callable[[Cutter, int], Ratio]) -> Callable[[Cutter, int], Compiled]:
    def reader(cutter: Cutter, column: int) -> Compiled:
        pair = make(cutter, column)

        def value(view: View) -> Value:
            found = pair(view)
            return None if found is None else Fraction(*found)

        return value

    return reader


def _known(cut: Cut, column: int) -> list[Any]:
    """The known values in the window, oldest first, those still kept one by one."""
    series, low, high, _ = cut
    return [value for value in series.columns[column][low:high] if value is not None] if low < high else []


def _extreme(pick: Callable[[list[Any]], Any], slot: int) -> Callable[[Cutter, int], Compiled]:
    """Lowest, highest, first, last: of the values in the window and of slot `slot` of its buckets."""

    def reader(cutter: Cutter, column: int) -> Compiled:
        def value(view: View) -> Value:
            cut = cutter(view)
            if cut is None:
                return None
            values = _known(cut, column)
            merged = [bucket.fields[column][slot] for bucket in cut[3]]
            values = [kept for kept in merged if kept is not None] + values
            return pick(values) if values else None

        return value

    return reader


def _distinct(cutter: Cutter, column: int) -> Compiled:
    def value(view: View) -> Value:
        cut = cutter(view)
        return None if cut is None else min(DISTINCT, len(set(map(told_apart, _known(cut, column)))))

    return value


def _time_between(cutter: Cutter, column: int) -> Ratio:
    def pair(view: View) -> tuple[int, int] | None:
        cut = cutter(view)
        if cut is None:
            return None
        series, low, high, buckets = cut
        times, count = series.times, high - low
        if not buckets:
            return (times[high - 1] - times[low], count - 1) if count > 1 else None
        count += sum(bucket.count for bucket in buckets)
        latest = times[high - 1] if low < high else buckets[-1].last_time
        return (latest - buckets[0].first_time, count - 1) if count > 1 else None

    return pair


_READERS: dict[AggregateFunction, Callable[[Cutter, int], Compiled]] = {
    AggregateFunction.COUNT: _count,
    AggregateFunction.SUM: _sum,
    AggregateFunction.AVERAGE: _as_fraction(_average),
    AggregateFunction.LOWEST: _extreme(min, 2),
    AggregateFunction.HIGHEST: _extreme(max, 3),
    AggregateFunction.FIRST: _extreme(lambda values: values[0], 4),
    AggregateFunction.LAST: _extreme(lambda values: values[-1], 5),
    AggregateFunction.DISTINCT: _distinct,
    AggregateFunction.TIME_BETWEEN: _as_fraction(_time_between),
}
_RATIOS = {AggregateFunction.AVERAGE: _average, AggregateFunction.TIME_BETWEEN: _time_between}


def _over_ever(fact: Aggregate, table: FactTable) -> Compiled:
    running_of = table.running[table.parts[fact]]
    get = _running_getter(running_of.key, fact.each)
    column = _number_of(fact.field, running_of.fields)
    read = _EVER[fact.function]
    empty = 0 if fact.function in _STARTS_AT_ZERO else None

    def value(view: View) -> Value:
        running = get(view)
        return empty if running is None else read(running, column)

    return value


def _ever_average(running: Running, column: int) -> Value:
    total = running.totals[column]
    return Fraction(total.sum, total.known) if total.known else None


def _ever_between(running: Running, column: int) -> Value:
    if running.count < 2:
        return None
    return Fraction(running.last_time - running.first_time, running.count - 1)


_EVER: dict[AggregateFunction, Callable[[Running, int], Value]] = {
    AggregateFunction.COUNT: lambda running, column: running.count,
    AggregateFunction.SUM: lambda running, column: running.totals[column].sum,
    AggregateFunction.AVERAGE: _ever_average,
    AggregateFunction.LOWEST: lambda running, column: running.totals[column].lowest,
    AggregateFunction.HIGHEST: lambda running, column: running.totals[column].highest,
    AggregateFunction.FIRST: lambda running, column: running.totals[column].first,
    AggregateFunction.LAST: lambda running, column: running.totals[column].last,
    AggregateFunction.DISTINCT: lambda running, column: len(running.totals[column].distinct or ()),
    AggregateFunction.TIME_BETWEEN: _ever_between,
}
