"""Campaigns that households received, and the coupons they used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from beforehand.packs.retail.tables import at_midnight, local_day, rows

#: (time, line)
Timed = tuple[str, bytes]

#: Of one day of one household: time of a basket -> (product, was a coupon taken off it).
Baskets = dict[str, list[tuple[int, bool]]]


def campaigns(folder: Path) -> list[Timed]:
    """One event for each household of a campaign, when its coupons begin to be valid (or the log begins)."""
    described = {row["campaign_id"]: row for row in rows(folder, "campaign_descriptions")}
    coupons: dict[int, set[int]] = defaultdict(set)
    for row in rows(folder, "coupons"):
        coupons[row["campaign_id"]].add(row["coupon_upc"])
    events = []
    for row in rows(folder, "campaigns"):
        number, household = row["campaign_id"], f"h-{row['household_id']}"
        begins, expires = (described[number][name].date() for name in ("start_date", "end_date"))
        at = at_midnight(begins)
        data = {
            "campaign": str(number),
            "mailing": described[number]["campaign_type"][-1],
            "coupons": len(coupons[number]),
            "begins": begins.isoformat(),
            "expires": expires.isoformat(),
        }
        id_ = f"campaign-{number}-{household}"
        events.append((at, _line(id_, "campaigns", "campaign received", household, at, data)))
    return sorted(events)


def redemptions(folder: Path, purchases: Any) -> list[Timed]:
    """The files give only the day of a redemption: it is put at the household's basket of that day that fits best."""
    wanted = rows(folder, "coupon_redemptions")
    baskets = _baskets_of({row["household_id"] for row in wanted}, purchases)
    valid_for: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in rows(folder, "coupons"):
        valid_for[row["coupon_upc"], row["campaign_id"]].add(row["product_id"])
    events = []
    for row in wanted:
        household, coupon, campaign = f"h-{row['household_id']}", row["coupon_upc"], row["campaign_id"]
        day = row["redemption_date"].date()
        at = _best_fit(baskets.get((row["household_id"], day), {}), valid_for[coupon, campaign]) or at_midnight(day)
        data = {"campaign": str(campaign), "coupon": str(coupon)}
        id_ = f"redemption-{campaign}-{coupon}-{household}-{day.isoformat()}"
        events.append((at, _line(id_, "coupons", "coupon redeemed", household, at, data)))
    return sorted(events)


def _line(id_: str, source: str, type_: str, household: str, at: str, data: Mapping[str, Any]) -> bytes:
    event = {"id": id_, "source": source, "type": type_, "subject": household, "time": at, "data": data}
    return msgspec.json.encode(event) + b"\n"


def _baskets_of(households: set[int], purchases: Any) -> dict[tuple[int, date], Baskets]:
    """(household, local day) -> the baskets of that day, for the households asked for."""
    # An extra, needed here only.
    import pyarrow as pa
    from pyarrow import compute

    few = purchases.filter(compute.is_in(purchases["household_id"], value_set=pa.array(sorted(households))))
    columns = [few[name].to_pylist() for name in ("household_id", "time", "product_id", "coupon_disc")]
    days: dict[tuple[int, date], Baskets] = defaultdict(lambda: defaultdict(list))
    local: dict[str, date] = {}
    for household, at, product, taken_off in zip(*columns, strict=True):
        if at not in local:
            local[at] = local_day(at)
        days[household, local[at]][at].append((product, taken_off > 0))
    return days


def _best_fit(baskets: Mapping[str, list[tuple[int, bool]]], valid_for: set[int]) -> str | None:
    """The first basket with a product of the coupon that had money taken off, else one with such a product, else
    one with any coupon, else the day's first.
    """

    def fit(items: list[tuple[int, bool]]) -> int:
        if any(taken_off and product in valid_for for product, taken_off in items):
            return 0
        if any(product in valid_for for product, _ in items):
            return 1
        return 2 if any(taken_off for _, taken_off in items) else 3

    return min(sorted(baskets), key=lambda at: fit(baskets[at]), default=None)
