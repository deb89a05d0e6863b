"""The servers that hold the state: one Redis, or the nodes of a Redis Cluster, found out by asking.

A cluster spreads keys over its masters, by their hash tags, and may move them; when a master dies, its replica takes
its place. So whoever wants something of a key asks here for the client of the node that has it. Commands go through
clients of single nodes: a commit must know of everything that is tried again or sent elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,  # noqa: A004 -- the name of Redis' own
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 -- as above
    TryAgainError,
)
from redis.retry import Retry

from models.speech import say, sentence
from streams.stores.base import StoreError
from streams.stores.redis_connection import Tls

#: Seconds a command may take before the server counts as gone.
_TIMEOUT = 5.0
#: How often a question is asked whose answer was lost, before the server counts as gone.
TRIES = 3
#: What says that the answer was lost, or that another node has it.
ELSEWHERE = (ConnectionError, TimeoutError, MovedError)

Answer = TypeVar("Answer")


class Nodes:
    """Clients of one Redis, or of the nodes of a cluster."""

    def __init__(self, first: Redis, cluster: RedisCluster | None = None) -> None:
        """`first`: of the Redis that was named; `cluster`: if it is a node of one, the client that knows the others."""
        self._first = first
        self._cluster: Any = cluster  # much of it has no types

    @property
    def is_cluster(self) -> bool:
        """Whether there are several nodes."""
        return self._cluster is not None

    def of(self, key: str) -> Redis:
        """The client of the node that has this key, as far as is known; StoreError if no node has it."""
        if self._cluster is None:
            return self._first
        try:
            return self._client(self._cluster.get_node_from_key(key))
        except RedisClusterException as wrong:
            self.look_again()
            raise StoreError(
                say(
                    "Redis Cluster of {where}: no node has the key {key} ({wrong})",
                    where=address_of(self._first),
                    key=key,
                    wrong=wrong,
                )
            ) from None

    def masters(self) -> list[Redis]:
        """Clients of all nodes that hold keys of their own."""
        if self._cluster is None:
            return [self._first]
        return [self._client(node) for node in self._cluster.get_primaries()]

    def replicas(self) -> list[Redis]:
        """Clients of the nodes that may take a master's place."""
        return [] if self._cluster is None else [self._client(node) for node in self._cluster.get_replicas()]

    def _client(self, node: Any) -> Redis:
        return cast(Redis, self._cluster.get_redis_connection(node))

    def close(self) -> None:
        """Let go of all connections."""
        self._first.close()
        if self._cluster is not None:
            self._cluster.disconnect_connection_pools()

    def look_again(self, failed: Redis | None = None) -> None:
        """Ask the nodes who has what; the one that `failed` last."""
        if self._cluster is not None:
            # Who gives no answer now may do so at the next try.
            with suppress(RedisError, RedisClusterException):
                last = None if failed is None else address_of(failed)
                self._cluster.nodes_manager.initialize(last_failed_node_name=last)

    def ask(self, key: str, question: Callable[[Redis], Answer], tries: int = TRIES) -> Answer:
        """The answer of the node that has this key; StoreError.

        It must do no harm to ask twice: it is done where an answer was lost, or the key has moved.
        """
        for left in reversed(range(tries)):
            client = self.of(key)
            try:
                return question(client)
            except ELSEWHERE as wrong:
                self.look_again(client)
                if not left:
                    raise StoreError(told_by(client, wrong)) from None
            except RedisError as wrong:
                raise StoreError(told_by(client, wrong)) from None
        raise ValueError("to ask takes one try at least")


def connect(url: str, tls: Tls | None = None, timeout: float = _TIMEOUT) -> Nodes:
    """Clients of the server at this address (`redis://`, `rediss://`, `unix://`), and of all nodes of its cluster.

    `timeout`: seconds a command may take. Nothing is retried behind our back: redis-py 8 would send a command that
    timed out up to ten times again. StoreError if it is no address, or nobody answers.
    """
    options: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "protocol": 3}
    if tls is not None and url.startswith("rediss:"):
        options |= tls.options()
    never = Retry(NoBackoff(), 0)
    try:
        first = Redis.from_url(url, retry=never, **options)
    except ValueError as wrong:
        raise StoreError(
            say("the address of Redis is wrong ({wrong}); it looks like redis://host:6379/0", wrong=wrong)
        ) from None
    try:
        if not first.info("cluster").get("cluster_enabled"):
            return Nodes(first)
        # A cluster that lacks nodes serves the keys of the others, if it was told to.
        return Nodes(first, RedisCluster.from_url(url, retry=never, require_full_coverage=False, **options))
    except (RedisError, RedisClusterException) as wrong:
        if "cluster mode" in str(wrong):  # SELECT is not allowed there
            number = first.connection_pool.connection_kwargs["db"]
            raise StoreError(
                say(
                    "Redis at {where} is a node of a cluster, and that has no database {number}; write /0 at the end "
                    "of the address",
                    where=address_of(first),
                    number=number,
                )
            ) from None
        raise StoreError(told_by(first, wrong)) from None


def address_of(client: Redis) -> str:
    """Where the server of a client is: host and port, or the path of a socket; never its password."""
    options = client.connection_pool.connection_kwargs
    return (
        str(options["path"]) if "path" in options else f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
    )


def told_by(client: Redis, wrong: Exception) -> str:
    """What went wrong with Redis, where, and what to do, as a sentence without its full stop."""
    values = {
        "where": address_of(client),
        "wrong": wrong,
        "seconds": client.connection_pool.connection_kwargs.get("socket_timeout") or 0,
    }
    return say(_sentence_of(wrong), **values)


def _sentence_of(wrong: Exception) -> str:
    if isinstance(wrong, OutOfMemoryError) or "OOM" in str(wrong):
        return sentence(
            "Redis at {where} has no memory left (maxmemory); nothing of this batch was written. Give it more"
        )
    if isinstance(wrong, AuthenticationError | NoPermissionError):
        return sentence(
            "Redis at {where} refuses us ({wrong}); check user and password in the address, and the user's rights"
        )
    if isinstance(wrong, BusyLoadingError):
        return sentence("Redis at {where} is still loading its data; it will answer when it has read them")
    if isinstance(wrong, TimeoutError):
        return sentence("Redis at {where} did not answer within {seconds:g} s")
    if isinstance(wrong, ConnectionError):
        return sentence("Redis at {where} can't be reached ({wrong}); is it running, and is the address right?")
    if isinstance(wrong, AskError | TryAgainError):
        return sentence("Redis at {where}: the keys are being moved to another node ({wrong})")
    if isinstance(wrong, ClusterDownError):
        return sentence(
            "Redis at {where}: the cluster lacks nodes ({wrong}); bring back those that are away, or let their "
            "replicas take their place"
        )
    if isinstance(wrong, ResponseError):
        return sentence("Redis at {where} refused a command ({wrong})")
    return sentence("Redis at {where}: {wrong}")
