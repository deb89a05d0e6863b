"""The garbage collector of a process that keeps millions of records."""

from __future__ import annotations

import gc
import weakref

from beforehand.survivors import survivors_kept


class _Cycle:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself: object = self


def _make(number: int) -> list[list[int]]:
    return [[] for _ in range(number)]


def _is_looked_at(one: object) -> bool:
    return any(other is one for other in gc.get_objects())


def test_what_survives_two_looks_is_not_looked_at_again() -> None:
    """Neither what was there before nor what came later and stayed; a reference less frees it all the same."""
    before = _Cycle()
    with survivors_kept(100):
        later = _Cycle()
        assert _is_looked_at(later)
        stays = _make(2_000)
        assert not _is_looked_at(before)
        assert not _is_looked_at(later)
        gone = weakref.ref(later)
        later.itself = None
        del later
        assert gone() is None
    del stays


def test_young_garbage_is_found() -> None:
    """A cycle that is let go soon is freed."""
    with survivors_kept(100):
        gone = weakref.ref(_Cycle())
        stays = _make(2_000)
        assert gone() is None
    del stays


def test_afterwards_all_is_as_it_was() -> None:
    """Everything is looked at again, as often as before."""
    before, kept = gc.get_threshold(), _Cycle()
    with survivors_kept(100):
        assert not _is_looked_at(kept)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
    assert _is_looked_at(kept)
