"""What follows a situation: it is judged, becomes a match, and its blocks have their turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from models.calendars import boundaries
from models.moments import date_of
from models.quiet_hours import Hours, quiet_until
from models.types import Value
from rules.interpreter.evaluate import Bound, Evaluate, World, fits
from rules.interpreter.happenings import (
    BlockDue,
    BlockHeld,
    BlockSuperseded,
    EventTrigger,
    Happening,
    Match,
    Refused,
)
from rules.interpreter.situations.base import Complete, Taking, Timer
from rules.typed import (
    After,
    Block,
    CalendarUnit,
    CalendarWindow,
    Cap,
    Ever,
    Grant,
    Guide,
    Line,
    Offer,
    Pattern,
    Rule,
    Sliding,
    Task,
)

HOUR = 3_600_000

#: Whether any action of a block became `sent` or `control`: (match, block, at, what it evaluates with) -> yes or no.
Outcome = Callable[[Match, int, int, Evaluate], bool]
#: The ids of a match's decisions, by which `task done` names its task.
DecisionIds = Callable[[Match], AbstractSet[str]]


class ToCome(NamedTuple):
    """A block that is to come at `due`; `held`: it has come up, and its messages wait for the end of quiet hours."""

    due: int
    number: int
    held: bool = False


@dataclass(eq=False)
class Live:
    """A match as it goes on: which blocks are to come, and whether it was of use to anyone."""

    number: int
    rule: Rule
    match: Match
    bound: tuple[Bound, ...]
    #: The time of what completed it.
    time: int
    pending: list[ToCome] = field(default_factory=list)
    used: bool = False

    @property
    def counts(self) -> bool:
        """Whether `at most` counts it: not once it is given back."""
        return self.used or bool(self.pending)


class Matches:
    """All matches of one customer."""

    def __init__(self, outcome: Outcome, decision_ids: DecisionIds, quiet_hours: Mapping[str, Hours]) -> None:
        self.outcome = outcome
        self.quiet_hours = quiet_hours
        self.decision_ids = decision_ids
        self.all: list[Live] = []
        #: When the decisions about a rule, an `each` value and an event were made.
        self.decided: dict[tuple[str, str, EventTrigger], int] = {}

    # ------------------------------------------------------------ the match

    def judge(self, rule: Rule, complete: Complete, world: World) -> Iterator[Happening]:
        """A complete situation is refused, or is a match whose immediate blocks have their turn."""
        evaluate = Evaluate(world, complete.bound, complete.each)
        line = refusing_line(rule, evaluate)
        if line is not None:
            yield Refused(rule.id, world.now, complete.trigger, line, complete.each)
            return
        if self._again(rule, complete, world):
            yield Match(rule.id, complete.each, world.now, complete.trigger, (), again=True)
            return
        full = next((cap.text for cap in rule.at_most if self._full(rule.id, complete.each, cap, world)), None)
        events = tuple(bound.event for bound in complete.bound)
        match = Match(rule.id, complete.each, world.now, complete.trigger, events, full)
        live = Live(len(self.all), rule, match, complete.bound, _time_of(complete, world))
        yield match
        if full is None:
            self.all.append(live)
            live.pending = [
                ToCome(_due(block.after, world), number)
                for number, block in enumerate(rule.blocks)
                if block.after is not None
            ]
        for number, block in enumerate(rule.blocks):
            if block.after is None:
                yield from self._turn(live, number, world)

    def _again(self, rule: Rule, complete: Complete, world: World) -> bool:
        """Whether the same event has brought this match while it might still be told again and be fresh."""
        if not isinstance(complete.trigger, EventTrigger):
            return False
        vocabulary = world.history.vocabulary
        span = max(HOUR, vocabulary.stale_after, *(type_.stale_after for type_ in vocabulary.events.values()))
        key = rule.id, str(complete.each or ""), complete.trigger
        if world.now - self.decided.get(key, world.now - span) < span:
            return True
        self.decided[key] = world.now
        return False

    def _full(self, rule_id: str, each: Value, cap: Cap, world: World) -> bool:
        start = _start(cap, world)
        counted = [
            live
            for live in self.all
            if live.match.rule_id == rule_id and live.match.each == each and live.counts and live.match.at >= start
        ]
        return len(counted) >= cap.number

    def _turn(self, live: Live, number: int, world: World, *, released: bool = False) -> Iterator[Happening]:
        """A block comes up, or what was held of it is released: then all conditions are judged again."""
        block = live.rule.blocks[number]
        evaluate = Evaluate(world, live.bound, live.match.each)
        stopped_by = _stopped_by(block.only_if, block.unless, evaluate)
        if released and block.after is None:
            stopped_by = stopped_by or refusing_line(live.rule, evaluate)
        if stopped_by is not None:
            yield BlockDue(live.match, number, world.now, held=False, released=released)
            return
        refused = live.match.refused_by_cap is not None  # and that is the end of its actions
        until, without_offers = (None, False) if refused else self._quiet(block, world)
        if until is not None:
            live.pending.append(ToCome(until, number, held=True))
            yield BlockHeld(live.match, number, world.now, until)
            if released or not any(isinstance(action, Task) for action in block.actions):
                return
        if self.outcome(live.match, number, world.now, evaluate):
            live.used = True
        yield BlockDue(live.match, number, world.now, without_offers=without_offers, released=released)

    def _quiet(self, block: Block, world: World) -> tuple[int | None, bool]:
        """Until when the messages of a block wait, and whether they go without offers."""
        offers = any(isinstance(action, Offer) for action in block.actions)
        serves = any(isinstance(action, Guide | Grant) for action in block.actions)
        ends = {purpose: quiet_until(hours, world.zone, world.now) for purpose, hours in self.quiet_hours.items()}
        if serves and ends.get("service") is not None:
            return ends["service"], False
        if offers and not serves:
            return ends.get("marketing"), False
        return None, offers and ends.get("marketing") is not None

    # ------------------------------------------------------ blocks to come

    def timers(self, rule: Rule) -> Iterator[Timer]:
        for live in self.all:
            if live.rule is rule:
                for due, number, _ in live.pending:
                    yield Timer(due, "after", (live.number, number))

    def run(self, timer: Timer, world: World) -> Iterator[Happening]:
        live = next(live for live in self.all if live.number == timer.key[0])
        due = next(entry for entry in live.pending if entry.number == timer.key[1])
        live.pending.remove(due)
        return self._turn(live, due.number, world, released=due.held)

    def cancel(self, rule: Rule, taking: Taking) -> None:
        """An event that a block waits to be without ends it, without a decision."""
        for live in self.all:
            if live.rule is rule:
                live.pending = [one for one in live.pending if one.held or not self._ends(live, one.number, taking)]

    def _ends(self, live: Live, number: int, taking: Taking) -> bool:
        after = live.rule.blocks[number].after
        assert after is not None
        event, each = taking.event, taking.each(live.rule)
        if not live.time <= event.time < live.match.at + after.delay:
            return False
        if each is not None and live.match.each is not None and each != live.match.each:
            return False
        if event.type == "task done" and event.data.get("task") not in self.decision_ids(live.match):
            return False
        return _fits_any(after.without, live, taking)

    def stop(self, rule: Rule, taking: Taking) -> Iterator[BlockSuperseded]:
        """`stop when` ends what is still to come of her matches (of that `each` value)."""
        each = taking.each(rule)
        for live in self.all:
            concerned = live.rule is rule and (each is None or each == live.match.each)
            if concerned and _fits_any(rule.stop_when, live, taking):
                yield from self._supersede(live, taking.at)

    def supersede(self, rule: Rule, at: int) -> Iterator[BlockSuperseded]:
        """The rule is no longer the same: what is still to come of its matches ends."""
        for live in self.all:
            if live.rule is rule:
                yield from self._supersede(live, at)

    def _supersede(self, live: Live, at: int) -> Iterator[BlockSuperseded]:
        ended, live.pending = live.pending, []
        yield from (BlockSuperseded(live.match, one.number, at) for one in ended)


def refusing_line(rule: Rule, evaluate: Evaluate) -> str | None:
    """What first keeps a complete situation from being a match: `runs`, `paused`, a line of `only if` or `unless`."""
    world = evaluate.world
    first, last = rule.runs
    today = date_of(world.zone, world.now)
    if (first is not None and today < first) or (last is not None and today > last):
        return "runs"
    if rule.paused:
        return "paused"
    return _stopped_by(rule.only_if, rule.unless, evaluate)


def _stopped_by(only_if: tuple[Line, ...], unless: tuple[Line, ...], evaluate: Evaluate) -> str | None:
    for line in only_if:
        if evaluate.condition(line.condition) is not True:
            return line.text
    for line in unless:
        if evaluate.condition(line.condition) is not False:
            return line.text
    return None


def _start(cap: Cap, world: World) -> int:
    """The first millisecond whose matches a line of `at most` counts now."""
    match cap.window:
        case Sliding(length):
            return world.now - length + 1
        case Ever():
            return -(1 << 62)
        case CalendarWindow(unit, back):
            calendars = world.history.calendars(world.count, world.now)
            marks = boundaries(unit.value, calendars, back, world.now)
            if marks is None:
                marks = boundaries(CalendarUnit.MONTH.value, calendars, back, world.now)
            assert marks is not None, "there are always months"
            return marks[0]


def _time_of(complete: Complete, world: World) -> int:
    """The time of the event that completed the situation; of a timer, when it was due."""
    if isinstance(complete.trigger, EventTrigger):
        return world.history.taken[world.count - 1].event.time
    return complete.trigger.due


def _due(after: After, world: World) -> int:
    late = max((world.history.event_type(pattern.event).arrives_within for pattern in after.without), default=0)
    return world.now + after.delay + late


def _fits_any(patterns: tuple[Pattern, ...], live: Live, taking: Taking) -> bool:
    evaluate = Evaluate(taking.after, live.bound, live.match.each)
    return any(fits(pattern, taking.event, evaluate) for pattern in patterns)
