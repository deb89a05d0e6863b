"""The schemas of events, as producers may send them.

What the schemas of events let pass, the decoder reads, but for texts with units ("1.5 GB"), which no schema can spell
out. The decoder also takes what they do not say: other cases of a choice, unknown fields.

Beside the words of JSON Schema a field has `x-field`, its name in the vocabulary; `x-type`, its type there; `x-unit`,
what its amounts are in; and `x-choices`, as the vocabulary names them.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.types import NUMBER_LIMIT, Kind, Type
from models.units import GRID_LIMIT
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from streams.contract.shapes import DIALECT, Schema
from streams.wire.envelope import LONGEST_NAME
from streams.wire.names import spellings
from streams.wire.plans import CLOCK, CUSTOMER_CHANGED
from streams.wire.values import wire_grid


def event_schema(event: EventType, vocabulary: Vocabulary) -> Schema:
    """The schema of one type of event, with its envelope."""
    name = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": r"\S"}
    time = {"type": "string", "format": "date-time"}
    needed = ["id", "type", "time"] if event.name == CLOCK else ["id", "type", "subject", "time"]
    data = _data(event, vocabulary)
    return {
        "$schema": DIALECT,
        "title": event.name,
        "description": f"A CloudEvent of the family {event.family}. Fields that are not named here are passed over.",
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0", "description": "May be left out in a file."},
            "id": {**name, "description": "A repeat of source and id within an hour counts once."},
            "source": {"type": "string", "maxLength": LONGEST_NAME, "description": "Who says it; `file` if missing."},
            "type": {"enum": names_of(event, vocabulary)},
            "subject": {**name, "description": "The customer."},
            "time": {**time, "description": "When it happened."},
            "arrived": {**time, "description": "When it reached us, where it comes from a file; `time` if missing."},
            "data": data,
        },
        "required": [*needed, "data"] if data.get("required") or data.get("allOf") else needed,
    }


def names_of(event: EventType, vocabulary: Vocabulary) -> list[str]:
    """The names under which the type may be sent; the one to prefer comes first."""
    known = {**RESERVED_EVENTS, **vocabulary.events}
    spelled = [text for text, name in spellings(known, vocabulary, snake_case=False).items() if name == event.name]
    return list(dict.fromkeys((event.wire, *spelled)))


def _data(event: EventType, vocabulary: Vocabulary) -> Schema:
    changed = event.name == CUSTOMER_CHANGED
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer} if changed else event.fields
    spelled = spellings(types, vocabulary, snake_case=True)
    properties = {
        text: {
            **_or_null(_value(name, types[name], vocabulary), changed=changed, type_=types[name]),
            "x-field": name,
            "x-type": str(types[name].kind),
            **_unit(types[name], vocabulary),
        }
        for text, name in sorted(spelled.items())
    }
    schema: Schema = {"type": "object", "properties": properties}
    needed = [] if changed else [name for name, type_ in types.items() if not type_.optional]
    single, several = _split({name: [text for text in spelled if spelled[text] == name] for name in needed})
    if single:
        schema["required"] = single
    if several:
        schema["allOf"] = [{"anyOf": [{"required": [text]} for text in texts]} for texts in several]
    return schema


def _split(texts: Mapping[str, list[str]]) -> tuple[list[str], list[list[str]]]:
    """Names with one spelling, and the spellings of those with several."""
    return [name for name, own in texts.items() if len(own) == 1], [own for own in texts.values() if len(own) > 1]


def _or_null(schema: Schema, *, changed: bool, type_: Type) -> Schema:
    if changed:
        return {"anyOf": [schema, {"type": "null", "description": "Removes the attribute."}]}
    return {"anyOf": [schema, {"type": "null"}]} if type_.optional else schema


def _value(name: str, type_: Type, vocabulary: Vocabulary) -> Schema:
    """The schema of a value of a type."""
    if name == "reachable by":
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    match type_.kind:
        case Kind.CHOICE:
            names = [
                translated[one]
                for translated in vocabulary.names.values()
                for one in type_.choices
                if one in translated
            ]
            return {"enum": list(dict.fromkeys((*type_.choices, *names)))}
        case Kind.TEXT | Kind.CELL:
            return {"type": "string"}
        case Kind.YES_NO:
            return {"enum": [True, False, "yes", "no"]}
        case Kind.DATE:
            return {"type": "string", "format": "date"}
        case Kind.MOMENT:
            return {"type": "string", "format": "date-time"}
        case Kind.POINT:
            return _point()
        case _:
            return _amount(type_.kind, vocabulary)


def _point() -> Schema:
    return {
        "type": "object",
        "properties": {
            "lat": {"type": "number", "minimum": -90, "maximum": 90},
            "lon": {"type": "number", "minimum": -180, "maximum": 180},
        },
        "required": ["lat", "lon"],
    }


#: Kind -> what a number without a unit means, and a text with a unit.
_UNITS: Mapping[Kind, tuple[str, str]] = {
    Kind.DATA: ("bytes", "1.5 GB"),
    Kind.DURATION: ("seconds", "30 minutes"),
    Kind.LENGTH: ("metres", "4 km"),
}


def _amount(kind: Kind, vocabulary: Vocabulary) -> Schema:
    low, grid = wire_grid(kind, vocabulary.currency)
    limit = NUMBER_LIMIT if kind in (Kind.NUMBER, Kind.WHOLE) else GRID_LIMIT // grid
    number: Schema = {"type": "integer" if grid == 1 else "number", "exclusiveMaximum": limit}
    number |= {"minimum": 0} if low == -1 else {"exclusiveMinimum": -limit}
    if kind in (Kind.NUMBER, Kind.WHOLE):
        return {"anyOf": [number, {"type": "string", "description": "The number as text."}]}
    unit, example = _UNITS.get(kind, (vocabulary.currency, f"15.00 {vocabulary.currency}"))
    number["description"] = f"In {unit}."
    return {"anyOf": [number, {"type": "string", "description": "With its unit.", "examples": [example]}]}


def _unit(type_: Type, vocabulary: Vocabulary) -> Schema:
    """What a type means, beside its kind."""
    match type_.kind:
        case Kind.MONEY:
            return {"x-unit": vocabulary.currency}
        case Kind.DATA:
            return {"x-unit": f"1 KB is {vocabulary.data_unit} bytes"}
        case Kind.CHOICE:
            return {"x-choices": list(type_.choices)}
        case _:
            return {}
