"""Mistyped years, against a plain reading of the rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.moments import DAY
from streams.arrivals.gaps import Days

ARRIVALS = st.lists(
    st.builds(
        lambda days, rest: days * DAY + rest, st.sampled_from([-99, 0, 1, 20, 36, 37, 80, 5_000]), st.integers(0, 9)
    ),
    max_size=12,
)


@given(ARRIVALS, st.integers(0, 1_500), st.none() | st.sampled_from([-200 * DAY, 0, 30 * DAY]), st.integers(0, 500))
def test_what_follows_a_long_gap_needs_one_line_in_a_hundred(
    few: list[int], many: int, floor: int | None, before: int
) -> None:
    """The first gap of more than 35 days whose rest is under one per cent ends what is believed."""
    arrivals = [max(arrived, floor) if floor is not None else arrived for arrived in [*few, *[DAY] * many]]
    days, at_once = Days(), Days()
    for arrived in arrivals:
        days.add(arrived)
    at_once.add_all(sorted(arrivals))
    lines = before + len(arrivals)
    expected, last = None, floor
    for number, arrived in enumerate(sorted(arrivals)):
        if last is not None and arrived - last > 35 * DAY and (len(arrivals) - number) / lines < 0.01:
            expected = arrived
            break
        last = arrived
    latest = max((one for one in arrivals if expected is None or one < expected), default=None)
    for counted in (days, at_once):
        assert counted.first_disbelieved(floor, lines) == expected
        assert counted.last_below(expected) == latest
