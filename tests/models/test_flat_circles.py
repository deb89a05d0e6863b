from __future__ import annotations

import math

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.flat_circles import UNKNOWN, flat_circle
from models.places import Circle
from models.shapes import EARTH_RADIUS, contains

#: From a millimetre to all of the earth.
radii = st.floats(0, 10.31).map(lambda power: int(10**power))
#: Parts of the radius, many of them so near to it that rounding counts.
parts = st.floats(0, 2) | st.floats(0.999, 1.001) | st.floats(-9, -3).map(lambda power: 1 - 10**power)


@settings(max_examples=1_000)
@given(st.floats(-89.9, 89.9), st.floats(-180, 180), radii, st.floats(0, 2 * math.pi), parts)
def test_what_is_sure_is_so(lat: float, lon: float, radius: int, towards: float, part: float) -> None:
    """What a circle says of a point of its cell without being asked is what the distance says, all over the earth."""
    degrees = part * math.degrees(radius / 1000 / EARTH_RADIUS)
    north = lat + degrees * math.cos(towards)
    assume(-89.9 < north < 89.9)
    east = lon + degrees * math.sin(towards) / max(0.01, math.cos(math.radians(lat)))
    assume(-180 <= east <= 180)
    circle = Circle(lat, lon, radius)
    south, west = math.floor(north * 100) / 100, math.floor(east * 100) / 100
    latitude, longitude, weight, surely, perhaps = flat_circle(circle, (south, west, south + 0.01, west + 0.01))
    away = (north - latitude) ** 2 + weight * (east - longitude) ** 2
    if away <= surely:
        assert contains(circle, north, east)
    elif away > perhaps:
        assert not contains(circle, north, east)


@given(st.floats(-60, 60), st.floats(-179, 179), st.integers(100_000, 2_000_000))
def test_nearly_all_is_sure(lat: float, lon: float, radius: int) -> None:
    """Of a circle of a town all but a thousandth of its radius is told apart."""
    *_, surely, perhaps = flat_circle(Circle(lat, lon, radius), (lat, lon, lat + 0.01, lon + 0.01))
    assert 0 < surely < perhaps < surely * 1.002


def test_the_antimeridian_cuts_no_circle() -> None:
    """A circle is near a cell on the other side of the antimeridian."""
    _, longitude, *_ = flat_circle(Circle(10, 179.999, 500_000), (10, -180, 10.01, -179.99))
    assert -181 < longitude < -180


def test_what_is_far_is_not_flat() -> None:
    """Of a circle whose middle is a quarter of the earth away nothing is known."""
    assert flat_circle(Circle(0, 0, 10_000_000_000), (0, 89, 0.01, 89.01)) is UNKNOWN
