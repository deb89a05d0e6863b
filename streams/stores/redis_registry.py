"""The registry of published rule sets in Redis: a list, one entry a set, compressed."""

from __future__ import annotations

import zlib
from typing import Any, cast

import msgspec
from redis import Redis
from redis.exceptions import RedisError, WatchError

from streams.stores.base import StoreError
from streams.stores.redis import PREFIX, told_by
from streams.worker.published import Published, decode_published, encode_published


class RedisRegistry:
    """See `streams.worker.published.Registry`."""

    def __init__(self, client: Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._key = f"{prefix}:rules"

    def published(self, after: int = 0) -> list[Published]:
        try:
            return [decode_published(zlib.decompress(one)) for one in self._range(after)]
        except (msgspec.MsgspecError, zlib.error):
            raise StoreError(
                f"{self._key} in Redis holds no rule sets that can be read: somebody wrote there"
            ) from None

    def _range(self, after: int) -> list[bytes]:
        try:
            return cast(list[bytes], self._client.lrange(self._key, after, -1))
        except RedisError as wrong:
            raise StoreError(told_by(self._client, wrong)) from None

    def publish(self, one: Published) -> bool:
        try:
            with self._client.pipeline(transaction=True) as pipe:
                cast(Any, pipe).watch(self._key)
                if pipe.llen(self._key) != one.number - 1:
                    return False
                pipe.multi()
                pipe.rpush(self._key, zlib.compress(encode_published(one)))
                pipe.execute()
        except WatchError:
            return False
        except RedisError as wrong:
            raise StoreError(told_by(self._client, wrong)) from None
        return True
