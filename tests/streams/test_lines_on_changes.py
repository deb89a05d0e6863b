"""Lines on how often something of the customer has changed."""

from __future__ import annotations

from models.types import TEXT, WHOLE, Value
from models.vocabulary import DAY, Vocabulary
from rules.plan import plan
from rules.program import program
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    Block,
    Comparator,
    Compare,
    Crosses,
    Guide,
    Pattern,
    Rule,
    Sliding,
)
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import event


def test_the_change_that_reaches_a_limit_of_hers_is_seen() -> None:
    """A change both counts and may move the limit, so its line is judged before and after."""
    count = Aggregate(AggregateFunction.COUNT, None, (Pattern("customer changed"),), Sliding(7 * DAY), WHOLE)
    line = Crosses(Compare(Comparator.AT_LEAST, count, Attribute("limit", WHOLE)))
    rule = Rule("often", "0" * 12, "Often", line, (Block((Guide((("en", ("Are you well?",)),)),)),))
    vocabulary = Vocabulary(events={}, customer={"limit": WHOLE, "street": TEXT})
    made = program(plan((rule,), vocabulary))
    engine = Engine(made, Judge(made, Decider(vocabulary, made.compiler, Terms())))
    record = engine.new_record("c")
    decided = []
    changes: tuple[dict[str, Value], ...] = (
        {"limit": 3},
        {"street": "a"},
        {"street": "b"},
        {"street": "c"},
        {"limit": 4},
    )
    for number, told in enumerate(changes):
        decided.append(len(engine.take(record, event("customer changed", number, "", **told), number)))
    assert decided == [0, 0, 1, 0, 0]
    assert len(engine.take(record, event("customer changed", 9, limit=100), 9)) == 0
    assert len(engine.take(record, event("customer changed", 10, limit=7), 10)) == 1
