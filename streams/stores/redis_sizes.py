"""How much the state in Redis is, and whether Redis answers: asked by who watches, beside the work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from redis import Redis
from redis.exceptions import RedisError

from streams.stores.base import Memory, Size, StoreError
from streams.stores.redis import key_of
from streams.stores.redis_nodes import Nodes, told_by

#: Fields of a hash that Redis looks at to say how large it is.
_SAMPLES = 20


def memory_of(nodes: Nodes) -> Memory:
    """Asks Redis how full it is, or the fullest node of a cluster; StoreError if one does not answer."""
    found = [_memory(nodes, client) for client in nodes.masters()]
    return max(found, key=lambda memory: (memory.used / memory.most if memory.most else 0.0, memory.used))


def _memory(nodes: Nodes, client: Redis) -> Memory:
    try:
        found = client.info("memory")
    except RedisError as wrong:
        nodes.look_again(client)
        raise StoreError(told_by(client, wrong)) from None
    return Memory(int(found["used_memory"]), int(found.get("maxmemory", 0)))


def sizes_of(nodes: Nodes, prefix: str, numbers: Sequence[int]) -> dict[int, Size]:
    """How large the state of these partition numbers is; StoreError if Redis does not answer.

    Each node of a cluster is asked for all that it has at once.
    """
    by_node: dict[Redis, list[int]] = {}
    for number in numbers:
        by_node.setdefault(nodes.of(key_of(prefix, number)), []).append(number)
    found: dict[int, Size] = {}
    for some in by_node.values():
        found |= nodes.ask(key_of(prefix, some[0]), partial(_sizes, prefix=prefix, numbers=some), 1)
    return found


def _sizes(client: Redis, prefix: str, numbers: Sequence[int]) -> dict[int, Size]:
    with client.pipeline(transaction=False) as pipe:
        for number in numbers:
            key = key_of(prefix, number)
            pipe.hlen(key + "records")
            pipe.memory_usage(key + "records", samples=_SAMPLES)
            pipe.xlen(key + "outbox")
            pipe.xlen(key + "dead")
        found = [int(each or 0) for each in pipe.execute()]
    return {number: Size(*found[at * 4 : at * 4 + 4]) for at, number in enumerate(numbers)}
