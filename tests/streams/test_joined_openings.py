"""Openings are looked up by what they join with; whatever is let go meanwhile, the same fires."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.types import TEXT
from rules.interpreter import RuleSet, Taken
from rules.typed import Pattern, Rule, Sequence, Step, StepKind
from tests.property.building import HOUR, MINUTE, SECOND, VOCABULARY, compare, field, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped

START = moment("2026-03-02 10:00")


def closed(name: str, within: int) -> Rule:
    """A case is opened, and the same is closed."""
    same = compare(field("case", TEXT), "is", field("case", TEXT, 0))
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.THEN, (Pattern("closed", same),), within, 0))
    return rule(name, Sequence(steps))


def unpaid(name: str, within: int) -> Rule:
    """A case is opened, and nothing is paid."""
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("paid"),), within, 0))
    return rule(name, Sequence(steps))


RULES = (
    closed("soon", 20 * MINUTE),
    closed("late", 3 * HOUR),
    closed("at all", 9 * HOUR),
    unpaid("unpaid", HOUR),
    unpaid("never paid", 9 * HOUR),
)


def event(dice: Random, number: int, others: tuple[float, float]) -> Taken:
    """Mostly cases are opened, some are closed and paid (`others`); what is told may be some minutes old."""
    at = START + number * MINUTE // 2
    told = at - dice.choice((0, 0, 0, SECOND, 7 * MINUTE))
    kind = dice.choices(("opened", "closed", "paid"), (8, *others))[0]
    rare = [f"case {dice.randrange(300)}"] * 15
    case: dict[str, Any] = {} if kind == "paid" else {"case": dice.choice(("one", "ONE", None, *rare))}
    return taken(kind, at, f"event {number}", time=told, **case)


@pytest.mark.parametrize("others", [(2, 1), (0.4, 1), (0.4, 0.05)])
def test_what_joins_is_found_among_hundreds(others: tuple[float, float]) -> None:
    """Of hundreds of openings, more than are kept, engine and interpreter find the same, also through a store."""
    dice = Random(1)
    events = tuple(event(dice, number, others) for number in range(450))
    scenario = Scenario(VOCABULARY, (RuleSet(0, RULES),), events, events[-1].taken + 10 * HOUR, {})
    rows = stepped(scenario, through_store=False)
    assert rows == stepped(scenario, through_store=True) == interpreted(scenario)
    assert {row[1] for row in rows if row[0] == "match"} > {"at all"}
