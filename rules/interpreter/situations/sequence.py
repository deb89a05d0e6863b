"""A sequence of steps, with absences: every way in which the events so far can have filled them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.types import Value
from rules.interpreter.evaluate import Bound, Evaluate, World, each_of, fits
from rules.interpreter.happenings import Trigger
from rules.interpreter.situations.base import Complete, Taking, Timer, Watch
from rules.typed import Pattern, Rule, Sequence, Step, StepKind

#: The most partial matches that may be open per rule and customer.
OPEN = 100


@dataclass(frozen=True, eq=False)
class Partial:
    """A sequence under way: what its first steps are bound to. `number` counts them as they are made."""

    bound: tuple[Bound, ...]
    each: Value
    number: int
    #: When the wait for the next step ends, if that is an absence.
    due: int | None = None

    @property
    def recency(self) -> tuple[int, ...]:
        """Orders partial matches by when the first step was taken, then the second, ..."""
        return tuple(bound.index for bound in self.bound)


class Steps(Watch):
    def __init__(self, rule: Rule, situation: Sequence) -> None:
        super().__init__(rule)
        self.steps = situation.steps
        self.open: list[Partial] = []
        self.made = 0
        #: `each` values that have had their match at the present taking or timer.
        self.matched: set[Value] = set()

    # -------------------------------------------------------------- events

    def take(self, taking: Taking) -> list[Complete]:
        self.matched = set()
        self.open = [partial for partial in self.open if not self._over(partial, taking.at)]
        advances = self.open if taking.fresh else []
        advanced = [further for partial in advances if (further := self._advanced(partial, taking)) is not None]
        # (the event that makes a step does not cancel)
        self.open = [partial for partial in self.open if not self._cancelled(partial, taking)]
        if not taking.fresh:
            return []
        completed = [whole for whole in advanced if len(whole.bound) == len(self.steps)]
        more = [further for further in advanced if len(further.bound) < len(self.steps)]
        opened = self._opened(taking)
        if opened is not None and len(self.steps) == 1:
            completed.append(opened)
        elif opened is not None:
            more.append(opened)
        self._add(more, taking.after)
        return self._ranked(completed, taking.trigger)

    def _over(self, partial: Partial, now: int) -> bool:
        """Whether its next event would come too late."""
        step = self.steps[len(partial.bound)]
        return step.kind is StepKind.THEN and now - partial.bound[step.after].taken >= step.duration

    def _advanced(self, partial: Partial, taking: Taking) -> Partial | None:
        step = self.steps[len(partial.bound)]
        if step.kind is not StepKind.THEN or taking.event.time < partial.bound[-1].time:
            return None
        each = taking.each(self.rule)
        if not _agree(partial.each, each):
            return None
        bound = taking.bind(step.patterns, partial.bound, partial.each if each is None else each)
        return None if bound is None else self._made((*partial.bound, bound), partial.each if each is None else each)

    def _opened(self, taking: Taking) -> Partial | None:
        bound = taking.bind(self.steps[0].patterns, each=taking.each(self.rule))
        return None if bound is None else self._made((bound,), taking.each(self.rule))

    def _made(self, bound: tuple[Bound, ...], each: Value) -> Partial:
        self.made += 1
        return Partial(bound, each, self.made)

    def _ranked(self, completed: list[Partial], trigger: Trigger) -> list[Complete]:
        """Of those that one event completes the one that began last comes first; the first that passes is it."""
        ordered = sorted(completed, key=lambda whole: whole.recency, reverse=True)
        return [Complete(trigger, whole.each, whole.bound) for whole in ordered]

    # ------------------------------------------------------------ absences

    def _add(self, partials: list[Partial], world: World) -> None:
        """Open partial matches, begin their waits, and let the oldest go where there are too many."""
        self.open = [partial for partial in self.open if not self._over(partial, world.now)]
        for partial in partials:
            step = self.steps[len(partial.bound)]
            if step.kind is not StepKind.WITHOUT:
                self.open.append(partial)
            elif not self._too_late(partial, step, world):
                self.open.append(replace(partial, due=max(self._due(partial, step, world), world.now)))
        oldest_first = sorted(self.open, key=lambda partial: (partial.bound[0].index, partial.number))
        kept = oldest_first[-OPEN:]
        self.open = [partial for partial in self.open if partial in kept]

    def _due(self, partial: Partial, step: Step, world: World) -> int:
        types = [world.history.event_type(pattern.event) for pattern in _events(step)]
        late = max((type_.arrives_within for type_ in types), default=0)
        return partial.bound[step.after].taken + step.duration + late

    def _too_late(self, partial: Partial, step: Step, world: World) -> bool:
        """Whether, since the step the wait counts from, an absent event was taken, before the wait was reached."""
        history = world.history
        return any(
            self._is_absent_event(partial, step, index, world)
            for index in range(world.count)
            if partial.bound[step.after].index < index
            and all(index != bound.index for bound in partial.bound)
            and history.taken[index].taken >= partial.bound[step.after].taken
        )

    def _cancelled(self, partial: Partial, taking: Taking) -> bool:
        """Whether the event is not to happen in the wait that runs, or in one to come, as far as it is known what that
        counts from: then the partial match can never be completed.
        """
        known = partial.bound
        for step in self.steps[len(partial.bound) :]:
            if step.kind is not StepKind.WITHOUT:
                continue
            if step.after < len(known):
                reached = replace(partial, bound=known[: max(step.after + 1, len(partial.bound))])
                if self._is_absent_event(reached, step, taking.index, taking.after):
                    return True
            if step is self.steps[len(known)]:
                known = (*known, _ended(known, step))
        return False

    def _is_absent_event(self, partial: Partial, step: Step, index: int, world: World) -> bool:
        """Whether event number `index` cancels the wait of a partial match."""
        taken, since = world.history.taken[index], partial.bound[step.after]
        event = taken.event
        each = each_of(event, self.rule.each)
        if not since.time <= event.time < since.taken + step.duration or not _agree(partial.each, each):
            return False
        known = replace(world, count=index + 1, now=taken.taken)
        evaluate = Evaluate(known, partial.bound, partial.each if each is None else each)
        return any(fits(pattern, event, evaluate) for pattern in _events(step))

    # -------------------------------------------------------------- timers

    def timers(self) -> Iterator[Timer]:
        for partial in self.open:
            if partial.due is not None:
                yield Timer(partial.due, "absence", self._key(partial), partial.bound[0].source)

    def _key(self, partial: Partial) -> tuple[object, ...]:
        """Of waits that end at the same time the one that began last comes first."""
        return (*(-index for index in partial.recency), partial.number)

    def run(self, timer: Timer, world: World) -> Iterator[Complete]:
        partial = next(partial for partial in self.open if partial.due is not None and self._key(partial) == timer.key)
        self.open.remove(partial)
        bound = (*partial.bound, _ended(partial.bound, self.steps[len(partial.bound)]))
        if len(bound) < len(self.steps):
            self._add([self._made(bound, partial.each)], world)
            return
        self.matched = set()
        yield Complete(timer.trigger, partial.each, bound)

    # ------------------------------------------------------------- endings

    def judged(self, complete: Complete, matched: bool) -> None:
        if matched:
            self.matched.add(complete.each)
            self.open = [partial for partial in self.open if partial.each != complete.each]

    def passed_over(self, complete: Complete) -> bool:
        return complete.each in self.matched

    def stop(self, taking: Taking) -> None:
        each = taking.each(self.rule)
        self.open = [
            partial
            for partial in self.open
            if not (each is None or each == partial.each)
            or not any(
                fits(pattern, taking.event, Evaluate(taking.after, partial.bound, partial.each))
                for pattern in self.rule.stop_when
            )
        ]


def _ended(bound: tuple[Bound, ...], step: Step) -> Bound:
    """The end of a wait. It lies between events: after those taken by then, before all later ones."""
    end = bound[step.after].taken + step.duration
    return Bound(None, bound[-1].index, end, end)


def _agree(each: Value, other: Value) -> bool:
    """Whether two values of `each` go together: what has none does not care."""
    return each is None or other is None or each == other


def _events(step: Step) -> list[Pattern]:
    return [pattern for pattern in step.patterns if isinstance(pattern, Pattern)]
