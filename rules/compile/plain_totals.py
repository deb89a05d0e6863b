"""The lines on a count or a sum that an event crosses, of a window that ends now.

What the total was before it follows from what it is after it and from the event, which was just counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.types import Value
from rules.compile.resting import Window, rest_above, rest_below, total_of
from rules.compile.view import View
from rules.facts.series import NEVER, Series
from rules.record import Record


@dataclass(frozen=True, slots=True)
class CrossLimits:
    """Crosses lines on the total of a column (-1: the number of entries), `limits` being those that rise."""

    crossed: Callable[[Any, Any], Sequence[int]]
    limits: list[int]
    window: Window
    column: int
    #: What is summed.
    field: str
    #: Sets the timer of these lines; None where time moves none.
    reschedule: Callable[[View], None] | None
    #: Whether there are others, that fall.
    falls: bool

    def __call__(self, record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        """Numbers of the rules whose line an event crosses; how long they rest is told to the series."""
        limits, column, counts = self.limits, self.column, self.column < 0
        begin = self.window.start(record, now)
        if begin is None:
            return ()
        low = bisect_right(series.times, begin)
        after = total_of(series, column, low, begin)
        reached = bisect_right(limits, after)
        if reached < len(limits):
            rest_below(series, column, limits[reached] - after)
        if reached:
            until = self.window.leaves(record, now, rest_above(series, column, low, begin, limits[reached - 1]))
            series.rests_until = min(series.rests_until, until)
        amount: Any = 1 if counts else data.get(self.field)
        if amount is None or time <= begin:
            return ()
        if self.reschedule is not None and (counts or self.falls or column in series.negative):
            self.reschedule(View(record, now))
        least, most = (limits[0], limits[-1]) if limits else (NEVER, NEVER)
        if amount >= 0 and (after < least or after - amount >= most):
            return ()
        return self.crossed(after - amount, after)


@dataclass(frozen=True, slots=True)
class CrossLimit:
    """Crosses the line of one rule, on the total of a column (-1: the number of entries)."""

    rule: int
    #: Of a record, at a moment (ms); None where there is none.
    limit: Callable[[Record, int], int | None]
    window: Window
    column: int
    #: What is summed, and what is kept apart.
    field: str
    each: str | None
    #: Sets the timer of the line of a value of `each`; None where time doesn't move it.
    reschedule: Callable[[View, Value], None] | None
    falls: bool

    def __call__(self, record: Record, series: Series, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        """The number of the rule, if an event crosses its line; how long it rests is told to the series."""
        column = self.column
        if self.reschedule is not None and (self.falls or series.negative):
            self.reschedule(View(record, now), None if self.each is None else data[self.each])
        limit = self.limit(record, now)
        if limit is None:
            return ()
        begin = self.window.start(record, now)
        if begin is None:
            return ()
        low = bisect_right(series.times, begin)
        after = total_of(series, column, low, begin)
        if after < limit:
            rest_below(series, column, limit - after)
        else:
            until = self.window.leaves(record, now, rest_above(series, column, low, begin, limit))
            series.rests_until = min(series.rests_until, until)
        amount: Any = 1 if column < 0 else data.get(self.field)
        if amount is None or time <= begin:
            return ()
        before = after - amount
        crossed = after < limit <= before if self.falls else before < limit <= after
        return (self.rule,) if crossed else ()
