"""She enters a place, leaves it, or stays in it."""

# ruff: noqa: ARG002 - a watch is told more than every kind of it needs

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.types import Value
from rules.interpreter.evaluate import Bound, World
from rules.interpreter.history import inside
from rules.interpreter.situations.base import Complete, Taking, Timer, Watch
from rules.typed import PlaceVerb, Rule, Visits


@dataclass(frozen=True, eq=False)
class Stay:
    """A stay under way, in the member of the place that `entering` has entered."""

    member: str
    entering: Bound
    each: Value
    due: int


class Visit(Watch):
    def __init__(self, rule: Rule, situation: Visits) -> None:
        super().__init__(rule)
        self.pattern = situation.pattern
        #: In the order in which they began, members of one event in the order they were written.
        self.stays: list[Stay] = []

    def take(self, taking: Taking) -> Iterator[Complete]:
        visited = self.taking_of(taking)
        if self.pattern.verb is PlaceVerb.STAYS:
            here = inside(taking.after.history.vocabulary.places[self.pattern.place], taking.after.position)
            self.stays = [stay for stay in self.stays if stay.member in here] + [
                Stay(member, bound, taking.each(self.rule), taking.at + self.pattern.duration)
                for member, bound in visited
            ]
        elif visited:
            yield Complete(taking.trigger, taking.each(self.rule), (visited[0][1],))

    def taking_of(self, taking: Taking) -> list[tuple[str, Bound]]:
        """Each member that is entered or left, with the event bound as it is for that member."""
        return [
            (member, Bound(taking.event, taking.index, taking.at, taking.event.time, {self.pattern.place: member}))
            for member in taking.visited(self.pattern)
        ]

    def timers(self) -> Iterator[Timer]:
        for stay in self.stays:
            yield Timer(stay.due, "stay", (stay.entering.index,), stay.entering.source)

    def run(self, timer: Timer, world: World) -> Iterator[Complete]:
        """Members entered at once and stayed in as long are one match, of the first written."""
        done = [stay for stay in self.stays if (stay.entering.index,) == timer.key]
        self.stays = [stay for stay in self.stays if stay not in done]
        yield Complete(timer.trigger, done[0].each, (done[0].entering,))

    def fade(self) -> None:
        self.stays = []
