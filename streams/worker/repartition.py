"""Customers that move to other partitions, because there are to be more of them.

Everything that was published is to be read, decided and published before: then a partition number holds nothing but
records, timers, and how far it was taken. Where somebody has made the topics wider already workers read nothing any
more; then what was decided is taken along, and what was not read is passed on by whoever finds it in its old place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from models.speech import say
from streams.partitioning import partition_of
from streams.progress import PROGRESS, RULES, Progress, kept_run
from streams.stopped import Stopped
from streams.stores.base import Commit, SharedStore, StoreError
from streams.summary import Summary
from streams.worker.owned import decode_places
from streams.worker.published import Published, deciding_at
from streams.worker.reading import Place

#: Customers that are copied at once.
_COPIED = 2_000
_NEVER = 1 << 62


class NotDrained(Exception):
    """Something is still to be read or published; the message says what, where and what to do."""


def check_drained(stores: Mapping[int, SharedStore], ends: Mapping[tuple[str, int], int]) -> None:
    """Whether nothing is on its way any more: raises NotDrained, and StoreError.

    `ends`: (topic, partition number) -> where its log ends.
    """
    for number, store in stores.items():
        if store.unpublished or next(iter(store.dead_outbox()), None) is not None:
            raise NotDrained(
                say(
                    "partition {number} has decisions that are not published yet; start a worker, and wait",
                    number=number,
                )
            )
        kept = kept_run(store)
        places = {} if kept is None else decode_places(kept[0].where)
        for (topic, of), end in ends.items():
            read = places.get(topic, Place()).offset
            if of == number and read < end:
                raise NotDrained(
                    say(
                        "{topic}/{number} was read up to {read}, and ends at {end}: stop the producers, and let the "
                        "workers read on until nothing is left",
                        topic=topic,
                        number=number,
                        read=read,
                        end=end,
                    )
                )


def check_same_rules(stores: Mapping[int, SharedStore], sets: list[Published]) -> None:
    """Whether one of the published rule sets decides on all partitions: raises NotDrained, and StoreError."""
    reached = [kept[0].reached for kept in map(kept_run, stores.values()) if kept is not None]
    if len({deciding_at(sets, moment + 1) for moment in reached if moment is not None}) > 1:
        raise NotDrained(say("a new rule set decides on some partitions and not on others yet; let the workers go on"))


def move(before: Mapping[int, SharedStore], after: Mapping[int, SharedStore], copied: Callable[[int], None]) -> None:
    """Copy every customer to the partition she belongs to from now on; `copied` is told of so many more. StoreError."""
    kept = {number: kept_run(store) for number, store in before.items()}
    reached = [one[0].reached for one in kept.values() if one is not None and one[0].reached is not None]
    latest = max(reached, default=None)
    rules = next((store.setting(RULES) for number, store in before.items() if kept[number] is not None), None)
    if rules is not None:
        for number, store in after.items():
            old = kept.get(number)
            progress = Progress(msgspec.msgpack.encode({}), None, latest, Summary(), Stopped())
            if old is not None:
                progress = replace(old[0], reached=latest)
            settings = {PROGRESS: msgspec.msgpack.encode(progress), RULES: rules}
            store.commit(Commit(store.number() + 1, settings=settings, **_unpublished(before.get(number))))
    for store in before.values():
        _copy(store, after, copied)


def _unpublished(store: SharedStore | None) -> dict[str, Any]:
    if store is None:
        return {}
    outbox = [(entry.id, entry.payload) for entry in store.outbox()]
    return {"outbox": outbox, "dead_letters": [letter for _, letter in store.dead_outbox()]}


def _copy(store: SharedStore, after: Mapping[int, SharedStore], copied: Callable[[int], None]) -> None:
    due = {customer: at for at, customer in store.due(_NEVER, _NEVER)}
    customers = list(store.customers())
    for start in range(0, len(customers), _COPIED):
        records = store.load(customers[start : start + _COPIED])
        parts: dict[int, dict[str, bytes | None]] = {}
        for customer, record in records.items():
            parts.setdefault(partition_of(customer, len(after)), {})[customer] = record
        for number, part in parts.items():
            to = after[number]
            timers = {customer: due[customer] for customer in part if customer in due}
            to.commit(Commit(to.number() + 1, records=part, due=timers))
        copied(len(records))


def check_copied(before: Mapping[int, SharedStore], after: Mapping[int, SharedStore]) -> int:
    """How many customers there are; StoreError if not all of them were copied."""
    numbers = [sum(1 for store in some.values() for _ in store.customers()) for some in (before, after)]
    if numbers[0] != numbers[1]:
        raise StoreError(
            say(
                "of {all} customers {copied} were copied; nothing was changed, try again",
                all=numbers[0],
                copied=numbers[1],
            )
        )
    return numbers[1]
