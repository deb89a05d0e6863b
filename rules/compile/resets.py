"""Lines that the event they count from cannot cross: `time since last E reaches N * average time between F`.

At E the time since it is 0, and an average time between events is 0 at least. Where it is 0, all F of the window are of
this very moment; then the line was true before E came, too, or unknown, as there were no two of them. So E never makes
it true, and it need not be judged before and after each.
"""

from __future__ import annotations

from typing import Any

from rules.facts.table import EventPart, FactTable
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Comparator,
    Compare,
    Condition,
    Constant,
    Expression,
    Named,
    Operator,
    SinceLast,
    Sliding,
)


def reset_by(condition: Condition, facts: FactTable) -> EventPart | None:
    """The part whose events, as they happen, cannot make a line true; None where nothing is known."""
    if not isinstance(condition, Compare) or condition.operator not in (Comparator.AT_LEAST, Comparator.MORE):
        return None
    since = _unnamed(condition.left)
    return facts.parts[since] if isinstance(since, SinceLast) and _is_average_time(condition.right) else None


def _is_average_time(side: Expression) -> bool:
    """Whether a side is the average time between events of a window that ends now, or more than 0 times that."""
    side = _unnamed(side)
    if isinstance(side, Arithmetic) and side.operator is Operator.MULTIPLY and isinstance(side.left, Constant):
        times: Any = side.left.value
        return times > 0 and _is_average_time(side.right)
    return (
        isinstance(side, Aggregate)
        and side.function is AggregateFunction.TIME_BETWEEN
        and isinstance(side.window, Sliding)
        and not side.window.ending
    )


def _unnamed(side: Expression) -> Expression:
    while isinstance(side, Named):
        side = side.of
    return side
