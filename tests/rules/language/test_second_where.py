from __future__ import annotations

import pytest

from rules.workspace.workspace import load_texts

VOCABULARY = """\
currency: CNY
languages: [zh]
events:
  paid: {family: consumption, price: money}
  searched: {family: behavior, query: text}
names:
  zh: {paid: 付款, price: 金额, searched: 搜索, query: 搜索词}
"""


@pytest.mark.parametrize(
    ("when", "written"),
    [
        ('paid where price > 3 CNY or searched where query is "x"', "(paid where ..) or (searched where ..)"),
        ('付款，其中金额高于3 CNY或搜索，其中搜索词是"x"', "（付款，其中..）或（搜索，其中..）"),
    ],
)
def test_a_where_for_each_event_is_shown_in_brackets(when: str, written: str) -> None:
    """In the language of the phrase, with the events that it names."""
    rule = f"when: {when}\nthen: {{guide: Hello}}\n"
    (problem,) = load_texts({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": rule}).problems
    assert problem.code == "E406"
    assert written in (problem.hint or "")


def test_brackets_make_it_right() -> None:
    """What the hint says to write can be read."""
    rule = "when: (paid where price > 3 CNY) or (searched where query is known)\nthen: {guide: Hello}\n"
    assert load_texts({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": rule}).problems == []
