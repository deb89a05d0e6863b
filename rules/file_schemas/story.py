"""The tests inside a rule as JSON Schema."""

from __future__ import annotations

import re

from models.speech import say
from rules.file_schemas.shapes import Schema, Shapes, nullable, suggested, text
from rules.file_schemas.types import ANY_VALUE, value_schema
from rules.workspace import story


def test_schema(shapes: Shapes) -> Schema:
    """One test: a customer and a story."""
    names = shapes.names
    attributes = {name: value_schema(type_, shapes) for name, type_ in names.attributes.items()}
    customer = suggested(say("her attributes, and her time zone"), attributes, ANY_VALUE)
    policy = shapes.word(say("whether the policy is applied"), "on", "off")
    return shapes.closed(
        story.KEYS,
        {
            "it": text(say("what the rule does here")),
            "customer": nullable(customer),
            "story": {
                "description": say("what happens, in time, and what is expected"),
                "type": "array",
                "items": _line(shapes),
            },
            "policy": {**policy, "enum": [*policy["enum"], True, False]},
        },
        required=("it", "story"),
    )


def _line(shapes: Shapes) -> Schema:
    """`expect ..`, an event alone, or an event with its fields."""
    return {
        "type": ["string", "object"],
        "minProperties": 1,
        "maxProperties": 1,
        "patternProperties": {
            rf"^(?:.*\s)?{re.escape(name)}(?:\s+every\s.*|\s*[,，].*)?$": nullable(
                suggested(
                    say("the fields of {name}", name=name),
                    {field: value_schema(type_, shapes) for field, type_ in fields.items()},
                    ANY_VALUE,
                )
            )
            for name, fields in shapes.names.events.items()
        },
        "additionalProperties": {"type": ["object", "null"]},
        "examples": ["expect guidance", "expect nothing"],
    }
