"""Quick times are the times of `models.moments`."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from models.moments import format_moment, parse_moment
from streams.wire.times import TimeReader

OFFSETS = st.sampled_from(
    ["Z", "z", "+08:00", "-03:30", "+05:45", "", "+0800", "+08", "+25:00", "+08:00:30", ",5Z", " Z"]
)
PARTS = st.tuples(
    st.sampled_from(
        ["2026-03-02", "1969-12-31", "2026-02-30", "20260302", "1900-01-01", "2999-12-31", "0001-01-01", "9999-12-31"]
    ),
    st.sampled_from("Tt -"),
    st.sampled_from(["00", "10", "23", "24", "1"]),
    st.sampled_from([":00", ":59", ":60", "-00", ":5"]),
    st.sampled_from([":00", ":59", ":60", "", ":+1", ": 1", ":5"]),
    st.sampled_from(["", ".5", ".123", ".999", ".1239", ".123456789", ".", ".12a"]),
    OFFSETS,
)


@given(st.lists(PARTS.map("".join), max_size=20))
def test_a_time_is_read_as_models_moments_reads_it(texts: list[str]) -> None:
    """Whatever was read before, every text gives the same moment, or the same refusal."""
    times = TimeReader()
    for text in texts * 2:
        try:
            expected: int | str = parse_moment(text)
        except ValueError as wrong:
            expected = str(wrong)
        try:
            read: int | str = times.read(text)
        except ValueError as wrong:
            read = str(wrong)
        assert read == expected


@given(st.integers(0, 10_000), st.lists(st.integers(-2, 3), max_size=60), st.sampled_from(["", ".25", ".123456"]))
def test_seconds_that_follow_each_other_are_read_as_any_others(begin: int, steps: list[int], decimals: str) -> None:
    """Over the ends of minutes and hours, forth, back, or with gaps."""
    times = TimeReader()
    for second in accumulate(steps, initial=begin):
        text = format_moment(1_772_416_800_000 + second * 1_000)[:19] + decimals + "+08:00"
        assert times.read(text) == parse_moment(text)
