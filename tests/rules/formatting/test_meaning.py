from __future__ import annotations

import pytest

from rules.formatting.meaning import changed
from rules.workspace.workspace import load_texts

FILES = {
    "vocabulary.yaml": "currency: CNY\nlanguages: [en]\ncustomer: {plan: S | M}\n"
    "events: {paid: {family: consumption, price: money}}\n",
    "policy.yaml": "roles: {desk: {}}\ncaps: [marketing 1 per day]\n",
    "offers.yaml": "top-up: {cost: 2 CNY}\n",
    "facts.yaml": "often: count of paid over last 30 days > 3\n",
    "rules/one.yaml": """\
title: Thanks
when: paid where price > 3 CNY
only if:
  - plan is M
  - often
then:
  guide: {en: Thanks}
  offer: top-up
  by: app
at most: 1 per day
measure: {success: paid within 3 days}
tests:
  - it: thanks
    story:
      - 2026-03-02 09:00 paid: {price: 5 CNY}
      - expect nothing, stopped by plan is M
""",
}


def different(file: str, before: str, after: str) -> list[str]:
    """The files that mean something else when a text in one is replaced."""
    assert before in FILES[file]
    other = {**FILES, file: FILES[file].replace(before, after)}
    return changed(load_texts(FILES), load_texts(other), FILES)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("vocabulary.yaml", "S | M", "S | M | L"),
        ("policy.yaml", "1 per day", "2 per day"),
        ("offers.yaml", "2 CNY", "3 CNY"),
        ("facts.yaml", "> 3", "> 4"),
        ("rules/one.yaml", "> 3 CNY", ">= 3 CNY"),
        ("rules/one.yaml", "{en: Thanks}", "{en: Thank you}"),
        ("rules/one.yaml", "title: Thanks", "title: Thank you"),
        ("rules/one.yaml", "by: app", "by: sms"),
        ("rules/one.yaml", "1 per day", "1 per 24 hours"),
        ("rules/one.yaml", "within 3 days", "within 4 days"),
        ("rules/one.yaml", "price: 5 CNY", "price: 6 CNY"),
        ("rules/one.yaml", "stopped by plan is M", "stopped by often"),
        ("rules/one.yaml", "it: thanks", "it: says thanks"),
    ],
)
def test_what_means_something_else_is_named(file: str, before: str, after: str) -> None:
    """Whatever a file says, texts of people included; what it says may concern other files too."""
    assert file in different(file, before, after)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("policy.yaml", "1 per day", "1   per day"),
        ("facts.yaml", "> 3", ">3"),
        ("rules/one.yaml", "  - plan is M\n", "  # a comment\n  - (plan is M)\n"),
        ("rules/one.yaml", "stopped by plan is M", "stopped by (plan is M)"),
        ("rules/one.yaml", "only if:", "仅当:"),
        ("rules/one.yaml", "1 per day", "每天1次"),
    ],
)
def test_the_same_in_other_words_is_the_same(file: str, before: str, after: str) -> None:
    """Spaces, brackets, comments, and the language."""
    assert different(file, before, after) == []


def test_a_new_mistake_is_a_change_and_one_mended_is_none() -> None:
    """Of the same kind as those that were there before, or of another."""
    broken = {**FILES, "rules/one.yaml": FILES["rules/one.yaml"].replace("by: app", "by: ap")}
    assert changed(load_texts(FILES), load_texts(broken), FILES) == ["rules/one.yaml"]
    mended = {**FILES, "rules/one.yaml": FILES["rules/one.yaml"].replace("stopped by plan is M", "stopped by nobody")}
    assert changed(load_texts(mended), load_texts(FILES), FILES) == []
    assert changed(load_texts(FILES), load_texts(mended), FILES) == ["rules/one.yaml"]
