"""Chinese names: those that hold keywords and are safe, those that would be misread, and those read word by word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.types import TEXT
from models.vocabulary import EventType, Vocabulary
from rules.language import tree
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.name_clashes import Names, name_clashes
from rules.language.parse import Start, parse
from rules.language.words import keyword_entries, words_of
from rules.typed import AggregateFunction, Comparator

COMPANY = Vocabulary({"付款": EventType("付款", "behavior", {"金额": TEXT}, "付款")}, {"余额": TEXT, "离店日期": TEXT})


@pytest.mark.parametrize(
    "name",
    [
        *(
            "在网时长",
            "到期日",
            "是否会员",
            "后付费",
            "前台",
            "内部员工",
            "且慢",
            "天猫购物",
            "周年庆",
            "次卡",
            "时长",
        ),
        *("近30天消费", "本月消费", "上次消费日", "最近一次登录", "满100减20", "付款次数", "首次付款的金额合计额"),
    ],
)
def test_names_that_hold_keywords_are_safe(name: str) -> None:
    """As long as no phrase would be cut wrongly."""
    assert Names(COMPANY).clashes_with(name) == []


@pytest.mark.parametrize(
    ("name", "other", "why"),
    [
        ("次数", "次数", "it is a word of the rule language"),
        ("近30天付款次数", "付款", 'it reads as "近" and "30天" and "付款" and "次数"'),
        ("余额的2倍", "余额", 'it reads as "余额" and "的" and "2" and "倍"'),
        ("进入余", "余额", '"进入余额" would be cut after "进入余"'),
        ("距离", "离店日期", '"距离店日期" would be cut after "距离"'),
        ("天内离", "离店日期", '"天内离店日期" would be cut after "天内离"'),
        ("者付款", "或者", '"或者付款" would be cut after "或者"'),
        ("三，四", "，", "the sign has a meaning of its own in phrases"),
    ],
)
def test_a_name_that_would_be_misread_is_told_with_its_reason(name: str, other: str, why: str) -> None:
    """Beside what, and how it would be read."""
    assert Names(COMPANY).clashes_with(name)[:1] == [(name, other, why)]


def test_keywords_of_a_language_do_not_clash_with_each_other() -> None:
    """Nor with the names that the language itself has; with them a vocabulary without names has no clash."""
    assert name_clashes(Vocabulary({}, {})) == []
    spellings = [entry.spelling for entry in keyword_entries()]
    assert len(spellings) == len(set(spellings))


_NAME = st.text(st.sampled_from("付款次数近天的金额合离店日期内30余或者与中"), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(name=_NAME)
def test_one_more_name_clashes_as_if_it_had_always_been_there(name: str) -> None:
    """Trying a name against the others finds what checking all of them at once finds."""
    whole = [clash for clash in name_clashes(COMPANY, [name]) if name in clash[:2]]
    if name not in {"付款", "金额", "余额", "离店日期"}:
        assert {clash[:2] for clash in Names(COMPANY).clashes_with(name)} == {clash[:2] for clash in whole}


# ----------------------------------------------------- read word by word


def condition(text: str, *facts: str) -> Any:
    """The tree of a condition in the company's words."""
    node, problems = parse(Start.CONDITION, Located(text, "f", 1, 1), words_of(COMPANY, facts))
    assert not problems, str(problems[0])
    return node


def counted(days: int) -> tree.Aggregate:
    """`近..天付款次数`."""
    paid = tree.Patterns((tree.Group((tree.Name("付款"),)),))
    return tree.Aggregate(AggregateFunction.COUNT, None, paid, tree.LastLength(tree.Quantity(Decimal(days), "day")))


def test_a_name_made_of_known_words_is_a_name_where_it_can_be() -> None:
    """The longest known word wins."""
    assert condition("付款次数高于3", "付款次数").left == tree.Name("付款次数")


def test_where_such_a_name_makes_no_sense_it_is_read_word_by_word() -> None:
    """A window counts events, and no facts."""
    assert condition("近30天付款次数高于3", "付款次数").left == counted(30)


def test_both_may_stand_in_one_phrase() -> None:
    """Each is read as it makes sense."""
    node = condition("付款次数高于近30天付款次数且近7天付款次数低于付款次数", "付款次数")
    assert node.of[0] == tree.Compare(Comparator.MORE, tree.Name("付款次数"), counted(30))
    assert node.of[1] == tree.Compare(Comparator.LESS, counted(7), tree.Name("付款次数"))


def test_a_mistake_elsewhere_is_told_as_if_nothing_had_been_cut() -> None:
    """At the word that does not fit."""
    line = Located("近30天付款次数高于", "f", 1, 1)
    _, problems = parse(Start.CONDITION, line, words_of(COMPANY, ["付款次数"]))
    assert [problem.column for problem in problems] == [len(line.text) + 1]


def test_the_language_of_a_name_is_no_keyword() -> None:
    """Names have no language, keywords one."""
    assert {entry.language for entry in keyword_entries() if entry.token != "DAY_NAME"} == set(Language)
