"""Texts from outside can be shown without effect."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from models.visible import visible


@given(st.text())
def test_nothing_that_is_shown_has_an_effect(text: str) -> None:
    """Whatever comes in, no control, no direction mark, no half of a pair comes out."""
    shown = visible(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
    shown.encode("utf-8")


def test_plain_text_stays_as_it_is() -> None:
    """Letters of any script, signs and emoji are themselves, families too."""
    for text in ("You have used 8 GB.", "您本月流量已用", "15.00 €", "👨‍👩‍👧", "می‌خواهم"):
        assert visible(text) == text


def test_a_limit_says_that_there_was_more() -> None:
    """A long text is cut, and looks cut."""
    assert visible("abcdef", 3) == "abc..."
    assert visible("abc", 3) == "abc"
    assert visible("a\x1b[1m", 2) == "a\\x1b..."
