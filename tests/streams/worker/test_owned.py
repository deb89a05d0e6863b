"""A partition number, read in any pieces, cut off anywhere, decides as a replay of the same events does."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.moments import format_moment, parse_moment
from rules.workspace.workspace import Workspace
from streams.assembly import assemble
from streams.engine import Engine
from streams.partition import Partition
from streams.progress import facts_begun
from streams.stores.base import Store
from streams.stores.memory import MemoryStore
from streams.worker.decoders import Decoders
from streams.worker.owned import SOURCES, Owned, places_of
from streams.worker.published import Published
from streams.worker.reading import Place
from streams.worker.rule_sets import RuleSets
from tests.streams.test_run import MUCH, Cut, CutStore, go, one_event, read_shop, write
from tests.streams.worker.listed_sets import Listed
from tests.streams.worker.messages import Message

TOPICS = ("events.consumption", "events.profile", "events.feedback")

#: Long enough that a worker dies while one topic has been read to its end and another has not.
long_lives = st.lists(one_event, min_size=10, max_size=40)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two rules with windows, an absence, a later block and a cap."""
    return read_shop(tmp_path_factory.mktemp("owned") / "shop", MUCH)


def logs(lines: list[str], settle: int, dice: random.Random) -> dict[str, list[Message]]:
    """The lines of a file as topics, in the order of arrival, with holes, and at the end a clock on each."""
    found: dict[str, list[Message]] = {topic: [] for topic in TOPICS}

    def append(topic: str, value: str, key: str | None, arrived: int) -> None:
        before = found[topic][-1].offset if found[topic] else -1
        offset = before + (1 if dice.randrange(6) else 3)
        found[topic].append(Message(topic, 0, offset, arrived, key.encode() if key else None, value.encode()))

    rows = [(parse_moment(row["arrived"]), row) for row in map(read, lines) if row is not None]
    for arrived, row in sorted(rows, key=lambda one: one[0]):
        topic = TOPICS[1] if row["type"] == "customer changed" else TOPICS[0]
        append(topic, json.dumps({"specversion": "1.0", "source": "file", **row}), row["subject"], arrived)
    if rows:
        end = max(arrived for arrived, _ in rows) + settle + 1
        for topic in TOPICS:
            clock = {"specversion": "1.0", "id": topic, "source": "file", "type": "clock"}
            append(topic, json.dumps({**clock, "time": format_moment(end)}), None, end)
    return found


def read(line: str) -> dict[str, Any] | None:
    """The event of a line, or None for one that nobody can read."""
    return None if line.startswith("bad") else json.loads(line)


class Worker:
    """One worker after the other on one partition number, each until it dies."""

    def __init__(self, shop: Workspace, log: dict[str, list[Message]], dice: random.Random, *, recorded: bool) -> None:
        self.shop, self.log, self.dice, self.recorded = shop, log, dice, recorded
        self.decoders = Decoders(RuleSets(Listed([Published(1, None, 0, {})]), lambda _: shop))
        self.engines: dict[tuple[tuple[int, int], ...], Engine] = {}

    def live(self, store: Store) -> None:
        """Read to the end of the log, from where the store says."""
        dice, rules = self.dice, [one.rule for one in self.shop.rules]
        begun = facts_begun(store, rules)
        known = tuple(begun.items())
        if known not in self.engines:
            self.engines[known] = assemble(self.shop, rules, begun=begun)
        engine = self.engines[known]
        partition = Partition(engine, store, batch=3, records_in_memory=dice.randint(0, 3), sources=SOURCES)
        places = {topic: places_of(partition).get(topic, Place()) for topic in TOPICS}
        owned = Owned(0, 1, cast(Any, store), partition, self.decoders, places, recorded=self.recorded)
        owned.begin()
        position = {topic: place.offset for topic, place in places.items()}
        for _ in range(10_000):
            if not any(one.next <= self.log[topic][-1].offset for topic, one in owned.readings.items()):
                break
            topic = dice.choice([topic for topic in TOPICS if topic not in owned.ahead()])
            rest = [one for one in self.log[topic] if one.offset >= position[topic]]
            if dice.randrange(8) == 0:  # a fetch from before the seek
                owned.read(topic, self.log[topic][dice.randrange(len(self.log[topic])) :][:2])
                position[topic] = owned.readings[topic].next
                continue
            some = rest[: dice.randint(1, 6)]
            again = owned.read(topic, some) if some else None
            position[topic] = owned.readings[topic].next if again is None else again
            if dice.randrange(2):
                owned.step(commit=dice.randrange(4) == 0)
        else:
            pytest.fail("the worker does not come to the end of its topics")
        owned.step(commit=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=long_lives, seed=st.integers(0, 1 << 30))
def test_a_worker_decides_as_a_replay(shop: Workspace, tmp_path: Path, life: Any, seed: int) -> None:
    """Recorded events over three topics, in any pieces, with holes, zombie fetches and deaths at commits."""
    dice = random.Random(seed)
    file = write(tmp_path / "events.jsonl", life)
    lines = file.read_text("utf-8").split("\n")
    plain = go(shop, file, tmp_path / "plain", MemoryStore(), 1_000, 0, durable=False)
    expected = (tmp_path / "plain").read_bytes().splitlines()
    if not plain.events:
        return
    log = logs(lines, shop.vocabulary.settle, dice)
    store, worker = MemoryStore(), Worker(shop, log, dice, recorded=True)
    while True:
        try:
            worker.live(CutStore(store, dice))
            break
        except Cut:
            continue
    assert sorted(entry.payload for entry in store.outbox()) == sorted(expected)
