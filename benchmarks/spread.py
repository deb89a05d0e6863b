"""A figure measured several times: its median, its lowest and its highest."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from msgspec import Struct


class Spread(Struct, frozen=True):
    """What several measurements of one thing gave."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """`494 ±12%`: the median, and how far from it the farthest of the others is."""
        if not self.median:
            return "0"
        off = max(self.high - self.median, self.median - self.low) / self.median
        return f"{_short(self.median)} ±{off:.0%}"


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    ordered = sorted(values)
    return Spread(median(ordered), ordered[0], ordered[-1])


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
