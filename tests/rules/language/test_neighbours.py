"""Which tokens some phrase has side by side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.types import TEXT
from models.vocabulary import EventType, Vocabulary
from rules.language.grammar import grammar
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.name_clashes import name_clashes
from rules.language.neighbours import neighbours, side_by_side
from rules.language.parse import Start, parse
from rules.language.tokens import tokens_of
from rules.language.words import words_of

SHOP = Vocabulary({"paid": EventType("paid", "consumption", {"product": TEXT, "one": TEXT}, "paid")}, {"plan": TEXT})
WORDS = words_of(SHOP, ["top-ups"])
PHRASES = [
    'count of paid where product is one of ["a", "b"] over last 30 days >= 3 and not (plan is known)',
    'last of one of paid over this billing cycle is "x" or top-ups between 2 and 3 * top-ups',
    'plan不是"M"且近30天paid次数不低于3',
]
TYPES = {
    language: sorted({symbol.name for rule in grammar(language).rules for symbol in rule.expansion if symbol.is_term})
    for language in Language
}


@pytest.mark.parametrize("text", PHRASES)
def test_what_stands_in_a_phrase_can_stand_side_by_side(text: str) -> None:
    """Every run of four tokens of a phrase, and of two or three."""
    line = Located(text, "f", 1, 1)
    node, problems = parse(Start.CONDITION, line, WORDS)
    assert node is not None, problems
    shape = tuple(token.type for token in tokens_of(line, WORDS))
    language = Language.ENGLISH if text.isascii() else Language.CHINESE
    for length in (2, 3, 4):
        assert all(side_by_side(language, shape[at : at + length]) for at in range(len(shape) - length + 1))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pairs_are_the_neighbours(data: st.DataObject) -> None:
    """Of two tokens it says what follows from how the rules of the grammar begin and end."""
    language = data.draw(st.sampled_from(list(Language)))
    pair = (data.draw(st.sampled_from(TYPES[language])), data.draw(st.sampled_from(TYPES[language])))
    known = data.draw(st.sampled_from([pair, *sorted(neighbours(language))]))
    assert side_by_side(language, known) is (known in neighbours(language))


def test_pairs_that_never_come_in_one_phrase() -> None:
    """`is NAME` and `NAME of` are in phrases, but not one over the other: nobody misreads a field called `one`."""
    assert {("IS", "NAME"), ("NAME", "OF")} <= neighbours(Language.ENGLISH)
    assert not side_by_side(Language.ENGLISH, ("IS", "NAME", "OF"))
    assert name_clashes(SHOP) == []
