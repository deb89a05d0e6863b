"""Few rules and many, measured in turns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.in_turns import CHUNKS, measure_in_turns
from benchmarks.measure import Sizes

SMALL = Sizes(customers=50, warm=100, measured=100, naive=100)


def test_both_sides_take_every_chunk() -> None:
    """Each side says what its chunks took, and the figures say which sides they are."""
    found = measure_in_turns(3, 12, SMALL, collect=False, seed=1)
    assert min(found.few_microseconds.low, found.many_microseconds.low, found.times.low) > 0
    assert str(found).startswith("12 rules beside 3, in turns: ")
    assert str(found).endswith(f"median of {CHUNKS} chunks)")


def test_a_side_that_fails_is_heard_of(capfd: pytest.CaptureFixture[str]) -> None:
    """A process that fails does not leave the others waiting, and says why."""
    with pytest.raises(EOFError):
        measure_in_turns(3, 12, replace(SMALL, customers=0), collect=False, seed=1)
    assert "Error" in capfd.readouterr().err
