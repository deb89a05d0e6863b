"""A plan made runnable: closures in the tables the plan laid out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec import Struct

from models.place_index import PlaceIndex
from models.text import fold
from models.types import TEXTUAL, Value
from models.vocabulary import RESERVED_EVENTS
from rules.compile.changes import Next, next_change
from rules.compile.conditions import condition
from rules.compile.crossings import Thresholds
from rules.compile.expressions import Check, Compiler
from rules.compile.resets import reset_by
from rules.compile.view import Bound, View
from rules.facts.table import EventPart, RunningOf, SeriesOf
from rules.fitting import Fitting, fitting
from rules.line_groups import groups_of, simple_line
from rules.plan import EventTable, Pair, Plan, Touches, lateness_of
from rules.typed import (
    Aggregate,
    AllOf,
    Block,
    Comparator,
    Compare,
    Condition,
    Crosses,
    FieldOf,
    Pattern,
    PlacePattern,
    Rule,
    Sequence,
    StepKind,
)
from rules.walk import looks_at_bound, of_attributes


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether an event fits a pattern. `alone`: the answer is the same whatever else a situation has bound."""

    check: Check | None
    alone: bool

    def __call__(self, view: View) -> bool:
        if self.check is None:
            return True
        if not self.alone:
            return self.check(view) is True
        known = view.fits.get(self)
        if known is None:
            known = view.fits[self] = self.check(view) is True
        return known


class Judged(Struct, frozen=True):
    """A line of `only if` or `unless`: its closure, and what that must say for the rule to go on."""

    check: Check
    wanted: bool
    text: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Join:
    """`field is STEP.other`: most events of most sequences are told apart by it, so it is asked first."""

    field: str
    step: int
    other: str
    textual: bool

    def of_event(self, data: Mapping[str, Value]) -> Any:
        """What the event has; None is missing, and joins with nothing."""
        return self._compared(data.get(self.field))

    def of_bound(self, bound: Sequence_[Bound]) -> Any:
        """What it must be."""
        return self._compared(bound[self.step].data.get(self.other)) if self.step < len(bound) else None

    def _compared(self, value: Value) -> Any:
        return fold(value) if self.textual and isinstance(value, str) else value


@dataclass(slots=True)
class StepProgram:
    """A step of a sequence: event type -> the patterns that fit it, visits, its measures (see `typed.Step`)."""

    kind: StepKind
    patterns: dict[str, list[Fit]]
    visits: tuple[PlacePattern, ...]
    duration: int
    after: int
    #: For WITHOUT: how much longer than `duration` to wait for late news.
    lateness: int
    #: Event type -> the equality with an earlier step that an event must fulfil, if its one pattern has such.
    joins: dict[str, Join]


@dataclass
class RuleProgram:
    """A rule with its closures. Those of its lines are made when they are first asked for: of many they never are."""

    number: int
    rule: Rule
    compiler: Compiler
    steps: list[StepProgram] = field(default_factory=list)
    #: For a sequence of two steps.
    pair: Pair | None = None
    #: For crossings.
    next_change: Next | None = None
    #: Keys of the series and totals whose `each` values the rule knows.
    each_keys: tuple[int, ...] = ()
    #: Whether it looks at facts that are split by `each` and at others.
    mixed: bool = False
    #: See `read_lines`; and those of them that look at more than attributes.
    lines: tuple[Judged, ...] | None = field(default=None, init=False)
    unsettled: tuple[Judged, ...] = field(default=(), init=False)
    #: Whether it runs on some days only, or is paused.
    limited: bool = field(init=False)

    def __post_init__(self) -> None:
        self.limited = self.rule.paused or self.rule.runs != (None, None)

    @cached_property
    def check(self) -> Check | None:
        """Of the line of a crossing."""
        situation = self.rule.situation
        return self.compiler.check(situation.condition) if isinstance(situation, Crosses) else None

    def read_lines(self) -> tuple[Judged, ...]:
        """The lines of the rule, and no block's: `lines`, once they have been asked for."""
        if self.lines is None:
            self.lines = judged_lines(self.rule, self.compiler)
            self.unsettled = tuple([line for line in self.lines if not of_attributes(line.condition)])
        return self.lines


@dataclass(slots=True, eq=False)
class PartProgram:
    """An event part, for events of one type: what to keep and which lines it moves."""

    number: int
    each: str | None
    series: SeriesOf | None
    running: RunningOf | None
    running_fields: tuple[str, ...]
    running_flags: tuple[bool, ...]
    #: Names of the groups of lines on one value, and numbers of the other lines.
    thresholds: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    #: Those of the other lines that an event of the part cannot cross when it happens.
    resets: frozenset[int] = frozenset()

    @property
    def key(self) -> int:
        """Of its series."""
        assert self.series is not None
        return self.series.key

    @property
    def watched(self) -> int:
        """The first column of its series that is summed; -1 where none is."""
        fields = () if self.series is None else self.series.fields
        return next((number for number, (_, summed) in enumerate(fields) if summed), -1)


@dataclass(slots=True)
class OpeningProgram:
    """What begins sequences of two steps: numbers of the rules that begin so, and how long any of them waits (ms).

    Rules that wait longest come first. `absences`: those of them that wait for an absence.
    """

    rules: list[int] = field(default_factory=list)
    keep: int = 0
    absences: list[int] = field(default_factory=list)
    #: Of the other rules: ids, and how long they wait, below 0 so that it grows.
    _ids: list[str] = field(default_factory=list)
    _waits: list[int] = field(default_factory=list)

    def add(self, rule: str, pair: Pair) -> None:
        """The next of the rules that wait for no absence, which must be added longest wait first."""
        self._ids.append(rule)
        self._waits.append(-pair.wait)

    def waiting(self, age: int) -> list[str]:
        """The rules that wait for no absence, and still wait when what opened them is so old (ms)."""
        return self._ids[: bisect_left(self._waits, -age)]


@dataclass(slots=True)
class EventProgram:
    """All that an event of one type can touch. Rules are given by their numbers."""

    table: EventTable
    parts: Fitting[PartProgram] | None
    every_part: list[PartProgram]
    part_patterns: list[tuple[PartProgram, Condition | None]]
    opens: Fitting[int] | None
    #: (rule, step) of later steps that an event may fill or cancel; whether it does depends on what is bound.
    waits: Fitting[tuple[int, int]] | None
    #: Of sequences of two steps: what opens them, and what was not to happen.
    openings: Fitting[int] | None
    absences: Fitting[int] | None
    moments: Fitting[int] | None
    stops: list[tuple[int, Fit]]
    ends_blocks: list[tuple[int, int, Fit]]


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
    #: Crossings time alone can make true, but for those in `groups`.
    timed_lines: list[int]
    #: Lines on one value, by name.
    groups: dict[str, Thresholds]
    number_of: dict[str, int]
    #: What is kept of openings, and which absences concern them.
    openings: dict[int, OpeningProgram]
    absences_of: dict[int, frozenset[int]]
    #: What an event can touch whose type is not in this rule set's vocabulary (but was when it was read).
    nothing: EventProgram


def program(plan: Plan) -> Program:
    """Compile a plan."""
    places = PlaceIndex(plan.vocabulary.places)
    compiler = Compiler(plan.vocabulary, places, plan.facts, condition, plan.backs)
    rules = [_rule(number, rule, plan, compiler) for number, rule in enumerate(plan.rules)]
    attribute_lines: dict[str, list[int]] = {}
    for number, touches in plan.crossings.items():
        for name in touches.attributes:
            attribute_lines.setdefault(name, []).append(number)
    groups = groups_of(plan, compiler, rules)
    for number in (number for group in groups.values() for number in (*group.rising[1], *group.falling[1])):
        rules[number].next_change = None  # their group has the timer
    moved = _moved(plan)
    parts = {
        part: _part(number, part, plan, moved.get(part, []), groups)
        for number, part in enumerate(dict.fromkeys((*plan.facts.series, *plan.facts.running)))
    }
    return Program(
        plan=plan,
        compiler=compiler,
        places=places,
        rules=rules,
        events={
            event: _event(plan.events.get(event, EventTable()), plan, compiler, parts)
            for event in dict.fromkeys((*RESERVED_EVENTS, *plan.vocabulary.events, *plan.events))
        },
        attribute_lines=attribute_lines,
        position_lines=[number for number, touches in plan.crossings.items() if touches.position],
        timed_lines=[one.number for one in rules if one.next_change is not None],
        groups={group.name: group for group in groups.values()},
        number_of={one.rule.id: one.number for one in rules},
        openings=_openings(plan),
        absences_of=_absences_of(plan),
        nothing=_event(EventTable(), plan, compiler, {}),
    )


def _openings(plan: Plan) -> dict[int, OpeningProgram]:
    found: dict[int, OpeningProgram] = {}
    for number, pair in plan.pairs.items():
        opening = found.setdefault(pair.opening, OpeningProgram())
        opening.rules.append(number)
        opening.keep = max(opening.keep, pair.wait)
    for opening in found.values():
        opening.rules.sort(key=lambda number: -plan.pairs[number].wait)
        for number in opening.rules:
            pair = plan.pairs[number]
            if pair.absence is None:
                opening.add(plan.rules[number].id, pair)
            else:
                opening.absences.append(number)
    return found


def _absences_of(plan: Plan) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for pair in plan.pairs.values():
        if pair.absence is not None:
            found.setdefault(pair.opening, set()).add(pair.absence)
    return {opening: frozenset(absences) for opening, absences in found.items()}


def judged_lines(of: Rule | Block, compiler: Compiler) -> tuple[Judged, ...]:
    """The lines of a rule, or of a block, in the order in which they are judged."""
    if not of.only_if and not of.unless:
        return ()
    lines = [(line, True) for line in of.only_if] + [(line, False) for line in of.unless]
    return tuple(Judged(compiler.check(line.condition), wanted, line.text, line.condition) for line, wanted in lines)


def _fit(pattern: Pattern, compiler: Compiler) -> Fit:
    if pattern.where is None:
        return Fit(None, alone=True)
    return Fit(compiler.check(pattern.where), alone=not looks_at_bound(pattern.where))


def alone(where: Condition | None) -> Condition | None:
    """The part of a conjunction that looks at nothing a situation has bound; None where nothing is left."""
    conjuncts = where.of if isinstance(where, AllOf) else () if where is None else (where,)
    kept = tuple(one for one in conjuncts if not looks_at_bound(one))
    return AllOf(kept) if len(kept) > 1 else kept[0] if kept else None


def _rule(number: int, rule: Rule, plan: Plan, compiler: Compiler) -> RuleProgram:
    made = RuleProgram(number, rule, compiler)
    if isinstance(rule.situation, Crosses):
        made.next_change = next_change(rule.situation.condition, compiler)
        made.mixed = rule.each is not None and any(part.each is None for part in plan.crossings[number].parts)
        made.each_keys = _each_keys(rule, plan.crossings[number], plan)
    elif isinstance(rule.situation, Sequence):
        made.steps = [_step(step, plan, compiler) for step in rule.situation.steps]
        made.pair = plan.pairs.get(number)
    return made


def _each_keys(rule: Rule, touches: Touches, plan: Plan) -> tuple[int, ...]:
    if rule.each is None:
        return ()
    found = (table.get(part) for part in touches.parts for table in (plan.facts.series, plan.facts.running))
    return tuple(sorted(kept.key for kept in found if kept is not None and kept.part.each is not None))


def _step(step: Any, plan: Plan, compiler: Compiler) -> StepProgram:
    patterns: dict[str, list[Fit]] = {}
    for pattern in step.patterns:
        if isinstance(pattern, Pattern):
            patterns.setdefault(pattern.event, []).append(_fit(pattern, compiler))
    return StepProgram(
        step.kind,
        patterns,
        tuple(pattern for pattern in step.patterns if isinstance(pattern, PlacePattern)),
        step.duration,
        step.after,
        lateness_of(step, plan.vocabulary),
        _joins(step.patterns),
    )


def _joins(patterns: Iterable[Pattern | PlacePattern]) -> dict[str, Join]:
    by_event: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        if isinstance(pattern, Pattern):
            by_event.setdefault(pattern.event, []).append(pattern)
    found = {event: _join(kept[0].where) for event, kept in by_event.items() if len(kept) == 1}
    return {event: join for event, join in found.items() if join is not None}


def _join(where: Condition | None) -> Join | None:
    for one in where.of if isinstance(where, AllOf) else (where,):
        if not isinstance(one, Compare) or one.operator is not Comparator.IS:
            continue
        sides = (one.left, one.right)
        for own, other in (sides, sides[::-1]):
            if isinstance(own, FieldOf) and isinstance(other, FieldOf) and own.step is None and other.step is not None:
                return Join(own.name, other.step, other.name, own.type.kind in TEXTUAL)
    return None


def _event(table: EventTable, plan: Plan, compiler: Compiler, parts: dict[EventPart, PartProgram]) -> EventProgram:
    part_patterns = [(parts[part], pattern) for part, patterns in table.parts for pattern in patterns]
    return EventProgram(
        table=table,
        parts=fitting([(pattern.where, part) for part, pattern in part_patterns], compiler),
        every_part=[parts[part] for part, _ in table.parts],
        part_patterns=[(part, pattern.where) for part, pattern in part_patterns],
        opens=fitting([(pattern.where, number) for number, pattern in table.opens], compiler),
        waits=fitting([(alone(pattern.where), (number, step)) for number, step, pattern in table.waits], compiler),
        openings=fitting([(pattern.where, key) for key, pattern in table.openings], compiler),
        absences=fitting([(pattern.where, key) for key, pattern in table.absences], compiler),
        moments=fitting([(pattern.where, number) for number, pattern in table.moments], compiler),
        stops=[(number, _fit(pattern, compiler)) for number, pattern in table.stops],
        ends_blocks=[(number, block, _fit(pattern, compiler)) for number, block, pattern in table.ends_blocks],
    )


def _moved(plan: Plan) -> dict[EventPart, list[int]]:
    """The crossings that an event part moves."""
    moved: dict[EventPart, list[int]] = {}
    for number, touches in plan.crossings.items():
        for part in touches.parts:
            moved.setdefault(part, []).append(number)
    return moved


def _part(
    number: int, part: EventPart, plan: Plan, moved: list[int], groups: dict[Aggregate, Thresholds]
) -> PartProgram:
    series, running = plan.facts.series.get(part), plan.facts.running.get(part)
    sides = {line: simple[0] for line in moved if (simple := simple_line(plan.rules[line])) is not None}
    return PartProgram(
        number=number,
        each=part.each,
        series=series,
        running=running,
        running_fields=tuple(name for name, _ in running.fields) if running else (),
        running_flags=tuple(flag for _, flag in running.fields) if running else (),
        thresholds=[groups[side].name for side in dict.fromkeys(sides.values())],
        lines=[line for line in moved if line not in sides],
        resets=frozenset(line for line in moved if _is_reset(plan.rules[line], part, plan)),
    )


def _is_reset(rule: Rule, by: EventPart, plan: Plan) -> bool:
    assert isinstance(rule.situation, Crosses)
    return reset_by(rule.situation.condition, plan.facts) == by
