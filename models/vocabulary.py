"""The vocabulary: what events, fields, attributes and places a company has, and their types.

Plain frozen data. Reading `vocabulary.yaml` into it, with every mistake named, is `rules.language.workspace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.places import Place
from models.types import TEXT, WHOLE, Kind, Type

HOUR = 3_600_000
DAY = 24 * HOUR

#: How long disorder is waited out, in milliseconds.
DEFAULT_SETTLE = 2_000
#: An event that arrives later than this after its time is old news, in milliseconds.
DEFAULT_STALE_AFTER = HOUR
#: A position is forgotten after this, in milliseconds.
DEFAULT_POSITION_FADES = 2 * HOUR
#: How long events are kept for replay and `why`, in milliseconds.
DEFAULT_HISTORY = 35 * DAY

FAMILIES = ("consumption", "location", "behavior", "service")


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event.

    `wire` is its name in `type` on the wire; `stale_after` and `arrives_within` are milliseconds.
    Reserved types have the family `reserved`.
    """

    name: str
    family: str
    fields: Mapping[str, Type]
    wire: str
    stale_after: int = DEFAULT_STALE_AFTER
    arrives_within: int = 0
    #: The thing it is about (`about: flight`), or None.
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a workspace can speak of. Durations are milliseconds."""

    events: Mapping[str, EventType]
    customer: Mapping[str, Type]
    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    #: Things and the settings they were written with (`held by`, `until`); not acted on yet.
    things: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    #: language -> canonical name -> the name in that language.
    names: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    #: Spelling in another language -> the fact that is meant: `names` may name facts, too.
    fact_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    time_zone: str = "UTC"
    currency: str = "EUR"
    languages: tuple[str, ...] = ("en",)
    #: Bytes in a kilobyte: 1000, or 1024.
    data_unit: int = 1000
    settle: int = DEFAULT_SETTLE
    stale_after: int = DEFAULT_STALE_AFTER
    position_fades: int = DEFAULT_POSITION_FADES
    history: int = DEFAULT_HISTORY


#: Attributes every customer may have, whatever the vocabulary says. `reachable by` is a text of channel
#: names joined by ", " (on the wire: a list, or such a text).
RESERVED_ATTRIBUTES: Mapping[str, Type] = MappingProxyType(
    {
        "time zone": TEXT,
        "language": TEXT,
        "channel": TEXT,
        "reachable by": TEXT,
        "bill day": WHOLE,
    }
)


def _reserved(name: str, **fields: Type) -> EventType:
    named = {key.replace("_", " "): type_ for key, type_ in fields.items()}
    return EventType(name, "reserved", MappingProxyType(named), name)


_OPTIONAL_TEXT = Type(Kind.TEXT, optional=True)
_OPTIONAL_MONEY = Type(Kind.MONEY, optional=True)

#: The event that carries attributes.
CUSTOMER_CHANGED = "customer changed"

#: Events every workspace knows. `customer changed` carries attributes instead of fields; `clock` has no
#: customer: it says that arrivals have come this far.
RESERVED_EVENTS: Mapping[str, EventType] = MappingProxyType(
    {
        event.name: event
        for event in (
            _reserved(CUSTOMER_CHANGED),
            _reserved(
                "consent changed",
                marketing=Type(Kind.YES_NO, optional=True),
                service=Type(Kind.YES_NO, optional=True),
                channel=_OPTIONAL_TEXT,
            ),
            _reserved("message receipt", decision=TEXT, status=TEXT, channel=_OPTIONAL_TEXT),
            _reserved("message replied", text=TEXT, channel=_OPTIONAL_TEXT, decision=_OPTIONAL_TEXT),
            _reserved("contacted", channel=TEXT, topic=_OPTIONAL_TEXT, by=_OPTIONAL_TEXT),
            _reserved("task done", task=TEXT, result=_OPTIONAL_TEXT),
            _reserved("granted", grant=TEXT, amount=_OPTIONAL_MONEY, decision=_OPTIONAL_TEXT),
            _reserved("grant recovered", grant=TEXT, amount=_OPTIONAL_MONEY, decision=_OPTIONAL_TEXT),
            _reserved("grant written off", grant=TEXT, amount=_OPTIONAL_MONEY, decision=_OPTIONAL_TEXT),
            _reserved("clock"),
        )
    }
)
