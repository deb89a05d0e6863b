"""Events that put a customer into a place, or out of it."""

from __future__ import annotations

from models.geometry import contains, point_in
from models.places import CellPlace, Place
from models.types import Kind, Value
from models.vocabulary import Vocabulary
from rules.checks.witness.events import NoExample, told
from rules.checks.witness.story import Told

#: Points of which few places hold all.
_ELSEWHERE = ((0.0, 0.0), (-48.0, -123.0), (80.0, 170.0))


def inside(place: Place, at: int, vocabulary: Vocabulary, member: Value = None) -> Told:
    """She is seen in a place (in this member of a kind of place, if one is named); raises NoExample."""
    shapes = [shape for name, shape in place.members if member is None or name == member]
    if not shapes:
        raise NoExample
    shape = shapes[0]
    if isinstance(shape, CellPlace):
        return _seen(Kind.CELL, shape.cell, at, vocabulary)
    return _seen(Kind.POINT, point_in(shape), at, vocabulary)


def outside(place: Place, at: int, vocabulary: Vocabulary) -> Told:
    """She is seen somewhere else; raises NoExample."""
    shapes = [shape for _, shape in place.members if not isinstance(shape, CellPlace)]
    if not shapes:
        return _seen(Kind.CELL, "elsewhere", at, vocabulary)
    free = (point for point in _ELSEWHERE if not any(contains(shape, *point) for shape in shapes))
    point = next(free, None)
    if point is None:
        raise NoExample
    return _seen(Kind.POINT, point, at, vocabulary)


def _seen(kind: Kind, where: Value, at: int, vocabulary: Vocabulary) -> Told:
    for event in vocabulary.events.values():
        if event.family == "location":
            field = next((name for name, type_ in event.fields.items() if type_.kind is kind), None)
            first = next((name for name, type_ in event.fields.items() if type_.kind in (Kind.POINT, Kind.CELL)), None)
            if field is not None and (field == first or event.fields[str(first)].optional):
                return told(event.name, at, vocabulary, {field: where})
    raise NoExample
