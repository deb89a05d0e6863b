"""What a store in memory promises beyond the contract: it stays small."""

from __future__ import annotations

from streams.dead_letters import DeadLetter, Reason
from streams.stores.base import Commit
from streams.stores.memory import KEPT_OF_DEAD_LETTERS, MemoryStore


def test_dead_letters_do_not_fill_the_memory() -> None:
    """Of very many only the first are kept; all are counted."""
    letter = DeadLetter(Reason.NOT_JSON, "why", b"x" * 65_536, 65_536)
    store = MemoryStore()
    for number in range(1, 21):
        store.commit(Commit(number, dead_letters=[letter] * 100))
    assert store.dead_letter_counts() == {"not JSON": 2_000}
    assert 900 < len(list(store.dead_letters())) < KEPT_OF_DEAD_LETTERS // 65_536


def test_timers_that_move_often_do_not_fill_the_memory() -> None:
    """However often what is due is moved, only what is due is kept."""
    store = MemoryStore()
    for number in range(1, 20_000):
        store.commit(Commit(number, due={"a": number, "b": 5}))
    assert store.due(2**60, 9) == [(5, "b"), (19_999, "a")]
    assert len(store._due._heap) < 1_010
