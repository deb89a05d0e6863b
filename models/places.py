"""Places: a circle, an area with a border, a radio cell; or a kind of place with many members.

Geometry (is this point inside?) is in `models.geometry`.
"""

from __future__ import annotations

from msgspec import Struct


class Circle(Struct, frozen=True, tag=True):
    """All points within `radius` millimetres (great circle) of a centre in degrees."""

    latitude: float
    longitude: float
    radius: int


class Area(Struct, frozen=True, tag=True):
    """A polygon or several, as WKT in (longitude, latitude) order, as GeoJSON has it. Its border is inside."""

    wkt: str


class CellPlace(Struct, frozen=True, tag=True):
    """A radio cell: a position inside it is one that names this cell."""

    cell: str


Shape = Circle | Area | CellPlace


class Place(Struct, frozen=True):
    """A named place, or a kind of place: `members` are (name, shape), in the order they were written.

    A plain place has one member that bears its own name.
    """

    name: str
    members: tuple[tuple[str, Shape], ...]
    #: True for `{each of: FILE}`.
    kind: bool = False
