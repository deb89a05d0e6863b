"""Where topics are to be read from, and what the consumer is asked and told of it, in its own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka.structs import TopicPartition as KafkaTP
from faust.types import TP

from streams.worker.owned import Owned
from streams.worker.reading import Place
from streams.worker.worker import WorkerError


def start_reading(owned: Owned, topic: str, begins: int, ends: int, group: int | None) -> None:
    """Find where a topic is to be read from, given what its log holds and the group's offset; raises WorkerError."""
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
    elif reading.next < begins:
        raise WorkerError(
            f"{where}: it was read up to {reading.next}, but its log begins at {begins}: what lies between is lost. "
            "Keep topics longer than a worker may be away"
        )


async def extent(client: Any, tps: Sequence[KafkaTP]) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
    """Where the logs begin and end, and what the group has committed."""
    begins, ends = await asyncio.gather(client.beginning_offsets(tps), client.end_offsets(tps))
    group = await asyncio.gather(*(client.committed(tp) for tp in tps))
    return begins, ends, dict(zip(tps, group, strict=True))


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
