"""Basket lines and baskets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from beforehand.packs.retail.staples import STAPLES
from beforehand.packs.retail.tables import rows

#: A line with more than this is sold by measure (fuel by the thousandth of a gallon): one item.
MOST_PIECES = 100

#: How often `progress` is called, in basket lines.
PROGRESS_EVERY = 50_000

_COLUMNS = (
    "basket_id", "household_id", "store_id", "time",
    "product_id", "quantity", "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc",
)  # fmt: skip


class Product(NamedTuple):
    """What is the same in all purchases of a product: the staple it is, and the beginning of `data` as JSON."""

    staple: str | None
    data: str


def products(folder: Path) -> dict[int, Product]:
    """Number of a product -> what is known of it."""
    return {row["product_id"]: _product(row) for row in rows(folder, "products")}


def _unlisted(number: int) -> Product:
    return _product({"product_id": number, "product_category": None, "department": None, "brand": "National"})


def _product(row: Mapping[str, Any]) -> Product:
    category = row["product_category"] or "OTHER"
    known: dict[str, str] = {
        "product": str(row["product_id"]),
        "category": category.lower(),
        "department": (row["department"] or "other").lower(),
        "brand": "own" if row["brand"] == "Private" else "national",
    }
    staple = STAPLES.get(category)
    if staple:
        known["staple"] = staple
    return Product(staple, msgspec.json.encode(known).decode()[:-1])


def lines_by_basket(
    purchases: Any, known: Mapping[int, Product], progress: Callable[[int, int], None] | None
) -> Iterator[tuple[str, list[bytes]]]:
    """(time, the basket's lines followed by the basket itself), basket by basket in order of time.

    The text is put together here rather than by an encoder: a million and a half lines take seconds, not a minute.
    """
    total, done = purchases.num_rows, 0
    columns = [purchases[name].to_pylist() for name in _COLUMNS]
    for (basket, household, store, at), items in groupby(zip(*columns, strict=True), key=itemgetter(0, 1, 2, 3)):
        written = _basket(f'"subject":"h-{household}","time":"{at}"', basket, store, items, known)
        yield at, written
        if progress and done // PROGRESS_EVERY != (done + len(written) - 1) // PROGRESS_EVERY:
            progress(done + len(written) - 1, total)
        done += len(written) - 1
    if progress:
        progress(total, total)


def _basket(
    who: str, basket: int, store: int, items: Iterator[tuple[Any, ...]], known: Mapping[int, Product]
) -> list[bytes]:
    written: list[bytes] = []
    staples: set[str] = set()
    spent = saved = pieces = 0
    for *_, product, quantity, price, shelf, coupon, match in items:
        # The files hold whole cents as binary fractions.
        cents, off = round(price * 100), round((shelf + coupon + match) * 100)
        spent, saved = spent + cents, saved + off
        pieces += 1 if quantity > MOST_PIECES else quantity
        # Some products are sold that the product list does not have.
        staple, data = known.get(product) or _unlisted(product)
        if staple:
            data += ',"repeated":true' if staple in staples else ',"repeated":false'
            staples.add(staple)
        written.append(
            f'{{"id":"{basket}-{product}","source":"till","type":"item bought",{who},"data":{data},'
            f'"quantity":{quantity},"price":{cents / 100},"saved":{off / 100}}}}}\n'.encode()
        )
    written.append(
        f'{{"id":"{basket}","source":"till","type":"shopped",{who},"data":{{"store":"{store}",'
        f'"total":{spent / 100},"items":{pieces},"saved":{saved / 100}}}}}\n'.encode()
    )
    return written
