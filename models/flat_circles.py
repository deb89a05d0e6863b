"""A circle as it looks from a small piece of the earth: nearly all points are told apart by a few products.

Over a grid cell the earth is nearly flat. The square of half a chord lies between two multiples of the sum of squares
of the steps to north and east, and these multiples are worked out once for a circle and a cell.
"""

from __future__ import annotations

import math
from typing import Final

from models.places import Circle
from models.shapes import EARTH_RADIUS

#: (latitude, longitude, weight, surely, perhaps): with steps a and b from there in degrees, a point of the cell for
#: which a * a + weight * b * b is at most `surely` is inside, and one for which it is more than `perhaps` is not.
FlatCircle = tuple[float, float, float, float, float]

#: It is never sure, and perhaps always.
UNKNOWN: Final[FlatCircle] = (0.0, 0.0, 0.0, -1.0, math.inf)

#: What rounding can come to, as a part of a squared half chord, for a circle of a millimetre and more.
_SLACK: Final = 1e-4
#: Steps that are longer (half of them, in radians) are not looked at as if the earth were flat.
_FAR: Final = 0.5


def flat_circle(circle: Circle, cell: tuple[float, float, float, float]) -> FlatCircle:
    """A circle as seen from a cell (south, west, north, east; in degrees), which must not reach to a pole."""
    south, west, north, east = cell
    longitude = circle.longitude + 360 * round(((west + east) / 2 - circle.longitude) / 360)
    steps = (north - circle.latitude, south - circle.latitude, east - longitude, west - longitude)
    half = math.radians(max(map(abs, steps))) / 2
    if half > _FAR:
        return UNKNOWN
    own, middle = math.cos(math.radians(circle.latitude)), math.cos(math.radians((south + north) / 2))
    widths = [math.cos(math.radians(south)) / middle, math.cos(math.radians(north)) / middle, 1.0]
    if south < 0 < north:
        widths.append(1 / middle)
    # sin x is at most x, and its square at least x ** 2 * (1 - x ** 2 / 3)
    most, least = max(widths) * (1 + _SLACK), min(widths) * (1 - half**2 / 3) * (1 - _SLACK)
    chord = math.sin(min(circle.radius / 1000 / EARTH_RADIUS, math.pi) / 2) ** 2 * (2 / math.radians(1)) ** 2
    return circle.latitude, longitude, own * middle, chord / most, chord / least
