"""Readings are remembered, up to a number."""

from __future__ import annotations

import pytest

from streams.wire.remembered import Remembered


def test_a_text_is_read_once() -> None:
    """What was read is looked up from then on."""
    waiting = iter([1, 2])
    numbers = Remembered(lambda _: next(waiting))
    assert [numbers["a"], numbers["b"], numbers["a"]] == [1, 2, 1]


def test_what_cannot_be_read_is_not_remembered() -> None:
    """What reading raises is raised again and again."""
    numbers = Remembered(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            numbers["x"]
    assert not numbers.known


def test_memory_has_an_end() -> None:
    """Neither very many texts nor a very long one are kept."""
    numbers = Remembered(int)
    assert [numbers[str(number)] for number in range(50_000)] == list(range(50_000))
    assert len(numbers.known) <= 10_000
    assert numbers["0" * 1_000] == 0
    assert "0" * 1_000 not in numbers.known
