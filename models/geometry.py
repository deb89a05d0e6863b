"""Geometry of places, as the rest of the product asks for it: one door to shapes, files of shapes and the index."""

from models.geojson import read_geojson
from models.place_index import Members, PlaceIndex
from models.shapes import contains, distance, nearest_distance, point_in, valid_point

__all__ = [
    "Members",
    "PlaceIndex",
    "contains",
    "distance",
    "nearest_distance",
    "point_in",
    "read_geojson",
    "valid_point",
]
