"""More partitions for the topics of events, and every customer to the one she belongs to from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from beforehand.kafka_wiring import connection, more_partitions, reads, workers_at_work
from beforehand.settings import Settings
from beforehand.worker_wiring import GROUP, partition_count, registry
from models.speech import say
from streams.stores.base import StoreError
from streams.stores.redis import PREFIX, RedisStore
from streams.stores.redis_layout import Layout, copy_to, forget_before, kept_layout
from streams.worker.repartition import check_copied, check_drained, check_same_rules, move


def repartition(settings: Settings, partitions: int, copied: Callable[[int], None]) -> int:
    """Give the topics of events so many partitions, and move all customers; how many they are.

    Whatever it dies of, it can be done again, and until then workers refuse to start. Raises KafkaTrouble, StoreError
    and `streams.worker.repartition.NotDrained`.
    """
    to = connection(settings)
    kept, nodes = registry(settings)
    prefix = settings.prefix + PREFIX
    there = partition_count(to)
    layout = kept_layout(nodes, prefix) or Layout(there)
    _refuse(there, layout.partitions, partitions)
    if workers_at_work(to, settings.prefix + GROUP):
        raise StoreError(
            say("workers are at work; stop the producers, let the workers read to the end, then stop them")
        )
    if layout.partitions < partitions:
        stores = {number: RedisStore(nodes, number, layout.prefix(prefix)) for number in range(layout.partitions)}
        for store in stores.values():
            store.claim()
        check_same_rules(stores, kept.published())
        if there == layout.partitions:  # else workers read nothing any more
            check_drained(stores, reads(to, layout.partitions))
    if there < partitions:
        more_partitions(to, partitions)
    customers = 0

    def fill(_new: Layout, before: Mapping[int, RedisStore], after: Mapping[int, RedisStore]) -> None:
        nonlocal customers
        move(before, after, copied)
        customers = check_copied(before, after)

    if layout.partitions < partitions:
        layout = copy_to(nodes, layout, partitions, fill, prefix)
    forget_before(nodes, layout, prefix)
    return customers


def _refuse(there: int, kept: int, partitions: int) -> None:
    if partitions < max(there, kept):
        raise StoreError(
            say("Kafka can't take partitions away: there are {there}, so write more than that", there=max(there, kept))
        )
    if partitions == there == kept:
        raise StoreError(say("there are {there} partitions already", there=there))
