"""Places: a circle, an area with a border, a radio cell; or a kind of place with many members.

Geometry (is this point inside?) is in `models.geometry`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within `radius` millimetres (great circle) of a centre in degrees."""

    latitude: float
    longitude: float
    radius: int


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon or several, as WKT in (longitude, latitude) order, as GeoJSON has it. Its border is inside."""

    wkt: str


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A radio cell: a position inside it is one that names this cell."""

    cell: str


Shape = Circle | Area | CellPlace


@dataclass(frozen=True, slots=True)
class Place:
    """A named place, or a kind of place: `members` are (name, shape), in the order they were written.

    A plain place has one member that bears its own name.
    """

    name: str
    members: tuple[tuple[str, Shape], ...]
    #: True for `{each of: FILE}`.
    kind: bool = False
