"""Rules, and the vocabulary, may change between two runs of one state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.moments import format_moment, parse_moment
from streams.stores.base import StoreError
from streams.stores.sqlite import SqliteStore
from tests.beforehand.cli.commands import VOCABULARY
from tests.streams.test_run import MUCH, SILENT, START, Cut, CutStore, go, read_shop

TYPES = {
    "used": ("data used", {"amount": "3 GB"}),
    "paid": ("paid", {"price": "5 CNY"}),
    "M": ("customer changed", {"plan": "M"}),
}
#: The same, but for the words of its second block.
OTHER = MUCH.replace("Pay, please.", "Please pay.")
RULE = "data-nearly-used"
Row = tuple[str, str, str | None]


class Always:
    """Dice that always fall the same."""

    def __init__(self, face: int) -> None:
        self._face = face

    def randrange(self, _faces: int) -> int:
        """The face."""
        return self._face


class Shop:
    """A state over a growing file. Each run may have other rules."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file, self.out = folder / "events.jsonl", folder / "out"
        self._number = 0
        self.store = SqliteStore(folder / "state")

    def write(self, life: str) -> None:
        """Append `MINUTE EVENT[ CUSTOMER], ..`."""
        with self._file.open("a") as file:
            for entry in filter(None, life.split(", ")):
                minute, what, *customer = entry.split()
                type_, data = TYPES[what]
                self._number += 1
                time = format_moment(START + int(minute) * 60_000)
                event = {"id": f"{self._number}", "type": type_, "time": time, "data": data}
                file.write(json.dumps({**event, "subject": customer[0] if customer else "c"}) + "\n")

    def run(
        self, rule: str, life: str = "", *, vocabulary: str = VOCABULARY, silent: str = SILENT, dies: int | None = None
    ) -> list[Row]:
        """Append, and run to the end: (minute and text, outcome, reason) of what it decided.

        `dies`: what the dice of `CutStore` show; 1 dies after each commit.
        """
        self.write(life)
        before = self.out.read_bytes() if self.out.exists() else b""
        store = self.store if dies is None else CutStore(self.store, Always(dies))  # type: ignore[arg-type]
        workspace = read_shop(self._folder / "shop", rule, vocabulary, silent)
        go(workspace, self._file, self.out, store, 3, 1)
        return [_row(line) for line in self.out.read_bytes()[len(before) :].splitlines()]


def _row(line: bytes) -> Row:
    one = json.loads(line)
    minutes = (parse_moment(one["time"]) - START) / 60_000
    return f"{minutes:g} {one['text'] or ''}", one["outcome"], one["reason"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop nobody has run yet."""
    made = Shop(tmp_path)
    yield made
    made.store.close()


def test_a_block_to_come_of_a_rule_that_changed_is_superseded(shop: Shop) -> None:
    """At the moment after the last one that was decided by the rules before."""
    assert shop.run(MUCH, "0 M, 1 used, 2 used") == [("2 You used much.", "sent", None)]
    assert shop.run(OTHER, "20 paid") == [(f"{2 + 1 / 60_000:g} ", "superseded", "another rule set")]


def test_a_block_to_come_of_a_rule_that_is_the_same_comes(shop: Shop) -> None:
    """Though another rule of the set has changed."""
    shop.run(MUCH, "0 M, 1 used, 2 used")
    assert shop.run(MUCH, "20 paid", silent=SILENT.replace("7 minutes", "8 minutes")) == [
        ("7 Pay, please.", "sent", None)
    ]


def test_at_most_counts_by_the_name_of_the_rule(shop: Shop) -> None:
    """Two within the hour are two, whichever version sent them."""
    shop.run(MUCH, "0 M, 1 used, 2 used, 20 used, 21 used")
    rows = shop.run(OTHER, "40 used, 41 used")
    assert rows[-1] == ("41 ", "suppressed", "at most 2 per 1 hour")


def test_a_fact_that_stays_keeps_what_it_counted(shop: Shop) -> None:
    """3 GB before the change and 3 GB after it are 6."""
    shop.run(MUCH, "0 M, 1 used")
    assert ("2 You used much.", "sent", None) in shop.run(OTHER, "2 used")


def test_a_change_that_is_broken_off_is_made_once(shop: Shop) -> None:
    """Killed just after each commit of the change: in the end each block is superseded once."""
    customers = [f"c{number:02}" for number in range(8)]
    steps = ("0 M", "1 used", "2 used")
    shop.run(MUCH, ", ".join(f"{step} {customer}" for step in steps for customer in customers))
    shop.write("20 paid c00")
    for _ in range(3):
        with pytest.raises(Cut):
            shop.run(OTHER, dies=1)
    shop.run(OTHER)
    everything = [json.loads(line) for line in shop.out.read_bytes().splitlines()]
    assert sorted(one["customer"] for one in everything if one["outcome"] == "superseded") == customers
    assert len({one["id"] for one in everything}) == len(everything)


def test_names_may_come_and_go(shop: Shop) -> None:
    """A new attribute, and an event that nobody sends any more, change nothing."""
    shop.run(MUCH, "0 M, 1 used")
    more = VOCABULARY.replace("  plan: S | M", "  plan: S | M | L\n  nps: number")
    assert ("2 You used much.", "sent", None) in shop.run(MUCH, "2 used", vocabulary=more)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("amount: data", "amount: money", "amount of data used is data, in the vocabulary money in CNY"),
        ("plan: S | M", "plan: S | M\n  paid since: moment", None),
        ("currency: CNY", "currency: JPY", "price of paid is money in CNY, in the vocabulary money in JPY"),
    ],
)
def test_a_name_keeps_its_type(shop: Shop, before: str, after: str, said: str | None) -> None:
    """What was counted in bytes is not money now: the run is refused, with the way out."""
    shop.run(MUCH, "0 M, 1 used")
    rule = "title: Any\nbecause: x\nwhen: paid\nthen:\n  guide:\n    en: Hm.\n"
    changed = VOCABULARY.replace(before, after)
    if said is None:
        shop.run(rule, "2 paid", vocabulary=changed)
        return
    with pytest.raises(StoreError, match=said) as refused:
        shop.run(rule, "2 paid", vocabulary=changed)
    assert "--again" in str(refused.value)
