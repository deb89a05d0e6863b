"""The run of many events through the commands."""

from __future__ import annotations

from benchmarks.whole_run import measure_whole_run


def test_a_whole_run_is_measured() -> None:
    """Replay, run and run with a state all come to their end, and take time."""
    found = measure_whole_run(12, 300, customers=50, seed=1)
    assert min(found.replay, found.memory, found.sqlite) > 0
