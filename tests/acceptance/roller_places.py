"""The places of the scooter company, by brute force: great circles, and rays that cross borders."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.acceptance.understood import Event

STATION = (52.5251, 13.3694)
OLD_TOWN = [(52.50, 13.40), (52.50, 13.44), (52.51, 13.42), (52.53, 13.44), (52.53, 13.40)]
LINDEN = [(52.40, 13.30), (52.40, 13.36), (52.44, 13.36), (52.44, 13.30)]
LINDEN_HOLE = [(52.41, 13.32), (52.41, 13.34), (52.43, 13.34), (52.43, 13.32)]
ISLES = [
    [(52.40, 13.50), (52.40, 13.53), (52.43, 13.50)],
    [(52.42, 13.54), (52.42, 13.56), (52.44, 13.56), (52.44, 13.54)],
]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle between two points of a sphere."""
    (a, b), (c, d) = (tuple(map(math.radians, point)) for point in (one, other))
    chord = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(chord))


def within(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """A ray to the east crosses the ring an odd number of times."""
    inside = False
    for (a, b), (c, d) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (a > point[0]) != (c > point[0]) and point[1] < b + (point[0] - a) * (d - b) / (c - a):
            inside = not inside
    return inside


def spot_of(event: Event) -> tuple[float, float]:
    """Latitude and longitude."""
    return event.data["spot"]["lat"], event.data["spot"]["lon"]


def places(event: Event) -> set[str]:
    """All places a position lies in."""
    if event.type == "mast seen":
        return {"tower"} if event.data["mast"] == "262-01-77" else set()
    spot = spot_of(event)
    inside = {
        "station": metres(spot, STATION) < 800,
        "old town": within(spot, OLD_TOWN),
        "park:Linden": within(spot, LINDEN) and not within(spot, LINDEN_HOLE),
        "park:Two Isles": any(within(spot, isle) for isle in ISLES),
    }
    return {name for name, is_so in inside.items() if is_so}


def is_a(*types: str) -> Callable[[Event], bool]:
    """An event of one of these types."""
    return lambda event: event.type in types


def enters(place: str) -> Callable[[Event], bool]:
    """She came into it, or into one of its kind."""
    return lambda event: any(each.split(":")[0] == place for each in event.entered)
