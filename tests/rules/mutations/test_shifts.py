"""How far numbers are shifted: as far as a person would miscount, and as far as he would mistype."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.types import DATA, DATE, DURATION, MONEY, NUMBER, TEXT, WHOLE, Kind, Type
from rules.mutations.shifts import shifted, shifted_count, shifted_length
from rules.typed import Constant

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (3, WHOLE, [4, 2, 6, 1]),
        (1, WHOLE, [2, 0]),
        (0, WHOLE, [1, -1]),
        (400_00, MONEY, [440_00, 360_00, 800_00, 200_00]),
        (800_000, NUMBER, [880_000, 720_000, 1_600_000, 400_000]),
        (2_000_000_000, DATA, [2_200_000_000, 1_800_000_000, 4_000_000_000, 1_000_000_000]),
        (20_000, DATE, [20_001, 19_999, 20_030, 19_970]),
        (0, DATA, [1]),
    ],
)
def test_a_number_goes_a_little_and_far_up_and_down(value: int, type_: Type, expected: list[int]) -> None:
    """By one where things are counted, by about a tenth where they are measured; and to twice and half of it."""
    assert [other.value for other in shifted(Constant(value, type_))] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (30 * DAY, [33 * DAY, 27 * DAY, 60 * DAY, 15 * DAY]),
        (7 * DAY, [8 * DAY, 6 * DAY, 14 * DAY, 3 * DAY]),
        (48 * HOUR, [53 * HOUR, 43 * HOUR, 96 * HOUR, 24 * HOUR]),
        (2 * HOUR, [132 * MINUTE, 108 * MINUTE, 4 * HOUR, HOUR]),
        (30 * MINUTE, [33 * MINUTE, 27 * MINUTE, HOUR, 15 * MINUTE]),
        (1, [2]),
    ],
)
def test_lengths_of_time_are_shifted_in_the_unit_people_count_in(value: int, expected: list[int]) -> None:
    """Weeks by days, two days by hours, hours by minutes; never to nothing."""
    assert shifted_length(value) == expected


def test_texts_and_answers_are_no_numbers() -> None:
    """Nothing is made of them."""
    assert shifted(Constant("a", TEXT)) == ()
    assert shifted(Constant(True, Type(Kind.YES_NO))) == ()


@given(st.integers(0, 10**15), st.sampled_from([WHOLE, NUMBER, MONEY, DATA, DURATION]))
def test_every_shift_is_another_value(value: int, type_: Type) -> None:
    """Each once, never the value itself, and one more at least, for any number there may be."""
    found = [other.value for other in shifted(Constant(value, type_))]
    assert value not in found
    assert len(set(found)) == len(found) > 0
    assert type_ not in (DATA, DURATION) or all(isinstance(other, int) and other >= 0 for other in found)
    assert all(count >= 1 for count in shifted_count(value))
