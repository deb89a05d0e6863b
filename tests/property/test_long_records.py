"""What is rare in random scenarios because it takes many events: long series, and more openings than are kept."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.types import DATA, MONEY, TEXT, WHOLE
from rules.facts.series import EXACT, Series
from rules.interpreter import RuleSet, Taken
from rules.typed import (
    AggregateFunction,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Pattern,
    Rule,
    Sequence,
    Step,
)
from rules.typed import StepKind as Kind
from tests.property.building import HOUR, MINUTE, SECOND, compare, count, field, last, line, of_field, rule
from tests.property.building import taken as taken_of
from tests.property.strategies import Scenario
from tests.property.test_engine import decided, interpreted, stepped
from tests.property.worlds import world

START = 1_772_409_600_000


def _scenario(seed: int, rules: tuple[Rule, ...], taken: list[Taken]) -> Scenario:
    return Scenario(world(Random(seed)).vocabulary, (RuleSet(0, rules),), tuple(taken), taken[-1].taken + 5 * HOUR, {})


def _pair(name: str, kind: Kind, length: int) -> Rule:
    steps = (Step(Kind.FIRST, (Pattern("used"),)), Step(kind, (Pattern("closed"),), length, 0))
    return rule(name, Sequence(steps))


@pytest.mark.parametrize("seed", range(6))
def test_more_openings_than_are_kept(seed: int) -> None:
    """Of more than 100 openings the newest stay open, whatever ends some of them in between."""
    dice = Random(seed)
    rules = (
        _pair("then", Kind.THEN, 2 * HOUR),
        _pair("soon", Kind.THEN, 9 * MINUTE),
        _pair("without", Kind.WITHOUT, 3 * HOUR),
        _pair("without long", Kind.WITHOUT, 4 * HOUR),
    )
    at, events = START, []
    for number in range(260):
        at += dice.choice((SECOND, MINUTE, MINUTE // 2))
        closes = dice.random() < 0.01
        late = dice.choice((0, 0, 0, MINUTE, HOUR // 2))
        data: dict[str, Any] = {"case": "k1"} if closes else {"amount": 1, "seconds": 1_000}
        events.append(taken_of("closed" if closes else "used", at, f"e{number}", time=at - late, **data))
    scenario = _scenario(seed, rules, events)
    assert stepped(scenario, through_store=False) == interpreted(scenario)


@pytest.mark.parametrize("seed", range(3))
def test_old_openings_are_let_go(seed: int) -> None:
    """What fits only an opening before the newest 100 completes nothing."""
    dice = Random(seed)
    same = compare(field("case", TEXT), "is", field("case", TEXT, 0))
    steps = (Step(Kind.FIRST, (Pattern("opened"),)), Step(Kind.THEN, (Pattern("closed", same),), 9 * HOUR, 0))
    unless = (line(compare(count("closed", last(HOUR)), ">=", 2)),)  # so that not all that fit close what is open
    at, events = START, []
    for number in range(320):
        at += dice.choice((SECOND, MINUTE))
        back = dice.randrange(90, 115)
        if number > back and dice.random() < 0.2:
            events.append(taken_of("closed", at, f"e{number}", case=f"k{number - back}"))
        else:
            events.append(taken_of("opened", at, f"e{number}", case=f"k{number}", rank=1))
    scenario = _scenario(seed, (rule("same", Sequence(steps), unless=unless),), events)
    assert stepped(scenario, through_store=False) == interpreted(scenario)


def test_long_series_alike() -> None:
    """Of thousands of events of one customer generated functions and plain steps keep and decide the same."""
    dice = Random(7)
    amount = of_field(AggregateFunction.SUM, "amount", "used", last(HOUR), DATA)
    price = of_field(AggregateFunction.AVERAGE, "price", "used", last(HOUR), MONEY)
    rules = (
        rule("sum", Crosses(Compare(Comparator.AT_LEAST, amount, Constant(900, DATA)))),
        rule("average", Crosses(Compare(Comparator.LESS, price, Constant(40, MONEY)))),
        rule("count", Crosses(Compare(Comparator.AT_LEAST, count("used", last(9 * HOUR)), Constant(2_600, WHOLE)))),
    )
    at, events = START, []
    for number in range(4_000):
        at += dice.randrange(2 * SECOND, 20 * SECOND)
        data: dict[str, Any] = {"amount": dice.randrange(10), "seconds": 1}
        if dice.random() < 0.9:
            data["price"] = dice.randrange(-20, 100)
        late = dice.choice((0, 0, 0, 0, MINUTE, 10 * MINUTE))
        events.append(taken_of("used", at, f"e{number}", time=at - late, **data))
    scenario = _scenario(7, rules, events)
    found = decided(scenario)
    assert len(found) > 10
    assert found == decided(scenario, generated=False)


@pytest.mark.parametrize("missing", [False, True])
def test_newest_thousand_exact(missing: bool) -> None:
    """However many entries there are, sums over windows within the newest 1,000 are exact, also with late entries."""
    dice = Random(3)
    series, entries = Series((("amount", True), ("amount", False))), []
    for number in range(5_000):
        time = number * SECOND - dice.choice((0, 0, 0, 5_000))
        value = None if missing and dice.random() < 0.1 else dice.randrange(-5, 50)
        entries.append((time, value))
        series.add(time, {"amount": value}, -10_000, 60_000)
    entries.sort(key=lambda entry: entry[0])
    newest = entries[-EXACT:]
    assert series.times[-EXACT:] == [time for time, _ in newest]
    assert series.values(0)[-EXACT:] == series.values(1)[-EXACT:] == [value for _, value in newest]
    assert len(series.times) < EXACT + 300
    assert sum(bucket.count for bucket in series.buckets or ()) + len(series.times) == len(entries)
    total = sum(value or 0 for _, value in entries)
    kept = series.columns[0][-1] - series.columns[0][0]
    assert kept + sum(bucket.fields[0][1] for bucket in series.buckets or ()) == total
