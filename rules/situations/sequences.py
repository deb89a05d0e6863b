"""Sequences: partial matches that an event opens, advances or cancels, and waits for an absence.

A partial match that advances also stays where it is (the advanced one is a copy), so a later event that fits
better is not missed. In the words of Flink's NFA: every event that fits is both taken and ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from typing import Any

from models.events import Event
from models.types import Value
from rules.compile.view import Bound, View
from rules.program import Fit, Join, Program, RuleProgram, StepProgram
from rules.record import OPEN_SEQUENCES, Partial, Record
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import Moved
from rules.situations.timers import TimerKind, set_forgetting, set_timer
from rules.typed import StepKind

#: Later than every moment.
_NEVER = 1 << 62


def fits_any(patterns: Iterable[Fit], view: View) -> bool:
    """Whether the view's event fits one of the patterns."""
    for fit in patterns:  # noqa: SIM110  # called for every wait of every event: a generator costs more than the rest
        if fit(view):
            return True
    return False


def bound_of(event: Event, taken: int) -> Bound:
    """The event as it is bound to a step."""
    return Bound(event.data, event.time, taken, event.source, event.id)


def cancel(one: RuleProgram, view: View, event: Event, steps: Collection[int]) -> None:
    """End the waits of a rule in which this event was not to happen; old news does so, too.

    `steps` are the numbers of those the event may fit.
    """
    partials = view.record.partials.get(one.rule.id)
    absences = [number for number in steps if one.steps[number].kind is StepKind.WITHOUT]
    if partials and absences:
        kept = [partial for partial in partials if not _cancels(one, partial, view, event, absences)]
        if len(kept) < len(partials):
            _keep(view.record, one, kept)


def _keep(record: Record, one: RuleProgram, partials: list[Partial]) -> None:
    if partials:
        record.partials[one.rule.id] = partials
    else:
        record.partials.pop(one.rule.id, None)


def _cancels(one: RuleProgram, partial: Partial, view: View, event: Event, absences: list[int]) -> bool:
    for number in absences:
        step = one.steps[number]
        anchor = _anchor(one, partial, step) if number >= len(partial.bound) else None
        if (
            anchor is not None
            and anchor.time <= event.time < anchor.taken + step.duration
            and _same_each(one, partial, event)
        ):
            view.bound, view.each = partial.bound, _each_of(one, partial, event)
            if fits_any(step.patterns[event.type], view):
                return True
    return False


def _anchor(one: RuleProgram, partial: Partial, step: StepProgram) -> Bound | None:
    """What a step counts from, as far as it is known: the end of a wait is known while it still runs."""
    known = partial.bound
    while len(known) <= step.after and one.steps[len(known)].kind is StepKind.WITHOUT:
        wait = one.steps[len(known)]
        known = (*known, absence_of(known[wait.after], wait))
    return known[step.after] if step.after < len(known) else None


def _same_each(one: RuleProgram, partial: Partial, event: Event) -> bool:
    """An event that has the field of `each` must have this partial match's value."""
    if one.rule.each is None or partial.each is None:
        return True
    value = event.data.get(one.rule.each)
    return value is None or value == partial.each


def _each_of(one: RuleProgram, partial: Partial, event: Event) -> Value:
    own = event.data.get(one.rule.each) if one.rule.each else None
    return partial.each if own is None else own


def advance(one: RuleProgram, view: View, event: Event, moved: Moved, steps: Collection[int]) -> Iterator[Found]:
    """Advance the partial matches of a rule that this fresh event fits; yields what it completes.

    `steps` are the numbers of those the event may fit.
    """
    record = view.record
    complete: list[Partial] = []
    grown: list[Partial] = []
    joins = {number: _join_of(one.steps[number], event) for number in steps}
    for partial in record.partials.get(one.rule.id, ()):
        number = len(partial.bound)
        if number not in joins:
            continue
        step = one.steps[number]
        if step.kind is StepKind.THEN and _may_fill(step, joins[number], partial, view, event):
            bound = bind(step, view, event, moved, partial.bound, _each_of(one, partial, event))
            if bound is not None and _same_each(one, partial, event):
                _grow(one, record, partial, bound, view.now, grown, complete)
    cancel(one, view, event, steps)
    if grown:
        _hold(one, record, grown, view.now)
    if complete:
        yield from _ranked(one, complete, EventTrigger(event.source, event.id, event.time))


def _join_of(step: StepProgram, event: Event) -> tuple[Join, Any] | None:
    """The equality with an earlier step that an event must fulfil, and what it has for it."""
    join = None if step.visits else step.joins.get(event.type)
    return None if join is None else (join, join.of_event(event.data))


def _may_fill(step: StepProgram, join: tuple[Join, Any] | None, partial: Partial, view: View, event: Event) -> bool:
    """The quick questions first: is it in time, is it after the step before, does it join."""
    if view.now >= _expires(step, partial) or event.time < partial.bound[-1].time:
        return False
    if join is None:
        return True
    if partial.join is None or partial.join[0] != event.type:
        partial.join = (event.type, join[0].of_bound(partial.bound))
    wanted = partial.join[1]
    return wanted is not None and wanted == join[1]


def _expires(step: StepProgram, partial: Partial) -> int:
    if partial.expires is None:
        waits = step.kind is StepKind.WITHOUT
        partial.expires = _NEVER if waits else partial.bound[step.after].taken + step.duration
    return partial.expires


def bind(
    step: StepProgram, view: View, event: Event, moved: Moved, bound: tuple[Bound, ...], each: Value
) -> Bound | None:
    """The event bound to a step, or None if it does not fit."""
    view.bound, view.each = bound, each
    patterns = step.patterns.get(event.type)
    if patterns is not None and fits_any(patterns, view):
        return Bound(event.data, event.time, view.now, event.source, event.id)
    for pattern in step.visits:
        member = moved.fits(pattern)
        if member is not None:
            return Bound(event.data, event.time, view.now, event.source, event.id, member)
    return None


def open_first(one: RuleProgram, view: View, event: Event, moved: Moved) -> Iterator[Found]:
    """Open a sequence with this fresh event if it fits the first step."""
    each = event.data.get(one.rule.each) if one.rule.each else None
    bound = bind(one.steps[0], view, event, moved, (), each)
    if bound is None:
        return
    grown: list[Partial] = []
    complete: list[Partial] = []
    seed = Partial((), each, (), None)
    _grow(one, view.record, seed, bound, view.now, grown, complete)
    _hold(one, view.record, grown, view.now)
    yield from _ranked(one, complete, EventTrigger(event.source, event.id, event.time))


def _grow(
    one: RuleProgram,
    record: Record,
    partial: Partial,
    bound: Bound,
    now: int,
    grown: list[Partial],
    complete: list[Partial],
) -> None:
    """Bind one more step; if an absence is next its wait begins (one that is over already ends now)."""
    steps = (*partial.bound, bound)
    each = partial.each
    if each is None and one.rule.each is not None:
        each = bound.data.get(one.rule.each)
    record.sequence_number += 1
    numbers = (*partial.numbers, record.sequence_number)
    if len(steps) == len(one.steps):
        complete.append(Partial(steps, each, numbers, None))
        return
    step = one.steps[len(steps)]
    due = None
    if step.kind is StepKind.WITHOUT:
        due = max(steps[step.after].taken + step.duration + step.lateness, now)
    grown.append(Partial(steps, each, numbers, due))


def absence_of(anchor: Bound, step: StepProgram) -> Bound:
    """A wait that has ended as the event bound to its step."""
    end = anchor.taken + step.duration
    return Bound({}, end, end, anchor.source, anchor.id)


def _hold(one: RuleProgram, record: Record, grown: list[Partial], now: int) -> None:
    """Keep new partial matches; those whose time is over go, and beyond 100 the oldest, counted."""
    partials = record.partials.get(one.rule.id, [])
    if partials and _over(one, partials[0], now):
        partials = [partial for partial in partials if not _over(one, partial, now)]
    partials = [*partials, *grown]
    if len(partials) > OPEN_SEQUENCES:
        partials = [partial for partial in partials if not _over(one, partial, now)]
    if len(partials) > OPEN_SEQUENCES:
        partials.sort(key=lambda partial: (partial.numbers[0], partial.numbers[-1]))
        record.count("sequences dropped", len(partials) - OPEN_SEQUENCES)
        del partials[: len(partials) - OPEN_SEQUENCES]
    for partial in grown:
        if partial.due is not None:
            set_timer(record, partial.due, TimerKind.ABSENCE, one.rule.id)
        else:
            set_forgetting(record, now, _expires(one.steps[len(partial.bound)], partial))
    _keep(record, one, partials)


def let_go(one: RuleProgram, record: Record, partials: list[Partial], now: int) -> list[int]:
    """Forget those partial matches whose time is over; returns when that of the others will be (not: absences)."""
    _keep(record, one, [partial for partial in partials if not _over(one, partial, now)])
    ends = (_expires(one.steps[len(partial.bound)], partial) for partial in record.partials.get(one.rule.id, ()))
    return [end for end in ends if end < _NEVER]


def _over(one: RuleProgram, partial: Partial, now: int) -> bool:
    return now >= _expires(one.steps[len(partial.bound)], partial)


def _ranked(one: RuleProgram, complete: list[Partial], trigger: EventTrigger | TimerTrigger | None) -> Iterator[Found]:
    """Those completed at once, the one whose first step was taken last first: the first that passes is the match."""
    for partial in sorted(complete, key=attrgetter("numbers"), reverse=True):
        yield Found(one.number, partial.each, trigger or _timer(partial), partial.bound)


def _timer(partial: Partial) -> TimerTrigger:
    opening = partial.bound[0]
    return TimerTrigger(TimerKind.ABSENCE.word, partial.due or 0, opening.source, opening.id)


def due(program: Program, record: Record, rule_id: str, now: int) -> Iterator[Found]:
    """The waits of a rule that end now: absences that complete it, or go on to the next step."""
    one = program.rules[program.number_of[rule_id]]
    partials = record.partials.get(rule_id, [])
    ended = [partial for partial in partials if partial.due is not None and partial.due <= now]
    if not ended:
        return
    _keep(record, one, [partial for partial in partials if partial not in ended])
    grown: list[Partial] = []
    complete: list[Partial] = []
    for partial in ended:
        step = one.steps[len(partial.bound)]
        done = len(complete)
        _grow(one, record, partial, absence_of(partial.bound[step.after], step), now, grown, complete)
        for whole in complete[done:]:
            whole.due = partial.due
    if grown:
        _hold(one, record, grown, now)
    yield from _ranked(one, complete, None)


def close(record: Record, rule_id: str, each: Value) -> None:
    """A match, or `stop when`, ends all that is open of a rule for this `each` value."""
    partials = [partial for partial in record.partials.get(rule_id, ()) if partial.each != each]
    if partials:
        record.partials[rule_id] = partials
    else:
        record.partials.pop(rule_id, None)
