"""Is this point inside, and how far away is it?

Latitudes and longitudes are degrees (WGS 84), read on a sphere. The border of a circle is all points at its radius by
great circle (haversine, Earth's mean radius of 6,371,008.8 m). The edges of an area are straight in longitude and
latitude, as GeoJSON (RFC 7946) has them; areas may reach over the antimeridian with longitudes beyond 180. -180 and
180 are one meridian, and a pole is one point. Borders belong to what they enclose.

Shapely is imported by what works with areas, when it is called: with numpy it takes a third of the time in which the
program starts, and most workspaces have no areas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from models.places import Area, CellPlace, Circle, Place, Shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

EARTH_RADIUS = 6_371_008.8

#: Far more than rounding can come to.
_SLACK_DEGREES = 1e-6
#: The same as a part of a squared half chord, for a circle of a millimetre and more.
_NEAR = 1e-4
_RADIAN = math.radians(1)
_HALF_RADIAN = _RADIAN / 2
#: Every longitude there is, with room for areas that reach beyond 180.
_ALL_LONGITUDES = 720.0


def valid_point(lat: float, lon: float) -> bool:
    """Latitude within -90..90 and longitude within -180..180."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great circle distance of two points in metres."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_chord = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half_chord)))


def contains(shape: Shape, lat: float, lon: float) -> bool:
    """Whether a point lies inside or on the border; never, for a radio cell."""
    return inside_of(shape)(lat, lon)


def inside_of(shape: Shape) -> Callable[[float, float], bool]:
    """`contains` of one shape, as a function of (latitude, longitude)."""
    match shape:
        case Circle(latitude, longitude, radius):
            return _inside_of_circle(latitude, longitude, radius)
        case Area(wkt):
            return _inside_of_area(wkt)
        case CellPlace():
            return lambda lat, lon: False


def _inside_of_circle(latitude: float, longitude: float, radius: int) -> Callable[[float, float], bool]:
    """`radius` is millimetres."""
    # Who is further away to the north or south is further away in all; the slack is for rounding.
    angle = radius / 1000 / EARTH_RADIUS
    degrees = math.degrees(angle) + _SLACK_DEGREES
    # Half chords, squared, tell nearly all points apart; near the border, where rounding counts, the distance does.
    half_chord = math.sin(min(angle, math.pi) / 2) ** 2
    surely, perhaps = half_chord * (1 - _NEAR), half_chord * (1 + _NEAR)
    sin, cos, cosine = math.sin, math.cos, math.cos(latitude * _RADIAN)

    def inside(lat: float, lon: float) -> bool:
        north = lat - latitude
        if abs(north) > degrees:
            return False
        half = sin(north * _HALF_RADIAN) ** 2 + cosine * cos(lat * _RADIAN) * sin((lon - longitude) * _HALF_RADIAN) ** 2
        if surely < half <= perhaps:
            return distance(lat, lon, latitude, longitude) * 1000 <= radius
        return half <= surely

    return inside


def point_in(shape: Circle | Area) -> tuple[float, float]:
    """Some (latitude, longitude) well inside a shape."""
    if isinstance(shape, Circle):
        return shape.latitude, shape.longitude
    point = geometry_of(shape.wkt).representative_point()
    return point.y, (point.x + 180) % 360 - 180


def nearest_distance(place: Place, lat: float, lon: float) -> int | None:
    """Millimetres to the nearest member, rounded up; 0 inside; None for a place of radio cells only.

    To a circle it is exact. To an area it is the great circle distance to the border point that is nearest on a local
    map (longitudes shortened by the cosine of the latitude): never too short, and too long by less than a
    thousandth within some 100 km, outside the polar regions.
    """
    found = [_distance_to(shape, lat, lon) for _, shape in place.members if not isinstance(shape, CellPlace)]
    return min(found) if found else None


def area_of(geometry: BaseGeometry) -> Area:
    """The area with this border, in (longitude, latitude) order."""
    import shapely  # noqa: PLC0415  # see the module

    # Not -1, which shapely says is every digit: GEOS stops at sixteen, and one double in some needs a seventeenth.
    return Area(shapely.to_wkt(geometry, rounding_precision=_DECIMALS))


#: Decimals enough for the shortest text that reads back as the same double.
_DECIMALS = 40


@lru_cache(maxsize=65_536)
def geometry_of(wkt: str) -> BaseGeometry:
    """The prepared geometry of an area, read once."""
    import shapely  # noqa: PLC0415  # see the module

    geometry = shapely.from_wkt(wkt)
    shapely.prepare(geometry)
    return geometry


@lru_cache(maxsize=65_536)
def turns_of(wkt: str) -> tuple[float, ...]:
    """By how much a longitude (-180..180) may have to be shifted to lie in the range an area is written in."""
    west, _, east, _ = geometry_of(wkt).bounds
    turns = range(math.ceil((west - 180) / 360), math.floor((east + 180) / 360) + 1)
    return tuple(360.0 * turn for turn in sorted(turns, key=abs))


@lru_cache(maxsize=65_536)
def _inside_of_area(wkt: str) -> Callable[[float, float], bool]:
    import shapely  # noqa: PLC0415  # see the module

    geometry = geometry_of(wkt)
    first, *others = turns_of(wkt)

    def inside(lat: float, lon: float) -> bool:
        if abs(lat) == 90:
            pole = shapely.LineString([(-_ALL_LONGITUDES, lat), (_ALL_LONGITUDES, lat)])
            return bool(shapely.intersects(geometry, pole))
        if shapely.intersects_xy(geometry, lon + first, lat):
            return True
        return any(shapely.intersects_xy(geometry, lon + turn, lat) for turn in others)

    return inside


def _distance_to(shape: Circle | Area, lat: float, lon: float) -> int:
    if contains(shape, lat, lon):
        return 0
    if isinstance(shape, Circle):
        return math.ceil(distance(lat, lon, shape.latitude, shape.longitude) * 1000 - shape.radius)
    turns = {turn + more for turn in turns_of(shape.wkt) for more in (-360.0, 0.0, 360.0)}
    return math.ceil(1000 * min(_to_border(geometry_of(shape.wkt), lat, lon + turn) for turn in turns))


def _to_border(geometry: BaseGeometry, lat: float, lon: float) -> float:
    """Metres to the nearest border point, looked for on a map around the point, and again on one half-way to it."""
    import shapely  # noqa: PLC0415  # see the module
    from shapely.affinity import scale  # noqa: PLC0415  # see the module

    shortest = math.inf
    middle = lat
    for _ in range(2):
        shortened = max(math.cos(math.radians(middle)), 1e-6)
        local = scale(geometry, xfact=shortened, origin=(lon, lat))
        nearest_lon, nearest_lat = shapely.shortest_line(shapely.Point(lon, lat), local).coords[1]
        nearest_lon = lon + (nearest_lon - lon) / shortened
        shortest = min(shortest, distance(lat, lon, nearest_lat, nearest_lon))
        middle = (lat + nearest_lat) / 2
    return shortest
