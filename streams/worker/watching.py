"""What a worker looks like at one moment, for who watches it."""

from __future__ import annotations

from collections.abc import Mapping

from streams.worker.broker_clock import BrokerClock
from streams.worker.measures import OwnedNow, Watched
from streams.worker.owned import Owned
from streams.worker.worker import Worker


def watched(
    worker: Worker, clock: BrokerClock, now: int, *, assigned: bool, lag: Mapping[tuple[str, int], int]
) -> Watched:
    """The worker as it is at `now` (ms of a clock that only counts on)."""
    at = clock.latest(now)
    return Watched(
        assigned=assigned,
        owned={number: _owned_now(owned, at) for number, owned in worker.owned.items()},
        still={number: why for number, (why, _) in worker.still.items()},
        lag={place: count for place, count in lag.items() if place[1] in worker.owned},
    )


def _owned_now(owned: Owned, at: int | None) -> OwnedNow:
    reached, partition = owned.reached, owned.partition
    return OwnedNow(
        rule_set=partition.stepper.engine.program.plan.hash,
        behind=None if reached is None or at is None else max(0, at - reached),
        waiting=partition.taking.waiting,
        records=len(partition.stepper.records),
    )
