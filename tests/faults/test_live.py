"""Live workers: time is the broker's, topics are quiet, producers are wrong in every way."""

from __future__ import annotations

import json
import random
import time
from datetime import datetime

import pytest

from streams.partitioning import partition_of
from tests.faults.conftest import MakeSystem
from tests.faults.live import Shop, allow_large_messages, as_recorded, decisions_until
from tests.faults.system import System, worker_log_of

#: Seconds an order may wait to be paid; milliseconds for which events settle.
UNPAID, SETTLE = 8, 2_000

#: Seconds: they wait for what must come, and machines are slow at times.
pytestmark = pytest.mark.timeout(300)


def sample_traffic(shop: Shop, seconds: float, *, seed: int) -> None:
    """Customers order, pay or do not, and look around, some thirty times a second."""
    dice = random.Random(seed)
    waiting: list[tuple[str, str]] = []
    ends, number = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        number += 1
        customer = f"c-{dice.randrange(40)}"
        chance = dice.random()
        if chance < 0.2:
            waiting.append((customer, f"o-{seed}-{number}"))
            shop.send("ordered", customer, ahead=-dice.random(), order=waiting[-1][1], price="30.00")
        elif chance < 0.3 and waiting:
            payer, order = waiting.pop(dice.randrange(len(waiting)))
            shop.send("paid", payer, order=order)
        else:
            shop.send("seen", customer, ahead=-2 * dice.random(), page="home")
        time.sleep(0.03)


def compare_with_replay(system: System, until: int) -> None:
    """What was decided up to a moment is what a replay of the topics decides."""
    day = as_recorded(system, system.folder / "read-back.jsonl", until + SETTLE + 1)
    expected = set(system.command("replay", system.shop, "--events", day, "--json").splitlines())
    expected = {one for one in expected if datetime.fromisoformat(json.loads(one)["time"]).timestamp() * 1_000 <= until}
    decided = decisions_until(system, until).keys()
    assert decided == expected, worker_log_of(system)


def test_quiet_topics(shared: MakeSystem) -> None:
    """With a backlog on some topics, nothing on others and one worker's clock ahead, all is in time and as replayed."""
    system = shared(unpaid=f"{UNPAID} seconds")
    shop = Shop(system)
    for number in range(2_000):
        shop.send("seen", f"c-{number % 40}", page="backlog")
    sample_traffic(shop, 3, seed=1)
    system.fleet.start_one(TRIAL_CLOCK_AHEAD="5")
    system.fleet.keep(2)
    assert system.has_decided(1), worker_log_of(system)
    sample_traffic(shop, 5, seed=2)
    shop.send("ordered", "c-quiet", order="o-quiet", price="1.00")
    shop.close()
    last = int(time.time() * 1_000)
    # From here on nobody sends anything.
    assert system.until(lambda: any(b"o-quiet waits" in one.value for one in system.decisions.messages)), worker_log_of(
        system
    )
    (quiet,) = [one for one in system.decisions.messages if b"Order o-quiet waits" in one.value]
    due = datetime.fromisoformat(json.loads(quiet.value)["time"]).timestamp() * 1_000
    assert SETTLE < quiet.timestamp - due < SETTLE + 5_000
    compare_with_replay(system, min(int(due), last + UNPAID * 1_000))
    assert system.dead_letters() == []
    assert system.fleet.ended == []


POISON: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]] = [
    (b"c-1", None, []),
    (None, b"", []),
    (b"", b"", []),
    (b"c-1", b"\xff\xfe\x00garbage", []),
    (b"c-1", b"{", []),
    (b"c-1", b"[" * 50_000, []),
    (b"c-1", b'"text"', []),
    (b"c-1", b'{"a":1,"a":2}', []),
    (b"c-1", b'{"id":"x","source":"s","specversion":"1.0","type":"teleported","subject":"c-1"}', []),
    (b"c-1", b"x" * 70_000, []),
    (b"c-1", b"x" * (10 << 20), []),
    (b"c-1", b"y" * (10 << 20), []),
    (b"c-1", b"{}", [("large", b"h" * (3 << 20))]),
    (b"k" * (2 << 20), b"{}", []),
    (b"c-1", None, [("ce_type", b"ordered"), ("ce_id", b""), ("ce_time", b"\xff")]),
    (b"c-1", b"{}", [("content-type", b"application/cloudevents+json"), ("ce_specversion", b"0")]),
]


def test_producers_who_are_wrong(shared: MakeSystem) -> None:
    """Nothing that a producer sends stops a worker: it is a dead letter, or forwarded; others notice nothing of it."""
    system = shared(unpaid=f"{UNPAID} seconds")
    allow_large_messages(system)
    shop = Shop(system)
    system.fleet.keep(1)
    sample_traffic(shop, 1, seed=1)
    for number, (key, value, headers) in enumerate(POISON):
        shop.raw("events.consumption", key, value, headers, partition=number % system.partitions)
        shop.send("seen", f"c-{number}", page="between")
    shop.raw(
        "events.service",
        b"somebody else",
        b'{"specversion":"1.0","id":"k","source":"s","type":"paid",'
        b'"subject":"c-1","time":"2026-03-02T10:00:00Z","data":{"order":"o"}}',
    )
    shop.send("ordered", "c-1", ahead=73 * 365 * 86_400.0, order="o-2099", price="1.00")
    elsewhere = (partition_of("c-2", system.partitions) + 1) % system.partitions
    shop.send("ordered", "c-2", order="o-elsewhere", price="1.00", partition=elsewhere)
    large = {"specversion": "1.0", "id": "l", "source": "s", "type": "seen", "subject": "c-2", "data": {"page": "p"}}
    large["time"] = datetime.now().astimezone().isoformat()
    shop.raw("events.behavior", b"c-2", json.dumps(large).encode(), [("h", b"h" * (3 << 20))], partition=elsewhere)
    sample_traffic(shop, 3, seed=2)
    shop.send("ordered", "c-last", order="o-last", price="1.00")
    shop.close()
    dead = len(POISON) + 2
    assert system.until(lambda: any(b"Order o-last is here" in one.value for one in system.decisions.messages))
    assert system.until(lambda: len(system.dead_letters()) >= dead), worker_log_of(system)
    assert len({dict(one.headers)["beforehand_position"] for one in system.dead_letters()}) == dead
    assert any(b"Order o-elsewhere is here" in one.value for one in system.decisions.messages)
    assert not any(b"o-2099" in one.value for one in system.decisions.messages)
    assert "belong on other partitions" in system.log()
    last = next(one for one in system.decisions.messages if b"Order o-last is here" in one.value)
    compare_with_replay(system, int(datetime.fromisoformat(json.loads(last.value)["time"]).timestamp() * 1_000) - 1)
    assert system.fleet.ended == []
