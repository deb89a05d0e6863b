"""A small world for random rules and streams: few event types, few values, times on a coarse grid, so that things meet.

A `World` is one vocabulary with the grid of one scenario: lengths of time in its rules and gaps in its streams are
small multiples of `unit`, so events often fall on the very edge of a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from models.moments import parse_moment
from models.places import Area, CellPlace, Circle, Place
from models.types import CELL, DATA, DATE, DURATION, MOMENT, MONEY, NUMBER, TEXT, WHOLE, Kind, Type
from models.vocabulary import EventType, Vocabulary

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

PLAN = Type(Kind.CHOICE, ("S", "M", "L"))
ATTRIBUTES = MappingProxyType(
    {
        "plan": PLAN,
        "limit": WHOLE,
        "balance": MONEY,
        "allowance": DATA,
        "nps": NUMBER,
        "born": DATE,
        "ends": MOMENT,
        "patience": DURATION,
    }
)
FIELDS = MappingProxyType(
    {
        "paid": {"price": MONEY, "product": TEXT, "expires": Type(Kind.MOMENT, optional=True)},
        "used": {"amount": DATA, "price": Type(Kind.MONEY, optional=True), "seconds": DURATION},
        "searched": {"query": TEXT, "case": Type(Kind.TEXT, optional=True), "score": NUMBER},
        "opened": {"case": TEXT, "rank": WHOLE, "day": Type(Kind.DATE, optional=True)},
        "closed": {"case": TEXT},
        "seen": {"spot": Type(Kind.POINT, optional=True), "cell": Type(Kind.CELL, optional=True)},
        "dropped": {"cell": CELL, "case": Type(Kind.TEXT, optional=True)},
    }
)
FAMILIES = {"paid": "consumption", "used": "consumption", "searched": "behavior", "opened": "service",
            "closed": "service", "seen": "location", "dropped": "location"}  # fmt: skip

#: Event types that carry a field that a rule may keep apart by.
EACH = {"case": ("opened", "closed", "searched", "dropped"), "product": ("paid",), "cell": ("dropped", "seen")}

PLACES = MappingProxyType(
    {
        "airport": Place("airport", (("airport", Circle(10.0, 10.0, 4_000_000)),)),
        "town": Place("town", (("town", Area("POLYGON ((20 20, 20.2 20, 20.2 20.2, 20 20.2, 20 20))")),)),
        "branch": Place(
            "branch",
            (("north", Circle(10.0, 10.05, 4_000_000)), ("south", Circle(20.1, 20.1, 3_000_000)),
             ("mast", CellPlace("c-1"))),
            kind=True,
        ),
        "tower": Place("tower", (("tower", CellPlace("c-1")),)),
    }
)  # fmt: skip
#: In the airport and the northern branch; in the northern branch; in town; in town and the southern branch; nowhere.
SPOTS = ((10.0, 10.03), (10.0, 10.08), (20.0, 20.0), (20.1, 20.1), (50.0, 50.0))
CELLS = ("c-1", "c-2")

#: Shortly before clocks change in some zone, a month or year ends, or 29 February.
STARTS = tuple(
    parse_moment(text)
    for text in (
        "2026-03-28T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-11-01T04:00:00Z",
        "2026-04-04T13:00:00Z",
        "2024-02-28T12:00:00Z",
        "2026-01-30T00:00:00Z",
        "2025-12-31T10:00:00Z",
    )
)
ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")
UNITS = (MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY)


@dataclass(frozen=True)
class World:
    """The vocabulary and the grid of one scenario. `start` is the first moment, both in milliseconds."""

    vocabulary: Vocabulary
    start: int
    unit: int
    #: Event types that rules look for and streams hold most of the time.
    favourites: tuple[str, ...] = ()

    def date(self, shift: int = 0) -> int:
        return self.start // DAY + shift


def world(random: Random) -> World:
    """One of the units, one of the starts, and a vocabulary whose own lengths of time lie on the same grid."""
    unit = random.choice(UNITS)
    stale = random.choice((unit, 2 * unit))
    late = random.choice((0, 0, unit))
    events = {
        name: EventType(
            name, FAMILIES[name], MappingProxyType(dict(fields)), name, stale, late if name == "closed" else 0
        )
        for name, fields in FIELDS.items()
    }
    vocabulary = Vocabulary(
        events,
        ATTRIBUTES,
        PLACES,
        time_zone=random.choice(ZONES),
        settle=0,
        stale_after=stale,
        position_fades=random.choice((2 * unit, 4 * unit)),
    )
    favourites = tuple(random.sample((*FIELDS, "seen", "seen"), k=random.randint(1, 3)))
    return World(vocabulary, random.choice(STARTS), unit, tuple(dict.fromkeys(favourites)))
