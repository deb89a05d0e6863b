"""Aggregates as closures over the series and totals of a record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from models.text import told_apart
from models.types import Value
from rules.compile.view import View
from rules.compile.windows import Bounds, bounds_of
from rules.facts.running import Running
from rules.facts.series import DISTINCT, Bucket, Series
from rules.facts.table import SUMMED, FactTable, SeriesOf
from rules.typed import Aggregate, AggregateFunction, CalendarUnit, Ever, SinceLast

Compiled = Callable[[View], Value]
_STARTS_AT_ZERO = (AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.DISTINCT)


def aggregate(fact: Aggregate, table: FactTable, backs: Mapping[CalendarUnit, int]) -> Compiled:
    """The value of an aggregate at the view's moment."""
    if isinstance(fact.window, Ever):
        return _over_ever(fact, table)
    series_of = table.series[table.parts[fact]]
    column = column_of(fact, series_of)
    return _READERS[fact.function](_series_getter(series_of.key, fact.each), column, bounds_of(fact.window, backs))


#: A value as (numerator, denominator above 0); None is missing.
Ratio = Callable[[View], tuple[int, int] | None]


def ratio(fact: Aggregate, table: FactTable, backs: Mapping[CalendarUnit, int]) -> Ratio | None:
    """An average as two whole numbers: what compares by cross-multiplication need not become a fraction."""
    make = _RATIOS.get(fact.function)
    if make is None or isinstance(fact.window, Ever):
        return None
    series_of = table.series[table.parts[fact]]
    column = column_of(fact, series_of)
    return make(_series_getter(series_of.key, fact.each), column, bounds_of(fact.window, backs))


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


def _series_getter(key: int, each: str | None) -> Callable[[View], Series | None]:
    if each is None:
        return lambda view: view.record.series.get(key)
    return lambda view: view.record.each_series.get(key, {}).get(view.each)


def _running_getter(key: int, each: str | None) -> Callable[[View], Running | None]:
    if each is None:
        return lambda view: view.record.running.get(key)
    return lambda view: view.record.each_running.get(key, {}).get(view.each)


Getter = Callable[[View], Series | None]


def _slice(times: list[int], span: tuple[int, int]) -> tuple[int, int]:
    """Where the entries of a window begin and end; most windows end now, after the last entry."""
    after, until = span
    high = len(times) if not times or times[-1] <= until else bisect_right(times, until)
    return bisect_right(times, after), high


def _buckets(series: Series, after: int, until: int) -> list[Bucket]:
    return [bucket for bucket in series.buckets or () if after < bucket.last_time <= until]


def _count(get: Getter, column: int, bounds: Bounds) -> Compiled:
    def value(view: View) -> Value:
        span = bounds(view)
        if span is None:
            return None
        series = get(view)
        if series is None:
            return 0
        low, high = _slice(series.times, span)
        count = high - low
        if series.buckets:
            count += sum(bucket.count for bucket in _buckets(series, *span))
        return count

    return value


def _total(series: Series, column: int, span: tuple[int, int]) -> tuple[int, int]:
    """(sum, number of known values) in the window."""
    low, high = _slice(series.times, span)
    sums, counts = series.columns[column], series.known[column]
    total, known = sums[high] - sums[low], high - low if counts is None else counts[high] - counts[low]
    if series.buckets:
        for bucket in _buckets(series, *span):
            known += bucket.fields[column][0]
            total += bucket.fields[column][1]
    return total, known


def _sum(get: Getter, column: int, bounds: Bounds) -> Compiled:
    def value(view: View) -> Value:
        span = bounds(view)
        if span is None:
            return None
        series = get(view)
        return 0 if series is None else _total(series, column, span)[0]

    return value


def _average(get: Getter, column: int, bounds: Bounds) -> Ratio:
    def pair(view: View) -> tuple[int, int] | None:
        span = bounds(view)
        series = get(view)
        if span is None or series is None:
            return None
        found = _total(series, column, span)
        return found if found[1] else None

    return pair


def _as_fraction(make: Callable[[Getter, int, Bounds], Ratio]) -> Callable[[Getter, int, Bounds], Compiled]:
    def reader(get: Getter, column: int, bounds: Bounds) -> Compiled:
        pair = make(get, column, bounds)

        def value(view: View) -> Value:
            found = pair(view)
            return None if found is None else Fraction(*found)

        return value

    return reader


def _known(series: Series, column: int, span: tuple[int, int]) -> list[Any]:
    """The known values in the window, oldest first, those still kept one by one."""
    low, high = _slice(series.times, span)
    return [value for value in series.columns[column][low:high] if value is not None]


def _extreme(pick: Callable[[list[Any]], Any], slot: int) -> Callable[[Getter, int, Bounds], Compiled]:
    """Lowest, highest, first, last: of the values in the window and of slot `slot` of its buckets."""

    def reader(get: Getter, column: int, bounds: Bounds) -> Compiled:
        def value(view: View) -> Value:
            span = bounds(view)
            series = get(view)
            if span is None or series is None:
                return None
            values = _known(series, column, span)
            if series.buckets:
                merged = [bucket.fields[column][slot] for bucket in _buckets(series, *span)]
                values = [kept for kept in merged if kept is not None] + values
            return pick(values) if values else None

        return value

    return reader


def _distinct(get: Getter, column: int, bounds: Bounds) -> Compiled:
    def value(view: View) -> Value:
        span = bounds(view)
        if span is None:
            return None
        series = get(view)
        return 0 if series is None else min(DISTINCT, len(set(map(told_apart, _known(series, column, span)))))

    return value


def _time_between(get: Getter, column: int, bounds: Bounds) -> Ratio:
    def pair(view: View) -> tuple[int, int] | None:
        span = bounds(view)
        series = get(view)
        if span is None or series is None:
            return None
        low, high = _slice(series.times, span)
        count, times = high - low, series.times[low:high]
        if series.buckets and (merged := _buckets(series, *span)):
            count += sum(bucket.count for bucket in merged)
            times = [merged[0].first_time, merged[-1].last_time, *times]
        return (times[-1] - times[0], count - 1) if count > 1 else None

    return pair


_READERS: dict[AggregateFunction, Callable[[Getter, int, Bounds], Compiled]] = {
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
