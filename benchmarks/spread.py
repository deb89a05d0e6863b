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
        """`494 +12 -5%`: the median, and how far the highest and the lowest are from it."""
        if not self.median:
            return "0"
        up, down = (abs(one / self.median - 1) * 100 for one in (self.high, self.low))
        return f"{_short(self.median)} +{up:.0f} -{down:.0f}%"


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    ordered = sorted(values)
    return Spread(median(ordered), ordered[0], ordered[-1])


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
