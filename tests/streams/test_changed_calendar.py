"""A calendar that changes while a billing cycle runs."""

from __future__ import annotations

from models.types import WHOLE
from rules.interpreter import RuleSet
from rules.typed import Call, Crosses, Function
from tests.property.building import HOUR, VOCABULARY, changed, compare, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped


def test_cycle_ends_in_its_old_zone() -> None:
    """A line over the day of the billing cycle moves at midnight of the zone the cycle began in."""
    begins = moment("2026-03-09 10:00")
    early = rule("early", Crosses(compare(Call(Function.DAY_OF_BILLING_CYCLE, (), WHOLE), "<", 2)))
    # The cycle ends at midnight of UTC; in Shanghai that is 08:00.
    events = (taken("paid", begins), changed(begins + HOUR, time_zone="Asia/Shanghai"))
    scenario = Scenario(VOCABULARY, (RuleSet(0, (early,)),), events, begins + 20 * HOUR, {"bill day": 10})
    rows = stepped(scenario, through_store=False)
    assert rows == interpreted(scenario)
    assert [row[3] for row in rows if row[0] == "match"] == [moment("2026-03-10 00:00")]
