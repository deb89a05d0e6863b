"""Repeats are told from the last thousand events of an hour, however many more came."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

import pytest

from models.events import Event
from rules.facts.repeats import is_repeated
from rules.record import REMEMBERED, REMEMBERED_FOR, Record


def _taken(record: Record, identity: str, now: int) -> bool:
    repeated = is_repeated(record, Event("paid", "ana", now, now, "till", identity, {}), now)
    record.taken = now
    return repeated


@pytest.mark.parametrize("step", [10, 3_000, 60_000, REMEMBERED_FOR // 2])
def test_last_thousand_of_an_hour(step: int) -> None:
    """An event is a repeat just where it was taken, and no repeat, within the hour, among the last thousand."""
    dice, record, now = Random(step), Record("ana", ZoneInfo("UTC")), 0
    came: list[str] = []
    kept: dict[str, int] = {}
    for number in range(6_000):
        now += dice.randrange(step)
        back = dice.choice((0, 0, 0, 1, dice.randrange(100), dice.randrange(REMEMBERED - 3, REMEMBERED + 4)))
        identity = came[-back] if 0 < back < len(came) else str(number)
        kept = {name: taken for name, taken in kept.items() if now - taken < REMEMBERED_FOR}
        expected = identity in kept
        assert _taken(record, identity, now) is expected
        if not expected:
            came.append(identity)
            kept[identity] = now
            kept = dict(list(kept.items())[-REMEMBERED:])


def test_half_a_character() -> None:
    """An id that no text file can hold is told apart like any other."""
    record = Record("ana", ZoneInfo("UTC"))
    assert [_taken(record, identity, 1) for identity in ("\ud800", "\ud801", "\ud800")] == [False, False, True]
