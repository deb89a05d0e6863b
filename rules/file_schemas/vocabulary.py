"""vocabulary.yaml as JSON Schema."""

from __future__ import annotations

from models.speech import say
from models.vocabulary import FAMILIES, RESERVED_ATTRIBUTES
from rules.file_schemas.shapes import Schema, Shapes, described, each, listed, suggested, text
from rules.file_schemas.types import type_schema
from rules.language.keywords import Language
from rules.language.parse import Start
from rules.workspace import event_types, places_section, things_section, vocabulary_file

_POINT: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


def vocabulary_schema(shapes: Shapes) -> Schema:
    """Event types, attributes, places, and the settings of a workspace."""
    attribute = type_schema(shapes, say("an attribute of every customer: its type"))
    reserved = {name: described(say("an attribute of every workspace"), attribute) for name in RESERVED_ATTRIBUTES}
    names = text(say("the name in this language"))
    return shapes.closed(
        vocabulary_file.KEYS,
        {
            "time zone": text(
                say("the zone of customers who have none of their own"), "Europe/Berlin", "Asia/Shanghai", "UTC"
            ),
            "currency": {
                **text(say("the currency of all amounts: ISO 4217"), "EUR", "USD", "CNY"),
                "pattern": "^[A-Za-z]{3}$",
                "patternErrorMessage": say("a currency has three letters: EUR"),
            },
            "languages": listed(
                text(say("the languages of messages; the first is for customers without one"), "en", "zh")
            ),
            "data unit": {"description": say("bytes in a kilobyte"), "enum": [1000, 1024, "1000", "1024"]},
            "settle": shapes.amount(say("how long disorder is waited out: 2 seconds"), Start.DURATION, "2 seconds"),
            "stale after": shapes.amount(
                say("an event later than this acts no more: 1 hour"), Start.DURATION, "1 hour"
            ),
            "history": shapes.amount(say("how long events are kept: 35 days"), Start.DURATION, "35 days"),
            "position fades": shapes.amount(say("when a position is forgotten: 2 hours"), Start.DURATION, "2 hours"),
            "customer": suggested(say("attributes of customers: name and type"), reserved, attribute),
            "events": each(say("event types by name"), _event(shapes)),
            "places": each(say("places by name"), _place(shapes)),
            "things": each(say("what customers hold and events can be about"), _thing(shapes)),
            "names": suggested(
                say("the names in other languages"),
                {language.value: each(say("name: its spelling"), names) for language in Language},
                each(say("name: its spelling"), names),
            ),
        },
        required=("events",),
    )


def _event(shapes: Shapes) -> Schema:
    """An event type: what is no key of its own is a field."""
    found = shapes.closed(
        event_types.KEYS,
        {
            "family": shapes.word(say("what kind of event it is"), *FAMILIES),
            "as": text(say("its name on the wire, if it is another"), "com.acme.data.used"),
            "stale after": shapes.amount(
                say("for this type, instead of the workspace's: 1 hour"), Start.DURATION, "1 hour"
            ),
            "arrives within": shapes.amount(
                say("how much later such an event may arrive: 10 minutes"), Start.DURATION, "10 minutes"
            ),
            "about": text(say("the thing it is about")),
        },
        required=("family",),
    )
    return {**found, "additionalProperties": type_schema(shapes, say("a field of the event: its type"))}


def _place(shapes: Shapes) -> Schema:
    return shapes.closed(
        places_section.KEYS,
        {
            "near": described(say("the centre of a circle: [latitude, longitude] in degrees"), _POINT),
            "within": shapes.amount(say("the radius of the circle: 4 km"), Start.EXPRESSION, "4 km"),
            "each of": text(say("a GeoJSON file: each feature is a place by its name"), "places/branches.geojson"),
            "cell": text(say("a radio cell"), "460-00-4411"),
            "area": {
                "description": say("a GeoJSON file with one area, or its corners: [latitude, longitude]"),
                "type": ["string", "array"],
                "items": _POINT,
                "minItems": 3,
            },
        },
    )


def _thing(shapes: Shapes) -> Schema:
    return shapes.closed(
        things_section.KEYS,
        {
            "held by": text(say("the event by which a customer comes to hold one"), *shapes.names.events),
            "until": text(say("the field of that event that says until when")),
        },
        required=("held by",),
    )
