"""The types that a vocabulary writes, and values of them, as JSON Schema."""

from __future__ import annotations

from models.speech import listed, say
from models.types import Kind, Type, said_type
from rules.file_schemas.shapes import SCALAR, Schema, Shapes, text
from rules.language.keys import word_in
from rules.language.keywords import Language
from rules.workspace.type_text import WORDS

_EXAMPLES = {
    Kind.NUMBER: "7.5",
    Kind.WHOLE: "3",
    Kind.DATA: "2 GB",
    Kind.DURATION: "30 minutes",
    Kind.LENGTH: "4 km",
    Kind.DATE: "2026-03-31",
    Kind.MOMENT: "2026-03-31 09:00",
}


def type_schema(shapes: Shapes, says: str) -> Schema:
    """A type: one of the words, or a choice; `, optional` may follow."""
    spelled = [word_in(word, language) for language in Language for word in WORDS]
    words = "|".join(dict.fromkeys(spelled))
    optional = "|".join(dict.fromkeys(word_in("optional", language) for language in Language))
    return {
        "description": says,
        "type": "string",
        "pattern": rf"^\s*(?:{words}|[^|]*[^|\s][^|]*(?:\|[^|]*[^|\s][^|]*)+?)\s*(?:[,，]\s*(?:{optional})\s*)?$",
        "patternErrorMessage": say(
            "a type: {names}, or a choice such as a | b | c",
            names=listed(word_in(word, shapes.language) for word in WORDS),
        ),
        "examples": [*(word_in(word, shapes.language) for word in WORDS), "S | M | L"],
    }


def value_schema(of: Type, shapes: Shapes) -> Schema:
    """A value of a type, as stories write it. What it may be is for `check` to say; this suggests."""
    if of.kind is Kind.POINT:
        return {
            "description": say("[latitude, longitude] in degrees"),
            "type": ["array", "null"],
            "items": {"type": "number"},
        }
    if of.kind is Kind.CHOICE:
        examples = list(of.choices)
    elif of.kind is Kind.YES_NO:
        examples = [word_in(word, shapes.language) for word in ("yes", "no")]
    else:
        examples = [_EXAMPLES[of.kind]] if of.kind in _EXAMPLES else []
    truths = ["boolean"] if of.kind is Kind.YES_NO else []
    return {**text(said_type(of), *examples), "type": [*SCALAR, *truths, "array", "null"]}


#: A value of which the type is not known here.
ANY_VALUE: Schema = {"type": [*SCALAR, "boolean", "array", "null"]}
