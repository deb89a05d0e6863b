"""What producers send, as msgspec is told: a struct for each type of event, made from the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from models.types import NUMBER_LIMIT, NUMERIC, Kind, Type
from models.vocabulary import Vocabulary
from streams.wire.envelope import LONGEST_NAME
from streams.wire.plans import REACHABLE_BY, Plan
from streams.wire.quick_source import Field, Form
from streams.wire.values import wire_grid

_Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]


#: The attributes of an event; `unused` ones are not read, but so common that they should not cost the quick way.
UNUSED = ("datacontenttype", "dataschema", "traceparent", "tracestate", "partitionkey")
_ATTRIBUTES: list[Any] = [
    ("specversion", Literal["1.0"] | UnsetType, UNSET),
    ("id", _Name),
    ("source", _Name | UnsetType, UNSET),
    ("subject", _Name),
    ("time", str),
    ("arrived", str | UnsetType, UNSET),
    *((name, str | UnsetType, UNSET) for name in UNUSED),
]


#: A point, in degrees.
_Point = msgspec.defstruct(
    "Point",
    [("lat", Annotated[float, Meta(ge=-90, le=90)]), ("lon", Annotated[float, Meta(ge=-180, le=180)])],
    gc=False,
)


def can_be_sent(names: Sequence[str]) -> bool:
    """Whether msgspec takes these names: those that JSON would have to escape it does not."""
    return all(json.dumps(name, ensure_ascii=False) == f'"{name}"' for name in names)


def fields_of(plan: Plan, vocabulary: Vocabulary) -> list[Field]:
    """The fields of a type of event, each with an attribute for every spelling."""
    numbers = count()
    fields = []
    for name, type_ in plan.types.items():
        if plan.keeps_null and name == REACHABLE_BY:
            continue
        spellings = sorted((each for each, (canonical, _) in plan.fields.items() if canonical == name), key=name.__ne__)
        attributes = {f"field_{next(numbers)}": spelling for spelling in spellings}
        fields.append(_field(name, type_, name in plan.required, attributes, vocabulary.currency))
    return fields


def _field(name: str, type_: Type, required: bool, attributes: dict[str, str], currency: str) -> Field:
    if type_.kind not in NUMERIC:
        return Field(name, _FORMS[type_.kind], required, attributes)
    low, grid = wire_grid(type_.kind, currency)
    return Field(name, Form.NATIVE if grid == 1 else Form.AMOUNT, required, attributes, low, NUMBER_LIMIT, grid)


_FORMS = {
    Kind.TEXT: Form.TEXT,
    Kind.CELL: Form.TEXT,
    Kind.CHOICE: Form.LOOKED_UP,
    Kind.DATE: Form.LOOKED_UP,
    Kind.YES_NO: Form.NATIVE,
    Kind.MOMENT: Form.MOMENT,
    Kind.POINT: Form.POINT,
}


def data_struct(plan: Plan, fields: Sequence[Field]) -> type[Struct]:
    """The struct of the data of a type of event."""
    columns = [column for field in fields for column in _columns(field, plan.types[field.name].kind)]
    spellings = {attribute: spelling for field in fields for attribute, spelling in field.attributes.items()}
    return msgspec.defstruct("Data", columns, rename=spellings, kw_only=True, gc=False)


def sent_struct(spelling: str, data: type[Struct], *, needed: bool) -> type[Struct]:
    """The struct of a type of event under one of its names. `needed`: whether `data` may not be missing."""
    column: Any = ("data", data) if needed else ("data", data | UnsetType, UNSET)
    columns = [*_ATTRIBUTES, column]
    return msgspec.defstruct("Sent", columns, tag_field="type", tag=spelling, kw_only=True, gc=False)


def _columns(field: Field, kind: Kind) -> Iterator[Any]:
    """The attributes of the struct: their names, types and, where one may be missing, its default."""
    sent_as = _sent_as(field, kind)
    for attribute in field.attributes:
        if not field.required:
            yield attribute, sent_as | None | UnsetType, UNSET
        elif len(field.attributes) > 1:
            yield attribute, sent_as | UnsetType, UNSET
        else:
            yield attribute, sent_as


def _sent_as(field: Field, kind: Kind) -> Any:
    match field.form:
        case Form.NATIVE if kind is Kind.YES_NO:
            return bool | str
        case Form.NATIVE:
            return Annotated[int, Meta(gt=field.low, lt=field.high)] | str
        case Form.AMOUNT:
            return Any
        case Form.POINT:
            return _Point
        case _:
            return str
