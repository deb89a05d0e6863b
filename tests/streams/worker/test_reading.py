"""How far a topic was read, kept through restarts."""

from __future__ import annotations

from streams.worker.reading import Place, Reading


def test_what_was_taken_stays_taken_through_two_restarts() -> None:
    """Also where the second process ends before it has read everything again."""
    first = Reading(Place())
    first.arrive([10, 11, 12, 13])
    for offset in (1, 3):
        first.take(offset)
    second = Reading(first.place())
    second.arrive([10, 11])
    third = Reading(second.place())
    third.arrive([10, 11, 12, 13, 14])
    assert [third.taken(offset) for offset in range(5)] == [False, True, False, True, False]
