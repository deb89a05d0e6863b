"""Events that complete a situation at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.types import Value
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from rules.checks.reasoning.situations import of_step
from rules.checks.witness.crossings import crossing_events
from rules.checks.witness.events import NoExample, of_model
from rules.checks.witness.moments import value_of
from rules.checks.witness.positions import inside, outside
from rules.checks.witness.solving import Model
from rules.checks.witness.story import Told
from rules.typed import (
    Around,
    Condition,
    Crosses,
    EveryYear,
    FieldOf,
    Happens,
    Moment,
    Pattern,
    PlaceName,
    PlacePattern,
    PlaceVerb,
    Sequence,
    Situation,
    StepKind,
    Visits,
)

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Way:
    """One way to complete a situation: which pattern each step takes, and what must hold of their events."""

    patterns: tuple[Pattern | PlacePattern | None, ...]
    conditions: tuple[Condition, ...]


def ways_to_complete(situation: Situation) -> Iterator[Way]:
    """The ways; of a sequence with alternatives only those that take the first at each step but one."""
    match situation:
        case Happens(patterns=patterns):
            for pattern in patterns:
                yield Way((pattern,), _wheres((pattern,)))
        case Sequence(steps=steps):
            chosen = tuple(None if step.kind is StepKind.WITHOUT else step.patterns[0] for step in steps)
            yield Way(chosen, _wheres(chosen))
        case Crosses(condition=condition):
            yield Way((), (condition,))
        case Visits(pattern=place):
            yield Way((place,), ())
        case Moment(when=EveryYear(patterns=patterns) | Around(patterns=patterns)) if patterns:
            yield Way((patterns[0],), _wheres((patterns[0],)))
        case _:
            yield Way((), ())


def _wheres(patterns: tuple[Pattern | PlacePattern | None, ...]) -> tuple[Condition, ...]:
    return tuple(
        of_step(pattern.where, step)
        for step, pattern in enumerate(patterns)
        if isinstance(pattern, Pattern) and pattern.where is not None
    )


def events_of(situation: Situation, way: Way, model: Model, at: int, vocabulary: Vocabulary) -> list[Told]:
    """Events by which the situation is complete at `at`; raises NoExample."""
    match situation:
        case Happens() | Visits():
            return _step(way.patterns[0], 0, at, model, vocabulary)
        case Sequence():
            return _sequence(situation, way, model, at, vocabulary)
        case Crosses():
            return crossing_events(situation, model, at, vocabulary)
        case Moment(when=EveryYear() | Around()) if way.patterns and isinstance(way.patterns[0], Pattern):
            event, field = way.patterns[0].event, situation.when.of  # type: ignore[union-attr]  # as matched
            moved: Model = {FieldOf(field.name, field.type, 0): value_of(situation, at)}
            return [of_model(event, at - 60 * _MINUTE, vocabulary, {**model, **moved}, 0)]
        case _:
            return []


def _step(
    pattern: Pattern | PlacePattern | None, step: int, at: int, model: Model, vocabulary: Vocabulary
) -> list[Told]:
    if isinstance(pattern, Pattern):
        return [of_model(pattern.event, at, vocabulary, model, step)]
    if pattern is None:
        return []
    place = vocabulary.places[pattern.place]
    member = _member(model, step)
    match pattern.verb:
        case PlaceVerb.ENTERS:
            return [inside(place, at, vocabulary, member)]
        case PlaceVerb.LEAVES:
            return [inside(place, at - 10 * _MINUTE, vocabulary, member), outside(place, at, vocabulary)]
        case PlaceVerb.STAYS:
            again = range(at - pattern.duration, at, max(vocabulary.position_fades // 2, 1))
            if len(again) > 12:
                raise NoExample
            return [inside(place, seen, vocabulary, member) for seen in again]


def _member(model: Model, step: int) -> Value:
    return next((value for term, value in model.items() if isinstance(term, PlaceName) and term.step == step), None)


def _sequence(situation: Sequence, way: Way, model: Model, at: int, vocabulary: Vocabulary) -> list[Told]:
    times: list[int] = []
    late = 0
    for step in situation.steps:
        if step.kind is StepKind.FIRST:
            times.append(0)
            continue
        since = times[step.after]
        if step.kind is StepKind.THEN:
            room = since + step.duration - times[-1] - late
            times.append(times[-1] + late + min(10 * _MINUTE, max(room // 2, 0)))
            late = 0
        else:
            times.append(max(times[-1], since + step.duration))
            late = max(_arrives_within(pattern, vocabulary) for pattern in step.patterns)
    events: list[Told] = []
    for number, (pattern, time) in enumerate(zip(way.patterns, times, strict=True)):
        events += _step(pattern, number, at - times[-1] - late + time, model, vocabulary)
    return events


def _arrives_within(pattern: Pattern | PlacePattern, vocabulary: Vocabulary) -> int:
    if not isinstance(pattern, Pattern):
        return 0
    return (vocabulary.events.get(pattern.event) or RESERVED_EVENTS[pattern.event]).arrives_within
