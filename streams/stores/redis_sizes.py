"""How much the state in Redis is, and whether Redis answers: asked by who watches, beside the work."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis
from redis.exceptions import RedisError

from streams.stores.base import Memory, Size, StoreError
from streams.stores.redis import key_of, told_by

#: Fields of a hash that Redis looks at to say how large it is.
_SAMPLES = 20


def memory_of(client: Redis) -> Memory:
    """Asks Redis how full it is; StoreError if it does not answer."""
    try:
        found = client.info("memory")
    except RedisError as wrong:
        raise StoreError(told_by(client, wrong)) from None
    return Memory(int(found["used_memory"]), int(found.get("maxmemory", 0)))


def sizes_of(client: Redis, prefix: str, numbers: Sequence[int]) -> dict[int, Size]:
    """How large the state of these partition numbers is, asked at once; StoreError if Redis does not answer."""
    try:
        with client.pipeline(transaction=False) as pipe:
            for number in numbers:
                key = key_of(prefix, number)
                pipe.hlen(key + "records")
                pipe.memory_usage(key + "records", samples=_SAMPLES)
                pipe.xlen(key + "outbox")
                pipe.xlen(key + "dead")
            found = [int(each or 0) for each in pipe.execute()]
    except RedisError as wrong:
        raise StoreError(told_by(client, wrong)) from None
    return {number: Size(*found[at * 4 : at * 4 + 4]) for at, number in enumerate(numbers)}
