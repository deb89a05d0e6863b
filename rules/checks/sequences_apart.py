"""Sequences kept apart by a field that their first event may not have.

A later step must have the same value as the first, so the first has to have one: with no value yet, nobody could say
whose sequence it is, and any absent event would end its waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.speech import listed, say
from models.types import Kind
from models.vocabulary import RESERVED_EVENTS, EventType
from rules.checks.each_fields import has_field
from rules.checks.reasoning.truth import terms_sure
from rules.checks.written import rules
from rules.problems import Problem
from rules.typed import EachValue, FieldOf, Pattern, PlacePattern, Sequence
from rules.workspace.workspace import Workspace

_POSITIONS = (Kind.POINT, Kind.CELL)


def check_sequences_apart(workspace: Workspace) -> Iterator[Problem]:
    """`each: FIELD` where an event of the first step has no such field, or may leave it out."""
    events = {**RESERVED_EVENTS, **workspace.vocabulary.events}
    for rule in rules(workspace):
        situation, each = rule.file.rule.situation, rule.file.rule.each
        if each is None or not isinstance(situation, Sequence) or not has_field(rule.file.rule, workspace):
            continue
        for pattern in situation.steps[0].patterns:
            what = _without_value(pattern, each, events)
            if what is not None:
                message = say(
                    "{what}; a sequence that is kept apart by it needs its value from the first step on.", what=what
                )
                yield rule.situation[0][0].problem("E419", message, _hint(pattern, each, events))
                break


def _without_value(pattern: Pattern | PlacePattern, each: str, events: Mapping[str, EventType]) -> str | None:
    """How an event of the first step can be without a value of the field; None if it never is."""
    if isinstance(pattern, PlacePattern):
        lacking = [event.name for event in _positions(events) if not _always_has(event, each)]
        return (
            say('a position may come without "{each}" ({names})', each=each, names=listed(lacking)) if lacking else None
        )
    event = events[pattern.event]
    if each not in event.fields:
        return say('"{event}" has no field "{each}"', event=event.name, each=each)
    return (
        None
        if _always_has(event, each) or _asks_for(pattern, each)
        else say('"{event}" may come without "{each}"', event=event.name, each=each)
    )


def _positions(events: Mapping[str, EventType]) -> list[EventType]:
    return [
        event
        for event in events.values()
        if event.family == "location" and any(type_.kind in _POSITIONS for type_ in event.fields.values())
    ]


def _always_has(event: EventType, field: str) -> bool:
    return field in event.fields and not event.fields[field].optional


def _asks_for(pattern: Pattern, each: str) -> bool:
    """Whether an event without the field never fits."""
    known = frozenset() if pattern.where is None else terms_sure(pattern.where)
    return any(isinstance(term, FieldOf | EachValue) and term.name == each for term in known)


def _hint(pattern: Pattern | PlacePattern, each: str, events: Mapping[str, EventType]) -> str:
    if isinstance(pattern, Pattern) and each in events[pattern.event].fields:
        values = {"event": pattern.event, "each": each}
        if pattern.where:
            return say("Write: {event} where {each} is known and (..).", **values)
        return say("Write: {event} where {each} is known.", **values)
    having = [event.name for event in events.values() if _always_has(event, each)]
    return (
        say("Begin with an event that always has it: {names}.", names=listed(having))
        if having
        else say('Leave "each" out.')
    )
