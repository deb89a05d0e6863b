"""The cyclic garbage collector, in a process that keeps millions of objects which hold no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: After so many looks at the youngest objects, those that survived are looked at once more.
_LOOKED_AT_AGAIN_EVERY = 10


@contextmanager
def survivors_kept(young: int) -> Iterator[None]:
    """What is here, and what survives two looks of the collector, is not looked at again.

    Records and rules stay and hold no cycles. To look at all of them would find nothing, and stop a large worker for
    seconds, so that its group would miss it. Counted references free what is let go, as ever.

    `young`: objects that come to be before the collector looks at them. The more, the longer it takes at a time.
    """
    before = gc.get_threshold()
    gc.freeze()  # as it is: to look through ten thousand rules for garbage takes a quarter of a second, and finds none
    gc.set_threshold(young, _LOOKED_AT_AGAIN_EVERY, 1)
    gc.callbacks.append(_freeze)
    try:
        yield
    finally:
        gc.callbacks.remove(_freeze)
        gc.set_threshold(*before)
        gc.unfreeze()


def _freeze(phase: str, looked: dict[str, int]) -> None:
    if phase == "stop" and looked["generation"] > 0:
        gc.freeze()
