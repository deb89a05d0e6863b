"""Events that can cross no line are counted later; nobody can tell."""

from __future__ import annotations

from models.types import MONEY, WHOLE
from rules.codec import decode, encode
from rules.compile.putting_off import MOST
from rules.interpreter import RuleSet, Taken
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import Aggregate, AggregateFunction, AllOf, Attribute, Crosses, Pattern, Rule
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    VOCABULARY,
    changed,
    compare,
    count,
    field,
    last,
    moment,
    of_field,
    rule,
    taken,
)
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped

NOON = moment("2026-03-02 12:00")
_PRODUCT = field("product", VOCABULARY.events["paid"].fields["product"])


def reaches(limit: int, *patterns: Pattern) -> Rule:
    """A line on how often any of these happened in a day."""
    fact = Aggregate(AggregateFunction.COUNT, None, patterns, last(DAY), WHOLE, None)
    return rule("often", Crosses(compare(fact, ">=", limit)))


def engine_of(*rules: Rule, puts_off: bool = True) -> Engine:
    """An engine to which nobody listens."""
    made = program(plan(rules, VOCABULARY))
    return Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())), puts_off=puts_off)


def paid(number: int) -> list[Taken]:
    """So many payments, one a minute."""
    return [taken("paid", NOON + minute * MINUTE, f"p{minute}", product="milk") for minute in range(number)]


def take(engine: Engine, events: list[Taken]) -> Record:
    """A record that has taken these; before them she was heard of."""
    record = engine.new_record("c")
    for one in [taken("opened", NOON - HOUR, "first"), *events]:
        engine.take(record, one.event, one.taken)
    return record


def test_what_can_cross_no_line_waits_until_somebody_looks() -> None:
    """Two of the ten payments a line asks for stand in a backlog, and in the series when that is looked at."""
    record = take(engine_of(reaches(10, Pattern("paid"))), paid(2))
    assert [len(one.entries) for one in record.backlogs.values()] == [2]
    assert not record.kept_series
    assert [len(series.times) for series in record.series.values()] == [2]
    assert not record.backlogs


def test_the_event_that_crosses_a_line_is_counted_with_all_before_it() -> None:
    """The fifth payment fires, and neither the fourth nor the sixth."""
    scenario = Scenario(VOCABULARY, (RuleSet(0, (reaches(5, Pattern("paid")),)),), tuple(paid(6)), NOON + DAY, {})
    (decision,) = decided(scenario)
    assert b'"id":"p4"' in decision


def test_a_backlog_is_bounded() -> None:
    """However far away a line is, and where there is none, no more than so many wait."""
    for limit in (10_000, 3 * MOST):
        record = take(engine_of(reaches(limit, Pattern("paid"))), paid(2 * MOST + 5))
        assert 0 < sum(len(one.entries) for one in record.backlogs.values()) <= MOST
        assert [len(series.times) for series in record.series.values()] == [2 * MOST + 5]


def test_a_limit_may_be_larger_than_any_sum() -> None:
    """One that no number of the processor can hold, too: what waits for it is bounded all the same."""
    for limit in (1 << 62, 1 << 63, 1 << 70):
        spent = of_field(AggregateFunction.SUM, "price", "paid", last(DAY), MONEY)
        events = [taken("paid", NOON + minute * MINUTE, price=(1 << 62) - 1) for minute in range(3)]
        record = take(engine_of(rule("rich", Crosses(compare(spent, ">=", limit)))), events)
        assert [series.columns[0][-1] for series in record.series.values()] == [3 * ((1 << 62) - 1)]


def test_what_is_put_off_is_counted_by_the_attributes_of_its_time() -> None:
    """A payment on plan S does not count on plan M later, and those on plan M are not forgotten meanwhile."""
    milk_on_m = AllOf((compare(_PRODUCT, "is", "milk"), compare(Attribute("plan", PLAN), "is", "M")))
    one, two, *rest = paid(8)
    events = (
        changed(NOON - HOUR, "m", plan="M"),
        one,
        two,
        changed(two.taken + 1, "s", plan="S"),
        *rest[:2],
        changed(rest[1].taken + 1, "m again", plan="M"),
        *rest[2:],
    )
    scenario = Scenario(VOCABULARY, (RuleSet(0, (reaches(5, Pattern("paid", milk_on_m)),)),), events, NOON + DAY, {})
    assert stepped(scenario, through_store=False) == interpreted(scenario)
    (decision,) = decided(scenario)
    assert b'"id":"p6"' in decision


def test_events_that_count_together_with_others_are_not_put_off() -> None:
    """In what order events of two types came would no longer be known."""
    record = take(engine_of(reaches(10, Pattern("paid"), Pattern("closed"))), paid(2))
    assert not record.backlogs


def test_where_records_are_written_all_the_time_nothing_is_put_off() -> None:
    """To write a record is to count what waits in it, so there all is counted at once."""
    record = take(engine_of(reaches(10, Pattern("paid")), puts_off=False), paid(2))
    assert not record.backlogs
    assert [len(series.times) for series in record.kept_series.values()] == [2]


def test_a_record_is_written_with_everything_counted() -> None:
    """What a store reads knows of no backlog, as another rule set may read it."""
    engine = engine_of(reaches(10, Pattern("paid")))
    read = decode("c", encode(take(engine, paid(3))), engine.new_record)
    assert [len(series.times) for series in read.kept_series.values()] == [3]


def test_what_was_put_off_counts_under_the_next_rule_set() -> None:
    """Three payments before a change of rules and two after it are five."""
    before, after = (reaches(5, Pattern("paid")), rule("other", Crosses(compare(count("closed", last(DAY)), ">=", 9))))
    sets = (RuleSet(0, (before,)), RuleSet(NOON + 2 * MINUTE + 1, (before, after)))
    scenario = Scenario(VOCABULARY, sets, tuple(paid(5)), NOON + DAY, {})
    assert stepped(scenario, through_store=False) == interpreted(scenario)
    (decision,) = decided(scenario)
    assert b'"id":"p4"' in decision
