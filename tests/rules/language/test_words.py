from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from models.types import DATA, TEXT, Kind, Type
from models.vocabulary import EventType, Vocabulary
from rules.language.keywords import ENGLISH, ENGLISH_DAYS
from rules.language.located import Located
from rules.language.name_clashes import name_clashes
from rules.language.parse import step_names
from rules.language.tokens import tokens_of
from rules.language.tree import Name, Quoted
from rules.language.words import Words, words_of


def small(*events: str, names: Mapping[str, str] | None = None, **attributes: Type) -> Vocabulary:
    """A vocabulary of events without fields, and attributes."""
    types = {name: EventType(name, "behavior", {}, name) for name in events}
    customer = {name.replace("_", " "): type_ for name, type_ in attributes.items()}
    return Vocabulary(types, customer, names={"zh": names} if names else {})


def cut(text: str, words: Words) -> list[str]:
    """The tokens of a text: names by their canonical names, all else by its type."""
    tokens = tokens_of(Located(text, "f", 1, 1), words)
    return [token.leaf.text if isinstance(token.leaf, Name) else token.type for token in tokens]


def clashing(vocabulary: Vocabulary, *facts: str) -> list[tuple[str, str]]:
    """The pairs of names that clash."""
    return [clash[:2] for clash in name_clashes(vocabulary, facts)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("data used where network is roaming", ["data used", "WHERE", "network", "IS", "roaming"]),
        ("data  used", ["data used"]),
        ("allowance is not known", ["allowance", "IS_NOT_KNOWN"]),
        ("allowances", ["allowances"]),
        ("机场", ["airport"]),
        ("使用流量where机场", ["data used", "WHERE", "airport"]),
        ("已用≥套餐流量", ["已用", "AT_LEAST", "allowance"]),
        ("新机场大厅", ["新", "airport", "大厅"]),
        ("2GB", ["QUANTITY"]),
        ("30 minutes", ["QUANTITY"]),
        ("30分钟", ["QUANTITY"]),
        ("８０％", ["PERCENT"]),
        ("80 % of allowance", ["PERCENT", "OF", "allowance"]),
        ("2026-03-01 9:00", ["DATETIME"]),
        ("9:00", ["CLOCK"]),
        ("[a、b，c]", ["LBRACKET", "a", "COMMA", "b", "COMMA", "c", "RBRACKET"]),
        ("（allowance ≤ 3 GB）", ["LPAR", "allowance", "AT_MOST", "QUANTITY", "RPAR"]),
        ("allowance × 2 ÷ 3 − 1", ["allowance", "TIMES", "NUMBER", "DIVIDE", "NUMBER", "MINUS", "NUMBER"]),
        ("day of billing cycle", ["DAY_OF_BILLING_CYCLE"]),
        ("Monday", ["DAY_NAME"]),
        ("very odd words here", ["very odd words here"]),
        ("pay-as-you-go", ["pay-as-you-go"]),
    ],
)
def test_a_text_is_cut_at_the_longest_known_words(text: str, tokens: list[str], vocabulary: Vocabulary) -> None:
    """Keywords and names by longest match, numbers with their units, full-width signs as plain ones."""
    assert cut(text, words_of(vocabulary)) == tokens


def test_a_name_ends_where_its_letters_end(vocabulary: Vocabulary) -> None:
    """`plans` is not `plan`, and `plan-b` is one unknown word."""
    assert cut("plan is plans", words_of(vocabulary)) == ["plan", "IS", "plans"]
    assert cut("plan-b", words_of(vocabulary)) == ["plan-b"]


def test_positions_are_those_of_the_text_as_written(vocabulary: Vocabulary) -> None:
    """Spaces that were read as one, and full-width signs, do not move columns."""
    tokens = tokens_of(Located("套餐流量   ≥  ２ GB", "f", 1, 1), words_of(vocabulary))
    assert [token.start for token in tokens] == [0, 7, 10]
    assert tokens[2].text == "２ GB"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('"a  b"', "a  b"),
        ('"say ""hi"""', 'say "hi"'),
        ("“a「b」”", "a「b」"),
        ("「是」", "是"),
        ('"，、 （x）"', "，、 （x）"),
        ('"plan is 3"', "plan is 3"),
    ],
)
def test_a_text_in_quotes_stays_as_it_is(text: str, meant: str, vocabulary: Vocabulary) -> None:
    """Nothing inside quotes is read; the closing sign twice stands for itself."""
    (token,) = tokens_of(Located(text, "f", 1, 1), words_of(vocabulary))
    assert token.leaf == Quoted(meant)


def test_names_of_a_rule_lie_on_top_of_those_of_the_workspace(vocabulary: Vocabulary) -> None:
    """The longest match wins, whichever layer it is from."""
    base = words_of(vocabulary)
    above = base.with_names(["plan of mine", "airport"])
    assert cut("plan of mine", base) == ["plan", "OF", "mine"]
    assert cut("plan of mine", above) == ["plan of mine"]
    assert {"plan", "plan of mine"} <= set(above.names)


def test_steps_are_known_by_the_names_their_lines_give(vocabulary: Vocabulary) -> None:
    """`as NAME` in any line of a list, also where another line cannot be read."""
    lines = [
        "searched as my search where query is known",
        "then paid == 3 as x",
        "then paid as second one within 3 days",
    ]
    assert step_names([Located(line, "f", 1, 1) for line in lines], words_of(vocabulary)) == ["my search", "second one"]


def test_a_choice_that_is_a_keyword_needs_quotes() -> None:
    """The keyword keeps its meaning."""
    words = words_of(small(state=Type(Kind.CHOICE, ("not known", "ever", "good"))))
    assert cut("state is ever", words) == ["state", "IS", "EVER"]
    assert cut("state is good", words) == ["state", "IS", "good"]


# ------------------------------------------------------------------ clashes


def test_the_vocabulary_of_the_tests_has_no_clashes(vocabulary: Vocabulary) -> None:
    """Ordinary names are free."""
    assert name_clashes(vocabulary, ["used", "top-ups", "heavy user"]) == []


@pytest.mark.parametrize("name", ["where", "billing cycle", "Where", "Monday", "today"])
def test_a_name_may_not_be_a_keyword(name: str) -> None:
    """Nor differ from one by capital letters only."""
    assert [clash[0] for clash in name_clashes(small(name))] == [name]


@pytest.mark.parametrize("name", ["a, b", "50% off", "a+b", "x (old)", 'the "best"', "a - b", "a.b", "paid，再"])
def test_a_name_may_not_hold_signs_of_the_language(name: str) -> None:
    """They would be read as such."""
    assert [clash[0] for clash in name_clashes(small(name))] == [name]


@pytest.mark.parametrize("name", ["2 GB pack", "30 days pack", "7", "3 for 2", "30天包"])
def test_a_name_may_not_begin_like_a_number(name: str) -> None:
    """A number swallows its unit."""
    assert [clash[0] for clash in name_clashes(small(name))] == [name]


def test_a_name_may_begin_with_a_digit_that_is_part_of_a_word() -> None:
    """`5G` is a word."""
    assert name_clashes(small("5G used", "4G套餐")) == []


def test_a_name_may_not_read_as_several_known_words() -> None:
    """The two that clash are named."""
    assert clashing(small("data used", data=DATA), "used") == [("data used", "data")]
    assert clashing(small("paid over today", "paid")) == [("paid over today", "paid")]


def test_a_name_may_not_join_with_the_keyword_before_it() -> None:
    """`is` + `one of us` would be cut after `is one of`."""
    assert ("one of us", "is one of") in clashing(small("one of us"))


def test_a_name_may_not_join_with_the_keyword_behind_it() -> None:
    """`count` + `of` would be read as `count of`."""
    assert ("count", "count of") in clashing(small("paid", count=TEXT))


def test_a_name_may_begin_like_a_keyword_that_no_name_follows() -> None:
    """`every` is followed by days only."""
    assert name_clashes(small("day pass bought", "last visit")) == []


def test_a_translation_may_not_be_another_name() -> None:
    """One spelling, one meaning."""
    vocabulary = small("paid", "basket", names={"paid": "付款", "basket": "付款"})
    assert clashing(vocabulary) == [("付款", "paid")]


def test_names_of_one_word_used_twice_do_not_clash() -> None:
    """A field and an attribute may have the same name: that is settled where they are used."""
    vocabulary = Vocabulary({"rated": EventType("rated", "service", {"plan": TEXT}, "rated")}, {"plan": TEXT})
    assert name_clashes(vocabulary) == []


def test_every_keyword_is_one_token_of_the_table(vocabulary: Vocabulary) -> None:
    """No keyword is hidden by another."""
    words: Any = words_of(vocabulary)
    for token, spellings in ENGLISH.items():
        for spelling in spellings:
            assert cut(spelling, words) == [token]
    assert [cut(day, words) for day in ENGLISH_DAYS] == [["DAY_NAME"]] * 7
