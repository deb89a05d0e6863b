"""When an average may reach a limit by time alone."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from rules.compile.averages import soonest_rise
from rules.facts.series import Series

LENGTH = 100
ENTRIES = st.lists(
    st.tuples(st.integers(0, 30), st.none() | st.sampled_from((0, 1, 4, 10, 20, 40)) | st.integers(-5, 5)), min_size=1
)


def average(entries: list[tuple[int, int | None]], now: int) -> float | None:
    """That of the known values within the window."""
    known = [value for time, value in entries if value is not None and now - LENGTH < time <= now]
    return sum(known) / len(known) if known else None


@example([(0, 0), (1, 20), (1, None)], 20, 0)
@given(ENTRIES, st.sampled_from((1, 5, 10, 20)), st.integers(0, 200))
def test_no_rise_is_overlooked(steps: list[tuple[int, int | None]], limit: int, later: int) -> None:
    """However entries lie, an average that reaches a limit by time alone is looked at by then."""
    series, entries, time = Series((("price", True),)), [], 0
    for step, value in steps:
        time += step
        entries.append((time, value))
        series.add(time, {"price": value}, -1, 1)
    now = time + later
    said = soonest_rise(series, 0, now, LENGTH, limit, limit)
    assert said is None or said > now
    for moment in range(now + 1, time + LENGTH + 1):
        before, after = average(entries, moment - 1), average(entries, moment)
        if before is not None and after is not None and before < limit <= after:
            assert said is not None
            assert said <= moment
            break
