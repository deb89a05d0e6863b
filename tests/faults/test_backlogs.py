"""Much that waits, and most of it for one customer."""

from __future__ import annotations

import pytest

from tests.faults.conftest import MakeSystem
from tests.faults.system import worker_log_of
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, undisturbed, verdicts


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hot", [0.0, 0.9])
def test_a_day_of_backlog(shared: MakeSystem, hot: float) -> None:
    """A day that waits when workers start, also one of which nine tenths are one customer's: all invariants hold."""
    system = shared("--recorded")
    day = write_day(system.folder / "day.jsonl", 60_000, 2_000, hot=hot, hours=24)
    expected = undisturbed(system, day)
    system.feed(day)
    assert system.until(system.fed)
    system.fleet.keep(2)
    assert system.has_decided(len(expected.decisions), 300), worker_log_of(system)
    assert broken(verdicts(system, expected)) == [], worker_log_of(system)
