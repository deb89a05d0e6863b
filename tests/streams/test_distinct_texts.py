"""`distinct`, as the engine counts it, of texts that differ only in how they are written."""

from __future__ import annotations

import pytest

from models.types import WHOLE
from rules.interpreter import RuleSet
from rules.typed import AggregateFunction, Crosses, Ever, Window
from tests.property.building import HOUR, VOCABULARY, compare, last, of_field, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped


@pytest.mark.parametrize("window", [Ever(), last(HOUR)], ids=["ever", "last hour"])
@pytest.mark.parametrize("through_store", [False, True])
def test_case_and_width_make_no_other_product(window: Window, through_store: bool) -> None:
    """The second product is the one that is another when compared, whatever the window and wherever the record was."""
    distinct = of_field(AggregateFunction.DISTINCT, "product", "paid", window, WHOLE)
    twice = rule("twice", Crosses(compare(distinct, ">=", 2)))
    bought = ("Milk", "ｍｉｌｋ", "MILK", "tea")
    events = tuple(taken("paid", 1 + time, product=product) for time, product in enumerate(bought))
    scenario = Scenario(VOCABULARY, (RuleSet(0, (twice,)),), events, HOUR // 2, {})
    found = stepped(scenario, through_store=through_store)
    assert [row[3] for row in found if row[0] == "match"] == [4]
    assert found == interpreted(scenario)
