"""The pieces that schemas are made of."""

from __future__ import annotations

from typing import Any

#: A JSON Schema, or another document, as JSON would be read.
Schema = dict[str, Any]

#: What the schemas are written in; but for `$schema` they are draft 7 as well, which AsyncAPI has.
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def text(description: str, *, null: bool = False) -> Schema:
    """A text."""
    return {"type": ["string", "null"] if null else "string", "description": description}


def moment(description: str, *, null: bool = False) -> Schema:
    """A moment as it goes out: ISO 8601, UTC."""
    return {**text(description, null=null), "format": "date-time"}


def closed_object(properties: Schema, missing: tuple[str, ...] = ()) -> Schema:
    """An object of which all properties are there, but for those that may be `missing`."""
    needed = [name for name in properties if name not in missing]
    return {"type": "object", "properties": properties, "required": needed}


def list_of(items: Schema, description: str, least: int = 0) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "minItems": least, "description": description}
