"""One event that fits a pattern."""

from __future__ import annotations

from collections.abc import Mapping

from models.types import Type, Value
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from rules.checks.witness.plain_values import plain_value
from rules.checks.witness.solving import Model, models
from rules.checks.witness.story import Told
from rules.typed import Comparator, Compare, Condition, Constant, FieldOf, Pattern


class NoExample(Exception):
    """Nothing was found that would do."""


def event_of(pattern: Pattern, at: int, vocabulary: Vocabulary, given: Mapping[str, Value] | None = None) -> Told:
    """An event of the pattern at a moment, with the values given for some fields; raises NoExample."""
    types = fields_of(pattern.event, vocabulary)
    fixed = [_is(FieldOf(name, types[name]), value) for name, value in (given or {}).items() if name in types]
    model: Model = {}
    if pattern.where is not None:
        found = next(models([pattern.where, *fixed]), None)
        if found is None:
            raise NoExample
        model = found
    return told(pattern.event, at, vocabulary, {**_fields(model, None), **(given or {})})


def told(event: str, at: int, vocabulary: Vocabulary, known: Mapping[str, Value]) -> Told:
    """An event with these values, and natural ones for all other fields that it may not leave out."""
    types = fields_of(event, vocabulary)
    plain_ones = {name: plain_value(type_) for name, type_ in types.items() if not type_.optional}
    values = {name: value for name, value in {**plain_ones, **known}.items() if value is not None and name in types}
    return Told(at, event, values)


def of_model(event: str, at: int, vocabulary: Vocabulary, model: Model, step: int) -> Told:
    """The event of a step whose fields have the values of the model."""
    return told(event, at, vocabulary, _fields(model, step))


def fields_of(event: str, vocabulary: Vocabulary) -> Mapping[str, Type]:
    """The fields of an event type."""
    return (vocabulary.events.get(event) or RESERVED_EVENTS[event]).fields


def _fields(model: Model, step: int | None) -> dict[str, Value]:
    return {term.name: value for term, value in model.items() if isinstance(term, FieldOf) and term.step == step}


def _is(term: FieldOf, value: Value) -> Condition:
    return Compare(Comparator.IS, term, Constant(value, term.type))  # type: ignore[arg-type]  # fields hold fixed values
