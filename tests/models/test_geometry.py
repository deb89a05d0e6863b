from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.geometry import PlaceIndex, contains, distance, nearest_distance, read_geojson, valid_point
from models.places import Area, CellPlace, Circle, Place, Shape
from models.shapes import EARTH_RADIUS, area_of

latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, 89.995, -89.995])
longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0, 179.995, -179.995])
#: Degrees as people write them, of which exact arithmetic is quick.
round_degrees = st.integers(-40, 40).map(lambda quarter: quarter / 4)


def place(*shapes: Shape, name: str = "place") -> Place:
    """A kind of place with these members."""
    return Place(name, tuple((f"{name} {number}", shape) for number, shape in enumerate(shapes)), kind=True)


def vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The point on a sphere of radius 1."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


# ---------------------------------------------------------------- distances


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (0, 180), math.pi * EARTH_RADIUS),
        ((90, 17), (-90, -100), math.pi * EARTH_RADIUS),
        ((0, 0), (0, 1), math.pi * EARTH_RADIUS / 180),
        ((0, 179.5), (0, -179.5), math.pi * EARTH_RADIUS / 180),
        ((90, 0), (90, 123), 0),
    ],
)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], metres: float) -> None:
    """Quarters and degrees of great circles have the lengths they must have, over antimeridian and poles too."""
    assert distance(*one, *other) == pytest.approx(metres, abs=1e-6)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_the_angle_between_two_directions(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    """The haversine distance is that of the chord through the earth, and the same there and back."""
    chord = math.dist(vector(lat1, lon1), vector(lat2, lon2))
    expected = 2 * EARTH_RADIUS * math.asin(min(1, chord / 2))
    # Near the antipode a chord hardly grows, so that its rounding weighs more.
    assert distance(lat1, lon1, lat2, lon2) == pytest.approx(expected, abs=1e-3 if chord < 1.99 else 2)
    assert distance(lat1, lon1, lat2, lon2) == pytest.approx(distance(lat2, lon2, lat1, lon1), abs=1e-6)


@pytest.mark.parametrize(
    ("latitude", "longitude", "valid"),
    [(0, 0, True), (90, 180, True), (-90, -180, True), (90.1, 0, False), (0, -180.1, False), (math.nan, 0, False),
     (0, math.nan, False), (math.inf, 0, False)],
)  # fmt: skip
def test_points_on_the_earth(latitude: float, longitude: float, valid: bool) -> None:
    """A point lies within -90..90 and -180..180; what is not a number is no point."""
    assert valid_point(latitude, longitude) is valid


# ---------------------------------------------------------------- inside

SQUARE = area_of(shapely.box(10, 20, 12, 22))
WITH_HOLE = area_of(shapely.Polygon(shapely.box(0, 0, 4, 4).exterior, [shapely.box(1, 1, 2, 2).exterior]))
ACROSS = area_of(shapely.box(179, -1, 181, 1))
CAP = area_of(shapely.Polygon([(-180, 80), (180, 80), (180, 90), (-180, 90)]))
WEDGE = area_of(shapely.Polygon([(10, 80), (20, 80), (20, 90), (10, 90)]))


@pytest.mark.parametrize(
    ("shape", "latitude", "longitude", "inside"),
    [
        (SQUARE, 21, 11, True),
        (SQUARE, 11, 21, False),
        (SQUARE, 20, 10, True),
        (SQUARE, 22, 11, True),
        (SQUARE, 22.000001, 11, False),
        (WITH_HOLE, 1.5, 1.5, False),
        (WITH_HOLE, 1, 1.5, True),
        (WITH_HOLE, 3, 3, True),
        (ACROSS, 0, 179.5, True),
        (ACROSS, 0, -179.5, True),
        (ACROSS, 0, 180, True),
        (ACROSS, 0, -180, True),
        (ACROSS, 0, -178.9, False),
        (area_of(shapely.box(170, 0, 180, 5)), 1, -180, True),
        (area_of(shapely.box(-180, 0, -170, 5)), 1, 180, True),
        (CAP, 90, 12.3, True),
        (CAP, 85, -180, True),
        (WEDGE, 90, -100, True),
        (WEDGE, 89.999, -100, False),
        (Circle(0, 179.99, 5_000_000), 0, -179.99, True),
        (Circle(0, 179.99, 2_000_000), 0, -179.99, False),
        (Circle(89.99, 0, 5_000_000), 89.99, 180, True),
        (Circle(-90, 77, 1), -90, -120, True),
        (CellPlace("460-00-4411"), 0, 0, False),
    ],
)
def test_inside_one_by_one(shape: Shape, latitude: float, longitude: float, inside: bool) -> None:
    """Borders are inside, holes are not; the antimeridian cuts nothing; a pole is one point, whatever its longitude."""
    assert contains(shape, latitude, longitude) is inside


@given(latitudes, longitudes, st.integers(1, 20_000_000_000), latitudes, longitudes)
def test_a_circle_is_a_cone(lat: float, lon: float, radius: int, lat2: float, lon2: float) -> None:
    """A point lies in a circle where the angle between both directions is at most the circle's, anywhere on earth."""
    chord = math.dist(vector(lat, lon), vector(lat2, lon2))
    limit = 2 * math.sin(min(math.pi / 2, radius / 1000 / EARTH_RADIUS / 2))
    assume(abs(chord - limit) > 1e-9)
    assert contains(Circle(lat, lon, radius), lat2, lon2) is (chord < limit)


@settings(max_examples=1_000)
@given(
    latitudes,
    longitudes,
    st.floats(0, 10.31).map(lambda power: int(10**power)),
    st.floats(0, 2 * math.pi),
    st.sampled_from([0, 0.5, 1.5]) | st.floats(0.999, 1.001) | st.floats(-9, -3).map(lambda power: 1 - 10**power),
)
def test_the_border_of_a_circle_is_where_the_distance_says(
    lat: float, lon: float, radius: int, towards: float, away: float
) -> None:
    """However near its border a point lies, it is inside where its distance is at most the radius."""
    north = away * math.degrees(radius / 1000 / EARTH_RADIUS) * math.cos(towards)
    east = (
        away * math.degrees(radius / 1000 / EARTH_RADIUS) * math.sin(towards) / max(0.01, math.cos(math.radians(lat)))
    )
    point = max(-90.0, min(90.0, lat + north)), max(-180.0, min(180.0, lon + east))
    assert contains(Circle(lat, lon, radius), *point) is (distance(*point, lat, lon) * 1000 <= radius)


def winds_around(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    """Whether a point is inside a ring or on it, in exact arithmetic: crossings of a ray to the east."""
    crossings = 0
    px, py = Fraction(x), Fraction(y)
    for (x1, y1), (x2, y2) in pairwise([(Fraction(a), Fraction(b)) for a, b in ring]):
        turn = (x2 - x1) * (py - y1) - (px - x1) * (y2 - y1)
        if turn == 0 and min(x1, x2) <= px <= max(x1, x2) and min(y1, y2) <= py <= max(y1, y2):
            return True
        if (y1 > py) != (y2 > py) and px < x1 + (py - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


@given(
    st.lists(st.tuples(round_degrees, round_degrees), min_size=3, max_size=8, unique=True), round_degrees, round_degrees
)
def test_an_area_is_what_its_border_winds_around(corners: list[tuple[float, float]], lat: float, lon: float) -> None:
    """A point lies in an area where exact counting of its border's crossings says so, corners and edges included."""
    polygon = shapely.Polygon(corners)
    assume(polygon.is_valid)
    assert contains(area_of(polygon), lat, lon) is winds_around([*corners, corners[0]], lon, lat)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=8))
def test_borders_are_kept_to_the_last_digit(corners: list[tuple[float, float]]) -> None:
    """An area's text holds exactly the corners it was made from."""
    assert shapely.from_wkt(area_of(shapely.Polygon(corners)).wkt) == shapely.Polygon(corners)


# ---------------------------------------------------------------- the index


@st.composite
def shapes_near(draw: st.DrawFn, lat: float, lon: float) -> Shape:
    """A circle or an area whose border is likely to pass near a point."""
    reach = draw(st.sampled_from([0.0005, 0.02, 1.0, 60.0]))
    away = st.floats(-reach, reach)
    if draw(st.booleans()):
        middle = max(-90.0, min(90.0, lat + draw(away))), (lon + draw(away) + 180) % 360 - 180
        return Circle(*middle, draw(st.integers(1, max(2, int(reach * 222_000_000)))))
    corners = [(lon + draw(away), max(-90.0, min(90.0, lat + draw(away)))) for _ in range(draw(st.integers(3, 7)))]
    polygon = shapely.Polygon(corners).buffer(0)
    assume(not polygon.is_empty)
    return area_of(polygon)


@st.composite
def places_and_points(draw: st.DrawFn) -> tuple[dict[str, Place], list[tuple[float, float]]]:
    """Some places about a point, and positions about that point."""
    lat, lon = draw(latitudes), draw(longitudes)
    shapes = draw(st.lists(shapes_near(lat, lon), min_size=1, max_size=5))
    away = st.sampled_from([0.0, 0.0004, 0.01, 0.9, 40.0]).flatmap(lambda reach: st.floats(-reach, reach))
    near = st.tuples(away, away).map(lambda by: (max(-90.0, min(90.0, lat + by[0])), (lon + by[1] + 180) % 360 - 180))
    points = draw(st.lists(near | st.tuples(latitudes, longitudes), min_size=1, max_size=12))
    half = len(shapes) // 2
    return {"a": place(*shapes[:half], name="a"), "b": place(*shapes[half:], name="b")}, points


@settings(max_examples=400, deadline=None)
@given(places_and_points())
def test_the_index_finds_what_looking_at_each_place_finds(
    case: tuple[dict[str, Place], list[tuple[float, float]]],
) -> None:
    """For any circles, areas and points on earth, poles and antimeridian included, index and brute force agree."""
    places, points = case
    index = PlaceIndex(places)
    for lat, lon in points * 2:
        expected = tuple(
            (one.name, member) for one in places.values() for member, shape in one.members if contains(shape, lat, lon)
        )
        assert index.members_at(lat, lon) == expected


@settings(max_examples=25, deadline=None)
@given(st.floats(-89.9, 89.9), longitudes, st.data())
def test_the_index_is_right_all_around_a_place(lat: float, lon: float, data: st.DataObject) -> None:
    """Over and around a place of the size of some grid cells, index and brute force agree at every point of a net."""
    radius = data.draw(st.integers(200_000, 5_000_000))
    turn = radius / 1000 / EARTH_RADIUS * 180 / math.pi
    stretch = 1 / math.cos(math.radians(lat))
    corners = data.draw(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=6))
    polygon = shapely.Polygon([(lon + dx * turn * stretch, lat + dy * turn) for dx, dy in corners]).buffer(0)
    shapes: list[Shape] = [Circle(lat, lon, radius)]
    if not polygon.is_empty:
        shapes.append(area_of(polygon))
    index = PlaceIndex({"place": place(*shapes)})
    for row in range(-14, 15):
        for column in range(-14, 15):
            at = lat + row * turn / 12.7, (lon + column * turn * stretch / 12.7 + 180) % 360 - 180
            if valid_point(*at):
                expected = [f"place {number}" for number, shape in enumerate(shapes) if contains(shape, *at)]
                assert [member for _, member in index.members_at(*at)] == expected


def test_the_same_members_are_the_same_object() -> None:
    """Moving within the same places gives the very same answer, so that `is` tells that nothing changed."""
    index = PlaceIndex({"town": place(Circle(50, 10, 5_000_000)), "square": place(SQUARE, name="square")})
    assert index.members_at(50, 10) == (("place", "place 0"),)
    assert index.members_at(50, 10) is index.members_at(50.04, 10.001)
    assert index.members_at(21, 11) is index.members_at(20, 12)
    assert index.members_at(-30, 11) is index.members_at(60, 12) is index.members_in_cell("x") == ()


def test_cells_are_compared_like_texts() -> None:
    """A radio cell is found whatever its case and width, in every place that names it, in the vocabulary's order."""
    one, other = place(CellPlace("460-00-AB"), SQUARE, name="one"), place(CellPlace("460-00-ab"), name="other")
    index = PlaceIndex({"one": one, "other": other})
    assert index.members_in_cell("４60-00-aB") == (("one", "one 0"), ("other", "other 0"))
    assert index.members_in_cell("460-00") == ()
    assert index.members_at(21, 11) == (("one", "one 1"),)


def test_memory_is_bounded() -> None:
    """However far customers travel, only so many grid cells are kept, and answers stay right."""
    index = PlaceIndex({"square": place(SQUARE)}, most_cells=10)
    for step in range(1000):
        assert bool(index.members_at(21, 9 + step / 100)) is (10 <= 9 + step / 100 <= 12)
    assert len(index.recent) + len(index._older) + len(index._blocks) <= 30


def test_an_index_without_places() -> None:
    """A workspace without places, or with cells only, finds nothing anywhere."""
    assert PlaceIndex({}).members_at(0, 0) == ()
    assert PlaceIndex({"cell": place(CellPlace("1"))}).members_at(90, 180) == ()


# ---------------------------------------------------------------- how far


@given(st.floats(-70, 70), longitudes, st.integers(1, 200_000_000), st.floats(-70, 70), longitudes)
def test_distance_to_a_circle(lat: float, lon: float, radius: int, lat2: float, lon2: float) -> None:
    """It is what remains of the way to the centre, rounded up to a millimetre, and 0 exactly inside."""
    circle = Circle(lat, lon, radius)
    found = nearest_distance(place(circle), lat2, lon2)
    assert found == max(0, math.ceil(distance(lat, lon, lat2, lon2) * 1000 - radius))
    assert (found == 0) is contains(circle, lat2, lon2)


@settings(max_examples=60, deadline=None)
@given(st.floats(-75, 75), longitudes, st.data())
def test_distance_to_an_area(lat: float, lon: float, data: st.DataObject) -> None:
    """It is the way to the nearest of many points on the border, to a thousandth, and 0 exactly inside."""
    # A tenth of a metre apart at least: nearer ones are no corners to anybody, and beside 1e-189 arithmetic ends.
    degrees = st.integers(-500_000, 500_000).map(lambda millionths: millionths / 1e6)
    corner = st.tuples(degrees, degrees)
    corners = data.draw(st.lists(corner, min_size=3, max_size=6, unique=True))
    polygon = shapely.Polygon([(lon + dx, lat + dy) for dx, dy in corners])
    assume(polygon.is_valid and polygon.area > 1e-4)
    area = area_of(polygon)
    by = data.draw(corner)
    lat2, lon2 = lat + 2 * by[1], (lon + 2 * by[0] + 180) % 360 - 180
    found = nearest_distance(place(area), lat2, lon2)
    assert found is not None
    assert (found == 0) is contains(area, lat2, lon2)
    if found:
        border = shapely.segmentize(polygon.exterior, 0.001).coords
        looked_for = min(distance(lat2, lon2, y, x) for x, y in border)
        # A point on the border lies within half a step of one of those looked at.
        assert looked_for - 60 <= found / 1000 <= looked_for * 1.001 + 0.002


def test_the_nearest_member_counts() -> None:
    """Of a kind of place it is the nearest; cells are nowhere; a place of cells only has no distance."""
    near, far = Circle(0, 1, 1000), Circle(0, 3, 1000)
    assert nearest_distance(place(far, near, CellPlace("1")), 0, 0) == nearest_distance(place(near), 0, 0)
    assert nearest_distance(place(CellPlace("1")), 0, 0) is None
    assert nearest_distance(place(near, SQUARE), 21, 11) == 0


def test_distance_over_the_antimeridian() -> None:
    """An area on the other side of the antimeridian is as near as it is."""
    island = place(area_of(shapely.box(-179, -1, -178, 1)))
    assert nearest_distance(island, 0, 179) == pytest.approx(distance(0, 179, 0, -179) * 1000, abs=2)


# ---------------------------------------------------------------- files


def collection(*features: str) -> str:
    """A FeatureCollection of features."""
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'


def feature(geometry: str, properties: str = '{"name": "here"}') -> str:
    """A feature."""
    return f'{{"type": "Feature", "id": 7, "properties": {properties}, "geometry": {geometry}}}'


RING = "[[0,0],[4,0],[4,4],[0,4],[0,0]]"
HOLE = "[[1,1],[2,1],[2,2],[1,2],[1,1]]"


def test_a_file_of_places() -> None:
    """Polygons with holes, several polygons, and points with a radius are read in order, by name, else by id."""
    polygon = f'{{"type": "Polygon", "coordinates": [{RING}, {HOLE}]}}'
    several = f'{{"type": "MultiPolygon", "coordinates": [[{RING}], [[[10,0],[11,0],[11,1],[10,0]]]]}}'
    point = '{"type": "Point", "coordinates": [121.8083, 31.1443, 4.5]}'
    found = read_geojson(
        collection(
            feature(polygon, '{"name": " Nanjing Road "}'), feature(several, "null"),
            feature(point, '{"name": "Pudong", "radius": "4 km"}'),
        )
    )  # fmt: skip
    assert [name for name, _ in found] == ["Nanjing Road", "7", "Pudong"]
    assert found[2][1] == Circle(31.1443, 121.8083, 4_000_000)
    road, both = found[0][1], found[1][1]
    assert isinstance(road, Area)
    assert [contains(road, 3, 3), contains(road, 1.5, 1.5), contains(road, 5, 5)] == [True, False, False]
    assert [contains(both, 3, 3), contains(both, 0.2, 10.8), contains(both, 3, 7)] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "this is not JSON: Expecting property name"),
        ("[1]", r'expected a GeoJSON object \{"type": "FeatureCollection", "features": \[..\]\}'),
        (collection("3"), 'feature 1: expected an object with "type": "Feature"'),
        (collection('{"type": "Feature", "properties": {}}'), "feature 1 has no name; write it"),
        (collection(feature("null")), r'feature 1 \("here"\): it has no geometry; draw a polygon, or a point'),
        (collection(feature('{"type": "LineString", "coordinates": []}')), "a LineString has no inside; draw"),
        (collection(feature('{"type": "Point", "coordinates": [1, 2]}')), 'a point needs its radius with a unit'),
        (collection(feature('{"type": "Point", "coordinates": [1, 2]}', '{"name": "x", "radius": "2 GB"}')),
         'the radius "2 GB" is not a length above 0; write it as "200 m"'),
        (collection(feature('{"type": "Point", "coordinates": [31, 121.8]}', '{"name": "x", "radius": "2 m"}')),
         "the latitude 121.8 lies outside -90 to 90; longitude comes first"),
        (collection(feature('{"type": "Point", "coordinates": [NaN, 1]}', '{"name": "x", "radius": "2 m"}')),
         r"a position is \[longitude, latitude\] in degrees, not \[NaN, 1\]"),
        (collection(feature('{"type": "Polygon", "coordinates": [[[0,0],[1,1],[0,0]]]}')),
         "a ring has at least four positions"),
        (collection(feature('{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,1]]]}')),
         r"a ring must end where it began, at \[0.0, 0.0\]; it ends at \[0.0, 1.0\]"),
        (collection(feature('{"type": "Polygon", "coordinates": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}')),
         r"its border is not sound: Self-intersection\[0.5 0.5\]"),
        (collection(feature('{"type": "Polygon", "coordinates": [[[170,0],[-170,0],[-170,5],[170,5],[170,0]]]}')),
         "an edge goes from longitude 170.0 to -170.0, .* write 190.0 for -170.0"),
        (collection(feature(f'{{"type": "Polygon", "coordinates": [{RING}]}}'),
                    feature(f'{{"type": "Polygon", "coordinates": [{RING}]}}')),
         'features 1 and 2 are both named "here"; give each its own name'),
        (collection(feature('{"type": "MultiPolygon", "coordinates": []}')), "a MultiPolygon is a list of polygons"),
        (collection(feature('{"type": "Polygon", "coordinates": {}}')), "a Polygon is a list of rings"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_places(text: str, message: str) -> None:
    """A mistake in a file names the feature, by number and name, and what to do."""
    with pytest.raises(ValueError, match=message):
        read_geojson(text)
