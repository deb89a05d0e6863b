"""A line crossed: a condition that was false just before and is true now."""

from __future__ import annotations

from collections.abc import Iterator

from models.types import Value
from rules.interpreter import facts
from rules.interpreter.changes import changes, nodes
from rules.interpreter.evaluate import Evaluate, World
from rules.interpreter.happenings import TimerTrigger
from rules.interpreter.situations.base import Complete, Taking, Timer, Watch
from rules.typed import Aggregate, Crosses, Rule, SinceLast

Change = tuple[int, bool | None]


class Crossing(Watch):
    def __init__(self, rule: Rule, situation: Crosses) -> None:
        super().__init__(rule)
        self.condition = situation.condition
        #: What each line is just now.
        self.truths: dict[Value, bool | None] = {}
        #: Lines that old news has made true, and that still are.
        self.listed: list[Value] = []
        #: How each line will change if nothing is taken.
        self.ahead: dict[Value, list[Change]] = {}

    def begin(self, world: World) -> None:
        self.truths = {each: self._truth(world, each) for each in self._values(world)}

    def look_ahead(self, world: World, until: int) -> None:
        self.ahead = {each: changes(self.condition, Evaluate(world, each=each), until) for each in self.truths}

    def take(self, taking: Taking) -> Iterator[Complete]:
        own = taking.each(self.rule)
        for each in self._values(taking.after):
            before, after = self._truth(taking.before, each), self._truth(taking.after, each)
            assert self.truths.get(each, before) is before, f"{self.rule.id}: a line moved, and no timer saw it"
            self.truths[each] = after
            crossed = before is False and after is True and (own is None or own == each)
            if after is not True and each in self.listed:
                self.listed.remove(each)
            if crossed and not taking.fresh:
                self.listed.append(each)
            elif taking.fresh and (crossed or each in self.listed):
                self._unlist(each)
                yield Complete(taking.trigger, each)

    def timers(self) -> Iterator[Timer]:
        for each, ahead in self.ahead.items():
            if ahead:
                yield Timer(ahead[0][0], "line", (str(each),))

    def run(self, timer: Timer, world: World) -> Iterator[Complete]:
        each = self._of(timer)
        before, after = self.truths[each], self.ahead[each].pop(0)[1]
        self.truths[each] = after
        self._unlist(each)
        if before is False and after is True:
            yield Complete(self.trigger(timer, world), each)

    def _of(self, timer: Timer) -> Value:
        return next(each for each in self.ahead if (str(each),) == timer.key)

    def catch_up(self, world: World, trigger: TimerTrigger) -> Iterator[Complete]:
        for each in list(self.listed):
            self._unlist(each)
            if self._truth(world, each) is True:
                yield Complete(trigger, each)

    def _unlist(self, each: Value) -> None:
        if each in self.listed:
            self.listed.remove(each)

    def _truth(self, world: World, each: Value) -> bool | None:
        return Evaluate(world, each=each).condition(self.condition)

    def _values(self, world: World) -> list[Value]:
        """The values that have a line of their own: all that were seen in an event of the line's facts."""
        if self.rule.each is None:
            return [None]
        found: list[Value] = []
        for node in nodes(self.condition):
            if isinstance(node, Aggregate | SinceLast) and node.each is not None:
                found += [value for value in facts.values_seen(node, world) if value not in found]
        return sorted(found, key=str)
