"""What is left of a rule set for one profile: rules whose conditions on attributes alone fail cost nothing.

A profile is the truth of all conditions that look at nothing but attributes. For each profile met, it is worked out
once what an event can touch, without those crossings and event rules that its attributes rule out; the result hangs on
the record until an attribute changes. Sequences and facts stay whole: they remember for a profile that may come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.types import Value
from models.vocabulary import CUSTOMER_CHANGED
from rules.compile.crossings import AttributeLimit, Thresholds, crossing, limit_crossing
from rules.compile.expressions import Check
from rules.compile.putting_off import Awaited, awaited_of, watched_field
from rules.compile.resting import Cross, Crossing, Together, together
from rules.compile.view import View
from rules.fitting import Fitting, fitting
from rules.program import EventProgram, PartProgram, Program, RuleProgram, alone
from rules.record import Record
from rules.situations import lines
from rules.situations.pairs import Waits
from rules.typed import (
    Aggregate,
    Attribute,
    Comparator,
    Compare,
    Condition,
    Crosses,
    Line,
    Named,
    PlaceVerb,
)
from rules.walk import nodes_of, of_attributes

#: Profiles kept; beyond that all are made anew.
_MOST = 4_096


@dataclass(slots=True)
class Reach:
    """What an event of one type can touch for one profile."""

    whole: EventProgram
    #: Of parts that lines look at: those on one value (quick: all of a part in one, by its number; and to be asked for
    #: before and after), and other lines.
    quick: dict[int, Cross]
    levels: dict[PartProgram, list[Thresholds]]
    lines: dict[PartProgram, list[int]]
    happens: Fitting[int] | None
    completes: Fitting[int] | None
    #: (verb, place) -> the rules whose situation is such a visit.
    visits: dict[tuple[PlaceVerb, str], tuple[int, ...]]
    #: Parts that move lines which must be judged before an event is counted.
    slow: frozenset[PartProgram] = frozenset()
    #: What the lines wait for while all of them rest; None where events of this type can't be put off.
    awaited: Awaited | None = None
    #: The places of visits, stays and steps of sequences: to enter or leave another changes nothing.
    places: frozenset[str] = frozenset()


class Tables(dict[str, Reach]):
    """Event type -> what an event of it can touch for one profile; made when first asked for."""

    def __init__(
        self, program: Program, active: frozenset[int], *, rests: bool = True, passing: frozenset[int] = frozenset()
    ) -> None:
        """`rests`: lines may rest while none of these rules can cross; not where a record has other tables, too."""
        super().__init__()
        self._program = program
        self._rests = rests
        #: Numbers of the rules that this profile does not rule out.
        self.active = active
        #: Numbers of the rules whose lines on attributes alone are known to let them pass.
        self.passing = passing
        #: What of them waits for an absence, by what opens it.
        self.waits = _waits(program, active)
        #: Lines on one value, by it, and which of these and of the others time alone can move.
        groups = ((name, group.of(active, program.compiler)) for name, group in program.groups.items())
        self.groups = {name: group for name, group in groups if group is not None}
        self.timed_groups = [group for group in self.groups.values() if group.next_change is not None]
        self.timed_lines = [number for number in program.timed_lines if number in active]
        visits = ((key, tuple(filter(active.__contains__, rules))) for key, rules in program.plan.visits.items())
        self.visits = {key: rules for key, rules in visits if rules}
        self.places = _places(program, self.visits)
        #: Moments that need no event, and those of rules that are ruled out.
        self.moments = [number for number in program.plan.moments if number in active]
        self.no_moments = [number for number in program.plan.moments if number not in active]

    def __missing__(self, event: str) -> Reach:
        whole = self._program.events.get(event, self._program.nothing)
        made = self[event] = self._reach(whole, changes=event == CUSTOMER_CHANGED)
        return made

    def _reach(self, whole: EventProgram, *, changes: bool) -> Reach:
        """`changes`: it changes attributes, so that limits move, too, and all lines are judged before and after."""
        compiler, active = self._program.compiler, self.active
        reach = Reach(
            whole,
            {},
            {},
            {},
            fitting([(pattern.where, number) for number, pattern in whole.table.happens if number in active], compiler),
            fitting(
                [(alone(pattern.where), number) for number, pattern in whole.table.completes if number in active],
                compiler,
            ),
            self.visits,
            places=self.places,
        )
        together_of: list[tuple[PartProgram, Together]] = []
        for part in whole.every_part:
            crossings: list[Crossing] = []
            for name in part.thresholds:
                group = self.groups.get(name)
                quick = None if group is None or changes else crossing(group, compiler)
                if quick is not None:
                    crossings.append(quick)
                elif group is not None:
                    reach.levels.setdefault(part, []).append(group)
            for number in part.lines:
                if number not in active:
                    continue
                quick = None if changes else self._attribute_limit(number)
                if quick is not None:
                    crossings.append(quick)
                else:
                    reach.lines.setdefault(part, []).append(number)
            if crossings:
                of_part = together(crossings, part.watched, rests=self._rests)
                reach.quick[part.number] = of_part.cross
                together_of.append((part, of_part))
        reach.slow = frozenset((*reach.levels, *reach.lines))
        if self._rests and not changes and not reach.slow:
            reach.awaited = awaited_of(together_of, watched_field(whole.every_part))
        return reach

    def _attribute_limit(self, number: int) -> Crossing | None:
        """The quick way for a line such as `used reaches 80% of allowance`, or one of each value."""
        one = self._program.rules[number]
        situation = one.rule.situation
        assert isinstance(situation, Crosses)
        condition = situation.condition
        if not isinstance(condition, Compare) or not of_attributes(condition.right):
            return None
        fact = condition.left
        while isinstance(fact, Named):
            fact = fact.of
        if not isinstance(fact, Aggregate) or condition.operator not in (Comparator.AT_LEAST, Comparator.LESS):
            return None
        if fact.each != one.rule.each:
            return None
        line = AttributeLimit(
            number,
            fact,
            condition.operator is Comparator.AT_LEAST,
            self._program.compiler.value(condition.right),
            tuple({node.name: None for node in nodes_of(condition.right, (Attribute,))}),
            one.next_change,
            lambda view, each: lines.reschedule(one, view, each),
        )
        return limit_crossing(line, self._program.compiler)


@dataclass(slots=True)
class _Needs:
    """Numbers of conditions of attributes that must be true, or false, for a rule."""

    rule: int
    true: tuple[int, ...]
    false: tuple[int, ...]


class Profiles:
    """The profiles of one rule set."""

    def __init__(self, program: Program, *, apart: bool = True) -> None:
        """`apart`: tell them apart; else everybody may touch everything, as where it is asked what stops situations."""
        self._program = program
        self._apart = apart
        #: The conditions of all lines, with the numbers of those that look at nothing but attributes.
        self._conditions: dict[Condition, int | None] = {}
        self._checks: list[Check] = []
        self._attributes: dict[str, None] = {}
        self._needs = [self._needs_of(one) for one in program.rules]
        self._tables: dict[tuple[bool | None, ...], Tables] = {}
        self._known: dict[tuple[Value, ...], Tables] = {}
        #: All rules, for what must look at every one.
        self.everything = Tables(program, frozenset(range(len(program.rules))), rests=not apart)

    def tables(self, record: Record, now: int) -> Tables:
        """The tables for a record's attributes."""
        if not self._apart:
            return self.everything
        values = tuple([record.attributes.get(name) for name in self._attributes])
        known = self._known.get(values)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[values] = self._of_truths(View(record, now))
        return known

    def _of_truths(self, view: View) -> Tables:
        truths = tuple(check(view) for check in self._checks)
        found = self._tables.get(truths)
        if found is None:
            if len(self._tables) >= _MOST:
                self._tables.clear()
            active = self._active(truths)
            found = self._tables[truths] = Tables(self._program, active, passing=active)
        return found

    def _needs_of(self, one: RuleProgram) -> _Needs:
        return _Needs(one.number, self._numbers(one.rule.only_if), self._numbers(one.rule.unless))

    def _numbers(self, lines: tuple[Line, ...]) -> tuple[int, ...]:
        numbers = (self._number(line.condition) for line in lines)
        return tuple(number for number in numbers if number is not None)

    def _number(self, condition: Condition) -> int | None:
        """The number of a condition; None if it looks at more than attributes."""
        try:
            return self._conditions[condition]
        except KeyError:
            pass
        made = None
        if of_attributes(condition):
            made = len(self._checks)
            self._checks.append(self._program.compiler.check(condition))
            self._attributes.update(dict.fromkeys(node.name for node in nodes_of(condition, (Attribute,))))
        self._conditions[condition] = made
        return made

    def _active(self, truths: tuple[bool | None, ...]) -> frozenset[int]:
        return frozenset(
            needs.rule
            for needs in self._needs
            if all(truths[number] is True for number in needs.true)
            and all(truths[number] is False for number in needs.false)
        )


def _places(program: Program, visits: Iterable[tuple[PlaceVerb, str]]) -> frozenset[str]:
    """The places that somebody waits for: those of these visits, and those of stays and steps, whatever the profile."""
    stays = (key for key in program.plan.visits if key[0] is PlaceVerb.STAYS)
    return frozenset(place for _, place in (*visits, *stays, *program.plan.visit_steps))


def _waits(program: Program, active: frozenset[int]) -> Waits:
    found: Waits = {}
    for number, pair in program.plan.pairs.items():
        if number in active and pair.absence is not None:
            found.setdefault(pair.opening, []).append((program.plan.rules[number].id, pair.wait))
    return found
