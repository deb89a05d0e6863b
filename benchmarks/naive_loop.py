"""The baseline: a loop over all rules at every event, each with windows, waits and places of its own.

What one would write first, and write well: a rule passes at once over events of other types, its windows keep a running
sum, and what waits stands in one heap. But nothing is shared between rules and nothing is indexed. It knows what
`rule_mix` writes and refuses everything else, and it makes no texts, traces or ids: it is as fast as a loop can be.
"""

from __future__ import annotations

import operator
from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from models.calendars import boundary_at_or_before, next_boundary
from models.events import Event
from models.moments import local_parts, local_to_moment, zone
from models.shapes import inside_of
from models.text import fold
from models.types import NUMBER_GRID, Value
from models.vocabulary import Vocabulary
from rules.situations.timers import TimerKind
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    Arithmetic,
    Attribute,
    CalendarWindow,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Crosses,
    EveryDay,
    Expression,
    FieldOf,
    Happens,
    Line,
    Moment,
    Named,
    Operator,
    Pattern,
    Rule,
    Sequence,
    Sliding,
    StepKind,
    Visits,
)
from rules.walk import nodes

#: (moment, customer, rule, outcome).
Firing = tuple[int, str, str, str]
#: (due, kind of timer, rule id, customer, number of the rule).
Timer = tuple[int, int, str, str, int]


@dataclass(slots=True)
class Scope:
    """What a rule sees: a customer, now, and the event (`data`), or the event of an earlier step (`before`)."""

    customer: str
    zone: ZoneInfo
    now: int = 0
    type: str = ""
    attributes: dict[str, Value] = field(default_factory=dict)
    data: dict[str, Value] = field(default_factory=dict)
    before: dict[str, Value] = field(default_factory=dict)


Get = Callable[[Scope], Any]
Holds = Callable[[Scope], bool]


class Window:
    """One aggregate of one rule: customer -> [entries (time, value), their sum, where the calendar window ends]."""

    def __init__(self, fact: Aggregate) -> None:
        (self.pattern,) = fact.patterns
        self.fits = _fits(self.pattern, {})
        self.field = fact.field
        self.function = fact.function
        self.window = fact.window
        self.kept: dict[str, tuple[deque[tuple[int, int]], list[int]]] = {}

    def feed(self, scope: Scope) -> None:
        """Count the event, if it fits."""
        if scope.type != self.pattern.event or not self.fits(scope):
            return
        value: Any = 1 if self.field is None else scope.data.get(self.field)
        if value is None:
            return
        kept = self.kept.get(scope.customer)
        if kept is None:
            kept = self.kept[scope.customer] = (deque(), [0, 0, -1])
        entries, totals = kept
        if entries and entries[-1][0] > scope.now:
            insort(entries, (scope.now, value))
        else:
            entries.append((scope.now, value))
        totals[0] += value

    def totals(self, scope: Scope, now: int) -> tuple[int, int]:
        """(sum, number) at `now`, which never goes back; what has left is dropped."""
        kept = self.kept.get(scope.customer)
        if kept is None:
            return 0, 0
        entries, totals = kept
        gone = now - self.window.length if isinstance(self.window, Sliding) else self._start(scope, totals, now) - 1
        while entries and entries[0][0] <= gone:
            totals[0] -= entries.popleft()[1]
        return totals[0], len(entries)

    def _start(self, scope: Scope, totals: list[int], now: int) -> int:
        if now >= totals[2]:
            assert isinstance(self.window, CalendarWindow)
            unit, day = self.window.unit, scope.attributes.get("bill day")
            assert isinstance(day, int)
            totals[1] = boundary_at_or_before(unit, scope.zone, day, now) or 0
            totals[2] = next_boundary(unit, scope.zone, day, now) or 0
        return totals[1]

    def at_least(self, limit: Expression) -> Callable[[Scope, int], bool | None]:
        """Whether the aggregate is at least `limit`; None over nothing, for an average."""
        match limit:
            case Constant(value=int(constant)):
                return self._at_least(constant)
            case Arithmetic(left=Constant(value=int(share)), right=Attribute(name=name), operator=Operator.MULTIPLY):
                return lambda scope, now: (
                    NUMBER_GRID * self.totals(scope, now)[0] >= share * whole
                    if isinstance(whole := scope.attributes.get(name), int)
                    else None
                )
            case _:
                raise NotImplementedError(f"the naive loop does not know {limit!r}; keep to what rule_mix writes")

    def _at_least(self, limit: int) -> Callable[[Scope, int], bool | None]:
        if self.function is AggregateFunction.AVERAGE:
            return lambda scope, now: _average_at_least(*self.totals(scope, now), limit)
        return lambda scope, now: self.totals(scope, now)[0] >= limit

    def next_leaving(self, customer: str) -> int | None:
        """When the oldest entry leaves."""
        assert isinstance(self.window, Sliding)
        kept = self.kept.get(customer)
        return kept[0][0][0] + self.window.length if kept and kept[0] else None


def _average_at_least(total: int, number: int, limit: int) -> bool | None:
    return total >= limit * number if number else None


def _fits(pattern: Pattern, windows: dict[Aggregate, Window]) -> Holds:
    return (lambda scope: True) if pattern.where is None else _holds(pattern.where, windows)


_OPERATORS: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.IS: operator.eq,
    Comparator.IS_NOT: operator.ne,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}


def _holds(condition: Condition, windows: dict[Aggregate, Window]) -> Holds:
    """A condition that is True or not; a missing value does not hold."""
    match condition:
        case AllOf(of=parts):
            checks = [_holds(part, windows) for part in parts]
            return lambda scope: all(check(scope) for check in checks)
        case Contains(of=of, values=(Constant(value=word),)):
            text, folded = _value(of), fold(str(word))
            return lambda scope: folded in fold(text(scope) or "")
        case Compare(operator=Comparator.AT_LEAST, left=Aggregate() as fact, right=limit):
            reached = windows[fact].at_least(limit)
            return lambda scope: reached(scope, scope.now) is True
        case Compare(operator=sign, left=left, right=Constant(value=constant)):
            value, compare = _value(left), _OPERATORS[sign]
            return lambda scope: (found := value(scope)) is not None and compare(found, constant)
        case Compare(operator=Comparator.IS, left=left, right=right):
            one, other = _value(left), _value(right)
            return lambda scope: (found := one(scope)) is not None and found == other(scope)
        case _:
            raise NotImplementedError(f"the naive loop does not know {condition!r}; keep to what rule_mix writes")


def _value(expression: Expression) -> Get:
    match expression:
        case FieldOf(name=name, step=None):
            return lambda scope: scope.data.get(name)
        case FieldOf(name=name):
            return lambda scope: scope.before.get(name)
        case Attribute(name=name):
            return lambda scope: scope.attributes.get(name)
        case _:
            raise NotImplementedError(f"the naive loop does not know {expression!r}; keep to what rule_mix writes")


class NaiveRule:
    """One rule: its own windows, its own conditions; the kinds of situation say what an event and a timer do."""

    def __init__(self, number: int, rule: Rule, timers: list[Timer]) -> None:
        self.number = number
        self.rule = rule
        self.timers = timers
        found = [node for node in nodes((rule.situation, rule.only_if)) if isinstance(node, Aggregate)]
        self.windows = {fact: Window(fact) for fact in found}
        self.each_window = tuple(self.windows.values())
        self.only_if = [_line(line, self.windows) for line in rule.only_if]
        #: Customer -> when it fired.
        self.fired: dict[str, list[int]] = {}

    def take(self, scope: Scope) -> str | None:
        """What came of an event: an outcome, or None."""
        for window in self.each_window:
            window.feed(scope)
        return self.judge(scope) if self.happens(scope) else None

    def happens(self, scope: Scope) -> bool:  # noqa: ARG002  # here no event completes the situation
        """Whether the event completes the situation."""
        return False

    def due(self, scope: Scope) -> str | None:
        """What came of a timer."""
        raise NotImplementedError

    def wait(self, due: int, kind: TimerKind, customer: str) -> None:
        heappush(self.timers, (due, kind, self.rule.id, customer, self.number))

    def judge(self, scope: Scope) -> str | None:
        for check in self.only_if:
            if not check(scope):
                return None
        self.matched(scope)
        for cap in self.rule.at_most:
            assert isinstance(cap.window, Sliding)
            before = self.fired.setdefault(scope.customer, [])
            if sum(at > scope.now - cap.window.length for at in before) >= cap.number:
                return "suppressed"
            before.append(scope.now)
        return "sent"

    def matched(self, scope: Scope) -> None:
        """The situation was a match, whatever `at most` says of it."""


def _line(line: Line, windows: dict[Aggregate, Window]) -> Holds:
    return _holds(line.condition, windows)


class HappensRule(NaiveRule):
    """`EVENT where ..`."""

    def __init__(self, number: int, rule: Rule, timers: list[Timer]) -> None:
        super().__init__(number, rule, timers)
        assert isinstance(rule.situation, Happens)
        (self.pattern,) = rule.situation.patterns
        self.fits = _fits(self.pattern, self.windows)

    def happens(self, scope: Scope) -> bool:
        return scope.type == self.pattern.event and self.fits(scope)


class CrossingRule(NaiveRule):
    """`FACT reaches LIMIT`."""

    def __init__(self, number: int, rule: Rule, timers: list[Timer]) -> None:
        super().__init__(number, rule, timers)
        assert isinstance(rule.situation, Crosses)
        assert isinstance(rule.situation.condition, Compare)
        left = rule.situation.condition.left
        assert isinstance(left, Named)
        assert isinstance(left.of, Aggregate)
        self.window = self.windows[left.of]
        self.reached = self.window.at_least(rule.situation.condition.right)
        #: An average can also rise when an old entry leaves.
        self.timed = left.of.function is AggregateFunction.AVERAGE

    def take(self, scope: Scope) -> str | None:
        if scope.type != self.window.pattern.event or not self.window.fits(scope):
            return None
        before = self.reached(scope, scope.now)
        self.window.feed(scope)
        found = before is False and self.reached(scope, scope.now) is True
        if self.timed:
            self.look_again(scope.customer)
        return self.judge(scope) if found else None

    def look_again(self, customer: str) -> None:
        due = self.window.next_leaving(customer)
        if due is not None:
            self.wait(due, TimerKind.LINE, customer)

    def due(self, scope: Scope) -> str | None:
        before = self.reached(scope, scope.now - 1)
        if self.window.next_leaving(scope.customer) != scope.now:
            return None
        after = self.reached(scope, scope.now)
        self.look_again(scope.customer)
        return self.judge(scope) if before is False and after is True else None


@dataclass(slots=True)
class Opened:
    """A sequence that is under way."""

    at: int
    data: dict[str, Value]


class SequenceRule(NaiveRule):
    """`first E, then F within D`, or `first E, without F for D`."""

    def __init__(self, number: int, rule: Rule, timers: list[Timer]) -> None:
        super().__init__(number, rule, timers)
        assert isinstance(rule.situation, Sequence)
        first, second = rule.situation.steps
        (opens,), (ends,) = first.patterns, second.patterns
        assert isinstance(opens, Pattern)
        assert isinstance(ends, Pattern)
        self.opens, self.ends = opens, ends
        self.fits_opens, self.fits_ends = _fits(self.opens, self.windows), _fits(self.ends, self.windows)
        self.absence = second.kind is StepKind.WITHOUT
        self.length = second.duration
        self.open: dict[str, list[Opened]] = {}

    def happens(self, scope: Scope) -> bool:
        found = False
        if scope.type == self.ends.event and (opened := self.open.get(scope.customer)):
            kept = [one for one in opened if scope.now - one.at < self.length]
            fitting = [one for one in kept if self.ended_by(scope, one)]
            if self.absence:
                kept = [one for one in kept if one not in fitting]
            self.open[scope.customer] = kept
            found = bool(fitting) and not self.absence
        return found

    def ended_by(self, scope: Scope, opened: Opened) -> bool:
        scope.before = opened.data
        return self.fits_ends(scope)

    def take(self, scope: Scope) -> str | None:
        outcome = super().take(scope)
        # An event closes what was open before it opens anew.
        if scope.type == self.opens.event and self.fits_opens(scope):
            self.open.setdefault(scope.customer, []).append(Opened(scope.now, scope.data))
            if self.absence:
                self.wait(scope.now + self.length, TimerKind.ABSENCE, scope.customer)
        return outcome

    def due(self, scope: Scope) -> str | None:
        opened = self.open.get(scope.customer, [])
        kept = [one for one in opened if one.at + self.length > scope.now]
        if len(kept) == len(opened):
            return None
        self.open[scope.customer] = kept
        return self.judge(scope)

    def matched(self, scope: Scope) -> None:
        self.open.pop(scope.customer, None)


class EntersRule(NaiveRule):
    """`enters PLACE`."""

    def __init__(self, number: int, rule: Rule, timers: list[Timer], vocabulary: Vocabulary) -> None:
        super().__init__(number, rule, timers)
        assert isinstance(rule.situation, Visits)
        ((_, shape),) = vocabulary.places[rule.situation.pattern.place].members
        self.inside_of = inside_of(shape)
        self.fades = vocabulary.position_fades
        #: Customer -> (when her latest position was taken, whether it was inside).
        self.last: dict[str, tuple[int, bool]] = {}

    def happens(self, scope: Scope) -> bool:
        if scope.type != "position":
            return False
        point: Any = scope.data["spot"]
        at, was = self.last.get(scope.customer, (0, False))
        inside = self.inside_of(*point)
        self.last[scope.customer] = (scope.now, inside)
        return inside and not (was and at + self.fades > scope.now)


class MomentRule(NaiveRule):
    """`every day at T`."""

    def begin(self, scope: Scope) -> None:
        """Her record begins."""
        assert isinstance(self.rule.situation, Moment)
        assert isinstance(self.rule.situation.when, EveryDay)
        day, at = local_parts(scope.zone, scope.now)[0], self.rule.situation.when.at
        due = local_to_moment(scope.zone, day, at)
        if due <= scope.now:
            due = local_to_moment(scope.zone, day + 1, at)
        self.wait(due, TimerKind.MOMENT, scope.customer)

    def due(self, scope: Scope) -> str | None:
        self.begin(scope)
        return self.judge(scope)


class NaiveLoop:
    """All rules over all customers; events come in the order in which they are taken, none of them old or repeated."""

    def __init__(self, rules: list[Rule], vocabulary: Vocabulary) -> None:
        self.timers: list[Timer] = []
        self.zone = zone(vocabulary.time_zone)
        self.scopes: dict[str, Scope] = {}
        ordered = sorted(rules, key=lambda rule: rule.id)
        self.rules = [_naive(number, rule, self.timers, vocabulary) for number, rule in enumerate(ordered)]
        self.moments = [rule for rule in self.rules if isinstance(rule, MomentRule)]

    def take(self, taken: int, event: Event) -> list[Firing]:
        """Run what is due before the event, then show it to every rule."""
        firings = self.run_timers(taken)
        scope = self.scopes.get(event.customer)
        if scope is None:
            scope = self.scopes[event.customer] = Scope(event.customer, self.zone, taken)
            for moment in self.moments:
                moment.begin(scope)
        scope.now, scope.type, scope.data = taken, event.type, event.data
        if event.type == "customer changed":
            scope.attributes.update(event.data)
            return firings
        for rule in self.rules:
            outcome = rule.take(scope)
            if outcome is not None:
                firings.append((taken, event.customer, rule.rule.id, outcome))
        return firings

    def run_timers(self, until: int) -> list[Firing]:
        """Run what is due up to and including `until`."""
        firings: list[Firing] = []
        while self.timers and self.timers[0][0] <= until:
            due, _, name, customer, number = heappop(self.timers)
            scope = self.scopes[customer]
            scope.now = due
            outcome = self.rules[number].due(scope)
            if outcome is not None:
                firings.append((due, customer, name, outcome))
        return firings


def _naive(number: int, rule: Rule, timers: list[Timer], vocabulary: Vocabulary) -> NaiveRule:
    match rule.situation:
        case Happens():
            return HappensRule(number, rule, timers)
        case Crosses():
            return CrossingRule(number, rule, timers)
        case Sequence():
            return SequenceRule(number, rule, timers)
        case Visits():
            return EntersRule(number, rule, timers, vocabulary)
        case Moment():
            return MomentRule(number, rule, timers)
