"""An event that is told again, more than an hour later, renews the moment on its field."""

from __future__ import annotations

import pytest

from models.types import MOMENT
from rules.interpreter import RuleSet, Taken
from rules.typed import Around, EveryYear, FieldOf, Moment, Pattern, Shift
from tests.property.building import DAY, HOUR, VOCABULARY, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped

EXPIRES = FieldOf("expires", MOMENT)
HOUR_BEFORE = Around(EXPIRES, Shift(millis=-HOUR), None, (Pattern("paid"),))
YEARLY = EveryYear(EXPIRES, 12 * 60, (Pattern("paid"),))


@pytest.mark.parametrize("each", [None, "product"])
@pytest.mark.parametrize(
    ("when", "again", "number"),
    [
        (HOUR_BEFORE, [taken("paid", 2 * HOUR, "a", time=0, fresh=False, expires=5 * HOUR, product="tea")], 1),
        (HOUR_BEFORE, [taken("paid", 2 * HOUR, "a", expires=9 * HOUR, product="tea")], 1),
        (HOUR_BEFORE, [taken("paid", 2 * HOUR, "a", expires=9 * HOUR, product="milk")], 1),
        (HOUR_BEFORE, [taken("paid", 2 * HOUR, "a")], 0),
        (HOUR_BEFORE, [taken("paid", 4 * HOUR, "a", expires=5 * HOUR, product="tea")], 1),
        (HOUR_BEFORE, [taken("paid", 2 * HOUR, "b", expires=5 * HOUR, product="milk")], 2),
        (YEARLY, [taken("paid", at * HOUR, "a", expires=5 * HOUR, product="tea") for at in (2, 12, 14)], 3),
    ],
)
def test_it_is_decided_once(when: Around | EveryYear, again: list[Taken], number: int, *, each: str | None) -> None:
    """However often it was told, no decision comes twice, and engine and interpreter agree."""
    reminder = rule("reminder", Moment(when), each=each)
    first = taken("paid", 0, "a", expires=5 * HOUR, product="tea")
    scenario = Scenario(VOCABULARY, (RuleSet(0, (reminder,)),), (first, *again), 800 * DAY, {})
    rows = stepped(scenario, through_store=False)
    assert rows == stepped(scenario, through_store=True) == interpreted(scenario)
    decisions = decided(scenario, listening=False)
    assert len(decisions) == len(set(decisions)) == number


@pytest.mark.parametrize(("when", "number"), [(HOUR_BEFORE, 1), (YEARLY, 3)])
def test_one_without_the_field_sets_none_and_is_not_remembered(when: Around | EveryYear, number: int) -> None:
    """An older one that comes to be known after it has its moment, as if that had never been told."""
    reminder = rule("reminder", Moment(when), each="product")
    without = taken("paid", 2 * HOUR, "a", product="tea")
    older = taken("paid", 3 * HOUR, "b", time=HOUR, fresh=False, expires=5 * HOUR, product="tea")
    scenario = Scenario(VOCABULARY, (RuleSet(0, (reminder,)),), (without, older), 800 * DAY, {})
    rows = stepped(scenario, through_store=False)
    assert rows == stepped(scenario, through_store=True) == interpreted(scenario)
    assert len(decided(scenario)) == number
