"""Steps of sequences written otherwise. To drop a step is left to the rule, whose conditions may look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.speech import say
from rules.language.unresolve import scope_within
from rules.mutations.change import Change, dropped, instead, reads, without
from rules.mutations.events import wheres
from rules.mutations.shifts import shifted_length
from rules.mutations.wording import Wording
from rules.typed import Pattern, PlacePattern, Sequence, Step, StepKind


def steps(of: Sequence, number: int, wording: Wording) -> Iterator[Change[Sequence]]:
    """The ways to write one step otherwise."""
    # with `each`, the first event has its field, whatever is asked of it: else `check` refuses the rule
    apart = wording.scope.each if number == 0 else None
    within = replace(wording.of_scope(scope_within(of, wording.scope, before=number)), apart=apart)
    for change in _step(of.steps[number], number, within):
        yield Change(Sequence(instead(of.steps, number, change.to)), change.said, change.told_by)


def _step(step: Step, number: int, wording: Wording) -> Iterator[Change[Step]]:
    for place, pattern in enumerate(step.patterns):
        if len(step.patterns) > 1:
            text = wording.events((pattern,))
            yield dropped(
                _with_patterns(step, without(step.patterns, place)), text, say("with `{events}`", events=text)
            )
        for change in wheres(pattern, wording) if isinstance(pattern, Pattern) else ():
            to = _with_patterns(step, instead(step.patterns, place, change.to))
            yield Change(to, change.said, change.told_by)
    if step.kind is StepKind.FIRST:
        return
    for length in shifted_length(step.duration):
        before, after = wording.length(step.duration), wording.length(length)
        to = Step(step.kind, step.patterns, length, step.after, step.name)
        yield reads(
            to, _lasting(step, before), _lasting(step, after), _told_by(step, sorted((step.duration, length)), wording)
        )
    if step.after != number - 1:
        to = Step(step.kind, step.patterns, step.duration, number - 1, step.name)
        said = _lasting(step, wording.length(step.duration))
        told_by = say("in which the step before comes late")
        before, after = (say("{length} after step {step}", length=said, step=one) for one in (step.after + 1, number))
        yield reads(to, before, after, told_by)


def _lasting(step: Step, length: str) -> str:
    if step.kind is StepKind.WITHOUT:
        return say("for {length}", length=length)
    return say("within {length}", length=length)


def _told_by(step: Step, lengths: list[int], wording: Wording) -> str:
    first, last = map(wording.length, lengths)
    values = {"events": wording.events(step.patterns), "first": first, "last": last}
    if step.kind is StepKind.WITHOUT:
        return say(
            "with `{events}` between {first} and {last} after the step it counts from, or one that says when it acts",
            **values,
        )
    return say("with `{events}` between {first} and {last} after the step it counts from", **values)


def _with_patterns(step: Step, patterns: tuple[Pattern | PlacePattern, ...]) -> Step:
    return Step(step.kind, patterns, step.duration, step.after, step.name)


def shortened(of: Sequence, number: int) -> Sequence | None:
    """The sequence without a step; None if what is left is none. What looked at later steps must be renumbered."""
    left = [
        Step(step.kind, step.patterns, step.duration, _renumbered(step.after, number), step.name)
        for place, step in enumerate(of.steps)
        if place != number
    ]
    if not left or left[0].kind is StepKind.WITHOUT:
        return None
    first = Step(StepKind.FIRST, left[0].patterns, name=left[0].name)
    return Sequence((first, *left[1:]))


def _renumbered(after: int, gone: int) -> int:
    """What counted from the step that is gone counts from the one before it."""
    return max(0, after - 1) if after >= gone else after
