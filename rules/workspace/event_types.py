"""The `events` of a vocabulary: families, fields with their types, names on the wire."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from types import MappingProxyType

from models.speech import listed, quoted, say
from models.types import Type
from models.vocabulary import FAMILIES, RESERVED_EVENTS, EventType
from rules.language.keys import word_of
from rules.language.yaml_nodes import Node, Scalar
from rules.workspace import quantities, reading
from rules.workspace.findings import Findings
from rules.workspace.reading import Keys
from rules.workspace.type_text import type_of

#: Keys of an event type that are not fields.
KEYS = ("family", "as", "stale after", "arrives within", "about")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every event type that does not say otherwise, and the things it may be about."""

    stale_after: int
    things: frozenset[str]


def event_types(
    node: Node | None, findings: Findings, defaults: Defaults, stands: dict[str, Scalar], broken: set[str]
) -> Table[str, EventType]:
    """The event types of the section; names that cannot be read go to `broken`, positions to `stands`."""
    section = reading.mapping(node, findings, quoted("events")) if node is not None else None
    events: dict[str, EventType] = {}
    wires: dict[str, str] = {name: name for name in RESERVED_EVENTS}
    for key, value in section.pairs if section else ():
        name = reading.plain(key.text)
        stands[name] = key
        if name in RESERVED_EVENTS:
            message = say('"{name}" is an event of every workspace.', name=name)
            findings.error(key, "E107", message, say("Leave it out here; rules and stories may use it."))
        elif event := _event_type(key, value, findings, defaults, stands, broken):
            if event.wire in wires:
                message = say(
                    '"{wire}" is already the name on the wire of "{wires}".', wire=event.wire, wires=wires[event.wire]
                )
                findings.error(key, "E108", message, say("Give each event type a name of its own."))
            wires[event.wire] = name
            events[name] = event
    return MappingProxyType(events)


def _event_type(
    key: Scalar, value: Node, findings: Findings, defaults: Defaults, stands: dict[str, Scalar], broken: set[str]
) -> EventType | None:
    name = reading.plain(key.text)
    node = reading.mapping(value, findings, say('the event type "{name}"', name=name))
    if node is None:
        broken.add(name)
        return None
    keys = Keys(node, findings, KEYS, say('the event type "{name}"', name=name), open_ended=True)
    family = _family(keys, key, findings, name)
    wire = keys.text("as")
    about = _about(keys, findings, defaults.things)
    stale_after = keys.read("stale after", quantities.duration)
    arrives_within = keys.read("arrives within", quantities.duration)
    return EventType(
        name,
        family,
        MappingProxyType(_fields(keys, findings, stands, broken)),
        wire.text if wire else name,
        defaults.stale_after if stale_after is None else stale_after,
        arrives_within or 0,
        about,
    )


def _family(keys: Keys, key: Scalar, findings: Findings, name: str) -> str:
    if keys.get("family") is None:
        message = say('the event type "{name}" needs the key "family".', name=name)
        findings.error(
            key,
            "E102",
            message,
            say("Add family: {names} or {families}.", names=listed(FAMILIES[:-1]), families=FAMILIES[-1]),
        )
        return FAMILIES[0]
    found = keys.text("family")
    if found is None:
        return FAMILIES[0]
    family = word_of(found.text.strip(), FAMILIES)
    if family is None:
        findings.unknown(
            found, "E105", say('"{found}" is no family of events.', found=found.text), found.text, FAMILIES
        )
        return FAMILIES[0]
    return family


def _about(keys: Keys, findings: Findings, things: frozenset[str]) -> str | None:
    found = keys.text("about")
    if found is None:
        return None
    name = reading.plain(found.text)
    if name not in things:
        findings.unknown(
            found, "E201", say('"{name}" is none of the things of this vocabulary.', name=name), name, sorted(things)
        )
        return None
    return name


def _fields(keys: Keys, findings: Findings, stands: dict[str, Scalar], broken: set[str]) -> dict[str, Type]:
    fields: dict[str, Type] = {}
    for key, value in keys.others():
        name = reading.plain(key.text)
        stands.setdefault(name, key)
        type_ = type_of(value, findings, say('the field "{name}"', name=name))
        if type_ is None:
            broken.add(name)
        else:
            fields[name] = type_
    return fields
