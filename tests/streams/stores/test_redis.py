"""Who owns a partition number in Redis, and what is refused to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from models.speech import Tongue, speaking
from servers.redis import Redis as Server
from streams.stores.base import Commit, LostClaim, StoreError
from streams.stores.redis import RedisStore
from streams.stores.redis_nodes import Nodes, connect

NUMBER = 7


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    """An empty database."""
    with Redis.from_url(redis_url) as client:
        yield client


def claimed(client: Redis) -> RedisStore:
    """A store that has just been claimed."""
    store = RedisStore(Nodes(client), NUMBER)
    store.claim()
    return store


def everything(client: Redis) -> dict[Any, Any]:
    """All keys, as they would be copied."""
    return {key: client.dump(key) for key in client.scan_iter("*")}


def change(number: int, what: bytes) -> Commit:
    """A commit of a record, a decision and a timer."""
    return Commit(number, {"c": what}, [(what.decode(), what)], {"c": number}, settings={"s": what})


def test_who_lost_the_claim_writes_nothing(client: Redis) -> None:
    """A worker that was frozen while another one took over: neither its commit nor its trimming does anything."""
    zombie = claimed(client)
    zombie.commit(change(1, b"first"))
    owner = claimed(client)
    assert owner.number() == 1
    before = everything(client)
    with pytest.raises(LostClaim):
        zombie.commit(change(2, b"zombie"))
    with pytest.raises(LostClaim):
        zombie.trim(1)
    with pytest.raises(LostClaim):
        zombie.trim_dead(1)
    assert everything(client) == before
    owner.commit(change(2, b"owner"))
    assert owner.load(["c"]) == {"c": b"owner"}


def test_a_claim_between_two_commits_of_equal_numbers_is_seen(client: Redis) -> None:
    """The token tells, not the number: both would write the second commit."""
    zombie = claimed(client)
    owner = claimed(client)
    owner.commit(change(1, b"owner"))
    with pytest.raises(LostClaim):
        zombie.commit(change(1, b"zombie"))
    assert owner.load(["c"]) == {"c": b"owner"}


def test_a_full_server_commits_nothing_and_is_trimmed(own_redis: Server) -> None:
    """Without memory nothing is written, but what was published goes: that is what gives room."""
    with Redis.from_url(own_redis.url) as client:
        store = claimed(client)
        store.commit(change(1, b"first"))
        client.config_set("maxmemory", 1)
        with pytest.raises(StoreError, match="no memory left"):
            store.commit(change(2, b"second"))
        assert [entry.id for entry in store.outbox()] == ["first"]
        store.trim(1)
        assert (list(store.outbox()), store.number()) == ([], 1)
        client.config_set("maxmemory", 0)
        store.commit(change(2, b"second"))
        assert [entry.sequence for entry in store.outbox()] == [2]


def test_what_is_wrong_with_a_server_is_said_in_the_language_of_the_moment() -> None:
    """Of a command that is typed in a Chinese terminal."""
    with speaking(Tongue.CHINESE), pytest.raises(StoreError, match=r"^无法连接127\.0\.0\.1:1上的Redis（"):
        connect("redis://127.0.0.1:1")


def test_a_server_that_lost_its_last_second_is_noticed(client: Redis) -> None:
    """Its owner still has the token, but the commit before is not there: nothing is written on top of the gap."""
    store = claimed(client)
    store.commit(change(1, b"first"))
    kept = everything(client)
    store.commit(change(2, b"second"))
    client.flushdb()
    for key, value in kept.items():
        client.restore(key, 0, value)
    with pytest.raises(LostClaim):
        store.commit(change(3, b"third"))
    assert everything(client) == kept
    store.claim()
    assert store.number() == 1
    store.commit(change(2, b"second again"))
    assert [entry.id for entry in store.outbox()] == ["first", "second again"]


def test_a_server_that_lost_everything_is_noticed(client: Redis) -> None:
    """After FLUSHALL nothing is written as if nothing had been."""
    store = claimed(client)
    store.commit(change(1, b"first"))
    client.flushdb()
    with pytest.raises(LostClaim):
        store.commit(change(2, b"second"))
    assert everything(client) == {}
