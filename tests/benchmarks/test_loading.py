from __future__ import annotations

from msgspec import structs

from benchmarks.loading import measure
from benchmarks.spread import Spread


def test_loading_is_measured() -> None:
    """Every figure is one of seconds that have passed; files that did not change are read in less."""
    found = measure(150, times=1)
    assert (found.rules, 500 < found.file_bytes < 1_500) == (150, True)
    spreads = {name: value for name, value in structs.asdict(found).items() if isinstance(value, Spread)}
    assert len(spreads) == 10
    assert all(value.low > 0 for value in spreads.values())
    assert found.running.low > found.read.low + found.checked.low + found.compiled.low
