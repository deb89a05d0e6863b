"""Lines on one value, gathered: all `X >= constant` and `X < constant` of one X are found by a bisection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rules.compile.aggregates import floored
from rules.compile.crossings import Thresholds
from rules.compile.expressions import Compiler
from rules.facts.table import key_of
from rules.plan import Plan
from rules.typed import Aggregate, Comparator, Compare, Constant, Crosses, Named, Rule

if TYPE_CHECKING:
    from rules.program import RuleProgram


def simple_line(rule: Rule) -> tuple[Aggregate, Comparator, Any] | None:
    """(aggregate, comparison, constant) of a line that a bisection can find, else None."""
    assert isinstance(rule.situation, Crosses)
    condition = rule.situation.condition
    if not isinstance(condition, Compare) or not isinstance(condition.right, Constant) or rule.each is not None:
        return None
    left = condition.left
    while isinstance(left, Named):
        left = left.of
    ordered = condition.operator in (Comparator.AT_LEAST, Comparator.LESS)
    if not isinstance(left, Aggregate) or not ordered or not isinstance(condition.right.value, int):
        return None
    return left, condition.operator, condition.right.value


def groups_of(plan: Plan, compiler: Compiler, rules: Sequence[RuleProgram]) -> dict[Aggregate, Thresholds]:
    """The lines that a bisection can find, by the value they look at."""
    sides: dict[Aggregate, list[tuple[Comparator, Any, int]]] = {}
    for number in plan.crossings:
        simple = simple_line(plan.rules[number])
        if simple is not None:
            sides.setdefault(simple[0], []).append((simple[1], simple[2], number))
    return {side: _thresholds(side, lines, compiler, rules) for side, lines in sides.items()}


def _thresholds(
    side: Aggregate, lines: list[tuple[Comparator, Any, int]], compiler: Compiler, rules: Sequence[RuleProgram]
) -> Thresholds:
    def sorted_by_limit(wanted: Comparator) -> tuple[list[Any], list[int]]:
        pairs = sorted((limit, number) for operator, limit, number in lines if operator is wanted)
        return [limit for limit, _ in pairs], [number for _, number in pairs]

    # A line that falls has the timers of the whole window; one that rises at most those of refunds.
    falling_first = sorted(lines, key=lambda line: line[0] is not Comparator.LESS)
    timers = [rules[number].next_change for _, _, number in falling_first]
    return Thresholds(
        name=f"\x00{key_of('line', side):x}",
        fact=side,
        value=floored(side, compiler.table, compiler.backs) or compiler.value(side),
        rising=sorted_by_limit(Comparator.AT_LEAST),
        falling=sorted_by_limit(Comparator.LESS),
        next_change=next((timer for timer in timers if timer is not None), None),
    )
