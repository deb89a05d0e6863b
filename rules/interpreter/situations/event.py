"""`when: EVENT`: every fresh event that fits."""

from __future__ import annotations

from collections.abc import Iterator

from rules.interpreter.evaluate import Bound
from rules.interpreter.situations.base import Complete, Taking, Watch
from rules.typed import Happens, Rule


class Happening(Watch):
    def __init__(self, rule: Rule, situation: Happens) -> None:
        super().__init__(rule)
        self.situation = situation

    def fitting(self, taking: Taking) -> Bound | None:
        """The event as step 0, fresh or not, if it fits."""
        return taking.bind(self.situation.patterns, each=taking.each(self.rule))

    def take(self, taking: Taking) -> Iterator[Complete]:
        bound = self.fitting(taking) if taking.fresh else None
        if bound is not None:
            yield Complete(taking.trigger, taking.each(self.rule), (bound,))
