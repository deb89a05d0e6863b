"""The walk through a customer's events and timers, in the order of `docs/semantics.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.quiet_hours import Hours
from models.types import Value
from models.vocabulary import Vocabulary
from rules.interpreter.evaluate import World
from rules.interpreter.happenings import Happening, Match, RuleSet, Taken, WouldHaveFired
from rules.interpreter.history import History
from rules.interpreter.matches import DecisionIds, Matches, Outcome
from rules.interpreter.situations import Complete, Taking, Timer, Watch, watch
from rules.interpreter.situations.event import Happening as HappeningWatch
from rules.typed import Aggregate, SinceLast
from rules.walk import nodes

KINDS: Final = ("fade", "line", "absence", "stay", "moment", "after")


def interpret(  # noqa: PLR0913 -- all that an engine is told
    rule_sets: Sequence[RuleSet],
    vocabulary: Vocabulary,
    taken: Sequence[Taken],
    until: int,
    attributes_before: Mapping[str, Value] | None = None,
    *,
    outcome: Outcome = lambda match, block, at, evaluate: True,
    decision_ids: DecisionIds = lambda match: frozenset(),
    quiet_hours: Mapping[str, Hours] = MappingProxyType({}),
) -> list[Happening]:
    """Everything that came of one customer's situations, in the order in which it came.

    `taken` are her events in the order of taking, without duplicates; all of them run, and timers that are due up to
    and including `until` (milliseconds). `attributes_before` are set before her first event. `quiet_hours` are those of
    `marketing` and `service`, where they have any.
    """
    history = History(vocabulary, taken, attributes_before or {})
    matches = Matches(outcome, decision_ids, quiet_hours)
    walk = _Walk(history, sorted(rule_sets, key=lambda rule_set: rule_set.begins), matches)
    found: list[Happening] = []
    for index, event in enumerate(taken):
        found += walk.run_timers(event.taken)
        found += walk.take(index)
    found += walk.run_timers(until)
    return found


class _Walk:
    def __init__(self, history: History, rule_sets: Sequence[RuleSet], matches: Matches) -> None:
        self.history = history
        self.to_come = list(rule_sets)
        self.matches = matches
        self.watches: dict[str, Watch] = {}
        self.world = World(history, 0, 0)
        #: The position event whose fading has run.
        self.faded = -1

    # ------------------------------------------------------------ rule sets

    def _switch(self, rule_set: RuleSet, until: int) -> Iterator[Happening]:
        """The next rule set takes over: what is the same goes on, all else ends or begins."""
        at = rule_set.begins
        rules = {rule.id: rule for rule in sorted(rule_set.rules, key=lambda rule: rule.id)}
        facts = [node for node in nodes(tuple(rules.values())) if isinstance(node, Aggregate | SinceLast)]
        began = {fact: self.world.began.get(fact, self.world.count) for fact in facts}
        for rule_id, old in sorted(self.watches.items()):
            if rules.get(rule_id) != old.rule:
                yield from self.matches.supersede(old.rule, at)
        kept = {rule_id: old for rule_id, old in self.watches.items() if rules.get(rule_id) == old.rule}
        self.watches = {rule_id: kept.get(rule_id) or watch(rule) for rule_id, rule in rules.items()}
        self.world = World(self.history, self.world.count, self.world.now, began)
        if self.world.count:
            for rule_id in rules.keys() - kept.keys():
                self.watches[rule_id].begin(self.world.at(at))
                self.watches[rule_id].look_ahead(self.world.at(at), until)

    def _next_switch(self, until: int) -> RuleSet | None:
        return self.to_come[0] if self.to_come and self.to_come[0].begins <= until else None

    # --------------------------------------------------------------- timers

    def run_timers(self, until: int) -> Iterator[Happening]:
        """Everything due up to and including `until`, which is not before the last event."""
        if self.world.count == 0:
            while (rule_set := self._next_switch(until)) is not None:
                self.to_come.pop(0)
                yield from self._switch(rule_set, until)
            return
        for each in self.watches.values():
            each.look_ahead(self.world, until)
        while True:
            rule_set, first = self._next_switch(until), self._first_timer(until)
            if rule_set is not None and (first is None or rule_set.begins <= first[0].due):
                self.to_come.pop(0)
                yield from self._switch(rule_set, until)
            elif first is not None:
                yield from self._run(*first)
            else:
                return

    def _first_timer(self, until: int) -> tuple[Timer, Watch | None] | None:
        position = self.history.positions[self.world.count]
        due: list[tuple[Timer, Watch | None]] = []
        if position is not None and position.index != self.faded:
            due.append((Timer(position.taken + self.history.vocabulary.position_fades, "fade"), None))
        for each in self.watches.values():
            due += [(timer, each) for timer in each.timers()]
            due += [(timer, each) for timer in self.matches.timers(each.rule)]
        due = [(timer, each) for timer, each in due if timer.due <= until]
        return min(due, key=_place_in_order) if due else None

    def _run(self, timer: Timer, owner: Watch | None) -> Iterator[Happening]:
        self.world = self.world.at(timer.due)
        trigger = timer.trigger if owner is None or timer.kind == "after" else owner.trigger(timer, self.world)
        if owner is None:
            self.faded = self.history.positions[self.world.count].index  # type: ignore[union-attr]  # it has just faded
            for each in self.watches.values():
                each.fade()
            return
        if timer.kind == "after":
            yield from self.matches.run(timer, self.world)
        else:
            judged = [one for complete in list(owner.run(timer, self.world)) for one in self._judge(owner, complete)]
            yield from judged
            if not any(isinstance(one, Match) for one in judged):
                return
        for each in self.watches.values():
            for complete in each.catch_up(self.world, trigger):
                yield from self._judge(each, complete)

    # --------------------------------------------------------------- events

    def take(self, index: int) -> Iterator[Happening]:
        """One event: old ends, then every rule in turn."""
        taken = self.history.taken[index]
        before = self.world.at(taken.taken)
        after = World(self.history, index + 1, taken.taken, self.world.began)
        taking = Taking(index, taken.event, taken.fresh, before, after)
        if index == 0:
            for each in self.watches.values():
                each.begin(before)
        self.world = after
        for each in self.watches.values():
            each.stop(taking)
            yield from self.matches.stop(each.rule, taking)
        for each in self.watches.values():
            self.matches.cancel(each.rule, taking)
            if not taking.fresh and isinstance(each, HappeningWatch) and each.fitting(taking) is not None:
                yield WouldHaveFired(each.rule.id, taken.event)
            for complete in list(each.take(taking)):
                yield from self._judge(each, complete)

    def _judge(self, owner: Watch, complete: Complete) -> Iterator[Happening]:
        if owner.passed_over(complete):
            return
        matched = False
        for happening in self.matches.judge(owner.rule, complete, self.world):
            if isinstance(happening, Match):
                matched = True
                owner.judged(complete, matched=True)
            yield happening
        if not matched:
            owner.judged(complete, matched=False)


def _place_in_order(entry: tuple[Timer, Watch | None]) -> tuple[object, ...]:
    timer, owner = entry
    return timer.due, KINDS.index(timer.kind), "" if owner is None else owner.rule.id, timer.key
