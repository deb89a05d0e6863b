"""Work on many things by all cores: forked processes take a part each, and send back what they made of it.

A forked process has all that this one has, so that nothing has to be sent to it; what it makes comes back as msgpack.
Where that is not safe (other threads, other systems than Linux) or not worth it, this process does all of it, and also
the part of a process that fails, so that what goes wrong goes wrong here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import msgspec

from rules.packed import pack, unpack

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
Made = TypeVar("Made")

#: A process gets as many things as these, or it would not pay for its making.
FEWEST = 250
#: More processes than these wait for the one that puts together what they made.
MOST = 8


def by_all_cores(work: Callable[[Sequence[T]], Made], things: Sequence[T], kind: type[Made]) -> list[Made]:
    """What `work` makes of parts of the things, in their order. `kind` is its type, which msgpack can hold.

    Where there is one part it is all of them. `work` may depend on nothing that it changes in another part.
    """
    parts = _parts(things, min(processes_at_hand(), len(things) // FEWEST))
    with _forked(work, parts[1:]) as receivers:
        made = [work(parts[0])]
        for part, receiver in zip(parts[1:], receivers, strict=True):
            sent = _received(receiver, kind)
            made.append(work(part) if sent is None else sent[0])
    return made


def _parts(things: Sequence[T], count: int) -> list[Sequence[T]]:
    count = max(count, 1)
    ends = [len(things) * number // count for number in range(count + 1)]
    return [things[start:end] for start, end in pairwise(ends)]


def may_fork() -> bool:
    """Whether forking is safe: not where there are other threads, whose locks a forked process has for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


def processes_at_hand() -> int:
    """How many processes may work."""
    return min(len(os.sched_getaffinity(0)), MOST) if may_fork() else 1


@contextmanager
def _forked(work: Callable[[Sequence[T]], object], parts: Sequence[Sequence[T]]) -> Iterator[list[Connection]]:
    """A process for each part, which ends with the block; where each sends what it made."""
    from multiprocessing import get_context  # noqa: PLC0415  most have too few things to need it

    context = get_context("fork")
    processes, receivers = [], []
    try:
        for part in parts:
            receiver, sender = context.Pipe(duplex=False)
            receivers.append(receiver)
            process = context.Process(target=_send, args=(work, part, sender, tuple(receivers)), daemon=True)
            with suppress(OSError):  # no more processes are to be had
                process.start()
                processes.append(process)
            sender.close()
        yield receivers
    finally:
        for receiver in receivers:
            receiver.close()
        for process in processes:
            process.kill()
            process.join()


def _send(
    work: Callable[[Sequence[T]], object], part: Sequence[T], sender: Connection, receivers: Sequence[Connection]
) -> None:
    """All that a forked process does. It says nothing: what fails here fails again where it is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for receiver in receivers:  # so that sending ends when whoever was to receive is gone
        receiver.close()
    with suppress(Exception):
        sender.send_bytes(pack(work(part)))


def _received(receiver: Connection, kind: type[Made]) -> tuple[Made] | None:
    """What a process made; None if it failed."""
    try:
        return (unpack(receiver.recv_bytes(), kind),)
    except (EOFError, OSError, msgspec.MsgspecError):
        return None
