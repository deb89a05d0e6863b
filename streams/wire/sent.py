"""What producers send, as msgspec is told: a struct for each type of event, made from the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from models.types import NUMBER_LIMIT, Kind
from models.vocabulary import Vocabulary
from streams.wire.envelope import LONGEST_NAME
from streams.wire.plans import REACHABLE_BY, Plan
from streams.wire.quick_source import Field, Form
from streams.wire.values import wire_grid

_Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]

#: Attributes that are not used, but so common that they should not cost the quick way.
UNUSED = ("datacontenttype", "dataschema", "traceparent", "tracestate", "partitionkey")
#: The attributes of an event, in the order in which most producers send them: msgspec looks for the next one first.
_ATTRIBUTES: Mapping[str, Any] = {
    "specversion": Literal["1.0"],
    "id": _Name,
    "source": _Name,
    "subject": _Name,
    "time": str,
    "arrived": str | UnsetType,
}
#: Those that only the events of a file may leave out; those that any event may leave out.
COMPLETING = ("specversion", "source")
OPTIONAL = (*COMPLETING, "arrived")
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
        spellings = sorted((each for each, (canonical, _) in plan.fields.items() if canonical == name), key=name.__ne__)
        attributes = {f"field_{next(numbers)}": spelling for spelling in spellings}
        is_list = plan.keeps_null and name == REACHABLE_BY
        form = Form.TEXTS if is_list else _FORMS.get(type_.kind, Form.AMOUNT)
        field = Field(name, form, name in plan.required, attributes, choices=type_.choices)
        if form is Form.AMOUNT:
            low, grid = wire_grid(type_.kind, vocabulary.currency)
            field = field._replace(low=low, grid=grid)
        fields.append(field)
    return fields


_FORMS = {
    Kind.TEXT: Form.TEXT,
    Kind.CELL: Form.TEXT,
    Kind.CHOICE: Form.LOOKED_UP,
    Kind.DATE: Form.LOOKED_UP,
    Kind.YES_NO: Form.YES_NO,
    Kind.MOMENT: Form.MOMENT,
    Kind.POINT: Form.POINT,
}


def data_struct(fields: Sequence[Field], unknown: Mapping[str, str]) -> type[Struct]:
    """The struct of the data of a type of event. `unknown`: attribute -> name of fields that are passed over."""
    columns = [column for field in fields for column in _columns(field)]
    spellings = {attribute: spelling for field in fields for attribute, spelling in field.attributes.items()}
    return _struct("Data", columns, spellings, unknown)


def sent_struct(
    name: str, data: type[Struct], unknown: Mapping[str, str], *, needed: bool, expected: Collection[str], unused: bool
) -> type[Struct]:
    """The struct of a type of event under one of its names.

    `needed`: whether `data` may not be missing; `expected`: which of OPTIONAL may not; `unused`: whether attributes
    that are not used may come.
    """
    optional = frozenset(OPTIONAL).difference(expected)
    columns: list[Any] = [
        (attribute, sent_as | UnsetType, UNSET) if attribute in optional else (attribute, sent_as)
        for attribute, sent_as in _ATTRIBUTES.items()
    ]
    columns.append(("data", data) if needed else ("data", data | UnsetType, UNSET))
    if unused:
        columns += [(attribute, str | UnsetType, UNSET) for attribute in UNUSED]
    return _struct("Sent", columns, {}, unknown, tag_field="type", tag=name)


def _struct(
    name: str, columns: list[Any], spellings: Mapping[str, str], unknown: Mapping[str, str], **options: Any
) -> type[Struct]:
    passed_over = [(attribute, Any, UNSET) for attribute in unknown]
    rename = {**spellings, **unknown}
    return msgspec.defstruct(name, [*columns, *passed_over], rename=rename, kw_only=True, gc=False, **options)


def _columns(field: Field) -> Iterator[Any]:
    """The attributes of the struct: their names, types and, where one may be missing, its default."""
    sent_as = _exactly(field) if field.exact else _SENT_AS.get(field.form, str)
    for attribute in field.attributes:
        if not field.required:
            yield attribute, sent_as | None | UnsetType, UNSET
        elif len(field.attributes) > 1:
            yield attribute, sent_as | UnsetType, UNSET
        else:
            yield attribute, sent_as


def _exactly(field: Field) -> Any:
    if field.form is Form.AMOUNT:
        return Annotated[int, Meta(gt=field.low, lt=NUMBER_LIMIT)]
    return Literal[field.choices]


#: What msgspec is to read; a text where nothing else is said.
_SENT_AS: Mapping[Form, Any] = {
    Form.YES_NO: bool | str,
    Form.AMOUNT: Any,
    Form.TEXTS: str | list[str],
    Form.POINT: _Point,
}
