"""Members of a kind of place from a GeoJSON file (RFC 7946): polygons are areas, points with a `radius` are circles."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from models.places import Area, Circle, Shape
from models.shapes import area_of
from models.speech import say
from models.types import Kind
from models.units import parse_quantity

if TYPE_CHECKING:
    from shapely import Polygon


def read_geojson(text: str) -> list[tuple[str, Shape]]:
    """The (name, shape) of each feature of a FeatureCollection, in order.

    The name is `properties.name`, else the feature's `id`. Polygons and multipolygons (with holes) become areas; a
    point with `properties.radius` (a text with its unit, such as `200 m`) becomes a circle. Raises ValueError that
    names the feature and what to do.
    """
    try:
        document = json.loads(text)
    except ValueError as problem:
        raise ValueError(say("this is not JSON: {problem}", problem=problem)) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise ValueError(say('expected a GeoJSON object {{"type": "FeatureCollection", "features": [..]}}'))
    members: dict[str, Shape] = {}
    numbers: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        name = _name_of(feature, number)
        if name in members:
            raise ValueError(
                say(
                    'features {first} and {number} are both named "{name}"; give each its own name',
                    first=numbers[name],
                    number=number,
                    name=name,
                )
            )
        try:
            members[name] = _shape_of(feature)
        except ValueError as problem:
            raise ValueError(
                say('feature {number} ("{name}"): {problem}', number=number, name=name, problem=problem)
            ) from None
        numbers[name] = number
    return list(members.items())


def _name_of(feature: Any, number: int) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError(say('feature {number}: expected an object with "type": "Feature"', number=number))
    properties = feature.get("properties")
    named = properties.get("name") if isinstance(properties, dict) else None
    found = feature.get("id") if named is None else named
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found).strip():
        raise ValueError(
            say('feature {number} has no name; write it as a text in properties, "name": ".."', number=number)
        )
    return str(found).strip()


def _shape_of(feature: dict[str, Any]) -> Shape:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise ValueError(say("it has no geometry; draw a polygon, or a point with a radius"))
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            return _circle(coordinates, feature.get("properties"))
        case "Polygon":
            return _area([_polygon(coordinates)])
        case "MultiPolygon":
            if not isinstance(coordinates, list) or not coordinates:
                raise ValueError(say("a MultiPolygon is a list of polygons"))
            return _area([_polygon(polygon) for polygon in coordinates])
        case other:
            raise ValueError(say("a {kind} has no inside; draw a polygon, or a point with a radius", kind=other))


def _circle(coordinates: Any, properties: Any) -> Circle:
    radius = properties.get("radius") if isinstance(properties, dict) else None
    if not isinstance(radius, str):
        raise ValueError(say('a point needs its radius with a unit, in properties: "radius": "200 m"'))
    # Neither money nor data can be a radius, so that the workspace's own units do not matter.
    kind, millimetres = parse_quantity(radius, "EUR", 1000)
    if kind is not Kind.LENGTH or not millimetres:
        raise ValueError(say('the radius "{radius}" is not a length above 0; write it as "200 m"', radius=radius))
    longitude, latitude = _position(coordinates)
    if not -180 <= longitude <= 180:
        raise ValueError(say("the longitude {longitude} lies outside -180 to 180", longitude=longitude))
    return Circle(latitude, longitude, millimetres)


def _area(polygons: list[Polygon]) -> Area:
    import shapely  # noqa: PLC0415  # see `models.shapes`

    geometry = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise ValueError(say("its border is not sound: {reason} (longitude latitude); redraw it", reason=reason))
    west, _, east, _ = geometry.bounds
    if east - west > 360:
        raise ValueError(
            say("it reaches from longitude {west} to {east}, more than once around the earth", west=west, east=east)
        )
    return area_of(geometry)


def _polygon(rings: Any) -> Polygon:
    from shapely import Polygon  # noqa: PLC0415  # see `models.shapes`

    if not isinstance(rings, list) or not rings:
        raise ValueError(say("a Polygon is a list of rings, the outer one first"))
    outer, *holes = (_ring(ring) for ring in rings)
    return Polygon(outer, holes)


def _ring(ring: Any) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise ValueError(say("a ring has at least four positions, the last being the first again"))
    positions = [_position(position) for position in ring]
    if positions[0] != positions[-1]:
        raise ValueError(
            say(
                "a ring must end where it began, at {first}; it ends at {last}",
                first=list(positions[0]),
                last=list(positions[-1]),
            )
        )
    for (before, _), (after, _) in pairwise(positions):
        # A full turn is meant (the edge of a band around the earth); between half and full it is the wrong way round.
        if 180 < abs(after - before) < 360:
            raise ValueError(
                say(
                    "an edge goes from longitude {before} to {after}, more than half around the earth; where "
                    "it should cross the antimeridian, write {better} for {after}",
                    before=before,
                    after=after,
                    better=after + math.copysign(360, before - after),
                )
            )
    return positions


def _position(position: Any) -> tuple[float, float]:
    """(longitude, latitude); a height that follows is left out."""
    if (
        not isinstance(position, list)
        or len(position) < 2
        or any(isinstance(degrees, bool) or not isinstance(degrees, int | float) for degrees in position[:2])
        or not all(math.isfinite(degrees) for degrees in position[:2])
    ):
        raise ValueError(
            say("a position is [longitude, latitude] in degrees, not {shown}", shown=json.dumps(position)[:40])
        )
    longitude, latitude = float(position[0]), float(position[1])
    if not -90 <= latitude <= 90:
        raise ValueError(
            say("the latitude {latitude} lies outside -90 to 90; longitude comes first", latitude=latitude)
            if abs(longitude) <= 90
            else say("the latitude {latitude} lies outside -90 to 90", latitude=latitude)
        )
    if not -540 <= longitude <= 540:
        raise ValueError(say("the longitude {longitude} is beyond one turn", longitude=longitude))
    return longitude, latitude
