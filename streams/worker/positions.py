"""Where topics are to be read from, and what the consumer is asked and told of it, in its own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka.structs import TopicPartition as KafkaTP
from faust.types import TP

from streams.worker.owned import Owned
from streams.worker.reading import Place
from streams.worker.worker import WorkerError


def check_topics(counts: Mapping[str, int], partitions: int) -> None:
    """Whether the topics of events are as the state was kept for; raises WorkerError. `counts`: partitions of each."""
    missing = [topic for topic, count in counts.items() if not count]
    if missing:
        raise WorkerError(
            f"Kafka knows no topic {', '.join(missing)} any more; if somebody has deleted it, what was not read is "
            "lost. Make it again: beforehand topics create"
        )
    if set(counts.values()) == {partitions}:
        return
    most = max(counts.values())
    alike = set(counts.values()) == {most}
    others = ", ".join(f"{topic} has {count}" for topic, count in counts.items() if count != partitions)
    raise WorkerError(
        f"the state was kept for {partitions} partitions, and {f'the topics have {most}' if alike else others} now: "
        "customers would be looked for in the wrong place. Nothing is read until they have moved: "
        f"{'' if alike else 'give all topics as many, '}end the workers, and type beforehand repartition "
        f"--partitions {most}"
    )


def start_reading(
    owned: Owned, topic: str, begins: int, ends: int, group: int | None, newer: int | None = None
) -> None:
    """Find where a topic is to be read from, given what its log holds and the group's offset; raises WorkerError.

    `newer`: the first record in the log that was appended after all that were read.
    """
    reading = owned.readings[topic]
    where = f"{topic}/{owned.number}"
    if owned.partition.restored is None:
        if group:
            raise WorkerError(
                f"{where}: the store knows nothing of it, but it was read up to {group} before. The store has lost its "
                "data, or is another one: bring them back, or, to decide everything again, delete the group's offsets"
            )
        if begins > reading.next:
            owned.readings[topic] = type(reading)(Place(begins))
    elif reading.next > ends:
        raise WorkerError(
            f"{where}: it was read up to {reading.next}, but its log ends at {ends}: the topic was made anew. "
            "Forget the state of this partition, or bring the topic back"
        )
    elif newer is not None and newer < reading.next:
        raise WorkerError(
            f"{where}: it was read up to {reading.next}, but what stands there from {newer} on came later: the topic "
            "was made anew. Forget the state of this partition, or bring the topic back"
        )
    elif reading.next < begins:
        raise WorkerError(
            f"{where}: it was read up to {reading.next}, but its log begins at {begins}: what lies between is lost. "
            "Keep topics longer than a worker may be away"
        )


class Extent(NamedTuple):
    """What the logs of topic partitions hold, as offsets."""

    begins: dict[Any, int]
    ends: dict[Any, int]
    #: What the group has committed.
    group: dict[Any, int | None]
    #: The first records that were appended after some moment, where there are any.
    newer: dict[Any, int]


async def extent(client: Any, tps: Sequence[KafkaTP], appended: Mapping[KafkaTP, int]) -> Extent:
    """What the logs hold. `appended`: after which moment (ms) records are newer; left out: none are looked for."""
    begins, ends = await asyncio.gather(client.beginning_offsets(tps), client.end_offsets(tps))
    group = await asyncio.gather(*(client.committed(tp) for tp in tps))
    later = {tp: moment + 1 for tp, moment in appended.items()}
    found = await client.offsets_for_times(later) if later else {}
    newer = {tp: one.offset for tp, one in found.items() if one is not None}
    return Extent(begins, ends, dict(zip(tps, group, strict=True)), newer)


async def log_ends(client: Any, tps: Sequence[KafkaTP]) -> dict[Any, int]:
    """Where the logs end of those that are still ours."""
    assigned = client.assignment()
    ends: dict[Any, int] = await client.end_offsets([tp for tp in tps if tp in assigned])
    return ends


async def pause_and_resume(client: Any, pause: Sequence[KafkaTP], resume: Sequence[KafkaTP]) -> None:
    """Let the fetching of these stop, and of those go on, where they are still ours."""
    assigned = client.assignment()
    client.pause(*(tp for tp in pause if tp in assigned))
    client.resume(*(tp for tp in resume if tp in assigned))


async def commit_to_group(client: Any, offsets: Mapping[TP, int]) -> None:
    """Commit offsets to the group, for who looks at its lag."""
    assigned = client.assignment()
    kept = {KafkaTP(*tp): offset for tp, offset in offsets.items() if KafkaTP(*tp) in assigned}
    if kept:
        await client.commit(kept)
