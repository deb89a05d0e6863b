"""A real Redis Cluster: masters that share the keys, and replicas of the first of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from servers.ports import free_ports
from servers.process import NotStarted
from servers.redis import Redis

#: Slots that keys are spread over.
SLOTS = 16_384
#: Seconds that the nodes are given to find each other.
_PATIENCE = 60


class RedisCluster:
    """Nodes on folders in `folder`, at work when it is made; `url` is the address of the first, which leads to all.

    `replicas`: of the first master; one of them succeeds it when it dies. `gone_after`: milliseconds after which a node
    that does not answer counts as gone; on a busy machine it may just be slow. `owner`: see `Redis`.
    """

    def __init__(
        self, folder: Path, *, masters: int = 3, replicas: int = 0, gone_after: int = 15_000, owner: int | None = None
    ) -> None:
        self._buses = free_ports(masters + replicas)
        #: The masters, then the replicas, each of which may be killed, paused and restarted.
        self.nodes = [_node(folder / f"node-{number}", bus, owner) for number, bus in enumerate(self._buses)]
        self.url = self.nodes[0].url
        try:
            self._join(masters, gone_after)
        except BaseException:
            self.kill()
            raise

    def _join(self, masters: int, gone_after: int) -> None:
        clients: list[Any] = [redis.Redis(port=node.port) for node in self.nodes]
        for number, client in enumerate(clients):
            # Before anyone is introduced: who knows another node is given no epoch any more.
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for number, client in enumerate(clients):
            if number < masters:
                first, behind = (SLOTS * each // masters for each in (number, number + 1))
                client.execute_command("CLUSTER ADDSLOTSRANGE", first, behind - 1)
            for node, bus in zip(self.nodes, self._buses, strict=True):
                client.execute_command("CLUSTER MEET", "127.0.0.1", node.port, bus)
        _until(lambda: all(_known(client) == len(clients) for client in clients))
        first_master = clients[0].execute_command("CLUSTER MYID")
        for replica in clients[masters:]:
            replica.execute_command("CLUSTER REPLICATE", first_master)
        _until(lambda: all(b"cluster_state:ok" in _told(client, "CLUSTER INFO") for client in clients))
        _until(lambda: all(client.info("replication")["master_link_status"] == "up" for client in clients[masters:]))
        # Clients are told of a replica when it has something of its master.
        _until(lambda: all(_replicas(client) == len(clients) - masters for client in clients))
        for client in clients:
            # Only now, as introductions are given up after that time, too.
            client.config_set("cluster-node-timeout", gone_after)
            client.close()

    def kill(self) -> None:
        """SIGKILL of all nodes."""
        for node in self.nodes:
            node.kill()


@contextmanager
def moving(url: str, key: str) -> Iterator[None]:
    """Move the slot of a key from the node that has it to another master; inside, half of its keys are moved."""
    known: Any = redis.RedisCluster.from_url(url)
    try:
        slot = known.keyslot(key)
        masters = {node: known.get_redis_connection(node) for node in known.get_primaries()}
        ids = {node: client.execute_command("CLUSTER MYID") for node, client in masters.items()}
        source = known.get_node_from_key(key)
        target = next(node for node in masters if node != source)
        masters[target].execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[source])
        masters[source].execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[target])
        keys = masters[source].execute_command("CLUSTER GETKEYSINSLOT", slot, 1_000)
        to = [target.host, target.port, "", 0, 5_000, "KEYS"]
        half = len(keys) // 2
        masters[source].execute_command("MIGRATE", *to, *keys[:half])
        yield
        masters[source].execute_command("MIGRATE", *to, *keys[half:])
        for client in (masters.pop(target), masters.pop(source), *masters.values()):
            client.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[target])
    finally:
        known.disconnect_connection_pools()


def _node(folder: Path, bus: int, owner: int | None) -> Redis:
    options = {"cluster-enabled": "yes", "cluster-port": str(bus)}
    # Replicas are filled at once, and not when more of them might have come.
    options |= {"repl-diskless-sync-delay": "0", "repl-ping-replica-period": "1"}
    return Redis(folder, options=options, owner=owner)


def _told(client: Any, command: str) -> Any:
    # redis-py would take the answers apart, each in another way.
    client.set_response_callback(command, lambda answer, **_: answer)
    return client.execute_command(command)


def _known(client: Any) -> int:
    return sum(b"handshake" not in line for line in _told(client, "CLUSTER NODES").splitlines())


def _replicas(client: Any) -> int:
    return sum(len(slots) - 3 for slots in _told(client, "CLUSTER SLOTS"))


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise NotStarted(f"the nodes of a Redis Cluster did not find each other within {_PATIENCE} s")
        time.sleep(0.05)
