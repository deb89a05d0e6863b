"""A plan made runnable: closures in the tables the plan laid out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.place_index import PlaceIndex
from models.types import Value
from rules.compile.changes import Next, next_change
from rules.compile.conditions import condition
from rules.compile.expressions import Check, Compiler
from rules.compile.view import View
from rules.facts.table import EventPart, RunningOf, SeriesOf
from rules.plan import EventTable, Plan, Touches
from rules.typed import (
    Aggregate,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Expression,
    Line,
    Named,
    Pattern,
    PlacePattern,
    Rule,
    Sequence,
    StepKind,
)

#: Whether an event fits a pattern; None where every event of the type does.
Fits = Callable[[View], bool | None] | None


@dataclass(slots=True)
class Judged:
    """A line of `only if` or `unless` and its closure."""

    line: Line
    check: Check


@dataclass(slots=True)
class StepProgram:
    """A step of a sequence: event type -> the patterns that fit it, visits, its measures (see `typed.Step`)."""

    kind: StepKind
    patterns: dict[str, list[Fits]]
    visits: tuple[PlacePattern, ...]
    duration: int
    after: int
    #: For WITHOUT: how much longer than `duration` to wait for late news.
    lateness: int


@dataclass(slots=True)
class RuleProgram:
    """A rule with its closures."""

    number: int
    rule: Rule
    only_if: list[Judged]
    unless: list[Judged]
    #: Per block (only if, unless).
    blocks: list[tuple[list[Judged], list[Judged]]]
    steps: list[StepProgram] = field(default_factory=list)
    #: For crossings.
    check: Check | None = None
    next_change: Next | None = None
    #: Keys of the series and totals whose `each` values the rule knows.
    each_keys: tuple[int, ...] = ()


@dataclass(slots=True)
class Thresholds:
    """Lines `X >= constant` (rising) or `X < constant` on one value: only those between before and after are met."""

    value: Callable[[View], Value]
    rising: tuple[list[Any], list[int]]
    falling: tuple[list[Any], list[int]]

    def crossed(self, before: Any, after: Any) -> list[int]:
        """Rules whose line is crossed when the value goes from `before` to `after`."""
        if before is None or after is None or before == after:
            return []
        if before < after:
            limits, rules = self.rising
        else:
            limits, rules = self.falling
            before, after = after, before
        return rules[bisect_right(limits, before) : bisect_right(limits, after)]


@dataclass(slots=True)
class PartProgram:
    """An event part, for events of one type: what to keep and which lines it moves."""

    fits: list[Fits]
    each: str | None
    series: SeriesOf | None
    running: RunningOf | None
    series_fields: tuple[str, ...]
    running_fields: tuple[str, ...]
    running_flags: tuple[bool, ...]
    thresholds: list[Thresholds] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class EventProgram:
    """All that an event of one type can touch."""

    table: EventTable
    parts: list[PartProgram]
    happens: list[tuple[int, Fits]]
    opens: list[tuple[int, Fits]]
    #: Rules with later steps this type may fill or cancel.
    waits: frozenset[int]
    moments: list[tuple[int, Fits]]
    stops: list[tuple[int, Fits]]
    ends_blocks: list[tuple[int, int, Fits]]


@dataclass(slots=True)
class Program:
    """A rule set, ready to run."""

    plan: Plan
    compiler: Compiler
    places: PlaceIndex
    rules: list[RuleProgram]
    events: dict[str, EventProgram]
    #: Attribute -> crossings it moves; lines moved by her position.
    attribute_lines: dict[str, list[int]]
    position_lines: list[int]
    #: Crossings time alone can make true.
    timed_lines: list[int]
    number_of: dict[str, int]


def program(plan: Plan) -> Program:
    """Compile a plan."""
    places = PlaceIndex(plan.vocabulary.places)
    compiler = Compiler(plan.vocabulary, places, plan.facts, condition, plan.backs)
    rules = [_rule(number, rule, plan, compiler) for number, rule in enumerate(plan.rules)]
    attribute_lines: dict[str, list[int]] = {}
    for number, touches in plan.crossings.items():
        for name in touches.attributes:
            attribute_lines.setdefault(name, []).append(number)
    return Program(
        plan=plan,
        compiler=compiler,
        places=places,
        rules=rules,
        events={event: _event(table, plan, compiler, rules) for event, table in plan.events.items()},
        attribute_lines=attribute_lines,
        position_lines=[number for number, touches in plan.crossings.items() if touches.position],
        timed_lines=[one.number for one in rules if one.next_change is not None],
        number_of={one.rule.id: one.number for one in rules},
    )


def _judged(lines: tuple[Line, ...], compiler: Compiler) -> list[Judged]:
    return [Judged(line, compiler.check(line.condition)) for line in lines]


def _fits(pattern: Pattern, compiler: Compiler) -> Fits:
    return None if pattern.where is None else compiler.check(pattern.where)


def _rule(number: int, rule: Rule, plan: Plan, compiler: Compiler) -> RuleProgram:
    made = RuleProgram(
        number,
        rule,
        _judged(rule.only_if, compiler),
        _judged(rule.unless, compiler),
        [(_judged(block.only_if, compiler), _judged(block.unless, compiler)) for block in rule.blocks],
    )
    if isinstance(rule.situation, Crosses):
        made.check = compiler.check(rule.situation.condition)
        made.next_change = next_change(rule.situation.condition, compiler)
        made.each_keys = _each_keys(rule, plan.crossings[number], plan)
    elif isinstance(rule.situation, Sequence):
        made.steps = [_step(step, plan, compiler) for step in rule.situation.steps]
    return made


def _each_keys(rule: Rule, touches: Touches, plan: Plan) -> tuple[int, ...]:
    if rule.each is None:
        return ()
    found = (table.get(part) for part in touches.parts for table in (plan.facts.series, plan.facts.running))
    return tuple(sorted(kept.key for kept in found if kept is not None and kept.part.each is not None))


def _step(step: Any, plan: Plan, compiler: Compiler) -> StepProgram:
    patterns: dict[str, list[Fits]] = {}
    for pattern in step.patterns:
        if isinstance(pattern, Pattern):
            patterns.setdefault(pattern.event, []).append(_fits(pattern, compiler))
    lateness = max((_arrives_within(event, plan) for event in patterns), default=0)
    return StepProgram(
        step.kind,
        patterns,
        tuple(pattern for pattern in step.patterns if isinstance(pattern, PlacePattern)),
        step.duration,
        step.after,
        lateness if step.kind is StepKind.WITHOUT else 0,
    )


def _arrives_within(event: str, plan: Plan) -> int:
    known = plan.vocabulary.events.get(event)
    return known.arrives_within if known is not None else 0


def _event(table: EventTable, plan: Plan, compiler: Compiler, rules: list[RuleProgram]) -> EventProgram:
    return EventProgram(
        table=table,
        parts=[_part(part, fitting, plan, compiler, rules) for part, fitting in table.parts],
        happens=[(number, _fits(pattern, compiler)) for number, pattern in table.happens],
        opens=[(number, _fits(pattern, compiler)) for number, pattern in table.opens],
        waits=frozenset(number for number, _, _ in table.waits),
        moments=[(number, _fits(pattern, compiler)) for number, pattern in table.moments],
        stops=[(number, _fits(pattern, compiler)) for number, pattern in table.stops],
        ends_blocks=[(number, block, _fits(pattern, compiler)) for number, block, pattern in table.ends_blocks],
    )


def _part(
    part: EventPart, fitting: tuple[Pattern, ...], plan: Plan, compiler: Compiler, rules: list[RuleProgram]
) -> PartProgram:
    series, running = plan.facts.series.get(part), plan.facts.running.get(part)
    made = PartProgram(
        fits=[_fits(pattern, compiler) for pattern in fitting],
        each=part.each,
        series=series,
        running=running,
        series_fields=tuple(name for name, _ in series.fields) if series else (),
        running_fields=tuple(name for name, _ in running.fields) if running else (),
        running_flags=tuple(flag for _, flag in running.fields) if running else (),
    )
    sides: dict[Expression, list[tuple[Comparator, Any, int]]] = {}
    for number, touches in plan.crossings.items():
        if part not in touches.parts:
            continue
        simple = _simple(rules[number].rule)
        if simple is None:
            made.lines.append(number)
        else:
            sides.setdefault(simple[0], []).append((simple[1], simple[2], number))
    made.thresholds = [_thresholds(side, lines, compiler) for side, lines in sides.items()]
    return made


def _simple(rule: Rule) -> tuple[Expression, Comparator, Any] | None:
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


def _thresholds(side: Expression, lines: list[tuple[Comparator, Any, int]], compiler: Compiler) -> Thresholds:
    def sorted_by_limit(wanted: Comparator) -> tuple[list[Any], list[int]]:
        pairs = sorted((limit, number) for operator, limit, number in lines if operator is wanted)
        return [limit for limit, _ in pairs], [number for _, number in pairs]

    return Thresholds(compiler.value(side), sorted_by_limit(Comparator.AT_LEAST), sorted_by_limit(Comparator.LESS))
