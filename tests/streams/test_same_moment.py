"""Events that are taken at the same moment keep their order."""

from __future__ import annotations

from models.types import TEXT
from rules.interpreter import RuleSet
from rules.typed import Pattern, Sequence, Step, StepKind
from tests.property.building import HOUR, VOCABULARY, compare, field, line, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped


def test_later_of_two_first_steps_is_the_match() -> None:
    """Of sequences completed at once the one whose first event was taken last comes first, if only by its id."""
    steps = (
        Step(StepKind.FIRST, (Pattern("paid"),)),
        Step(StepKind.THEN, (Pattern("opened"),), HOUR, 0),
        Step(StepKind.THEN, (Pattern("closed"),), HOUR, 1),
    )
    told = rule("told", Sequence(steps), only_if=(line(compare(field("case", TEXT, 1), "is", "x")),))
    events = (
        taken("paid", 0, "1"),
        taken("paid", 0, "2"),
        taken("opened", 1, "3", case="x"),
        taken("opened", 1, "4", case="y"),
        taken("closed", 2),
    )
    scenario = Scenario(VOCABULARY, (RuleSet(0, (told,)),), events, HOUR, {})
    rows = stepped(scenario, through_store=False)
    assert rows == stepped(scenario, through_store=True) == interpreted(scenario)
    # (2, 4) is refused, (2, 3) matches; (1, 4) is not asked.
    assert sum(row[0] == "refused" for row in rows) == 1
