"""A rule set that begins at the very moment at which time moves lines."""

from __future__ import annotations

from msgspec.structs import replace

from models.types import WHOLE
from rules.interpreter import RuleSet
from rules.typed import Call, Condition, Crosses, Function, Rule
from tests.property.building import HOUR, VOCABULARY, compare, count, last, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped

BEGINS = moment("2026-03-10 00:00")


def fired(condition: Condition) -> list[str]:
    """The rules that fire at the switch, of two with this line: one goes on, one begins then."""
    kept, changed = (rule(name, Crosses(condition)) for name in ("goes on", "is new"))
    sets = (RuleSet(0, (kept, changed)), RuleSet(BEGINS, (kept, _another(changed))))
    events = (taken("paid", BEGINS - 2 * HOUR),)
    scenario = Scenario(VOCABULARY, sets, events, BEGINS + HOUR, {})
    rows = stepped(scenario, through_store=True)
    assert rows == stepped(scenario, through_store=False) == interpreted(scenario)
    return [row[1] for row in rows if row[:1] == ("match",)]


def _another(of: Rule) -> Rule:
    return replace(of, title="another title", version="000000000001")


def test_only_a_rule_that_goes_on_sees_its_line_cross() -> None:
    """What is true when a rule begins does not fire, though it was false a millisecond before."""
    assert fired(compare(Call(Function.HOUR, (), WHOLE), "<", 1)) == ["goes on"]


def test_rules_with_limits_on_one_value_are_told_apart() -> None:
    """The same where the lines of both are one group: a payment leaves the window at the switch."""
    assert fired(compare(count("paid", last(2 * HOUR)), "<", 1)) == ["goes on"]
