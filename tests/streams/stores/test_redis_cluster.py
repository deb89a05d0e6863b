"""State on a Redis Cluster: keys that move, a node that dies, and what is asked of all nodes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from servers.redis_cluster import RedisCluster, moving
from streams.dead_letters import DeadLetter, Reason
from streams.stores.base import Commit, LostClaim, StoreError
from streams.stores.redis import RedisStore, check_server
from streams.stores.redis_layout import copy_to, forget_before, kept_layout, layout_for
from streams.stores.redis_nodes import Nodes, connect
from streams.stores.redis_registry import RedisRegistry
from streams.stores.redis_sizes import memory_of, sizes_of
from streams.worker.published import Published
from tests.beforehand.test_worker_secured import RIGHTS

PATIENCE = 30
LETTER = DeadLetter(Reason.NOT_JSON, "what was wrong", b"raw", 5, "events.jsonl", 3, 99)


@pytest.fixture
def nodes(redis_cluster: str) -> Iterator[Nodes]:
    """The nodes of the cluster of this test run."""
    made = connect(redis_cluster)
    yield made
    made.close()


def claimed(nodes: Nodes, number: int, prefix: str) -> RedisStore:
    """A store that has just been claimed."""
    store = RedisStore(nodes, number, prefix)
    store.claim()
    return store


def change(number: int) -> Commit:
    """A commit of a record, a decision, a timer and a setting."""
    what = str(number).encode()
    return Commit(number, {"c": what}, [(f"d{number}", what)], {"c": number}, settings={"s": what}, position=what)


def test_partitions_are_spread_over_all_nodes(nodes: Nodes, own_name: str) -> None:
    """Their numbers are the hash tags; sizes and memory are those of all nodes together."""
    stores = {number: claimed(nodes, number, own_name) for number in range(24)}
    for number, store in stores.items():
        store.commit(Commit(1, {f"c{each}": b"x" for each in range(number)}))
    assert len({nodes.of(f"{own_name}:{{{number}}}:state") for number in stores}) == len(nodes.masters()) == 3
    sizes = sizes_of(nodes, own_name, list(stores))
    assert [sizes[number].customers for number in stores] == list(range(24))
    used = [int(client.info("memory")["used_memory"]) for client in nodes.masters()]
    assert memory_of(nodes).used >= max(used) * 0.9


def test_a_partition_whose_keys_move(redis_cluster: str, nodes: Nodes, own_name: str) -> None:
    """While they move nothing is written, loudly; then all goes on, also with who knew them elsewhere."""
    number = 4_001  # no other test's
    store, idle = claimed(nodes, number, own_name), connect(redis_cluster)
    assert idle.of(f"{own_name}:{{{number}}}:state").hlen(f"{own_name}:{{{number}}}:records") == 0
    store.commit(change(1))
    before = nodes.of(f"{own_name}:{{{number}}}:state")
    with (
        moving(redis_cluster, f"{own_name}:{{{number}}}:state"),
        pytest.raises(StoreError, match="the keys are being moved to another node"),
    ):
        store.commit(change(2))
    after = claimed(nodes, number, own_name)
    assert nodes.of(f"{own_name}:{{{number}}}:state") is not before
    after.commit(change(2))
    with pytest.raises(LostClaim):
        store.commit(change(2))
    other = RedisStore(idle, number, own_name)
    assert (other.load(["c"]), other.position(), other.due(9, 9)) == ({"c": b"2"}, b"2", [(2, "c")])
    assert [entry.id for entry in other.outbox()] == ["d1", "d2"]
    with moving(redis_cluster, f"{own_name}:{{{number}}}:state"):
        pass
    after.commit(change(3))
    assert RedisStore(idle, number, own_name).load(["c"]) == {"c": b"3"}
    idle.close()


def test_a_copy_for_more_partitions_leaves_nothing_behind(nodes: Nodes, own_name: str) -> None:
    """What belongs to all partitions has a place too, and the keys of before go from every node."""
    layout = layout_for(nodes, 6, own_name)
    with pytest.raises(StoreError, match="kept for 6 partitions"):
        layout_for(nodes, 7, own_name)
    for number in range(6):
        claimed(nodes, number, own_name).commit(change(1))
    new = copy_to(nodes, layout, 12, lambda *_: None, own_name)
    assert kept_layout(nodes, own_name) == new
    forget_before(nodes, new, own_name)
    left = {key for client in nodes.masters() for key in client.scan_iter(f"{own_name}*")}
    assert left == {f"{own_name}.2:{{{number}}}:state".encode() for number in range(12)} | {
        f"{own_name}:layout".encode()
    }


def test_rule_sets_are_published_in_order(nodes: Nodes, own_name: str) -> None:
    """As on a single server: who has not seen the last one publishes nothing."""
    registry = RedisRegistry(nodes, own_name)
    assert registry.publish(Published(1, None, 5, {"a": b"1"}))
    assert not registry.publish(Published(1, None, 6, {"a": b"2"}))
    assert [one.at for one in registry.published()] == [5]


def test_the_user_of_the_documents_may_do_all_of_it(nodes: Nodes, redis_cluster: str) -> None:
    """Whom `docs/how-to/operate.md` tells to make, for the keys of a prefix."""
    for node in nodes.masters():
        client: Any = node
        client.execute_command("ACL SETUSER", "worker", "on", ">secret", *RIGHTS.split())
    theirs = connect(redis_cluster.replace("redis://", "redis://worker:secret@"))
    prefix = "shop.beforehand"
    assert check_server(theirs) == []
    layout_for(theirs, 6, prefix)
    for number in range(6):
        store = claimed(theirs, number, prefix)
        store.commit(Commit(1, {"c": b"x"}, [("d", b"y")], dead_letters=[LETTER]))
        store.trim(1)
        store.trim_dead(1)
    assert sizes_of(theirs, prefix, [5])[5].customers == 1
    with pytest.raises(StoreError, match="refuses us"):
        claimed(theirs, 1, "another")
    theirs.close()


def test_a_cluster_has_one_database(redis_cluster: str) -> None:
    """Another number in the address is refused in words."""
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:\d+ is a node of a cluster, and that has no database 3; write"):
        connect(f"{redis_cluster}/3")


def test_a_master_that_dies_is_succeeded(own_redis_cluster: RedisCluster) -> None:
    """What was on it can't be used, loudly, until its replica has taken its place; what it had is there.

    So the replica, and each node that was not named, must keep what it is given, or none of them is worked with.
    """
    nodes = connect(own_redis_cluster.url)
    assert check_server(nodes) == []
    for node in own_redis_cluster.nodes[2:]:
        with redis.Redis.from_url(node.url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            with pytest.raises(StoreError, match=f"Redis at 127.0.0.1:{node.port} throws data away"):
                check_server(nodes)
            client.config_set("maxmemory-policy", "noeviction")
    there = {number: RedisStore(nodes, number, "p") for number in range(12)}
    first = next(client for client in nodes.masters() if _port(client) == own_redis_cluster.nodes[0].port)
    number = next(each for each in there if nodes.of(f"p:{{{each}}}:state") is first)
    store = there[number]
    store.claim()
    store.commit(change(1))
    assert first.wait(1, 5_000) == 1  # the replica has it
    own_redis_cluster.nodes[0].kill()
    with pytest.raises(StoreError, match=f"Redis at 127.0.0.1:{own_redis_cluster.nodes[0].port} can't be reached"):
        store.commit(change(2))
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            store.claim()
            break
        except StoreError:
            assert time.monotonic() < ends
            time.sleep(0.1)
    assert store.number() == 1
    store.commit(change(2))
    assert (store.load(["c"]), store.position()) == ({"c": b"2"}, b"2")
    assert _port(nodes.of(f"p:{{{number}}}:state")) == own_redis_cluster.nodes[3].port
    assert memory_of(nodes).used > 0
    nodes.close()


def _port(client: redis.Redis) -> Any:
    return client.connection_pool.connection_kwargs["port"]
