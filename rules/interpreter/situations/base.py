"""What every watch over a situation has in common, and what it is told."""

# ruff: noqa: ARG002 - a watch is told more than every kind of it needs

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.events import Event
from models.types import Value
from rules.interpreter.evaluate import Bound, Evaluate, World, each_of, fits
from rules.interpreter.happenings import EventTrigger, TimerTrigger, Trigger
from rules.interpreter.history import inside
from rules.typed import Pattern, PlacePattern, PlaceVerb, Rule


@dataclass(frozen=True, eq=False)
class Complete:
    """A situation that is complete, still to be judged."""

    trigger: Trigger
    each: Value = None
    bound: tuple[Bound, ...] = ()


@dataclass(frozen=True, eq=False)
class Timer:
    """Something that is due; `key` tells apart the timers of one kind and rule, and orders them."""

    due: int
    kind: str
    key: tuple[object, ...] = ()
    #: Source and id of its opening event.
    opening: tuple[str, str] = ("", "")

    @property
    def trigger(self) -> TimerTrigger:
        return TimerTrigger(self.kind, self.due, *self.opening)


@dataclass(frozen=True, eq=False)
class Taking:
    """An event as it is taken: the customer just before it and just after, at the same moment."""

    index: int
    event: Event
    fresh: bool
    before: World
    after: World

    @property
    def at(self) -> int:
        return self.after.now

    @property
    def trigger(self) -> EventTrigger:
        return EventTrigger(self.event.source, self.event.id)

    def each(self, rule: Rule) -> Value:
        return each_of(self.event, rule.each)

    def visited(self, pattern: PlacePattern) -> tuple[str, ...]:
        """The members of the pattern's place that this position entered or left, in the order they were written."""
        position = self.after.position
        if position is None or position.index != self.index:
            return ()
        place = self.after.history.vocabulary.places[pattern.place]
        was, is_ = inside(place, self.before.position), inside(place, position)
        if pattern.verb is PlaceVerb.LEAVES:
            return tuple(member for member in was if member not in is_)
        return tuple(member for member in is_ if member not in was)

    def bind(
        self, patterns: Iterable[Pattern | PlacePattern], bound: tuple[Bound, ...] = (), each: Value = None
    ) -> Bound | None:
        """The event bound to a step with these patterns, of which at least one must fit; else None."""
        evaluate = Evaluate(self.after, bound, each)
        fitting = False
        members: dict[str, str] = {}
        for pattern in patterns:
            if isinstance(pattern, Pattern):
                fitting = fitting or fits(pattern, self.event, evaluate)
            elif visited := self.visited(pattern):
                fitting = True
                members.setdefault(pattern.place, visited[0])
        return Bound(self.event, self.index, self.at, self.event.time, members) if fitting else None


class Watch:
    """One rule's situation, watched for one customer. What a kind does not need it leaves as it is here."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def begin(self, world: World) -> None:
        """The rule, or the record, begins: `world.now` is the first moment that counts."""

    def look_ahead(self, world: World, until: int) -> None:
        """Nothing will be taken after `world.now` before `until`: find the timers due then."""

    def take(self, taking: Taking) -> Iterable[Complete]:
        """What an event completes. Watches are told of old news too."""
        return ()

    def timers(self) -> Iterable[Timer]:
        """All timers that stand."""
        return ()

    def trigger(self, timer: Timer, world: World) -> TimerTrigger:
        """The timer as the trigger of what comes of it."""
        return timer.trigger

    def run(self, timer: Timer, world: World) -> Iterable[Complete]:
        """What a timer completes when it is due."""
        return ()

    def catch_up(self, world: World, trigger: TimerTrigger) -> Iterable[Complete]:
        """What old news had made ready, at the next timer of whatever rule."""
        return ()

    def fade(self) -> None:
        """Her position is forgotten."""

    def stop(self, taking: Taking) -> None:
        """`stop when` may end what is open."""

    def passed_over(self, complete: Complete) -> bool:
        """Whether another situation completed just now has been the match already."""
        return False

    def judged(self, complete: Complete, matched: bool) -> None:
        """A complete situation was a match, or was refused."""
