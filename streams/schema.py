"""The published contract, as JSON Schema (2020-12): an event of each type as producers may send it, and a decision.

What the schemas of events let pass, the decoder reads, but for texts with units ("1.5 GB"), which no schema can spell
out. The decoder also takes what they do not say: other cases of a choice, unknown fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.decisions import ActionKind, Outcome
from models.types import Kind, Type
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from streams.wire.envelope import LONGEST_NAME
from streams.wire.names import spellings, to_snake_case
from streams.wire.plans import CLOCK, CUSTOMER_CHANGED

#: A JSON Schema, as JSON would be read.
Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """File name -> schema: `events/data_used.json` for each type of event, and `decision.json`."""
    events = {**RESERVED_EVENTS, **vocabulary.events}
    found = {f"events/{to_snake_case(name)}.json": event_schema(events[name], vocabulary) for name in sorted(events)}
    return {**found, "decision.json": decision_schema()}


# ------------------------------------------------------------------ events


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
            "type": {"enum": _types(event, vocabulary)},
            "subject": {**name, "description": "The customer."},
            "time": {**time, "description": "When it happened."},
            "arrived": {**time, "description": "When it reached us, where it comes from a file; `time` if missing."},
            "data": data,
        },
        "required": [*needed, "data"] if data.get("required") or data.get("allOf") else needed,
    }


def _types(event: EventType, vocabulary: Vocabulary) -> list[str]:
    """The names under which the type may be sent; the one to prefer comes first."""
    known = {**RESERVED_EVENTS, **vocabulary.events}
    spelled = [text for text, name in spellings(known, vocabulary, snake_case=False).items() if name == event.name]
    return list(dict.fromkeys((event.wire, *spelled)))


def _data(event: EventType, vocabulary: Vocabulary) -> Schema:
    changed = event.name == CUSTOMER_CHANGED
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer} if changed else event.fields
    spelled = spellings(types, vocabulary, snake_case=True)
    properties = {
        text: _or_null(_value(name, types[name], vocabulary), changed=changed, type_=types[name])
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
    if kind in (Kind.NUMBER, Kind.WHOLE):
        number = {"type": "integer" if kind is Kind.WHOLE else "number"}
        return {"anyOf": [number, {"type": "string", "description": "The number as text."}]}
    unit, example = _UNITS.get(kind, (vocabulary.currency, f"15.00 {vocabulary.currency}"))
    number = {"type": "integer" if kind is Kind.DATA else "number", "description": f"In {unit}."}
    if kind is not Kind.MONEY:
        number["minimum"] = 0  # type: ignore[assignment]  # JSON's values are mixed
    return {"anyOf": [number, {"type": "string", "description": "With its unit.", "examples": [example]}]}


# --------------------------------------------------------------- decisions


_MAY_BE_MISSING = ("without_policy", "channels", "worth")


def decision_schema() -> Schema:
    """The schema of a decision (`models.decisions.Decision`)."""
    properties: Schema = {
        "id": _text("32 hex digits; the same for the same action of the same match, however often it is decided."),
        "rule": _text("The rule's id."),
        "rule_version": _text("12 hex digits of the hash of the rule's meaning."),
        "customer": _text("The subject of her events."),
        "each": _text("The value by which the rule keeps things apart.", null=True),
        "time": _moment("When it was decided: the taken time of the event, or when the timer was due."),
        "kind": {"enum": [kind.value for kind in ActionKind]},
        "outcome": {"enum": [outcome.value for outcome in Outcome]},
        "reason": _text("Why it was not sent.", null=True),
        "channel": _text("The channel, or the first of several.", null=True),
        "language": _text("The language of the text.", null=True),
        "text": _text("What the customer reads.", null=True),
        "offer": _text("The name of the offer or grant.", null=True),
        "task": {"anyOf": [_task(), {"type": "null"}]},
        "expires": _moment("After this it is of no use.", null=True),
        "event": {"anyOf": [_object(_CAUSE_EVENT), _object(_CAUSE_TIMER)]},
        "trace": _trace(),
        "without_policy": {"const": True, "description": "Made by a run that left policy aside; else missing."},
        "channels": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "description": "All channels, where the rule says `by: all of` and several reach her; else missing.",
        },
        "worth": _text("Of an offer: likelihood * value - cost, in the main unit of the currency. Else missing."),
    }
    needed = [name for name in properties if name not in _MAY_BE_MISSING]
    return {"$schema": DIALECT, "title": "decision", "type": "object", "properties": properties, "required": needed}


def _text(description: str, *, null: bool = False) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": description}


def _moment(description: str, *, null: bool = False) -> Schema:
    return {**_text(description, null=null), "format": "date-time"}


_CAUSE_EVENT: Schema = {"source": _text("Of the event that completed the situation."), "id": _text("Its id.")}
_CAUSE_TIMER: Schema = {
    "timer": {"enum": ["absence", "after", "line", "moment", "stay"]},
    "due": _moment("When it was due."),
}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _task() -> Schema:
    return _object(
        {
            "who": _text("A role or a person."),
            "what": _text("What is to be done."),
            "why": _text("The reason.", null=True),
            "due": _moment("By when.", null=True),
            "worth": _text("In the main unit of the currency.", null=True),
        }
    )


def _trace() -> Schema:
    line = _object(
        {
            "line": _text("As the rule has it."),
            "value": _text("What was found.", null=True),
            "needed": _text("What it was compared with.", null=True),
            "holds": {"type": "boolean"},
        }
    )
    return _object(
        {
            "conditions": {"type": "array", "items": line},
            "facts": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        }
    )
