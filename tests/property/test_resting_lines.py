"""Lines that rest until they can be crossed fire as lines that are asked at every event do."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from models.types import MONEY, WHOLE, Value
from rules.interpreter import RuleSet, Taken
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Crosses,
    Expression,
    Pattern,
    Rule,
    Window,
)
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
)
from tests.property.building import line as line_of
from tests.property.building import rule as rule_of
from tests.property.building import taken as taken_of
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped

START = moment("2026-03-02 10:00")
#: Minutes, and days, that are long enough for some entries to leave and others to stay.
_WINDOWS: tuple[Window, ...] = (last(10 * MINUTE), last(HOUR), last(DAY), CalendarWindow(CalendarUnit.DAY))
_MILK = Pattern("paid", compare(field("product", VOCABULARY.events["paid"].fields["product"]), "is", "milk"))


def _price(function: AggregateFunction, patterns: Pattern | str, window: Window) -> Aggregate:
    return of_field(function, "price", patterns, window, MONEY)


def _rules(dice: Random, number_of: int, scales: tuple[int, ...]) -> tuple[Rule, ...]:
    """Lines on few facts: some with several limits, some with a limit she herself gives, some for who has plan M."""
    made = []
    for number in range(number_of):
        patterns, window, scale = dice.choice(("paid", "paid", _MILK)), dice.choice(_WINDOWS), dice.choice(scales)
        kind = dice.choice(("count", "sum", "sum", "average"))
        limit: Expression | Value
        if kind == "count":
            fact = count(patterns, window)
            limit = Attribute("limit", WHOLE) if dice.random() < 0.3 else dice.randrange(5 * scale)
        else:
            fact = _price(AggregateFunction(kind), patterns, window)
            limit = dice.randrange(60 if kind == "average" else 90 * scale)
            if kind == "sum" and dice.random() < 0.3:
                limit = Attribute("balance", MONEY)
        sign = "<" if dice.random() < 0.05 else ">="
        only_if = (line_of(compare(Attribute("plan", PLAN), "is", "M")),)
        made.append(
            rule_of(f"r{number}", Crosses(compare(fact, sign, limit)), only_if=only_if if dice.random() < 0.3 else ())
        )
    return tuple(made)


def _events(dice: Random, most: int, *, refunds: bool, steps: tuple[int, ...], scale: int) -> list[Taken]:
    """Payments, late ones among them, and changes of what she is like."""
    at, events = START, []
    for number in range(most):
        at += dice.choice(steps)
        if dice.random() < 3 / most:
            names = dice.sample(("plan", "limit", "balance"), 2)
            values: dict[str, Any] = {
                "plan": dice.choice("SM"),
                "limit": dice.randrange(5 * scale),
                "balance": dice.randrange(90 * scale),
            }
            events.append(changed(at, f"c{number}", **{name: values[name] for name in names}))
            continue
        data: dict[str, Any] = {"product": dice.choice(("milk", "bread"))}
        if dice.random() < 0.95:
            data["price"] = dice.randrange(-10 if refunds else 0, 60)
        late = dice.choice((0, 0, 0, 0, 0, MINUTE, 20 * MINUTE, 3 * HOUR))
        one = taken_of("paid", at, f"e{number}", time=at - late, fresh=late <= HOUR, **data)
        events.append(replace(one, event=structs.replace(one.event, arrived=at)))
    return events


def _scenario(rules: tuple[Rule, ...], events: list[Taken]) -> Scenario:
    return Scenario(VOCABULARY, (RuleSet(0, rules),), tuple(events), events[-1].taken + DAY, {})


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 40), st.booleans())
def test_lines_rest_only_while_none_can_be_crossed(seed: int, refunds: bool) -> None:
    """Whatever comes late, is paid back, leaves a window or changes: the interpreter, who is asked always, agrees."""
    dice = Random(seed)
    steps = (0, MINUTE, 5 * MINUTE, 20 * MINUTE, 5 * HOUR)
    found = _scenario(_rules(dice, dice.randint(1, 8), (1,)), _events(dice, 40, refunds=refunds, steps=steps, scale=1))
    assert stepped(found, through_store=False) == interpreted(found)
    assert decided(found) == decided(found, listening=True) == decided(found, generated=False)
    assert decided(found) == decided(found, puts_off=False)


@pytest.mark.parametrize("seed", range(2))
def test_lines_on_long_series_wake_when_entries_are_merged(seed: int) -> None:
    """Of thousands of events, the oldest of which are merged, those who rest decide as those who are asked always."""
    dice = Random(seed)
    steps = (MINUTE // 10, MINUTE // 2, MINUTE)
    found = _scenario(
        _rules(dice, 40, (3, 30, 900, 900)), _events(dice, 3_000, refunds=seed == 0, steps=steps, scale=900)
    )
    decisions = decided(found)
    assert len(decisions) > 10
    assert decisions == decided(found, listening=True) == decided(found, generated=False)


def test_a_line_that_waits_for_more_than_is_kept_one_by_one_fires() -> None:
    """A count of more than a thousand is reached at the very event, though entries were merged meanwhile."""
    rules = (rule_of("busy", Crosses(compare(count("paid", last(DAY)), ">=", 1_300))),)
    events = [taken_of("paid", START + number * MINUTE // 6, f"e{number}", product="milk") for number in range(1_400)]
    (decision,) = decided(_scenario(rules, events))
    assert b'"id":"e1299"' in decision


@pytest.mark.parametrize("before", [(), (10,)], ids=["nothing", "little"])
def test_an_average_rises_when_what_came_late_leaves_before_the_rest(before: tuple[int, ...]) -> None:
    """Little is paid 20 minutes ago and told after much was paid: when it leaves the window, the average has risen."""
    average = _price(AggregateFunction.AVERAGE, "paid", last(HOUR))
    rules = (rule_of("dear", Crosses(compare(average, ">=", 40))),)
    paid = [(START - 5 * HOUR, 0, price) for price in before]
    paid += [(START, 0, 55), (START + MINUTE, 21 * MINUTE, 1), (START + MINUTE, 22 * MINUTE, 2)]
    events = []
    for number, (at, late, price) in enumerate(paid):
        one = taken_of("paid", at, f"e{number}", time=at - late, price=price)
        events.append(replace(one, event=structs.replace(one.event, arrived=at)))
    found = _scenario(rules, events)
    assert stepped(found, through_store=False) == interpreted(found)
    assert decided(found) == decided(found, generated=False) == decided(found, puts_off=False)
    assert len(decided(found)) == 1
