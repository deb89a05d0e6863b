"""What a rule recognises, and what it keeps apart, written otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from models.speech import say
from rules.checks.written import Place, WrittenRule
from rules.mutations.change import Change, at, dropped, inside, reads
from rules.mutations.conditions import conditions
from rules.mutations.distinct import distinct
from rules.mutations.events import events
from rules.mutations.moments import moments
from rules.mutations.rewriting import looks_at, not_apart, without_step
from rules.mutations.sequences import shortened, steps
from rules.mutations.shifts import shifted_length
from rules.mutations.wording import Wording
from rules.typed import (
    Crosses,
    Happens,
    Moment,
    Pattern,
    PlacePattern,
    PlaceVerb,
    Rule,
    Sequence,
    Situation,
    Step,
    StepKind,
    Visits,
)


def apart(written: WrittenRule) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule without its `each`."""
    rule, place = written.file.rule, written.place.get("each")
    if rule.each is not None and place is not None:
        told_by = say("with two values of {each} in it", each=rule.each)
        yield place, dropped(not_apart(rule), say("each: {field}", field=rule.each), told_by)


def situation(written: WrittenRule, wording: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule with its `when` written otherwise. `wording` is that of the rule outside its situation."""
    rule = written.file.rule
    for number, (place, _) in enumerate(written.situation):
        if isinstance(rule.situation, Sequence):
            yield from at(place, _step_dropped(rule, rule.situation, number, place))
        changes = _otherwise(rule.situation, number, wording)
        yield from at(place, inside(changes, lambda to: replace(rule, situation=to)))


def _step_dropped(rule: Rule, of: Sequence, number: int, place: Place) -> Iterator[Change[Rule]]:
    """The rule without a step that nothing else looks at; with `each`, the first step stays, for it has its value."""
    if looks_at(rule, number) or (number == 0 and rule.each is not None):
        return
    left = shortened(of, number)
    if left is None:
        return
    awaited = of.steps[number].kind is StepKind.WITHOUT
    told_by = say("in which that comes before the time is up") if awaited else say("in which all comes but that")
    yield dropped(without_step(rule, _plain(left), number), place.text, told_by)


def _plain(of: Sequence) -> Situation:
    """A sequence of one step is what the step is by itself."""
    match of.steps:
        case (Step(patterns=(PlacePattern() as visit,)),):
            return Visits(visit)
        case (Step(patterns=patterns),):
            events = tuple(pattern for pattern in patterns if isinstance(pattern, Pattern))
            return Happens(events) if len(events) == len(patterns) else of
        case _:
            return of


def _otherwise(of: Situation, number: int, wording: Wording) -> Iterator[Change[Situation]]:
    """The ways to write a `when` otherwise; of a sequence, its step of that number. `wording` is that of the rule."""
    match of:
        case Happens(patterns):
            yield from inside(events(patterns, wording), Happens)
        case Crosses(condition):
            yield from inside(distinct(condition, conditions(condition, wording)), Crosses)
        case Visits(pattern):
            yield from inside(_visit(pattern, wording), Visits)
        case Sequence():
            yield from steps(of, number, wording)
        case Moment():
            yield from moments(of, wording)
        case _:
            assert_never(of)


def _visit(of: PlacePattern, wording: Wording) -> Iterator[Change[PlacePattern]]:
    if of.verb is not PlaceVerb.STAYS:
        return
    said = say("for {length}", length=wording.length(of.duration))
    told_by = say("in which she leaves before the time is up")
    yield dropped(PlacePattern(PlaceVerb.ENTERS, of.place), said, told_by)
    for length in shifted_length(of.duration):
        other = PlacePattern(of.verb, of.place, length)
        yield reads(
            other, said, say("for {length}", length=wording.length(length)), say("that says at what time it comes")
        )
