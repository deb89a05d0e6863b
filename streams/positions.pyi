"""Positions, compiled."""

from collections.abc import Sequence

from rules.program import Program

class Whereabouts:
    """Where customers are: an event moves them as in `rules.situations.places.move`, if it gives a position.

    What she entered and left is worked out only where somebody waits for one of these places (`Reach.places`).
    """

    def __init__(self, program: Program, fields: Sequence[str]) -> None:
        """`fields`: those of an event that can be a position."""
