"""Points at which a process can be made to die, so that it can be shown that nothing is lost or doubled.

A point costs nothing while none is armed. Only the command line reads the environment (`BEFOREHAND_FAILPOINT`).
"""

from __future__ import annotations

import os
import signal

#: Every point of a run, in the order in which a batch passes them.
POINTS = (
    "commit: before",
    "commit: records written",
    "commit: due written",
    "commit: outbox written",
    "commit: dead letters written",
    "commit: progress written",
    "commit: after",
    "publish: before",
    "publish: between",
    "publish: after",
    "publish: flushed",
    "trim: before",
    "trim: after",
)

#: Every point of a worker: of the claim of a partition number, then in the order in which a batch passes them.
WORKER_POINTS = (
    "claim: before",
    "claim: written",
    "commit: before",
    "commit: after",
    "publish: before",
    "publish: between",
    "publish: flushed",
    "trim: before",
    "trim: after",
)

#: Every point of sending dead letters again.
SENDING_POINTS = ("send again: marked", "send again: sent")

_armed: dict[str, int] = {}


def arm(name: str, count: int = 1) -> None:
    """Let the process die (SIGKILL) when it reaches this point for the `count`-th time.

    ValueError for a point or a count that does not exist.
    """
    points = dict.fromkeys((*WORKER_POINTS, *POINTS, *SENDING_POINTS))
    if name not in points:
        raise ValueError(f'there is no failpoint "{name}"; there are {", ".join(points)}')
    if count < 1:
        raise ValueError(f"a failpoint is reached for the first time or later, not for the {count}-th")
    _armed[name] = count


def parse(text: str) -> tuple[str, int]:
    """The name and count of `NAME=COUNT` (`commit: after=3`); the count may be left out."""
    name, _, count = text.partition("=")
    if count and not count.isdecimal():
        raise ValueError(f'a failpoint is written NAME=COUNT, for example "commit: after=3"; found "{text}"')
    return name.strip(), int(count or 1)


def reach(name: str) -> None:
    """The process is at this point."""
    if not _armed or name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
