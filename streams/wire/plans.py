"""How the events of a vocabulary are read: by which names types and fields go, and what reads each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from models.types import Type
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from streams.wire.names import spellings
from streams.wire.times import TimeReader
from streams.wire.values import Reader, read_text_list, reader_of

CLOCK = "clock"
CUSTOMER_CHANGED = "customer changed"
#: The one attribute that may be a list on the wire.
REACHABLE_BY = "reachable by"


class Plan(NamedTuple):
    """How the data of one event type are read."""

    name: str
    #: The types of its fields, by canonical name.
    types: Mapping[str, Type]
    #: Spelling -> (canonical name, what reads its value).
    fields: Mapping[str, tuple[str, Reader]]
    required: frozenset[str]
    #: Null removes (attributes), instead of meaning that nothing was sent.
    keeps_null: bool
    needs_customer: bool


def plans_of(vocabulary: Vocabulary, times: TimeReader) -> dict[str, Plan]:
    """The plan of each event type, under every name that the type has on the wire."""
    events = {**RESERVED_EVENTS, **vocabulary.events}
    plans = {name: _plan(event, vocabulary, times) for name, event in events.items()}
    spelled = spellings(events, vocabulary, snake_case=False)
    wires = {event.wire: name for name, event in events.items()}
    return {spelling: plans[name] for spelling, name in {**spelled, **wires}.items()}


def _plan(event: EventType, vocabulary: Vocabulary, times: TimeReader) -> Plan:
    changed = event.name == CUSTOMER_CHANGED
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer} if changed else event.fields
    readers = {name: reader_of(type_, vocabulary, times) for name, type_ in types.items()}
    if changed:
        readers[REACHABLE_BY] = read_text_list
    fields = {spelling: (name, readers[name]) for spelling, name in spellings(types, vocabulary, True).items()}
    required = frozenset() if changed else frozenset(name for name, type_ in types.items() if not type_.optional)
    return Plan(event.name, types, fields, required, changed, event.name != CLOCK)
