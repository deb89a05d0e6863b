"""For how many partitions the state in Redis is kept, and the copy that is made for another number of them.

One key says which generation of keys is in force and for how many partitions. A copy is made beside it, under the next
generation, and taken into force by changing that one key; who died before has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct
from redis.exceptions import RedisError

from models.speech import say
from streams.stores.base import StoreError
from streams.stores.redis import PREFIX, RedisStore
from streams.stores.redis_nodes import Nodes, told_by


class Layout(Struct, frozen=True, array_like=True):
    """Which keys hold the state."""

    partitions: int
    generation: int = 1
    #: Generations that are not in force any more, and may still have keys.
    before: tuple[int, ...] = ()

    def prefix(self, prefix: str = PREFIX) -> str:
        """What the keys of this generation begin with."""
        return prefix if self.generation == 1 else f"{prefix}.{self.generation}"


def kept_layout(nodes: Nodes, prefix: str = PREFIX) -> Layout | None:
    """The layout in force; None where no state is kept. StoreError."""
    kept = nodes.ask(f"{prefix}:layout", lambda client: cast(Any, client.get(f"{prefix}:layout")))
    return None if kept is None else msgspec.msgpack.decode(kept, type=Layout)


def _keep(nodes: Nodes, layout: Layout, prefix: str, *, first: bool = False) -> None:
    """Take a layout into force; if it is the `first`, only where none is yet."""
    data = msgspec.msgpack.encode(layout)
    nodes.ask(f"{prefix}:layout", lambda client: client.set(f"{prefix}:layout", data, nx=first))


def layout_for(nodes: Nodes, partitions: int, prefix: str = PREFIX) -> Layout:
    """The layout in force for topics of so many partitions; one that is new where no state is kept yet.

    StoreError if the state was kept for another number.
    """
    _keep(nodes, Layout(partitions), prefix, first=True)
    layout = kept_layout(nodes, prefix)
    assert layout is not None
    if layout.partitions != partitions:
        raise StoreError(
            say(
                "the state in Redis was kept for {kept} partitions, and the topics of events have {partitions}: "
                "customers would be looked for in the wrong place. To move them: beforehand repartition --partitions "
                "{partitions}",
                kept=layout.partitions,
                partitions=partitions,
            )
        )
    return layout


def copy_to(
    nodes: Nodes,
    layout: Layout,
    partitions: int,
    fill: Callable[[Layout, Mapping[int, RedisStore], Mapping[int, RedisStore]], None],
    prefix: str = PREFIX,
) -> Layout:
    """Copy the state for another number of partitions, and take the copy into force; the new layout.

    `fill` is given the new layout, the stores of before, and those to be filled, which are empty, by number.
    """
    new = Layout(partitions, layout.generation + 1, (*layout.before, layout.generation))
    _delete(nodes, new.prefix(prefix))
    before = {number: RedisStore(nodes, number, layout.prefix(prefix)) for number in range(layout.partitions)}
    after = {number: RedisStore(nodes, number, new.prefix(prefix)) for number in range(partitions)}
    for store in (*before.values(), *after.values()):
        store.claim()
    fill(new, before, after)
    _keep(nodes, new, prefix)
    return new


def forget_before(nodes: Nodes, layout: Layout, prefix: str = PREFIX) -> None:
    """Delete the keys of all generations before the one in force: there is no way back afterwards."""
    for generation in layout.before:
        _delete(nodes, Layout(0, generation).prefix(prefix))
    _keep(nodes, Layout(layout.partitions, layout.generation), prefix)


def _delete(nodes: Nodes, prefix: str) -> None:
    # The braces of the partition's number follow at once, so no other generation's keys begin so.
    escaped = "".join(f"\\{character}" if character in "*?[]\\" else character for character in prefix)
    for client in nodes.masters():
        try:
            # Each in a command of its own: on a cluster one command takes keys of one partition number only.
            with client.pipeline(transaction=False) as pipe:
                for key in client.scan_iter(match=f"{escaped}:{{*", count=1_000):
                    pipe.unlink(key)
                pipe.execute()
        except RedisError as wrong:
            raise StoreError(told_by(client, wrong)) from None
