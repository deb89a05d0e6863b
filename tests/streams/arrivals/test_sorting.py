"""Sorting lines outside memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.arrivals import sorting
from streams.arrivals.lines import Overlong
from streams.arrivals.sorting import Dated, in_order_of_arrival

LINES = st.lists(
    st.tuples(
        st.integers(-3, 3), st.binary(max_size=5) | st.builds(Overlong, st.binary(max_size=3), st.integers(9, 99))
    )
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.integers(1, 9), st.integers(1, 30))
def test_sorting_is_stable_whatever_fits_into_memory(
    monkeypatch: pytest.MonkeyPatch, lines: list[tuple[int, bytes]], chunk_lines: int, chunk_bytes: int
) -> None:
    """By arrival, then as the file has them, with every byte, through any number of files."""
    monkeypatch.setattr(sorting, "MERGED_AT_ONCE", 3)
    dated = [Dated(arrived, number, number * 10, line) for number, (arrived, line) in enumerate(lines)]
    expected = [one.placed() for one in sorted(dated, key=lambda one: (one.arrived, one.number))]
    assert list(in_order_of_arrival(iter(dated), chunk_lines, chunk_bytes)) == expected


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the reader stops half-way, the temporary folder goes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lines = in_order_of_arrival((Dated(-number, number, 0, b"x") for number in range(100)), 10)
    assert next(lines)[0] == 99
    assert list(tmp_path.iterdir())
    lines.close()  # type: ignore[attr-defined]  # it is a generator
    assert not list(tmp_path.iterdir())
