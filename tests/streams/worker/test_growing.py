"""Rule sets whose vocabulary grows, on one partition number: in any pieces, cut off anywhere, the same is decided."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.moments import format_moment
from streams.partition import Partition
from streams.rule_sets import AHEAD
from streams.stores.base import Store
from streams.stores.memory import MemoryStore
from streams.worker.broker_clock import BrokerClock
from streams.worker.decoders import Decoders
from streams.worker.owned import SOURCES, Owned, places_of
from streams.worker.published import Published
from streams.worker.reading import Place
from streams.worker.rule_sets import RuleSets
from streams.worker.worker import Worker
from tests.streams.test_run import MUCH, SILENT, START, Cut, CutStore
from tests.streams.worker.listed_sets import Listed, published, read_texts
from tests.streams.worker.messages import Message
from tests.streams.worker.test_decoders import LARGE, LARGEST, SMALL

TOPICS = ("events.consumption", "events.service")
ROAMS = """\
title: Abroad again
because: Roaming costs.
when: count of roamed over last 20 minutes reaches 2
only if: plan is M or plan is L
then:
  guide:
    en: Welcome.
"""
FLIES = """\
title: At the gate
because: There is time to read.
when: flown
then:
  guide:
    en: Have a good flight.
"""
#: Its fact looks at an attribute that gets another choice.
PAYS = """\
title: Pays often
because: There is a flat rate.
when: count of paid where plan is M over last 30 minutes reaches 3
then:
  guide:
    en: Take the flat rate.
"""
OLD = {"rules/much.yaml": MUCH, "rules/silent.yaml": SILENT, "rules/pays.yaml": PAYS}
SETS = (
    {**SMALL, **OLD},
    {**LARGE, **OLD, "rules/roams.yaml": ROAMS},
    {**SMALL, **OLD},
    {**LARGEST, **OLD, "rules/roams.yaml": ROAMS, "rules/flies.yaml": FLIES},
)
SENT: list[tuple[str, dict[str, Any]]] = [
    ("data used", {"amount": "3 GB"}),
    ("paid", {"price": "5 CNY", "by": "card"}),
    ("customer changed", {"plan": "M"}),
    ("customer changed", {"plan": "L"}),
    ("roamed", {"country": "NL"}),
    ("roamed", {"country": "BE"}),
    ("flown", {"gate": "A1"}),
]
#: (seconds since the one before, seconds it arrives late, what it is, whose it is)
one_event = st.tuples(
    st.sampled_from([0, 1, 2, 30, 90, 300]), st.sampled_from([0, 0, 0, 1, 5]), st.integers(0, 7), st.integers(0, 2)
)


def logs(life: list[tuple[int, int, int, int]]) -> dict[str, list[Message]]:
    """A life as topics, in the order of arrival, and at the end a clock on each."""
    found: dict[str, list[Message]] = {topic: [] for topic in TOPICS}
    second, rows = 0, []
    for number, (gap, late, kind, whose) in enumerate(life):
        second += gap
        rows.append((START + (second + late) * 1_000, START + second * 1_000, number, kind, f"c{whose}"))

    def append(topic: str, arrived: int, key: str | None, event: dict[str, Any] | None) -> None:
        value = b"bad" if event is None else json.dumps({"specversion": "1.0", "source": "test", **event}).encode()
        found[topic].append(Message(topic, 0, len(found[topic]), arrived, key.encode() if key else None, value))

    for arrived, time, number, kind, customer in sorted(rows):
        if kind == len(SENT):
            append(TOPICS[0], arrived, customer, None)
            continue
        type_, data = SENT[kind]
        times = {"time": format_moment(time), "arrived": format_moment(arrived)}
        event = {"id": f"{number}", "type": type_, "subject": customer, **times, "data": data}
        append(TOPICS[type_ in {"roamed", "flown"}], arrived, customer, event)
    end = max(arrived for arrived, *_ in rows) + 3_600_000
    for topic in TOPICS:
        append(topic, end, None, {"id": topic, "type": "clock", "time": format_moment(end)})
    return found


class Revealed(Listed):
    """Sets that are listed ten seconds before they begin, by the clock of the broker."""

    def __init__(self, sets: Sequence[Published]) -> None:
        super().__init__(sets)
        self.now = 0

    def published(self, after: int = 0) -> list[Published]:
        """Those that have been published by now."""
        return [one for one in super().published(after) if one.begins is None or one.begins - AHEAD <= self.now]


class Number:
    """One partition number, and the workers that own it one after the other."""

    def __init__(self, log: dict[str, list[Message]], listed: Revealed, *, recorded: bool) -> None:
        self.log, self.listed, self.recorded = log, listed, recorded
        self.rules = RuleSets(listed, read_texts)

    def worker(self, store: Store, records: int) -> Worker:
        """A process that owns it from now on, and looked for sets long ago. Engines are made only once."""
        rules = self.rules
        del rules.sets[1:]

        def claim(number: int) -> Owned:
            partition = Partition(
                rules.engine(number, store), store, batch=3, records_in_memory=records, sources=SOURCES
            )
            places = {topic: places_of(partition).get(topic, Place()) for topic in TOPICS}
            return Owned(number, 1, cast(Any, store), partition, Decoders(rules), places, recorded=self.recorded)

        made = Worker(claim, rules, BrokerClock(0), TOPICS, recorded=self.recorded)
        made.assigned([0], 0)
        assert not made.still
        return made

    def read(self, worker: Worker, topic: str, most: int) -> bool:
        """The worker reads so many records of a topic, at most; whether there were any."""
        start = worker.owned[0].readings[topic].next
        some = self.log[topic][start : start + most]
        if not some:
            return False
        self.listed.now = max(self.listed.now, some[-1].timestamp)
        assert worker.read(topic, 0, some, 0) is None
        return True

    def at_once(self, store: Store) -> None:
        """One worker reads everything, then decides."""
        worker = self.worker(store, 1_000)
        for topic in TOPICS:
            self.read(worker, topic, 1 << 30)
        worker.step(0, 1 << 30)

    def in_pieces(self, store: Store, dice: random.Random) -> None:
        """One worker reads and decides as it comes, until it dies or comes to the end."""
        worker = self.worker(store, dice.randint(0, 3))
        more = True
        while more:
            free = [topic for topic in TOPICS if (topic, 0) not in worker.ahead()]
            dice.shuffle(free)
            found = [self.read(worker, topic, dice.randint(1, 6)) for topic in free]
            more = any(found) or len(free) < len(TOPICS)
            if dice.randrange(2):
                worker.step(0, dice.choice([0, 1 << 30]))
            if dice.randrange(4) == 0:
                worker.follow(0)
        worker.step(0, 1 << 30)


def outcome(store: MemoryStore) -> tuple[list[bytes], list[tuple[str, int, str, str]]]:
    """What was decided, and which messages were dead letters, why."""
    letters = [(letter.source, letter.offset, letter.reason.value, letter.detail) for letter in store.dead_letters()]
    return sorted(entry.payload for entry in store.outbox()), sorted(letters)


def sets_at(shares: Sequence[int], log: dict[str, list[Message]]) -> list[Published]:
    """The sets, from these thousandths of the log on; the third is the first that comes back."""
    span = max(one.timestamp for messages in log.values() for one in messages[:-1]) - START
    began = (None, *(START + span * share // 1_000 + number for number, share in enumerate(sorted(shares))))
    return [
        published(number, begins, files, again=1 if number == 3 else None)
        for number, (begins, files) in enumerate(zip(began, SETS, strict=True), 1)
    ]


@pytest.mark.parametrize("recorded", [False, True])
@settings(max_examples=12, deadline=None)
@given(
    life=st.lists(one_event, min_size=3, max_size=40),
    shares=st.lists(st.integers(0, 1_000), min_size=3, max_size=3),
    seed=st.integers(0, 1 << 30),
)
def test_what_is_decided_does_not_hang_on_pieces_or_deaths(
    recorded: bool, life: list[tuple[int, int, int, int]], shares: list[int], seed: int
) -> None:
    """Live, where a set is known ten seconds ahead and nobody looks for it in time; or recorded, all known before."""
    dice = random.Random(seed)
    log = logs(life)
    sets = sets_at(shares, log)
    whole, pieces = MemoryStore(), MemoryStore()
    listed = Revealed(sets)
    listed.now = 1 << 60
    Number(log, listed, recorded=recorded).at_once(whole)
    number = Number(log, listed if recorded else Revealed(sets), recorded=recorded)
    while True:
        try:
            number.in_pieces(cast(Any, CutStore(pieces, dice)), dice)
            break
        except Cut:
            continue
    assert outcome(pieces) == outcome(whole)
