"""When time alone may next change a condition.

The answer is a moment after the view's: before it the condition keeps its truth, at it it must be judged again. It
may come too early (nothing has changed, one asks again), never too late. Windows change when an entry leaves or a
calendar boundary is passed; clock functions at midnight or on the quarter hour; `time since last` grows with the clock,
so a comparison with it changes where a line meets a line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from models.calendars import next_boundary
from models.types import Kind
from rules.compile.aggregates import Compiled
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.facts.chains import advance
from rules.facts.series import Series
from rules.facts.table import part_of
from rules.plan import CLOCK_FUNCTIONS
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Between,
    CalendarUnit,
    CalendarWindow,
    Call,
    Comparator,
    Compare,
    Condition,
    Expression,
    Function,
    Named,
    Rounded,
    SinceLast,
    Sliding,
)
from rules.walk import nodes

#: The next moment, or None for never.
Next = Callable[[View], int | None]

#: Every offset in use is a multiple of a quarter hour, so a local hour begins on a quarter of UTC's.
_QUARTER = 900_000
#: A quotient is rounded to the grid: its comparison can change half a point before or after the line is met.
_ROUNDING = (Fraction(-1, 2), Fraction(0), Fraction(1, 2))


def next_change(condition: Condition, compiler: Compiler) -> Next | None:
    """The closure that says when to look again, or None where time alone can never make the condition true."""
    parts = _parts(condition, compiler)
    if not parts:
        return None

    def when(view: View) -> int | None:
        soonest: int | None = None
        for part in parts:
            moment = part(view)
            if moment is not None and (soonest is None or moment < soonest):
                soonest = moment
        return soonest

    return when


def _parts(condition: Condition, compiler: Compiler) -> list[Next]:
    falling = _only_falls(condition)
    parts: list[Next] = []
    seen: set[object] = set()
    for node in nodes(condition):
        if node in seen:
            continue
        seen.add(node)
        match node:
            case Aggregate():
                parts.extend(_window_changes(node, compiler, falling))
            case Call(function=function) if function is Function.HOUR:
                parts.append(lambda view: (view.now // _QUARTER + 1) * _QUARTER)
            case Call(function=function) if function in CLOCK_FUNCTIONS:
                parts.append(_midnight)
            case Compare(left=left, right=right) if _grows(node):
                parts.append(_meeting(left, right, compiler))
            case Between(of=of, low=low, high=high) if _grows(node):
                parts.extend((_meeting(of, low, compiler), _meeting(of, high, compiler)))
            case Call(function=Function.LOWER | Function.HIGHER, arguments=(left, right)) if _grows(node):
                parts.append(_meeting(left, right, compiler))
            case _:
                pass
    return parts


def _grows(node: object) -> bool:
    return any(isinstance(below, SinceLast) for below in nodes(node))


def _midnight(view: View) -> int | None:
    return next_boundary(CalendarUnit.DAY, view.record.zone, None, view.now)


def _only_falls(condition: Condition) -> Aggregate | None:
    """The aggregate of `X reaches Y` that time can only make smaller, while nothing else moves by itself.

    Then time never makes the line true, and no timer is needed. (A sum of money may hold refunds: see `_leaving`.)
    """
    if not isinstance(condition, Compare) or condition.operator not in (Comparator.AT_LEAST, Comparator.MORE):
        return None
    left = condition.left
    while isinstance(left, Named):
        left = left.of
    if not isinstance(left, Aggregate) or any(
        isinstance(node, Aggregate | SinceLast | Call) for node in nodes(condition.right)
    ):
        return None
    shrinks = left.function in (AggregateFunction.COUNT, AggregateFunction.DISTINCT, AggregateFunction.SUM)
    ends_now = (isinstance(left.window, Sliding) and not left.window.ending) or (
        isinstance(left.window, CalendarWindow) and not left.window.back
    )
    return left if shrinks and ends_now else None


def _window_changes(fact: Aggregate, compiler: Compiler, falling: Aggregate | None) -> list[Next]:
    signed = fact.function is AggregateFunction.SUM and fact.type.kind in (Kind.MONEY, Kind.NUMBER, Kind.WHOLE)
    if fact == falling and not signed:
        return []
    if isinstance(fact.window, Sliding):
        return [_leaving(fact, compiler, only_refunds=fact == falling)]
    if isinstance(fact.window, CalendarWindow):
        # At a boundary a sum of refunds can rise, too.
        return [_boundary(fact.window.unit, compiler.backs.get(fact.window.unit, 0))]
    return []


def _boundary(unit: CalendarUnit, back: int) -> Next:
    def when(view: View) -> int | None:
        chain = advance(view.record, unit, back, view.now)
        return None if chain is None else chain[-1]

    return when


def _leaving(fact: Aggregate, compiler: Compiler, *, only_refunds: bool) -> Next:
    """When the oldest entry leaves the window, or (`ending .. ago`) the next one comes in."""
    window = fact.window
    assert isinstance(window, Sliding)
    length, ending = window.length + window.ending, window.ending
    series_of = compiler.table.series[part_of(fact)]
    key, each = series_of.key, fact.each
    column = [name for name, _ in series_of.fields].index(fact.field) if fact.field is not None else -1

    def when(view: View) -> int | None:
        record = view.record
        series = record.series.get(key) if each is None else record.each_series.get(key, {}).get(view.each)
        if series is None or (only_refunds and not series.columns[column].negative):
            return None
        return _soonest(series, view.now, length, ending)

    return when


def _soonest(series: Series, now: int, length: int, ending: int) -> int | None:
    times = series.times
    moments = [bucket.last_time + length for bucket in series.buckets or () if bucket.last_time + length > now][:1]
    index = bisect_right(times, now - length)
    if index < len(times):
        moments.append(times[index] + length)
    if ending:
        index = bisect_right(times, now - ending)
        if index < len(times):
            moments.append(times[index] + ending)
    return min(moments, default=None)


def _meeting(left: Expression, right: Expression, compiler: Compiler) -> Next:
    """When two sides of which one grows with the clock next stand otherwise to each other than now."""
    a, b = compiler.value(_unrounded(left)), compiler.value(_unrounded(right))
    offsets = _ROUNDING if any(isinstance(node, Rounded) for node in nodes((left, right))) else (Fraction(0),)

    def when(view: View) -> int | None:
        now = _difference(view, a, b)
        if now is None:
            return None
        view.ahead = 1
        soon = _difference(view, a, b)
        view.ahead = 0
        if soon is None or soon == now:
            return None
        steps = [_step(-(now + offset) / (soon - now)) for offset in offsets]
        return min((view.now + step for step in steps if step is not None), default=None)

    return when


def _step(root: Fraction) -> int | None:
    """The first whole millisecond after 0 at which a line through zero at `root` stands otherwise."""
    at = ceil(root)
    if at > 0:
        return at
    return floor(root) + 1 if floor(root) + 1 > 0 else None


def _difference(view: View, a: Compiled, b: Compiled) -> Fraction | None:
    left, right = a(view), b(view)
    if left is None or right is None:
        return None
    return Fraction(left) - Fraction(right)  # type: ignore[arg-type]  # both are numeric


def _unrounded(node: Expression) -> Expression:
    """The expression without its rounding, so that its slope shows."""
    if isinstance(node, Rounded):
        return node.of
    if isinstance(node, Named):
        return _unrounded(node.of)
    return node
