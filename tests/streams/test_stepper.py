"""Records in memory: how many, which go first, and what is still open in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.events import Event
from rules.codec import encode
from streams.assembly import assemble
from streams.engine import Engine
from streams.stepper import Stepper
from streams.stores.base import StoreError
from tests.streams.test_run import MUCH, START, read_shop


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine of two rules, one of which waits after a payment."""
    workspace = read_shop(tmp_path_factory.mktemp("stepper") / "shop", MUCH)
    return assemble(workspace, [one.rule for one in workspace.rules])


class Kept:
    """A stepper whose records are kept in a dictionary at each commit."""

    def __init__(self, engine: Engine, most: int | None) -> None:
        self.bytes: dict[str, bytes] = {}
        self.loads = 0
        self.stepper = Stepper(engine, self._load, most)

    def _load(self, customers: Sequence[str]) -> dict[str, bytes]:
        found = {customer: self.bytes[customer] for customer in customers if customer in self.bytes}
        self.loads += len(found)
        return found

    def commit(self) -> None:
        """Keep what has changed."""
        self.bytes |= {customer: encode(self.stepper.records[customer]) for customer in self.stepper.changed}
        self.stepper.committed()


def paid(number: int, customer: str) -> Event:
    """A payment, so many seconds after the start."""
    at = START + number * 1_000
    return Event("paid", customer, at, at, "file", f"{number}", {"price": 500})


def test_records_in_memory_have_an_end(engine: Engine) -> None:
    """Of ten thousand customers as many as are allowed stay, those that were changed last."""
    kept = Kept(engine, 100)
    for number in range(10_000):
        event = paid(number // 100, f"c{number}")
        kept.stepper.take(event.time, event)
        if number % 500 == 499:
            kept.commit()
            assert len(kept.stepper.records) == 100
    assert list(kept.stepper.records) == [f"c{number}" for number in range(9_900, 10_000)]


def test_a_record_that_is_used_again_stays(engine: Engine) -> None:
    """The one not used for longest goes first, whenever it came."""
    kept = Kept(engine, 2)
    for number, customer in enumerate(("a", "b", "a", "c", "a", "d")):
        event = paid(number, customer)
        kept.stepper.take(event.time, event)
        kept.commit()
    assert list(kept.stepper.records) == ["a", "d"]
    assert kept.loads == 0


def test_without_a_store_all_records_stay(engine: Engine) -> None:
    """Nothing is forgotten that is kept nowhere else."""
    kept = Kept(engine, None)
    for number in range(200):
        event = paid(number, f"c{number}")
        kept.stepper.take(event.time, event)
    kept.commit()
    assert len(kept.stepper.records) == 200


def test_what_is_open_is_counted_though_its_record_is_not_in_memory(engine: Engine) -> None:
    """Each wait is counted when it begins and when it ends, once, whoever was forgotten meanwhile."""
    kept, open_ = Kept(engine, 1), 0
    for number in range(5):
        event = paid(number, f"c{number}")
        kept.stepper.take(event.time, event)
        open_ += kept.stepper.newly_open()["absence"]
        kept.commit()
    assert open_ == 5
    assert kept.stepper.new_customers == 0
    assert len(list(kept.stepper.run_timers(START + 8 * 60_000))) == 5
    open_ += kept.stepper.newly_open()["absence"]
    assert open_ == 0


def test_a_record_that_cannot_be_read_is_named_as_such(engine: Engine) -> None:
    """A record of another layout ends the run with what to do, not with a traceback."""
    with pytest.raises(StoreError, match="--again"):
        Stepper(engine, lambda _: {"c": b"\x91\xcc\xff"}).record("c")


def test_batches_change_nothing(engine: Engine) -> None:
    """What is taken together, customer by customer, decides and keeps what is taken one by one."""
    events = [paid(number * 900, f"c{number * number % 7}") for number in range(200)]
    ready = [(one.time, one) for one in events]
    together, one_by_one = Kept(engine, None).stepper, Kept(engine, None).stepper
    decisions = [decision for start in range(0, 200, 50) for decision in together.take_all(ready[start:][:50])]
    singly = [decision for taken, event in ready for decision in one_by_one.take(taken, event)]
    assert len(singly) > 20
    assert sorted(decision.id for decision in decisions) == sorted(decision.id for decision in singly)
    assert list(together.changed) == list(one_by_one.changed)
    for name, record in together.records.items():
        assert encode(record) == encode(one_by_one.records[name])


def test_who_is_due_at_one_moment_comes_in_order_of_names(engine: Engine) -> None:
    """Timers run by (due, customer), however many share a moment, and in which order they were queued; each once."""
    kept = Kept(engine, 10)
    names = [f"c{number * 7 % 3_000}" for number in range(3_000)]
    for name in names:
        event = paid(int(name[1:]) % 2, name)
        kept.stepper.take(event.time, event)
    kept.commit()
    for name in names[:500]:  # told of later, as by a store, these have their true moment all the same
        kept.stepper.queue(name, START + 3_600_000)
    came = [decision.customer for decision in kept.stepper.run_timers(START + 8 * 60_000)]
    assert came == sorted(names, key=lambda name: (int(name[1:]) % 2, name))
    assert list(kept.stepper.run_timers(START + 7_200_000)) == []
