"""Positions that change nothing, compiled."""

from collections.abc import Sequence

from models.place_index import PlaceIndex

class Staying:
    """Moves a customer to a position that lies in the same places as her last one, as most positions do.

    What it does not know for certain it leaves to `rules.situations.places.move`: a first position, one after which she
    has faded, or in places that nobody has worked out yet.
    """

    def __init__(self, index: PlaceIndex, fields: Sequence[str], fades: int) -> None:
        """`fields`: those of an event that can be a position; `fades`: how long one is known (ms)."""
