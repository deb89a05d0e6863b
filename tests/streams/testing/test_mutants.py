"""Which mutants the tests of a rule notice."""

from __future__ import annotations

from rules.workspace.workspace import Workspace, load_texts
from streams.testing.mutants import groups_of, survives

VOCABULARY = """\
time zone: Asia/Shanghai
currency: CNY
languages: [en]
events:
  paid: {family: consumption, price: money}
"""
FACTS = "spent: sum of price of paid over last 7 days\n"
RULE = """\
title: Ten yuan
when: spent reaches 10 CNY
then:
  guide: Thank you
tests:
  - it: thanks for a payment of ten yuan
    story:
      - 2026-03-02 09:00 paid: {price: 10 CNY}
      - expect guidance
"""
SECOND = """\
  - it: is silent after nine
    story:
      - 2026-03-02 09:00 paid: {price: 9 CNY}
      - expect nothing
"""


def workspace(rule: str, **others: str) -> Workspace:
    """A workspace with this rule."""
    rules = {f"rules/{name}.yaml": text for name, text in {"ten": rule, **others}.items()}
    loaded = load_texts({"vocabulary.yaml": VOCABULARY, "facts.yaml": FACTS, **rules})
    assert loaded.workspace is not None, loaded.problems
    return loaded.workspace


def left(of: Workspace, name: str) -> list[str]:
    """What was done in the mutants of a group that survive."""
    (group,) = (group for group in groups_of(of) if group.name == name)
    return [mutant.said for mutant in group.mutants if survives(of, mutant)]


def test_a_test_of_one_side_sees_one_side() -> None:
    """That it fires at ten says nothing about nine; a second test does."""
    lower = ["`spent >= 10 CNY` reads `spent >= 9 CNY`", "`spent >= 10 CNY` reads `spent >= 5 CNY`"]
    assert left(workspace(RULE), "ten") == lower
    assert left(workspace(RULE + SECOND), "ten") == []


def test_a_shared_fact_is_tested_by_all_the_rules_that_use_it() -> None:
    """One rule whose tests notice is enough."""
    slowly = RULE.replace("{price: 10 CNY}", "{price: 4 CNY}\n      - 2026-03-09 08:00 paid: {price: 6 CNY}")
    unseen = "the sum of paid over `last 7 days` goes over `last 6 days`"
    assert unseen in left(workspace(RULE), "facts.yaml")
    assert unseen not in left(workspace(RULE, slowly=slowly), "facts.yaml")


def test_only_the_rules_that_are_named_are_changed() -> None:
    """Then shared facts are left alone, too."""
    both = workspace(RULE, other=RULE.replace("Ten", "Another ten"))
    assert [group.name for group in groups_of(both)] == ["other", "ten", "facts.yaml"]
    assert [group.name for group in groups_of(both, ["other"])] == ["other"]


def test_a_rule_without_tests_lets_everything_pass() -> None:
    """Not one of its mutants is killed."""
    untested = workspace(RULE.partition("tests:")[0])
    (group, _) = groups_of(untested)
    assert all(survives(untested, mutant) for mutant in group.mutants)
    assert group.mutants


def test_a_paused_rule_has_no_mutants() -> None:
    """It never acts, whatever it says."""
    assert groups_of(workspace("paused: yes\n" + RULE.partition("tests:")[0])) == []
