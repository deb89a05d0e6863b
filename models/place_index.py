"""Which places a position lies in, for every event: a grid over the earth that remembers what it has worked out.

A grid cell knows which members it lies in *surely* and of which it holds a piece of *border*; only for the latter a
point is looked at. Most cells hold no border at all: their answer is all that is kept of them. Cells are worked out
when a position first falls into them, from the shapes that meet the block of a hundred cells that they belong to; the
least used are forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from models.flat_circles import UNKNOWN, FlatCircle, flat_circle
from models.places import Area, CellPlace, Circle, Place, Shape
from models.shapes import EARTH_RADIUS, distance, geometry_of, inside_of, turns_of
from models.text import fold

if TYPE_CHECKING:
    from shapely import STRtree

#: (place name, member name) of each, in the order of the vocabulary.
Members = tuple[tuple[str, str], ...]

Box = tuple[float, float, float, float]  # south, west, north, east; in degrees

#: Grid cells in a degree: about a kilometre wide.
PER_DEGREE: Final = 100
COLUMNS: Final = 360 * PER_DEGREE + 1
#: Grid cells in a row, and in a column, of a block.
_PER_BLOCK: Final = 10
#: By how much a grid cell is widened (degrees, metres) so that rounding never takes a point out of its cell.
_SLACK_DEGREES: Final = 1e-9
_SLACK_METRES: Final = 0.01

#: Distinct sets of members kept.
_MOST_SETS: Final = 200_000


@dataclass(frozen=True, slots=True)
class GridCell:
    """What is known of a grid cell in which some members end."""

    #: Numbers of the members that hold all of it, and of those whose border it may hold a piece of.
    surely: tuple[int, ...]
    border: tuple[int, ...]
    #: For each of the border: its bit, the circle (see `FlatCircle`), and what to ask where that does not tell.
    asked: tuple[tuple[int, *FlatCircle, Callable[[float, float], bool]], ...]
    #: Bits of the border members that hold a point -> all members that do.
    answers: dict[int, Members] = field(default_factory=dict)


class PlaceIndex:
    """Finds the members of places that a point or a radio cell lies in.

    `most_cells` grid cells (about a square kilometre each, some 400 bytes) are remembered in each of two generations.
    Answers are interned: the same members are the same object, so that `is` tells whether anything changed. (After
    200,000 different sets the table starts afresh; then equal sets may be two objects.)
    """

    def __init__(self, places: Mapping[str, Place], most_cells: int = 200_000) -> None:
        named = [((place.name, member), shape) for place in places.values() for member, shape in place.members]
        self._names = [name for name, _ in named]
        self._shapes = [shape for _, shape in named]
        self._inside_of = [inside_of(shape) for shape in self._shapes]
        self._sets: dict[tuple[int, ...], Members] = {(): ()}
        self._most_cells = most_cells
        #: The grid cells that were used last, by row and column.
        self.recent: dict[int, GridCell | Members] = {}
        self._older: dict[int, GridCell | Members] = {}
        #: (row, column) of a block of cells -> the members whose bounds meet it, with these bounds.
        self._blocks: dict[tuple[int, int], list[tuple[int, Box]]] = {}
        self._cells = self._members_of_cells()
        #: Radio cells as they were spelled, and the members that they are.
        self.spelled: dict[str, Members] = {}

    def members_at(self, lat: float, lon: float) -> Members:
        """The members that hold a valid point, border included."""
        key = int((lat + 90.0) * PER_DEGREE) * COLUMNS + int((lon + 180.0) * PER_DEGREE)
        cell = self.recent.get(key)
        if cell is None:
            cell = self._cell(key)
        if isinstance(cell, tuple):
            return cell
        held = 0
        for bit, latitude, longitude, weight, surely, perhaps, inside in cell.asked:
            north, east = lat - latitude, lon - longitude
            away = north * north + weight * east * east
            if away <= surely or (away <= perhaps and inside(lat, lon)):
                held |= bit
        members = cell.answers.get(held)
        return self.answer(cell, held) if members is None else members

    def members_in_cell(self, cell: str) -> Members:
        """The members that are this radio cell."""
        members = self.spelled.get(cell)
        if members is None:
            if len(self.spelled) >= self._most_cells:
                self.spelled = {}
            members = self.spelled[cell] = self._cells.get(fold(cell), ())
        return members

    def answer(self, cell: GridCell, held: int) -> Members:
        """The members that hold a point of a cell, by the bits of those that end there; remembered."""
        inside = [number for place, number in enumerate(cell.border) if held >> place & 1]
        members = cell.answers[held] = self._interned(tuple(sorted((*cell.surely, *inside))))
        return members

    def _interned(self, numbers: tuple[int, ...]) -> Members:
        members = self._sets.get(numbers)
        if members is None:
            if len(self._sets) >= _MOST_SETS:
                self._sets = {(): ()}
            members = self._sets[numbers] = tuple(self._names[number] for number in numbers)
        return members

    def _members_of_cells(self) -> dict[str, Members]:
        numbers: dict[str, list[int]] = {}
        for number, shape in enumerate(self._shapes):
            if isinstance(shape, CellPlace):
                numbers.setdefault(fold(shape.cell), []).append(number)
        return {cell: self._interned(tuple(found)) for cell, found in numbers.items()}

    def _cell(self, key: int) -> GridCell | Members:
        cell = self._older.get(key)
        if cell is None:
            cell = self._work_out(*divmod(key, COLUMNS))
        if len(self.recent) >= self._most_cells:
            self._older, self.recent, self._blocks = self.recent, {}, {}
        self.recent[key] = cell
        return cell

    def _work_out(self, row: int, column: int) -> GridCell | Members:
        cell = _box(row, column, 1)
        surely, border = [], []
        for number in self._near(row, column):
            holds = _holds(self._shapes[number], cell)
            if holds is None:
                border.append(number)
            elif holds:
                surely.append(number)
        if not border:
            return self._interned(tuple(surely))
        asked = [
            (1 << place, *_flat(self._shapes[number], cell), self._inside_of[number])
            for place, number in enumerate(border)
        ]
        return GridCell(tuple(surely), tuple(border), tuple(asked))

    @cached_property
    def _tree(self) -> tuple[STRtree, list[tuple[int, Box]]]:
        return _tree_of(self._shapes)

    def _near(self, row: int, column: int) -> list[int]:
        """The numbers of the members whose bounds meet a grid cell, upwards; at a pole those of all longitudes."""
        at = row // _PER_BLOCK, column // _PER_BLOCK
        block = self._blocks.get(at)
        if block is None:
            block = self._blocks[at] = self._in_block(_box(at[0] * _PER_BLOCK, at[1] * _PER_BLOCK, _PER_BLOCK))
        south, west, north, east = _widened(_box(row, column, 1))
        return sorted({n for n, (s, w, no, e) in block if s <= north and no >= south and w <= east and e >= west})

    def _in_block(self, block: Box) -> list[tuple[int, Box]]:
        """The members whose bounds meet a block, with these bounds."""
        from shapely import box  # noqa: PLC0415  # see `models.shapes`

        south, west, north, east = _widened(_widened(block))
        tree, entries = self._tree
        return [entries[place] for place in tree.query(box(west, south, east, north)).tolist()]


def _box(row: int, column: int, size: int) -> Box:
    """The grid cell of a row and a column, or that many of them to the north and the east."""
    south, west = row / PER_DEGREE - 90, column / PER_DEGREE - 180
    return south, west, south + size / PER_DEGREE, west + size / PER_DEGREE


def _widened(cell: Box) -> Box:
    """A little larger; at a pole, where meridians meet, all around."""
    south, west, north, east = cell
    if _is_polar(cell):
        west, east = -180.0, 180.0
    return south - _SLACK_DEGREES, west - _SLACK_DEGREES, north + _SLACK_DEGREES, east + _SLACK_DEGREES


def _is_polar(cell: Box) -> bool:
    return cell[2] >= 90 - _SLACK_DEGREES or cell[0] <= -90 + _SLACK_DEGREES


def _holds(shape: Shape, cell: Box) -> bool | None:
    """Whether a shape holds all of a grid cell (True), nothing of it (False), or perhaps some (None)."""
    match shape:
        case Circle():
            return _circle_holds(shape, cell)
        case Area():
            return _area_holds(shape, cell)
        case CellPlace():
            return False


def _flat(shape: Shape, cell: Box) -> FlatCircle:
    return flat_circle(shape, cell) if isinstance(shape, Circle) and not _is_polar(cell) else UNKNOWN


def _circle_holds(circle: Circle, cell: Box) -> bool | None:
    # The circle around the grid cell stands for it: between circles the antimeridian and the poles need no thought.
    south, west, north, east = cell
    middle = (south + min(north, 90.0)) / 2, (west + east) / 2
    reach = max(distance(*middle, south, west), distance(*middle, min(north, 90.0), west)) + _SLACK_METRES
    away = distance(*middle, circle.latitude, circle.longitude)
    if away - reach > circle.radius / 1000:
        return False
    return True if away + reach <= circle.radius / 1000 else None


def _area_holds(area: Area, cell: Box) -> bool | None:
    # Where meridians meet, a point lies in many grid cells at once.
    if _is_polar(cell):
        return None
    import shapely  # noqa: PLC0415  # see `models.shapes`

    south, west, north, east = cell
    geometry = geometry_of(area.wkt)
    touched = False
    for turn in turns_of(area.wkt):
        widened = shapely.box(
            west + turn - _SLACK_DEGREES, south - _SLACK_DEGREES, east + turn + _SLACK_DEGREES, north + _SLACK_DEGREES
        )
        if shapely.covers(geometry, widened):
            return True
        touched = touched or bool(shapely.intersects(geometry, widened))
    return None if touched else False


def _tree_of(shapes: list[Shape]) -> tuple[STRtree, list[tuple[int, Box]]]:
    """A search tree over the bounds of circles and areas, and the member's number and bounds of each of its entries."""
    from shapely import STRtree, box  # noqa: PLC0415  # see `models.shapes`

    entries = [(number, bounds) for number, shape in enumerate(shapes) for bounds in _bounds_of(shape)]
    tree = STRtree([box(west, south, east, north) for _, (south, west, north, east) in entries])
    return tree, entries


def _bounds_of(shape: Shape) -> list[Box]:
    """Boxes within -180..180 (and a little more) that a shape lies in."""
    if isinstance(shape, Circle):
        south, west, north, east = _bounds_of_circle(shape)
        return [(south, west + turn, north, east + turn) for turn in (0, 360, -360)]
    if isinstance(shape, Area):
        west, south, east, north = geometry_of(shape.wkt).bounds
        return [(south, west - turn, north, east - turn) for turn in turns_of(shape.wkt)]
    return []


def _bounds_of_circle(circle: Circle) -> Box:
    angle = (circle.radius / 1000 + _SLACK_METRES) / EARTH_RADIUS
    south, north = circle.latitude - math.degrees(angle), circle.latitude + math.degrees(angle)
    if south <= -90 or north >= 90:
        return south, -180, north, 180
    width = math.degrees(math.asin(min(1, math.sin(angle) / math.cos(math.radians(circle.latitude)))))
    return south, circle.longitude - width - _SLACK_DEGREES, north, circle.longitude + width + _SLACK_DEGREES
