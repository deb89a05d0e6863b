"""Lines on what is seldom large: most of the time nothing can cross them, and nothing is looked at."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.types import MONEY, WHOLE, YES_NO
from rules.interpreter import RuleSet
from rules.typed import (
    AggregateFunction,
    AllOf,
    AnyOf,
    CalendarUnit,
    CalendarWindow,
    Comparator,
    Compare,
    Condition,
    Constant,
    Crosses,
    Ever,
    Expression,
    Holds,
    Named,
    Rule,
    Truth,
    Window,
)
from tests.property.building import HOUR, MINUTE, count, last, of_field, rule
from tests.property.building import taken as taken_of
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped
from tests.property.worlds import world

START = 1_772_409_600_000
WINDOWS: tuple[Window, ...] = (*[last(10 * MINUTE)] * 3, last(HOUR), CalendarWindow(CalendarUnit.DAY), Ever())


def _line(random: Random, number: int) -> Rule:
    """A line on an average, sum or count; at times of two of them together, or as an audience."""
    condition: Condition = _compared(random)
    if not random.randrange(4):
        condition = random.choice((AllOf, AnyOf))((condition, _compared(random)))
    if not random.randrange(6):
        condition = Holds(Named("many", Truth(condition, YES_NO), YES_NO))
    return rule(f"line {number}", Crosses(condition))


def _compared(random: Random) -> Compare:
    """Most of them rise."""
    window = random.choice(WINDOWS)
    function = random.choice((AggregateFunction.AVERAGE, AggregateFunction.AVERAGE, AggregateFunction.SUM, None))
    limit: Expression
    if function is None:
        fact, limit = count("used", window), Constant(random.randint(1, 9), WHOLE)
    else:
        fact, limit = (
            of_field(function, "price", "used", window, MONEY),
            Constant(random.choice((0, 5, 5, 20, 20, 60, 60)), MONEY),
        )
    operator = random.choice((Comparator.AT_LEAST, Comparator.AT_LEAST, Comparator.AT_LEAST, Comparator.LESS))
    return Compare(operator, fact, limit)


def _scenario(random: Random) -> Scenario:
    """Prices are small, seldom large; at times missing, at times (from some moment on) below 0; some come late."""
    rules = tuple(_line(random, number) for number in range(8))
    missing, refunds = random.choice((0, 0, 0.3)), random.choice((0, 0, 0.1))
    vocabulary = world(random).vocabulary
    stale_after = vocabulary.events["used"].stale_after
    at, events = START, []
    for number in range(random.choice((10, 60))):
        at += random.choice((1, MINUTE // 2, MINUTE, 3 * MINUTE, 7 * MINUTE, 9 * MINUTE))
        data: dict[str, Any] = {"amount": 1, "seconds": 1_000}
        if random.random() >= missing:
            data["price"] = random.choice((0, 1, 2, 4, 4, 20, 60, 61, 200))
        if random.random() < refunds:
            data["price"] = -random.choice((1, 30))
        late = random.choice((0, 0, 0, 0, MINUTE, 2 * HOUR))
        told = taken_of("used", at, f"e{number}", time=at - late, fresh=late <= stale_after, **data)
        told.event.arrived = at
        events.append(told)
    return Scenario(vocabulary, (RuleSet(0, rules),), tuple(events), at + 2 * HOUR, {})


@pytest.mark.parametrize("seed", range(20))
def test_lines_cross_when_they_do(seed: int) -> None:
    """Engine, plain steps and interpreter agree on when a line is crossed, by an event or by time."""
    found = _scenario(Random(seed))
    assert stepped(found, through_store=False) == interpreted(found)
    assert decided(found) == decided(found, generated=False) == decided(found, listening=True)
