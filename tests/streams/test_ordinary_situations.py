"""What waits for events that are ordinary: it is asked for each, whoever takes them."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from models.types import MONEY
from rules.interpreter import RuleSet, Taken
from rules.plan import plan
from rules.program import program
from rules.typed import AggregateFunction, Crosses, Happens, Pattern, Rule, Sequence, Step, StepKind
from streams.blocks import Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from streams.stepper import Stepper
from tests.property.building import DAY, HOUR, MINUTE, VOCABULARY, compare, count, last, moment, of_field, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import decided

NOON = moment("2026-03-02 12:00")

either = pytest.mark.parametrize("compiled", [COMPILED, False])


def reaches(limit: int, event: str) -> Rule:
    """A line on how often something happened in a day."""
    return rule(f"{limit} {event}", Crosses(compare(count(event, last(DAY)), ">=", limit)))


def fired_by(compiled: bool, rules: tuple[Rule, ...], *events: Taken) -> list[tuple[str, str]]:
    """The rules that fired and the events that made them, after she was heard of."""
    return [(rule, by) for rule, by, _ in fired_at(compiled, rules, *events)]


def fired_at(compiled: bool, rules: tuple[Rule, ...], *events: Taken) -> list[tuple[str, str, str]]:
    """The same with the moments."""
    known = (taken("seen", NOON - HOUR, "first"), *events)
    scenario = Scenario(VOCABULARY, (RuleSet(0, rules),), known, known[-1].taken, {})
    found = [json.loads(decision) for decision in decided(scenario, compiled=compiled)]
    return [(decision["rule"], decision["event"]["id"], decision["time"]) for decision in found]


@either
def test_what_old_news_made_true_fires_at_an_event_that_waits_to_be_counted(compiled: bool) -> None:
    """Two payments are enough, of which one is two hours old: the next event fires, and none after it."""
    told = taken("paid", NOON + 2 * HOUR, "late", time=NOON).event
    late = Taken(replace(told, arrived=NOON + 2 * HOUR), NOON + 2 * HOUR, fresh=False)
    closed = [taken("closed", NOON + 2 * HOUR + number, f"closed {number}") for number in (1, 2)]
    rules = (reaches(2, "paid"), reaches(9, "closed"))
    assert fired_by(compiled, rules, taken("paid", NOON, "fresh"), late, *closed) == [("2 paid", "closed 1")]


@either
def test_a_sequence_goes_on_with_an_event_that_waits_to_be_counted(compiled: bool) -> None:
    """The second of three steps is a payment, and ten payments reach a line."""
    then = [Step(StepKind.THEN, (Pattern(event),), HOUR, 0) for event in ("paid", "closed")]
    rules = (rule("three", Sequence((Step(StepKind.FIRST, (Pattern("opened"),)), *then))), reaches(10, "paid"))
    events = [taken(event, NOON + place, event) for place, event in enumerate(("opened", "paid", "closed"))]
    assert fired_by(compiled, rules, *events) == [("three", "closed")]


@either
def test_the_first_events_come_to_a_limit(compiled: bool) -> None:
    """A backlog that was begun before anything was counted ends before its limit, and at an amount below zero."""
    spent = of_field(AggregateFunction.SUM, "price", "paid", last(DAY), MONEY)
    rules = (rule("spent", Crosses(compare(spent, ">=", 10))),)
    for prices, by in (((5, 5, 5), "1"), ((5, -3, 7, 1, 1), "3"), ((3, 3, 3, 0, 1), "4"), ((11,), "0")):
        events = [taken("paid", NOON + place, f"{place}", price=price) for place, price in enumerate(prices)]
        assert fired_by(compiled, rules, *events) == [("spent", by)]


@either
def test_a_limit_may_be_larger_than_the_numbers_of_a_processor(compiled: bool) -> None:
    """A rule may say any number, and no count comes to it, however many wait."""
    spent = of_field(AggregateFunction.SUM, "price", "paid", last(DAY), MONEY)
    rules = (rule("spent", Crosses(compare(spent, ">=", 9))), reaches(10**20, "paid"))
    events = [taken("paid", NOON + place, f"{place}", price=place // 40) for place in range(120)]
    assert fired_by(compiled, rules, *events) == [("spent", "48")]


@either
def test_nothing_waits_where_a_line_compares_two_facts(compiled: bool) -> None:
    """It is judged before and after each event that moves it."""
    more = rule("more", Crosses(compare(count("paid", last(DAY)), ">", count("closed", last(DAY)))))
    events = [taken(event, NOON + place, f"{place}") for place, event in enumerate(("closed", "paid", "paid"))]
    assert fired_by(compiled, (more, reaches(9, "paid")), *events) == [("more", "2")]


@either
def test_an_event_that_is_late_is_taken_when_the_one_before_it_was(compiled: bool) -> None:
    """It completes, counts and begins as of the moment to which the customer has come."""
    steps = (Step(StepKind.FIRST, (Pattern("closed"),)), Step(StepKind.THEN, (Pattern("paid"),), MINUTE, 0))
    rules = (rule("opened", Happens((Pattern("opened"),))), rule("soon", Sequence(steps)), reaches(3, "paid"))
    late = [("paid", "one"), ("opened", "two"), ("paid", "three"), ("closed", "four")]
    events = [taken("paid", NOON, "zero"), *(taken(event, NOON - MINUTE, name) for event, name in late)]
    found = fired_at(compiled, rules, *events, taken("paid", NOON + 1, "five"))
    now, soon = "2026-03-02T12:00:00.000Z", "2026-03-02T12:00:00.001Z"
    assert found == [("opened", "two", now), ("3 paid", "three", now), ("soon", "five", soon)]


@either
def test_who_has_a_timer_is_come_back_to(compiled: bool) -> None:
    """Nothing is paid within the hour: that is told when the hour is over, though no event comes any more."""
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("paid"),), HOUR, 0))
    made = program(plan([rule("unpaid", Sequence(steps))], VOCABULARY))
    judge = Judge(made, Decider(VOCABULARY, made.compiler, Terms()))
    stepper = Stepper(Engine(made, judge, compiled=compiled), lambda _: {})
    for at in (NOON, NOON + DAY, NOON + 2 * DAY):
        events = [taken("seen", at), taken("opened", at + 1), taken("seen", at + 2)]
        assert stepper.take_all([(one.taken, one.event) for one in events]) == []
        assert len(list(stepper.run_timers(at + 2 * HOUR))) == 1
