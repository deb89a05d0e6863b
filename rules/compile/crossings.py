"""Lines on one value, `X >= constant` or `X < constant`: which of them an event crosses.

The limits on a value stand in sorted lists; of these only those between the value before and after are met. Of a
count, a sum or an average over a window that ends now, the value before follows from the value after and the event
that was just counted, so it is read once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from models.types import Value
from rules.compile.aggregates import column_of
from rules.compile.averages import next_rise, soonest_rise
from rules.compile.changes import Next
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.facts.chains import advance
from rules.facts.running import Running
from rules.facts.series import Series
from rules.record import Record
from rules.situations.timers import set_line_timer
from rules.typed import Aggregate, AggregateFunction, CalendarUnit, CalendarWindow, Ever, Sliding

#: Limits in ascending order, and the rules they are of.
Column = tuple[list[int], list[int]]
#: The rules whose line an event crosses that has just been counted: of her record, in what it was counted, now, its
#: time and data.
Cross = Callable[[Record, Any, int, int, dict[str, Value]], Sequence[int]]

_QUICK = (AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.AVERAGE)
#: When the window began (exclusive, ms), or None where there is none.
Start = Callable[[Record, int], int | None]
#: Later than every moment.
_NEVER = 1 << 62


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
        later = None if falling[0] else next_rise(self.fact, rising[0][0], compiler)
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


@dataclass(frozen=True, slots=True)
class Crossing:
    """The way to find the lines on one value that an event crosses.

    Nothing can cross while all that is kept one by one comes to less than `least`: the sum of `column`, or (-1) the
    number of entries; refunds and what was merged into buckets apart. None: to be asked in any case.
    """

    cross: Cross
    column: int | None = None
    least: int = 0


def together(crossings: Sequence[Crossing]) -> Cross:
    """The crossings of all lines that one part moves, in one; most of the time none of them can be reached."""
    always = [one.cross for one in crossings if one.column is None]
    known = [one.column for one in crossings if one.column is not None]
    limited = [(column, _by_least(crossings, column)) for column in dict.fromkeys(known)]

    def cross(record: Record, counted: Any, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        found: list[int] = []
        for one in always:
            found += one(record, counted, now, time, data)
        for column, lines in limited:
            if counted.buckets or counted.negative:
                every = _NEVER
            elif column < 0:
                every = len(counted.times)
            else:
                sums = counted.columns[column]
                every = sums[-1] - sums[0]
            for least, one in lines:
                if every < least:
                    break
                found += one(record, counted, now, time, data)
        return found

    return cross


def _by_least(crossings: Sequence[Crossing], column: int) -> list[tuple[int, Cross]]:
    """Those of one column, the one that is reached first at the front."""
    return sorted(((one.least, one.cross) for one in crossings if one.column == column), key=itemgetter(0))


@dataclass(slots=True)
class AttributeLimit:
    """A line whose limit follows from attributes: `used reaches 80% of allowance`. `rule` is its number."""

    rule: int
    fact: Aggregate
    rises: bool
    limit: Callable[[View], Value]
    next_change: Next | None
    #: Sets the timer of the line of a value of `each`.
    reschedule: Callable[[View, Value], None]


def crossing(group: Thresholds, compiler: Compiler) -> Crossing | None:
    """The quick way for a group, or None where its value must be asked for before and after."""
    fact = group.fact
    if isinstance(fact.window, Ever):
        return _of_ever(group, compiler)
    start = _start(fact, compiler)
    if start is None:
        return None
    if fact.function is AggregateFunction.COUNT:
        return _of_count(group, start)
    column = column_of(fact, compiler.table.series[compiler.table.parts[fact]])
    make = _of_sum if fact.function is AggregateFunction.SUM else _of_average
    return make(group, start, column, str(fact.field))


def limit_crossing(line: AttributeLimit, compiler: Compiler) -> Crossing | None:
    """The same for a line whose limit follows from attributes."""
    start = _start(line.fact, compiler)
    if start is None or line.fact.function is AggregateFunction.AVERAGE:
        return None
    if line.fact.function is AggregateFunction.COUNT:
        return _of_line(line, start, -1, None)
    column = column_of(line.fact, compiler.table.series[compiler.table.parts[line.fact]])
    return _of_line(line, start, column, line.fact.field)


def _start(fact: Aggregate, compiler: Compiler) -> Start | None:
    """Where the window of a fact begins, if it ends now and the fact can be read quickly."""
    if fact.function not in _QUICK:
        return None
    window = fact.window
    if isinstance(window, Sliding) and not window.ending:
        return _sliding(window.length)
    if isinstance(window, CalendarWindow) and (window.back, window.count) == (0, 1):
        return _calendar(window.unit, compiler.backs.get(window.unit, 0))
    return None


def _sliding(length: int) -> Start:
    return lambda record, now: now - length


def _calendar(unit: CalendarUnit, back: int) -> Start:
    def start(record: Record, now: int) -> int | None:
        chain = record.chains.get(unit)
        if chain is None or len(chain) < back + 3 or not chain[-2] <= now < chain[-1]:
            chain = advance(record, unit, back, now)
            if chain is None:
                return None
        return chain[-2] - 1

    return start


def _of_count(group: Thresholds, start: Start) -> Crossing:
    crossed, timed, limits = group.crossed, group.next_change is not None, group.rising[0]
    least, most = (limits[0], limits[-1]) if limits else (_NEVER, _NEVER)

    def cross(record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        begin = start(record, now)
        if begin is None or time <= begin:
            return ()
        after = len(series.times) - bisect_right(series.times, begin)
        if series.buckets:
            after += sum(bucket.count for bucket in series.buckets if bucket.last_time > begin)
        if timed:
            group.reschedule(View(record, now))
        return crossed(after - 1, after) if least <= after <= most else ()

    return Crossing(cross) if timed else Crossing(cross, -1, least)


def _of_sum(group: Thresholds, start: Start, column: int, field: str) -> Crossing:
    crossed, falls, limits = group.crossed, bool(group.falling[0]), group.rising[0]
    timed = group.next_change is not None
    least, most = (limits[0], limits[-1]) if limits else (_NEVER, _NEVER)

    def cross(record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        begin = start(record, now)
        amount: Any = data.get(field)
        if begin is None or amount is None or time <= begin:
            return ()
        sums = series.columns[column]
        after = sums[-1] - sums[bisect_right(series.times, begin)]
        if series.buckets:
            after += sum(bucket.fields[column][1] for bucket in series.buckets if bucket.last_time > begin)
        if timed and (falls or column in series.negative):
            group.reschedule(View(record, now))
        if amount >= 0 and (after < least or after - amount >= most):
            return ()
        return crossed(after - amount, after)

    return Crossing(cross) if falls else Crossing(cross, column, least)


def _of_average(group: Thresholds, start: Start, column: int, field: str) -> Crossing:
    crossed, falls, limits = group.crossed, bool(group.falling[0]), group.rising[0]
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
        if series.buckets:
            for bucket in series.buckets:
                if bucket.last_time > begin:
                    known += bucket.fields[column][0]
                    total += bucket.fields[column][1]
        look_again(record, series, now)
        return crossed((total - amount) // (known - 1), total // known) if known > 1 else ()

    look_again = _timer_of_average(group, column, least)
    # (even one entry of all that is summed would be too little)
    return Crossing(cross, column, least)


def _timer_of_average(group: Thresholds, column: int, least: int) -> Callable[[Record, Series, int], None]:
    """Sets the timer of an average anew, unless it comes early enough as it is."""
    window, key = group.fact.window, (group.name, None)

    def plain(record: Record, series: Series, now: int) -> None:
        group.reschedule(View(record, now))

    if not isinstance(window, Sliding) or least <= 0:
        return plain
    length = window.length

    def look_again(record: Record, series: Series, now: int) -> None:
        due, known = soonest_rise(series, column, now, length, least), record.line_due.get(key)
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
        running: Running = record.running[key]
        after = running.count if field is None else running.totals[column].sum
        amount: Any = 1 if field is None else data.get(field)
        return () if amount is None else crossed(after - amount, after)

    return Crossing(cross)


def _of_line(line: AttributeLimit, start: Start, column: int, field: str | None) -> Crossing:
    only, timed, read, number = (line.rule,), line.next_change is not None, line.limit, line.rule
    each, falls = line.fact.each, not line.rises

    def cross(record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        if timed and (falls or series.negative):
            line.reschedule(View(record, now), None if each is None else data[each])
        if number not in record.limits:
            record.limits[number] = read(View(record, now))
        limit: Any = record.limits[number]
        if limit is None:
            return ()
        if not (falls or series.negative or series.buckets):
            every = len(series.times) if field is None else series.columns[column][-1] - series.columns[column][0]
            if every < limit:
                return ()  # nearly always: all together are too little
        begin = start(record, now)
        amount: Any = 1 if field is None else data.get(field)
        if begin is None or amount is None or time <= begin:
            return ()
        low = bisect_right(series.times, begin)
        after = len(series.times) - low if field is None else series.columns[column][-1] - series.columns[column][low]
        for bucket in series.buckets or ():
            if bucket.last_time > begin:
                after += bucket.count if field is None else bucket.fields[column][1]
        before = after - amount
        crossed = before < limit <= after if line.rises else after < limit <= before
        return only if crossed else ()

    return Crossing(cross)
