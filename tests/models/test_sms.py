"""How many SMS a text takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sms import Segments, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        # the extension table takes two of the 160
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 159 + "[", 2),
        # an escape and its sign stay together: 152 and one half would not fit
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("流" * 70, 1),
        ("流" * 71, 2),
        ("流" * 134, 2),
        ("流" * 135, 3),
        ("a" * 69 + "流", 1),
        ("a" * 70 + "流", 2),
        # an emoji beyond the Basic Multilingual Plane takes two of the 70, and is not cut in two
        ("🎁" * 35, 1),
        ("🎁" * 36, 2),
        ("流" * 66 + "🎁" + "流" * 66, 3),
        ("line\nbreak", 1),
    ],
)
def test_the_count_is_that_of_phones(text: str, count: int) -> None:
    """Every edge of 3GPP TS 23.038 and 23.040: 160/153 and 70/67, signs of two units kept whole."""
    assert segments(text).count == count


def test_a_single_sign_outside_the_alphabet_is_named() -> None:
    """Curly quotes pasted from a word processor more than double the price; the check says which signs did it."""
    assert segments("It’s “here” — now") == Segments(1, ("’", "“", "”", "—"))
    assert segments("àÇØ§ Ωß").outside == ()


@given(st.text(alphabet="aé€[流🎁 ", max_size=500), st.text(alphabet="aé€[流🎁 ", max_size=50))
def test_longer_texts_take_no_fewer(text: str, more: str) -> None:
    """A text that goes on takes as many SMS or more; together with another, never more than both and one."""
    assert segments(text + more).count >= segments(text).count


@given(st.text(alphabet="a€流🎁", min_size=1, max_size=400))
def test_the_count_is_the_least_that_holds_all(text: str) -> None:
    """The parts hold all units, and one part less would not."""
    found = segments(text)
    wide = "🎁" if found.outside else "€"
    units = sum(1 + (sign == wide) for sign in text)
    alone, each = (70, 67) if found.outside else (160, 153)
    if found.count == 1:
        assert units <= alone
    else:
        assert units > alone
        assert units <= found.count * each
        # at most one unit of each part stays empty
        assert units > (found.count - 1) * (each - 1)
