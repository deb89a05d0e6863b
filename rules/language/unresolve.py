"""The way back from `resolve`: from what a phrase means to a syntax tree that says it, so that it can be printed.

`resolve(parse(print(unresolve(meaning)))) == meaning` for every meaning that resolving can give. What a person wrote is
not found again (`7 days` may come back as `168 hours`), but what he meant is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from msgspec import structs

from rules.language import tree
from rules.language.resolve_steps import bound
from rules.language.scope import Scope
from rules.language.unresolve_literals import duration
from rules.language.unresolve_values import (
    unresolve_condition,
    unresolve_expression,
    unresolve_patterns,
    unresolve_visit,
    unresolve_window,
)
from rules.typed import (
    After,
    Around,
    Attribute,
    CalendarWindow,
    Cap,
    Comparator,
    Compare,
    Crosses,
    Ever,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    FieldOf,
    Happens,
    Holds,
    Moment,
    Sequence,
    Shift,
    Situation,
    Sliding,
    Step,
    StepKind,
    Visits,
)


def unresolve_situation(of: Situation, scope: Scope) -> tree.Situation | tuple[tree.Step, ...]:
    """A `when`: a phrase of one line, or the steps of a list. ValueError for a line that `when` cannot say."""
    match of:
        case Happens(patterns):
            return unresolve_patterns(patterns, scope)
        case Crosses():
            return _crossing(of, scope)
        case Visits(pattern):
            return tree.Patterns((tree.Group((unresolve_visit(pattern),)),))
        case Sequence((Step(StepKind.FIRST, patterns, name=None),)):
            return unresolve_patterns(patterns, scope)
        case Sequence(steps):
            return tuple(unresolve_step(steps, number, scope) for number in range(len(steps)))
        case Moment():
            return _moment(of, scope)
        case _:
            assert_never(of)


def scope_within(of: Situation, scope: Scope, before: int | None = None) -> Scope:
    """The scope of what may look at the steps of a situation: all of them, or those `before` a number."""
    steps: tuple[Step, ...]
    match of:
        case Happens(patterns):
            steps = (Step(StepKind.FIRST, patterns),)
        case Visits(pattern):
            steps = (Step(StepKind.FIRST, (pattern,)),)
        case Sequence():
            steps = of.steps
        case Moment(EveryYear(patterns=patterns) | Around(patterns=patterns)) if patterns:
            steps = (Step(StepKind.FIRST, patterns),)
        case _:
            steps = ()
    within = structs.replace(scope, steps=())
    for number, step in enumerate(steps[:before]):
        if step.kind is not StepKind.WITHOUT:
            within = bound(within, number, step.name, step.patterns)
    return within


# ------------------------------------------------------- lines, sequences


def _crossing(of: Crosses, scope: Scope) -> tree.Situation:
    condition = of.condition
    match condition, unresolve_condition(condition, scope):
        case Compare(operator=Comparator.AT_LEAST), tree.Compare(_, left, right):
            return tree.Reaches(left, right)
        case Compare(operator=Comparator.LESS), tree.Compare(_, left, right):
            return tree.FallsBelow(left, right)
        case Compare(operator=Comparator.IS), tree.Compare(_, tree.Name() | tree.Dotted() as left, right):
            return tree.Becomes(left, right)
        case Holds(), tree.Name() | tree.Dotted() as audience:
            return tree.Becomes(None, audience)
        case _:
            raise ValueError("no phrase of `when` says that this line is crossed")


def unresolve_step(steps: tuple[Step, ...], number: int, scope: Scope) -> tree.Step:
    """A line of a `when` list; `scope` is that of the rule outside its situation."""
    step = steps[number]
    here = scope_within(Sequence(steps), scope, before=number)
    patterns = unresolve_patterns(step.patterns, here)
    name = None if step.name is None else tree.Name(step.name)
    if step.kind is StepKind.FIRST:
        return tree.Step(step.kind, patterns, name)
    after = None if step.after == number - 1 else _called(steps[step.after])
    return tree.Step(step.kind, patterns, name, duration(step.duration), after)


def _called(step: Step) -> tree.Name | None:
    """The step by its name, or by its one event."""
    if step.name is not None:
        return tree.Name(step.name)
    events = [getattr(pattern, "event", None) for pattern in step.patterns]
    return tree.Name(events[0]) if len(events) == 1 and events[0] is not None else None


# ----------------------------------------------------------------- moments


def _moment(of: Moment, scope: Scope) -> tree.Moment:
    match of.when:
        case EveryDay(at):
            return tree.EveryDay(at)
        case EveryWeek(weekday, at):
            return tree.EveryWeek(weekday, at)
        case EveryCycle(day, at):
            return tree.EveryCycle(day, at)
        case EveryYear(point, at):
            return tree.EveryYear(_point(point, of, scope), at)
        case Around(point, shift, at):
            length, before = _shift(shift)
            return tree.Around(length, before, _point(point, of, scope), at)
        case _:
            assert_never(of.when)


def _point(of: Attribute | FieldOf, moment: Moment, scope: Scope) -> tree.Name | tree.Dotted:
    if isinstance(of, Attribute):
        return tree.Name(of.name)
    (step,) = scope_within(moment, scope).steps
    return tree.Dotted(tree.Name(step.events[0].name), tree.Name(of.name))


def _shift(of: Shift) -> tuple[tree.Quantity, bool]:
    """Days are those of the calendar, all else is exact; so a whole day that is exact is written in hours."""
    if of.millis:
        return duration(abs(of.millis), longest="hour"), of.millis < 0
    return tree.Quantity(Decimal(abs(of.days)), "day"), of.days < 0


# ------------------------------------------------------------------ beside


def unresolve_cap(of: Cap) -> tree.Cap:
    """A line of `at most`. ValueError for a window that `at most` cannot say."""
    match of.window:
        case Ever():
            return tree.Cap(of.number, None)
        case CalendarWindow(unit, 0, 1):
            return tree.Cap(of.number, unit)
        case Sliding(length, 0):
            return tree.Cap(of.number, duration(length))
        case _:
            raise ValueError("no phrase of `at most` says this window")


def unresolve_after(of: After, scope: Scope) -> tree.After:
    """`after` of a block."""
    return tree.After(duration(of.delay), unresolve_patterns(of.without, scope) if of.without else None)


__all__ = [
    "scope_within",
    "unresolve_after",
    "unresolve_cap",
    "unresolve_condition",
    "unresolve_expression",
    "unresolve_patterns",
    "unresolve_situation",
    "unresolve_step",
    "unresolve_visit",
    "unresolve_window",
]
