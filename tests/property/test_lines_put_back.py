"""Lines on the time since an event, in average times between events: not crossed by what they count from."""

from __future__ import annotations

from random import Random

import pytest

from models.types import DURATION, NUMBER
from rules.interpreter import RuleSet
from rules.plan import plan
from rules.program import program
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Operator,
    Pattern,
    Rule,
    SinceLast,
)
from tests.property.building import HOUR, MINUTE, compare, field, last, rule
from tests.property.building import taken as taken_of
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped
from tests.property.worlds import FIELDS, world

START = 1_772_409_600_000
PRODUCTS = ("milk", "bread")


def _pattern(random: Random, chance: float) -> Pattern:
    """Payments, at times those of one price only."""
    price = FIELDS["paid"]["price"]
    return Pattern("paid", compare(field("price", price), "is", 1) if random.random() < chance else None)


def _line(random: Random, number: int) -> Rule:
    """`time since last E >= N * average time between F`, of each product or of all."""
    each = random.choice((None, "product", "product"))
    window = last(random.choice((20 * MINUTE, HOUR)), random.choice((0, 0, 0, MINUTE)))
    between = Aggregate(AggregateFunction.TIME_BETWEEN, None, (_pattern(random, 0.4),), window, DURATION, each)
    times = Constant(random.choice((1, 2, 0, -1)) * 1_000_000, NUMBER)
    usual = Arithmetic(Operator.MULTIPLY, times, between, DURATION)
    since = SinceLast((_pattern(random, 0.2),), DURATION, random.choice((each, None)))
    operator = random.choice((Comparator.AT_LEAST, Comparator.AT_LEAST, Comparator.MORE, Comparator.LESS))
    return rule(f"line {number}", Crosses(Compare(operator, since, usual)), each=each)


def _scenario(random: Random) -> Scenario:
    """Several payments at one moment; some come late."""
    rules = tuple(_line(random, number) for number in range(6))
    vocabulary = world(random).vocabulary
    stale_after = vocabulary.events["paid"].stale_after
    at, events = START, []
    for number in range(random.choice((8, 40))):
        at += random.choice((0, 0, 1, MINUTE, 3 * MINUTE, 9 * MINUTE))
        late = random.choice((0, 0, 0, MINUTE, 12 * MINUTE, 2 * HOUR))
        data = {"price": random.choice((1, 2)), "product": random.choice(PRODUCTS)}
        told = taken_of("paid", at, f"e{number:02}", time=at - late, fresh=late <= stale_after, **data)
        told.event.arrived = at
        events.append(told)
    return Scenario(vocabulary, (RuleSet(0, rules),), tuple(events), at + 2 * HOUR, {})


@pytest.mark.parametrize("seed", range(16))
def test_lines_that_are_put_back_cross_when_they_do(seed: int) -> None:
    """Engine, plain steps and interpreter agree on when a line is crossed, by an event or by time."""
    found = _scenario(Random(seed))
    assert stepped(found, through_store=False) == interpreted(found)
    assert decided(found) == decided(found, generated=False) == decided(found, listening=True)


def test_what_puts_a_line_back_is_known() -> None:
    """Else each line would be judged before and after every event, and nobody would notice but by the clock."""
    random = Random(1)
    vocabulary = world(random).vocabulary
    between = Aggregate(AggregateFunction.TIME_BETWEEN, None, (Pattern("paid"),), last(HOUR), DURATION)
    twice = Arithmetic(Operator.MULTIPLY, Constant(2_000_000, NUMBER), between, DURATION)
    since = SinceLast((Pattern("paid"),), DURATION)
    reset, not_reset = (Crosses(Compare(sign, since, twice)) for sign in (Comparator.AT_LEAST, Comparator.LESS))
    made = program(plan((rule("reset", reset), rule("not reset", not_reset)), vocabulary))
    assert [part.resets for part in made.events["paid"].every_part] == [frozenset({made.number_of["reset"]})]
