"""What is left of a rule set for one profile: rules whose conditions on attributes alone fail cost nothing.

A profile is the truth of all conditions that look at nothing but attributes. For each profile met, the tables of
events are made once, without those crossings and event rules that its attributes rule out; the result hangs on
the record until an attribute changes. Sequences and facts stay whole: they remember for a profile that may come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.types import Value
from rules.compile.expressions import Check
from rules.compile.view import View
from rules.pattern_index import PatternIndex
from rules.program import EventProgram, PartProgram, Program, RuleProgram, Thresholds, alone
from rules.record import Record
from rules.situations.pairs import Waits
from rules.typed import Aggregate, Call, Condition, EachValue, FieldOf, Line, PlaceName, SinceLast
from rules.walk import nodes

#: Profiles kept; beyond that all are made anew.
_MOST = 4_096


#: What changes without an attribute changing.
_OF_THE_MOMENT = (FieldOf, EachValue, PlaceName, Aggregate, SinceLast, Call)


def of_attributes(condition: Condition) -> bool:
    """Whether a condition looks at attributes only: then it changes only when one of them does."""
    return not any(isinstance(node, _OF_THE_MOMENT) for node in nodes(condition))


class Tables(dict[str, EventProgram | None]):
    """Event type -> what an event of it can touch for one profile; made when first asked for."""

    def __init__(self, program: Program, active: frozenset[int]) -> None:
        super().__init__()
        self._program = program
        #: Numbers of the rules that this profile does not rule out.
        self.active = active
        #: What of them waits for an absence, by what opens it.
        self.waits = _waits(program, active)

    def __missing__(self, event: str) -> EventProgram | None:
        whole = self._program.events.get(event)
        made = self[event] = None if whole is None else _restricted(whole, self._program, self.active)
        return made


@dataclass(slots=True)
class _Needs:
    """Numbers of conditions of attributes that must be true, or false, for a rule."""

    rule: int
    true: tuple[int, ...]
    false: tuple[int, ...]


class Profiles:
    """The profiles of one rule set."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._checks: dict[Check, int] = {}
        self._needs = [self._needs_of(one) for one in program.rules]
        self._tables: dict[tuple[bool | None, ...], Tables] = {}
        #: All rules, for what must look at every one.
        self.everything = Tables(program, frozenset(range(len(program.rules))))

    def tables(self, record: Record, now: int) -> Tables:
        """The tables for a record's attributes."""
        view = View(record, now)
        truths = tuple(check(view) for check in self._checks)
        found = self._tables.get(truths)
        if found is None:
            if len(self._tables) >= _MOST:
                self._tables.clear()
            found = self._tables[truths] = Tables(self._program, self._active(truths))
        return found

    def _needs_of(self, one: RuleProgram) -> _Needs:
        return _Needs(one.number, self._numbers(one.rule.only_if), self._numbers(one.rule.unless))

    def _numbers(self, lines: tuple[Line, ...]) -> tuple[int, ...]:
        checks = [self._program.compiler.check(line.condition) for line in lines if of_attributes(line.condition)]
        return tuple(self._checks.setdefault(check, len(self._checks)) for check in checks)

    def _active(self, truths: tuple[bool | None, ...]) -> frozenset[int]:
        return frozenset(
            needs.rule
            for needs in self._needs
            if all(truths[number] is True for number in needs.true)
            and all(truths[number] is False for number in needs.false)
        )


def _restricted(whole: EventProgram, program: Program, active: frozenset[int]) -> EventProgram:
    parts = {id(part): _part(part, active) for part in whole.every_part}
    happens = [(pattern.where, number) for number, pattern in whole.table.happens if number in active]
    completes = [(alone(pattern.where), number) for number, pattern in whole.table.completes if number in active]
    return replace(
        whole,
        parts=PatternIndex(
            [(pattern.where, parts[id(part)]) for part, pattern in whole.part_patterns], program.compiler
        ),
        every_part=list(parts.values()),
        happens=PatternIndex(happens, program.compiler),
        completes=PatternIndex(completes, program.compiler),
    )


def _waits(program: Program, active: frozenset[int]) -> Waits:
    found: Waits = {}
    for number, pair in program.plan.pairs.items():
        if number in active and pair.absence is not None:
            found.setdefault(pair.opening, []).append((program.plan.rules[number].id, pair.wait))
    return found


def _part(part: PartProgram, active: frozenset[int]) -> PartProgram:
    groups = [_group(group, active) for group in part.thresholds]
    return replace(
        part,
        thresholds=[group for group in groups if group.rising[1] or group.falling[1]],
        lines=[number for number in part.lines if number in active],
    )


def _group(group: Thresholds, active: frozenset[int]) -> Thresholds:
    return replace(group, rising=_kept(group.rising, active), falling=_kept(group.falling, active))


def _kept(column: tuple[list[Value], list[int]], active: frozenset[int]) -> tuple[list[Value], list[int]]:
    pairs = [(limit, number) for limit, number in zip(*column, strict=True) if number in active]
    return [limit for limit, _ in pairs], [number for _, number in pairs]
