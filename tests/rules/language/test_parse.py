"""Whatever the text: a tree, or one problem inside it; and never an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import Vocabulary
from rules.language.build import BUILD
from rules.language.grammar import STARTS, grammar
from rules.language.keywords import CHINESE, ENGLISH, KEYWORDS_OF, SIGNS, Language
from rules.language.located import Located
from rules.language.parse import Start, parse
from rules.language.print import print_phrase
from rules.language.token import LEAVES
from rules.language.words import names_in

_WORDS = [spelling for spellings in ENGLISH.values() for spelling in spellings]
_PIECES = [
    *_WORDS,
    *SIGNS,
    *(
        "plan",
        "allowance",
        "paid",
        "data used",
        "airport",
        "used",
        "price",
        "customer",
        "nobody",
        "机场",
        "已用流量",
        "Monday",
    ),
    *(
        "3",
        "2.5",
        "2 GB",
        "30 minutes",
        "80%",
        "15 CNY",
        "15 USD",
        "1 month",
        '"x"',
        "2026-03-01",
        "09:00",
        "2026-03-01 09:00",
    ),
    *("AND", "==", "1,000", "3x", "“a”", "「", "'x'", "{", "§", "\u3000", "¥15", ".5", "25:00", "2026-02-30"),
]
_CHINESE_PIECES = [
    *(spelling for spellings in CHINESE.values() for spelling in spellings),
    *(
        "机场",
        "使用流量",
        "套餐流量",
        "已用",
        "plan",
        "paid",
        "price",
        "不知道",
        "客户",
        "是",
        "否",
        "天数",
        "距离",
        "时长",
    ),
    *(
        "3",
        "2 GB",
        "30天",
        "80%",
        "15元",
        "1个月",
        "“x”",
        "2026年3月1日",
        "9点半",
        "09:00",
        "周一",
        "每周二",
        "三天",
        "and",
    ),
    *("，", "、", "（", "）", "[", "]", "+", "-", "×", ".", "：", "%", "“", "最多", "同时", "总和", "达道", "其终"),
]
Desk = Callable[[], Any]


@pytest.fixture(scope="module")
def desks(vocabulary: Vocabulary, request: pytest.FixtureRequest) -> Desk:
    """Makes desks; a function, for Hypothesis shows what a test was given."""
    desk_of = request.getfixturevalue("desk_of")
    made = desk_of(vocabulary)
    return lambda: made


@settings(max_examples=400, deadline=None)
@given(start=st.sampled_from(Start), text=st.lists(st.sampled_from(_PIECES), max_size=9).map(" ".join))
def test_words_in_any_order_give_a_meaning_or_problems_inside_the_text(start: Start, text: str, desks: Desk) -> None:
    """A problem of form is one problem; every problem lies in the text, and has a code and a sentence."""
    read_without_surprises(start, text, desks())


def read_without_surprises(start: Start, text: str, desk: Any) -> None:
    """Reads a text, and looks at what comes of it."""
    node, found, problems = desk.read(start, text)
    assert (found is None) == bool(problems)
    assert node is not None or len(problems) == 1
    for problem in problems:
        assert problem.line == 1
        assert 1 <= problem.column <= len(text) + 1
        assert problem.column + problem.length <= len(text) + 2
        assert problem.message.endswith((".", "?"))


@settings(max_examples=400, deadline=None)
@given(start=st.sampled_from(Start), text=st.lists(st.sampled_from(_CHINESE_PIECES), max_size=9).map("".join))
def test_chinese_in_any_order_gives_a_meaning_or_problems_inside_the_text(start: Start, text: str, desks: Desk) -> None:
    """The same without spaces; and what is read is printed, in both languages, so that it reads the same."""
    read_without_surprises(start, text, desks())
    node, problems = desks().parse(start, text)
    if not problems:
        for language in Language:
            printed = print_phrase(node, language, names_in(desks().scope.vocabulary, language))
            assert desks().tree(start, printed) == node, printed


@settings(max_examples=200, deadline=None)
@given(start=st.sampled_from(Start), text=st.text(max_size=12))
def test_any_text_at_all_gives_a_tree_or_one_problem(start: Start, text: str, desks: Desk) -> None:
    """Not even stray signs break the tokenizer."""
    node, problems = desks().parse(start, text)
    assert (node is None) == (len(problems) == 1)


@settings(max_examples=200, deadline=None)
@given(start=st.sampled_from(Start), text=st.lists(st.sampled_from(_PIECES), max_size=9).map(" ".join))
def test_what_is_read_is_printed_so_that_it_reads_the_same(
    start: Start, text: str, desks: Desk, printed: Callable[[Any], str]
) -> None:
    """parse -> print -> parse is the identity, on texts of any form."""
    node, problems = desks().parse(start, text)
    if not problems:
        assert desks().tree(start, printed(node)) == node
        assert printed(desks().tree(start, printed(node))) == printed(node)


def test_a_problem_of_form_is_told_at_the_word_that_does_not_fit(desk: Any) -> None:
    """With the column of the file, not of the phrase."""
    _, (problem,) = parse(Start.CONDITION, Located("plan raeches 3", "rules/a.yaml", 4, 12), desk.words)
    assert str(problem) == 'rules/a.yaml:4:17 E201 "raeches" is not known here. Did you mean "reaches"?'


@pytest.mark.parametrize("language", Language)
def test_every_terminal_of_a_grammar_has_a_spelling(language: Language) -> None:
    """The table of keywords and the grammar know the same tokens."""
    rules = grammar(language).rules
    used = {symbol.name for rule in rules for symbol in rule.expansion if symbol.is_term}
    every = {"EVERY_DAY_NAME"} if language is Language.CHINESE else set()
    assert used == set(KEYWORDS_OF[language]) | set(SIGNS.values()) | LEAVES - {"EVERY_DAY_NAME"} | every
    assert {terminal.name for terminal in grammar(language).terminals} <= used | {"$END"}


@pytest.mark.parametrize("language", Language)
def test_every_rule_of_a_grammar_has_a_function(language: Language) -> None:
    """That makes its node, or it is left to what it is made of."""
    made = {rule.alias or rule.origin.name for rule in grammar(language).rules if not rule.options.expand1}
    assert {name for name in made if not name.startswith("_")} <= set(BUILD) | {"name", "literal"}


def test_grammars_start_with_what_a_text_may_be_read_as() -> None:
    """The names of both are the same."""
    assert set(STARTS) == {start.value for start in Start}


@pytest.mark.parametrize("times", [90, 3_000])
@pytest.mark.parametrize(("before", "after"), [("not ", ""), ("(", ")"), ("", " + 1"), ("并非", ""), ("（", "）")])
def test_a_phrase_is_read_to_some_depth_and_refused_below_it(times: int, before: str, after: str, desk: Any) -> None:
    """What lies deeper is nobody's thought, and would be too deep for what walks over trees."""
    _, problems = desk.parse(Start.CONDITION, f"{before * times}plan{after * times}")
    assert [problem.message for problem in problems] == (
        [] if times == 90 else ["The parts of this phrase lie in each other more than 100 times."]
    )
