"""More partitions: every customer is found where she belongs, and goes on as if nothing had been."""

from __future__ import annotations

import time
from pathlib import Path

from tests.beforehand.cli.commands import call
from tests.streams.worker.processes import PATIENCE, workers
from tests.streams.worker.test_rules import decided, send, shop

__all__ = ["shop"]


def more(number: int, shop: Path) -> str:
    """What `repartition` says in the end: tried until the group has noticed that its workers are gone."""
    ends = time.monotonic() + PATIENCE
    while True:
        result = call("repartition", "--partitions", str(number))
        if result.exit_code == 0 or "workers are at work" not in result.stderr or time.monotonic() > ends:
            return result.stdout + result.stderr
        time.sleep(0.5)


def test_customers_move_and_go_on(shop: Path, kafka: str, topics_prefix: str) -> None:
    """What was counted before counts afterwards, for every customer, with twice as many partitions and one more."""
    customers = [f"c{number}" for number in range(12)]
    half = [{"type": "data used", "subject": one, "data": {"amount": "5 GB"}} for one in customers]
    plan = {"type": "customer changed", "data": {"plan": "M"}}
    with workers(shop, shop / "log", 1):
        send(kafka, topics_prefix, *({**plan, "subject": one} for one in customers), *half)
        time.sleep(1)
        # Who is decided first shows that all before was taken.
        send(
            kafka,
            topics_prefix,
            {**plan, "subject": "last"},
            {**half[0], "subject": "last", "data": {"amount": "9 GB"}},
        )
        assert len(decided(kafka, topics_prefix, 1)) == 1, (shop / "log").read_text()
    said = more(7, shop)
    if "was read up to" in said:  # other partitions were not committed yet
        with workers(shop, shop / "log", 1):
            time.sleep(12)
        said = more(7, shop)
    assert "7 partitions, 13 customers." in said
    refused = call("repartition", "--partitions", "3")
    assert (refused.exit_code, "Kafka can't take partitions away" in refused.stderr) == (2, True)
    with workers(shop, shop / "log", 2):
        send(kafka, topics_prefix, *half)
        found = decided(kafka, topics_prefix, 13)
    assert sorted(str(one["customer"]) for one in found) == sorted([*customers, "last"]), (shop / "log").read_text()
