"""What must hold whatever happened, judged from outside: by topics, the gateway's log, and the records in Redis."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from models.messages import encode_hand_off, hand_offs
from models.moments import parse_moment
from streams.stores.sqlite import SqliteStore
from streams.topics import EVENT_TOPICS
from tests.faults.system import System

#: Bytes that a worker of this small shop may have in memory.
MOST_MEMORY = 400 * 1024 * 1024
#: Where in a record (`rules.codec`) stand the rules that it was left by, the moment of the last look, and what was
#: seen within the hour before.
_RULES, _LAST_LOOK, _SEEN = 1, 3, 5


@dataclass(frozen=True)
class Verdict:
    """Whether an invariant holds, and what was found."""

    invariant: str
    holds: bool
    found: str

    def __str__(self) -> str:
        return f"{'holds ' if self.holds else 'BROKEN'}  {self.invariant}: {self.found}"


@dataclass(frozen=True)
class Expected:
    """What one process decides and keeps that nothing disturbs."""

    #: In the order in which they are made.
    made: tuple[bytes, ...]
    records: dict[str, bytes]

    @cached_property
    def decisions(self) -> frozenset[bytes]:
        """Those that are to be found, in whatever order."""
        return frozenset(self.made)

    @cached_property
    def by_sms(self) -> frozenset[bytes]:
        """The hand-offs to the gateway."""
        return frozenset(encode_hand_off(each) for each in hand_offs(self.made) if each.data.channel == "sms")


def undisturbed(system: System, day: Path, shop: Path | None = None) -> Expected:
    """What `beforehand run` makes of a day, by the rules of this shop, or of the one that decides first."""
    shop = shop or system.shop
    state, out = system.folder / f"{day.name}-{shop.name}.state", system.folder / f"{day.name}-{shop.name}.out"
    system.command("run", shop, "--events", day, "--state", state, "--out", out)
    store = SqliteStore(state)
    records = store.load(list(store.customers()))
    store.close()
    decisions = out.read_bytes().splitlines()
    replayed = system.command("replay", shop, "--events", day, "--json").splitlines()
    assert sorted(replayed) == sorted(decisions)
    return Expected(tuple(decisions), records)


def by_turns(system: System, first: Expected, second: Expected) -> Expected:
    """What is to be found where the rules were published by turns: each decision by those that decide at its time.

    The two shops say different things of the same matches, so that a decision has the same id by either.
    """
    of_second = {json.loads(one)["id"]: one for one in second.made}
    made = []
    for one in first.made:
        decision = json.loads(one)
        turns = sum(begins <= parse_moment(decision["time"]) for begins in system.switches)
        made.append(of_second[decision["id"]] if turns % 2 else one)
    assert len(of_second) == len(made)
    return Expected(tuple(made), first.records)


def verdicts(system: System, expected: Expected, *, dead_letters: int = 0) -> list[Verdict]:
    """All invariants of a recorded day that has been worked on to its end."""
    return [
        _same_decisions(system, expected),
        _one_content(system),
        _few_repeats(system),
        _same_records(system, expected),
        _gateway(system, expected),
        _no_lag(system),
        _memory(system),
        _no_crash(system),
        _dead_letters(system, dead_letters),
    ]


def broken(found: Sequence[Verdict]) -> list[str]:
    """Those that do not hold, in words."""
    return [str(verdict) for verdict in found if not verdict.holds]


def _same_decisions(system: System, expected: Expected) -> Verdict:
    decided = {message.value for message in system.decisions.messages}
    missing, invented = len(expected.decisions - decided), len(decided - expected.decisions)
    found = f"{len(decided)} decisions, {missing} missing, {invented} that a replay does not know"
    return Verdict("decisions are those of a replay, byte for byte", not missing and not invented, found)


def _one_content(system: System) -> Verdict:
    contents: dict[str, set[bytes]] = {}
    for message in system.decisions.messages:
        contents.setdefault(json.loads(message.value)["id"], set()).add(message.value)
    several = sum(len(each) > 1 for each in contents.values())
    return Verdict("one id, one decision", not several, f"{several} ids with several contents")


def _few_repeats(system: System) -> Verdict:
    copies = Counter(message.value for message in system.decisions.messages)
    repeats, most = copies.total() - len(copies), max(copies.values(), default=0)
    found = f"{repeats} repeats, at most {most} copies of one, {system.disturbances} disturbances"
    return Verdict("each disturbance repeats a decision at most once", most <= 1 + system.disturbances, found)


def _same_records(system: System, expected: Expected) -> Verdict:
    kept = system.records()
    everybody = kept.keys() | expected.records.keys()
    other = [one for one in everybody if _facts(kept.get(one)) != _facts(expected.records.get(one))]
    return Verdict(
        "records are those of one undisturbed run", not other, f"{len(kept)} records, {len(other)} differ {other[:3]}"
    )


def _facts(record: bytes | None) -> list[Any] | None:
    """A record without the rules that it was left by (decisions tell those apart), without the moment it was looked at
    last, and without what it remembers by that moment against repeats.

    A timer whose absence was cancelled is still looked at by the process that has set it, and by no other.
    """
    if record is None:
        return None
    fields: list[Any] = msgspec.msgpack.decode(record)
    return [field for place, field in enumerate(fields) if place not in (_RULES, _LAST_LOOK, _SEEN)]


def _gateway(system: System, expected: Expected) -> Verdict:
    gateway, sent = system.gateway, system.gateway.delivered()
    missing, invented = len(expected.by_sms - set(sent)), len(set(sent) - expected.by_sms)
    found = (
        f"{len(sent)} messages sent, {missing} missing, {invented} unexpected, {gateway.repeats} repeats held back, "
        f"{gateway.contradictions} ids with several contents"
    )
    once = len(sent) == len(set(sent))
    return Verdict(
        "customers got each message once", once and not (missing or invented or gateway.contradictions), found
    )


def _no_lag(system: System) -> Verdict:
    system.until(lambda: lag(system) == 0)
    behind = lag(system)
    return Verdict("lag returns to zero", behind == 0, f"{behind} messages behind")


def lag(system: System) -> int:
    """Messages that the group has not taken yet, as Kafka's own tools count them."""
    admin = KafkaAdminClient(bootstrap_servers=system.kafka)
    group = f"{system.prefix}beforehand"
    committed = admin.list_group_offsets(group)[group]
    admin.close()
    consumer = KafkaConsumer(bootstrap_servers=system.kafka)
    ends = consumer.end_offsets(
        [TopicPartition(system.prefix + topic, each) for topic in EVENT_TOPICS for each in range(system.partitions)]
    )
    consumer.close()
    return sum(end - (committed[tp].offset if tp in committed else 0) for tp, end in ends.items())


def _memory(system: System) -> Verdict:
    most = system.fleet.most_memory
    return Verdict("memory is bounded", most < MOST_MEMORY, f"a worker had {most / 1e6:.0f} MB at most")


def _no_crash(system: System) -> Verdict:
    crashed = [code for code in system.fleet.ended if code > 0]
    found = f"{len(system.fleet.ended)} ended, {len(crashed)} of their own accord"
    return Verdict("workers end when they are killed or told to", not crashed, found)


def _dead_letters(system: System, expected: int) -> Verdict:
    letters = {message.value for message in system.dead_letters()}
    return Verdict("no dead letters but the expected", len(letters) == expected, f"{len(letters)} of {expected}")
