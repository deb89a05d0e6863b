"""The registry of published rule sets in Redis: a list, one entry a set, compressed."""

from __future__ import annotations

import zlib
from typing import Any, cast

import msgspec
from redis import Redis
from redis.exceptions import WatchError

from models.speech import say
from streams.stores.base import StoreError
from streams.stores.redis import PREFIX
from streams.stores.redis_nodes import Nodes
from streams.worker.published import Published, decode_published, encode_published


class RedisRegistry:
    """See `streams.worker.published.Registry`."""

    def __init__(self, nodes: Nodes, prefix: str = PREFIX) -> None:
        self._nodes = nodes
        self._key = f"{prefix}:rules"

    def published(self, after: int = 0) -> list[Published]:
        kept = self._nodes.ask(self._key, lambda client: cast(list[bytes], client.lrange(self._key, after, -1)), 1)
        try:
            return [decode_published(zlib.decompress(one)) for one in kept]
        except (msgspec.MsgspecError, zlib.error):
            raise StoreError(
                say("{key} in Redis holds no rule sets that can be read: somebody wrote there", key=self._key)
            ) from None

    def publish(self, one: Published) -> bool:
        # Once only: whether a set whose answer was lost is there, is seen in the list.
        return self._nodes.ask(self._key, lambda client: self._append(client, one), 1)

    def _append(self, client: Redis, one: Published) -> bool:
        with client.pipeline(transaction=True) as pipe:
            try:
                cast(Any, pipe).watch(self._key)
                if pipe.llen(self._key) != one.number - 1:
                    return False
                pipe.multi()
                pipe.rpush(self._key, zlib.compress(encode_published(one)))
                pipe.execute()
            except WatchError:
                return False
        return True
