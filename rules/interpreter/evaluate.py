"""Evaluation at a moment, for one customer, in a scope: everything is computed anew from the list of her events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from models.events import Event
from models.types import Value
from rules.interpreter import conditions, expressions
from rules.interpreter.history import Attributes, History, Position
from rules.typed import Aggregate, Condition, Expression, Pattern, SinceLast

#: Facts, and how many events had been taken when each of them began.
Began = Mapping[Aggregate | SinceLast, int]


@dataclass(frozen=True, eq=False)
class Bound:
    """What a step of a situation is bound to: an event with its number in the list, or the end of a wait (no event).

    `members` says, for each place of the step, which of its members was entered or left.
    """

    event: Event | None
    index: int
    taken: int
    time: int
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> tuple[str, str]:
        """Source and id of the event; empty for a wait."""
        return ("", "") if self.event is None else (self.event.source, self.event.id)


@dataclass(frozen=True, eq=False)
class World:
    """A customer as her first `count` events have left her, at the moment `now` (milliseconds)."""

    history: History
    count: int
    now: int
    began: Began = field(default_factory=dict)

    @property
    def attributes(self) -> Attributes:
        return self.history.attributes[self.count]

    @property
    def zone(self) -> ZoneInfo:
        return self.history.zone(self.count)

    @property
    def position(self) -> Position | None:
        return self.history.position(self.count, self.now)

    def at(self, now: int) -> World:
        """The same customer at another moment, without another event."""
        return replace(self, now=now)


@dataclass(frozen=True, eq=False)
class Evaluate:
    """Evaluates typed expressions and conditions. `candidate` is the event of a `where`, `bound` the steps so far."""

    world: World
    bound: tuple[Bound, ...] = ()
    each: Value = None
    candidate: Event | None = None

    def value(self, expression: Expression) -> Value:
        """The value of an expression on the grid of its type; None is missing."""
        return expressions.value(expression, self)

    def condition(self, condition: Condition) -> bool | None:
        """Whether a condition holds; None is unknown."""
        return conditions.truth(condition, self)

    def at(self, now: int) -> Evaluate:
        return replace(self, world=self.world.at(now))


def fits(pattern: Pattern, event: Event, evaluate: Evaluate) -> bool:
    """Whether an event is one of a pattern, in this scope."""
    if event.type != pattern.event:
        return False
    return pattern.where is None or replace(evaluate, candidate=event).condition(pattern.where) is True


def counts(pattern: Pattern, index: int, history: History) -> bool:
    """Whether event number `index` fits a fact's pattern: judged as things are just when it is taken."""
    taken = history.taken[index]
    return fits(pattern, taken.event, Evaluate(World(history, index + 1, taken.taken)))


def each_of(event: Event, field_name: str | None) -> Value:
    """The value of the rule's `each` field in an event. Attributes that change are no fields."""
    if field_name is None or event.type == "customer changed":
        return None
    return event.data.get(field_name)
