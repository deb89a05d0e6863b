"""When time alone may next change a condition.

The answer is a moment after the view's: before it the condition keeps its truth, at it it must be judged again. It
may come too early (nothing has changed, one asks again), never too late. Windows change when an entry leaves or a
calendar boundary is passed; clock functions at midnight or on the quarter hour; `time since last` grows with the clock,
so a comparison with it changes where a line meets a line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from math import ceil, floor
from typing import Any

from models.calendars import next_boundary
from models.types import Kind
from rules.compile.aggregates import Compiled, column_of, last_of
from rules.compile.expressions import Check, Compiler, ratio
from rules.compile.view import View
from rules.facts.chains import advance
from rules.facts.series import Series
from rules.plan import CLOCK_FUNCTIONS, CYCLE_FUNCTIONS
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    AnyOf,
    Between,
    CalendarUnit,
    CalendarWindow,
    Call,
    Comparator,
    Compare,
    Condition,
    Expression,
    Function,
    Holds,
    Named,
    SinceLast,
    Sliding,
    Truth,
)
from rules.walk import nodes_of

#: The next moment, or None for never.
Next = Callable[[View], int | None]

#: Every offset in use is a multiple of a quarter hour, so a local hour begins on a quarter of UTC's.
_QUARTER = 900_000
#: Nobody waits for what is more than a century ahead (ms).
_NEVER = 1 << 42
#: What time can move.
_MOVING = (Aggregate, SinceLast, Call)


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
    moving = nodes_of(condition, _MOVING)
    falling = _only_fall(condition, moving)
    growing = any(isinstance(node, SinceLast) for node in moving)
    parts: list[Next] = []
    for node in dict.fromkeys(nodes_of(condition, (*_MOVING, Compare, Between)) if growing else moving):
        match node:
            case Aggregate():
                parts.extend(_window_changes(node, compiler, falls=node in falling))
            case Call(function=function) if function is Function.HOUR:
                parts.append(lambda view: (view.now // _QUARTER + 1) * _QUARTER)
            case Call(function=Function.DISTANCE):
                parts.append(_fading(compiler.vocabulary.position_fades))
            case Call(function=function) if function in CLOCK_FUNCTIONS:
                parts.append(_midnight)
                if function in CYCLE_FUNCTIONS:
                    # The running cycle ends where it would have, even where her zone has changed since.
                    parts.append(_boundary(CalendarUnit.BILLING_CYCLE, compiler.backs[CalendarUnit.BILLING_CYCLE]))
            case Compare(operator=operator, left=left, right=right) if _grows(node):
                equal = operator in (Comparator.IS, Comparator.IS_NOT)
                sides = (Comparator.AT_LEAST, Comparator.MORE) if equal else (operator,)
                parts.extend(_meeting(Compare(side, left, right), compiler) for side in sides)
            case Between(of=of, low=low, high=high) if _grows(node):
                parts.append(_meeting(Compare(Comparator.AT_LEAST, of, low), compiler))
                parts.append(_meeting(Compare(Comparator.AT_MOST, of, high), compiler))
            case _:
                pass
    return parts


def _grows(node: object) -> bool:
    return bool(nodes_of(node, (SinceLast,)))


def _fading(fades: int) -> Next:
    def when(view: View) -> int | None:
        position = view.record.position
        return None if position is None or position.taken + fades <= view.now else position.taken + fades

    return when


def _midnight(view: View) -> int | None:
    return next_boundary(CalendarUnit.DAY, view.record.zone, None, view.now)


def _only_fall(condition: Condition, moving: list[object]) -> set[Aggregate]:
    """The aggregates that time can only make smaller, where that can only make the condition false.

    They never make the line true, and need no timer. (A sum of money may hold refunds: see `_if_refunds`.)
    """
    fall = [fact for one in _raising(condition) if (fact := _only_falls(one)) is not None]
    return {fact for fact in fall if moving.count(fact) == fall.count(fact)}


def _raising(condition: Condition) -> Iterator[Compare]:
    """The comparisons of which one that becomes false never makes the condition true."""
    match condition:
        case Compare():
            yield condition
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from _raising(part)
        case Holds(of=of):
            while isinstance(of, Named):
                of = of.of
            if isinstance(of, Truth):
                yield from _raising(of.of)


def _only_falls(compare: Compare) -> Aggregate | None:
    """The aggregate of `X reaches Y` that time can only make smaller, while Y does not move by itself."""
    if compare.operator not in (Comparator.AT_LEAST, Comparator.MORE):
        return None
    left = compare.left
    while isinstance(left, Named):
        left = left.of
    if not isinstance(left, Aggregate) or nodes_of(compare.right, _MOVING):
        return None
    shrinks = left.function in (AggregateFunction.COUNT, AggregateFunction.DISTINCT, AggregateFunction.SUM)
    ends_now = (isinstance(left.window, Sliding) and not left.window.ending) or (
        isinstance(left.window, CalendarWindow) and not left.window.back
    )
    return left if shrinks and ends_now else None


def _window_changes(fact: Aggregate, compiler: Compiler, *, falls: bool) -> list[Next]:
    signed = fact.function is AggregateFunction.SUM and fact.type.kind in (Kind.MONEY, Kind.NUMBER, Kind.WHOLE)
    if falls and not signed:
        return []
    if isinstance(fact.window, Sliding):
        leaving = _leaving(fact, compiler)
        return [_if_refunds(leaving, fact, compiler) if falls else leaving]
    if isinstance(fact.window, CalendarWindow):
        boundary = _boundary(fact.window.unit, compiler.backs.get(fact.window.unit, 0))
        # At a boundary a sum falls to nothing, unless refunds had made it less.
        return [_if_refunds(boundary, fact, compiler) if falls else boundary]
    return []


def _boundary(unit: CalendarUnit, back: int) -> Next:
    def when(view: View) -> int | None:
        chain = advance(view.record, unit, back, view.now)
        return None if chain is None else chain[-1]

    return when


def _if_refunds(moment: Next, fact: Aggregate, compiler: Compiler) -> Next:
    """Only where the summed column holds negative values can time make the sum greater."""
    series_of = compiler.table.series[compiler.table.parts[fact]]
    key, each = series_of.key, fact.each
    column = column_of(fact, series_of)

    def when(view: View) -> int | None:
        series = _series(view, key, each)
        return moment(view) if series is not None and column in series.negative else None

    return when


def _series(view: View, key: int, each: str | None) -> Series | None:
    record = view.record
    return record.series_of(key) if each is None else record.each_series_of(key).get(view.each)


def _leaving(fact: Aggregate, compiler: Compiler) -> Next:
    """When the oldest entry leaves the window, or (`ending .. ago`) the next one comes in."""
    window = fact.window
    assert isinstance(window, Sliding)
    length, ending = window.length + window.ending, window.ending
    key, each = compiler.table.series[compiler.table.parts[fact]].key, fact.each

    def when(view: View) -> int | None:
        series = _series(view, key, each)
        return None if series is None else soonest(series, view.now, length, ending)

    return when


def soonest(series: Series, now: int, length: int, ending: int) -> int | None:
    """When an entry next leaves a window of `length` milliseconds, or comes into one that ends `ending` ago."""
    times = series.times
    if not ending and series.merged_until <= now - length:  # nearly always
        index = bisect_right(times, now - length)
        return times[index] + length if index < len(times) else None
    moments = [bucket.last_time + length for bucket in series.buckets or () if bucket.last_time + length > now][:1]
    index = bisect_right(times, now - length)
    if index < len(times):
        moments.append(times[index] + length)
    if ending:
        index = bisect_right(times, now - ending)
        if index < len(times):
            moments.append(times[index] + ending)
    return min(moments, default=None)


#: The same comparison with its sides changed.
_TURNED = {
    Comparator.LESS: Comparator.MORE,
    Comparator.MORE: Comparator.LESS,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.AT_LEAST: Comparator.AT_MOST,
}


def _meeting(node: Compare, compiler: Compiler) -> Next:
    """When a comparison of which a side grows with the clock changes, if nothing else does."""
    plain = _plain_meeting(node.left, node.operator, node.right, compiler)
    if plain is None and node.operator in _TURNED:
        plain = _plain_meeting(node.right, _TURNED[node.operator], node.left, compiler)
    return plain or _found_meeting(node, compiler)


def _plain_meeting(left: Expression, operator: Comparator, right: Expression, compiler: Compiler) -> Next | None:
    """`time since last E >= X`, where X stands still: X after that event."""
    while isinstance(left, Named):
        left = left.of
    if not isinstance(left, SinceLast) or _grows(right):
        return None
    get, pair, value = last_of(left, compiler.table), ratio(right, compiler), compiler.value(right)
    # `>=` and `<` change when X is reached, `>` and `<=` when it is passed.
    passed = operator in (Comparator.MORE, Comparator.AT_MOST)

    def when(view: View) -> int | None:
        since = get(view)
        found: Any = (pair or value)(view)
        if since is None or found is None:
            return None
        if pair is not None:
            length = found[0] // found[1] + 1 if passed else -(-found[0] // found[1])
        else:
            length = floor(found) + 1 if passed else ceil(found)
        return since + length if since + length > view.now else None

    return when


def _found_meeting(node: Compare, compiler: Compiler) -> Next:
    """When a comparison of which a side grows with the clock changes, if nothing else does.

    Both sides go up or down evenly, or in the steps of their rounding; so it changes once. A line through two points
    says about where; if that is not it (steps), it is found by doubling and halving. A century ahead is never.
    """
    check, left, right = compiler.check(node), compiler.value(node.left), compiler.value(node.right)

    def when(view: View) -> int | None:
        now = check(view)
        if now is None:
            return None
        try:
            guess = _guess(view, left, right)
            for high in () if guess is None else (guess, guess + 1):
                if _at(view, check, high) is not now and (high == 1 or _at(view, check, high - 1) is now):
                    return view.now + high
            found = _search(view, check, now)
        finally:
            view.ahead = 0
        return None if found is None else view.now + found

    return when


def _guess(view: View, left: Compiled, right: Compiled) -> int | None:
    """Milliseconds until two sides meet, if they go on as they do over the next one; None if they do not."""
    view.ahead = 0
    a, b = left(view), right(view)
    view.ahead = 1
    c, d = left(view), right(view)
    if a is None or b is None or c is None or d is None or isinstance(a, str | tuple):
        return None
    apart = a - b  # type: ignore[operator]  # both are numeric
    closer = apart - (c - d)  # type: ignore[operator]
    if not closer:
        return None
    steps = -int(-apart // closer)
    return steps if 0 < steps <= _NEVER else None


def _search(view: View, check: Check, now: bool) -> int | None:
    low, high = 0, 1
    while _at(view, check, high) is now:
        low, high = high, high * 2
        if high > _NEVER:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _at(view, check, middle) is now else (low, middle)
    return high


def _at(view: View, check: Check, ahead: int) -> bool | None:
    view.ahead = ahead
    return check(view)
