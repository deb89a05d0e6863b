"""The `things` of a vocabulary (a flight, a parcel): what customers hold and events can be about."""

from __future__ import annotations

from collections.abc import Mapping as Table
from types import MappingProxyType

from models.speech import quoted, say
from models.types import Kind, said_type
from models.vocabulary import EventType, Vocabulary
from rules.language.yaml_nodes import Mapping, Node, Scalar
from rules.workspace import reading
from rules.workspace.findings import Findings
from rules.workspace.reading import Keys

KEYS = ("held by", "until")


def things(
    node: Node | None, findings: Findings, vocabulary: Vocabulary, stands: dict[str, Scalar]
) -> Table[str, Table[str, str]]:
    """`flight: {held by: flight booked, until: departs}`: checked, not acted on yet."""
    section = reading.mapping(node, findings, quoted("things")) if node is not None else None
    found: dict[str, Table[str, str]] = {}
    for key, value in section.pairs if section else ():
        name = reading.plain(key.text)
        stands[name] = key
        if inner := reading.mapping(value, findings, say('the thing "{name}"', name=name)):
            found[name] = _thing(name, inner, findings, vocabulary)
    return MappingProxyType(found)


def _thing(name: str, node: Mapping, findings: Findings, vocabulary: Vocabulary) -> Table[str, str]:
    keys = Keys(node, findings, KEYS, say('the thing "{name}"', name=name))
    settings: dict[str, str] = {}
    holder = keys.text("held by", needed=True)
    if holder is None:
        return settings
    event = vocabulary.events.get(reading.plain(holder.text))
    if event is None:
        message = say('"{holder}" is no event type of this vocabulary.', holder=holder.text)
        findings.unknown(holder, "E201", message, holder.text, vocabulary.events)
        return settings
    settings["held by"] = event.name
    if name not in event.fields:
        message = say('"{event}" has no field "{name}" that says which {name} she holds.', event=event.name, name=name)
        findings.error(holder, "E212", message, say("Add {name}: text to its fields.", name=name))
    if until := _until(keys, findings, event):
        settings["until"] = until
    return MappingProxyType(settings)


def _until(keys: Keys, findings: Findings, event: EventType) -> str | None:
    found = keys.text("until")
    if found is None:
        return None
    name = reading.plain(found.text)
    type_ = event.fields.get(name)
    if type_ is None:
        findings.unknown(
            found, "E212", say('"{event}" has no field "{name}".', event=event.name, name=name), name, event.fields
        )
        return None
    if type_.kind not in {Kind.DATE, Kind.MOMENT}:
        findings.error(
            found, "E203", say('"until" needs a date or moment; "{name}" is {type}.', name=name, type=said_type(type_))
        )
        return None
    return name
