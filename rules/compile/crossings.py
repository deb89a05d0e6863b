"""Lines on one value, `X >= constant` or `X < constant`: which of them an event crosses.

The limits on a value stand in sorted lists; of these only those between the value before and after are met. Of a
count, a sum or an average over a window that ends now, the value before follows from the value after and the event
that was just counted, so it is read once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from models.types import Value
from rules.compile.aggregates import column_of
from rules.compile.averages import next_rise, soonest_rise
from rules.compile.changes import Next
from rules.compile.expressions import Compiler
from rules.compile.resting import Crossing, Window, running_window, sliding_window
from rules.compile.totals import CrossLimit, CrossLimits
from rules.compile.view import View
from rules.facts.running import Running
from rules.facts.series import NEVER, Series
from rules.record import Record
from rules.situations.timers import set_line_timer
from rules.typed import Aggregate, AggregateFunction, CalendarWindow, Ever, Sliding

#: Limits in ascending order, and the rules they are of.
Column = tuple[list[int], list[int]]
_QUICK = (AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.AVERAGE)
#: Limits of a line that are remembered.
_MOST_LIMITS = 4_096


@dataclass(slots=True)
class Thresholds:
    """Lines `X >= constant` (rising) or `X < constant` (falling) on one value.

    A quotient is rounded down, which takes it across no limit, as limits are whole.
    """

    #: How its timer is called: no rule id begins so.
    name: str
    fact: Aggregate
    value: Callable[[View], Value]
    rising: Column
    falling: Column
    #: When time alone may next move the value across a limit that matters.
    next_change: Next | None

    def crossed(self, before: Any, after: Any) -> Sequence[int]:
        """Rules whose line is crossed when the value goes from `before` to `after`."""
        if before is None or after is None or before == after:
            return ()
        if before < after:
            limits, rules = self.rising
        else:
            limits, rules = self.falling
            before, after = after, before
        return rules[bisect_right(limits, before) : bisect_right(limits, after)]

    def of(self, active: frozenset[int], compiler: Compiler) -> Thresholds | None:
        """The lines of these rules alone, or None where there is none."""
        rising, falling = _kept(self.rising, active), _kept(self.falling, active)
        if not rising[0] and not falling[0]:
            return None
        later = None if falling[0] else next_rise(self.fact, rising[0][0], rising[0][-1], compiler)
        return replace(self, rising=rising, falling=falling, next_change=later or self.next_change)

    def reschedule(self, view: View) -> None:
        """Set the timer of these lines."""
        if self.next_change is not None:
            self.set_due(view.record, self.next_change(view))

    def set_due(self, record: Record, due: int | None) -> None:
        key = (self.name, None)
        if due is None:
            record.line_due.pop(key, None)
        elif record.line_due.get(key) != due:
            record.line_due[key] = due
            set_line_timer(record, due, self.name)


def _kept(column: Column, active: frozenset[int]) -> Column:
    pairs = [(limit, number) for limit, number in zip(*column, strict=True) if number in active]
    return [limit for limit, _ in pairs], [number for _, number in pairs]


@dataclass(slots=True)
class AttributeLimit:
    """A line whose limit follows from attributes: `used reaches 80% of allowance`. `rule` is its number."""

    rule: int
    fact: Aggregate
    rises: bool
    #: Follows from these attributes.
    limit: Callable[[View], Value]
    attributes: tuple[str, ...]
    next_change: Next | None
    #: Sets the timer of the line of a value of `each`.
    reschedule: Callable[[View, Value], None]


def crossing(group: Thresholds, compiler: Compiler) -> Crossing | None:
    """The quick way for a group, or None where its value must be asked for before and after."""
    fact = group.fact
    if isinstance(fact.window, Ever):
        return _of_ever(group, compiler)
    window = _window(fact, compiler)
    if window is None:
        return None
    column = column_of(fact, compiler.table.series[compiler.table.parts[fact]])
    if fact.function is AggregateFunction.AVERAGE:
        return _of_average(group, window, column, str(fact.field))
    return _of_total(group, window, column, str(fact.field))


def limit_crossing(line: AttributeLimit, compiler: Compiler) -> Crossing | None:
    """The same for a line whose limit follows from attributes."""
    window = _window(line.fact, compiler)
    if window is None or line.fact.function is AggregateFunction.AVERAGE:
        return None
    column = column_of(line.fact, compiler.table.series[compiler.table.parts[line.fact]])
    return _of_line(line, window, column, str(line.fact.field))


def _window(fact: Aggregate, compiler: Compiler) -> Window | None:
    """The window of a fact, if it ends now and the fact can be read quickly."""
    if fact.function not in _QUICK:
        return None
    window = fact.window
    if isinstance(window, Sliding) and not window.ending:
        return sliding_window(window.length)
    if isinstance(window, CalendarWindow) and (window.back, window.count) == (0, 1):
        return running_window(window.unit, compiler.backs.get(window.unit, 0))
    return None


def _of_total(group: Thresholds, window: Window, column: int, field: str) -> Crossing:
    """Of a sum, or (column -1) of a count."""
    falls, limits, timed = bool(group.falling[0]), group.rising[0], group.next_change is not None
    least = limits[0] if limits else NEVER
    cross = CrossLimits(group.crossed, limits, window, column, field, group.reschedule if timed else None, falls)
    return Crossing(cross) if falls or (column < 0 and timed) else Crossing(cross, column, least, rests=True)


def _of_average(group: Thresholds, window: Window, column: int, field: str) -> Crossing:
    crossed, falls, limits, start = group.crossed, bool(group.falling[0]), group.rising[0], window.start
    least = limits[0] if limits and not falls else 0

    def cross(record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        begin = start(record, now)
        amount: Any = data.get(field)
        if begin is None or amount is None or time <= begin:
            return ()
        sums, counts = series.columns[column], series.known[column]
        low = bisect_right(series.times, begin)
        total = sums[-1] - sums[low]
        known = len(sums) - 1 - low if counts is None else counts[-1] - counts[low]
        if series.merged_until > begin:
            for bucket in series.buckets or ():
                if bucket.last_time > begin:
                    known += bucket.fields[column][0]
                    total += bucket.fields[column][1]
        look_again(record, series, now)
        return crossed((total - amount) // (known - 1), total // known) if known > 1 else ()

    look_again = _timer_of_average(group, column, least, limits[-1] if limits else least)
    if least > 0 and isinstance(group.fact.window, Sliding):
        return Crossing(cross, column, least, rests=True, of_average=field)
    # (even one entry of all that is summed would be too little)
    return Crossing(cross, column, least)


def _timer_of_average(group: Thresholds, column: int, least: int, most: int) -> Callable[[Record, Series, int], None]:
    """Sets the timer of an average anew, unless it comes early enough as it is."""
    window, key = group.fact.window, (group.name, None)

    def plain(record: Record, series: Series, now: int) -> None:
        group.reschedule(View(record, now))

    if not isinstance(window, Sliding) or least <= 0:
        return plain
    length = window.length

    def look_again(record: Record, series: Series, now: int) -> None:
        due, known = soonest_rise(series, column, now, length, least, most), record.line_due.get(key)
        if due is not None and (known is None or due < known):
            group.set_due(record, due)

    return look_again


def _of_ever(group: Thresholds, compiler: Compiler) -> Crossing | None:
    fact, crossed = group.fact, group.crossed
    if fact.function not in (AggregateFunction.COUNT, AggregateFunction.SUM):
        return None
    of = compiler.table.running[compiler.table.parts[fact]]
    key, field = of.key, fact.field
    column = -1 if field is None else [name for name, _ in of.fields].index(field)

    def cross(record: Record, counted: object, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        running: Running = record.kept_running[key]
        after = running.count if field is None else running.totals[column].sum
        amount: Any = 1 if field is None else data.get(field)
        return () if amount is None else crossed(after - amount, after)

    return Crossing(cross)


def _of_line(line: AttributeLimit, window: Window, column: int, field: str) -> Crossing:
    limit_of, falls = _limits(line), not line.rises
    reschedule = None if line.next_change is None else line.reschedule
    cross = CrossLimit(line.rule, limit_of, window, column, field, line.fact.each, reschedule, falls)
    return Crossing(cross) if falls else Crossing(cross, column, rests=True, limit=limit_of, attributes=line.attributes)


def _limits(line: AttributeLimit) -> Callable[[Record, int], int | None]:
    """The limit of a line, rounded up, as what is compared with it is whole; by attributes that most have in common."""
    known: dict[tuple[Value, ...], int | None] = {}
    read, names = line.limit, line.attributes

    def limit_of(record: Record, now: int) -> int | None:
        attributes = record.attributes
        values = tuple([attributes.get(name) for name in names])
        try:
            return known[values]
        except KeyError:
            pass
        if len(known) >= _MOST_LIMITS:
            known.clear()
        value: Any = read(View(record, now))
        limit = known[values] = None if value is None else ceil(value)
        return limit

    return limit_of
