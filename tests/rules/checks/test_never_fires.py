"""What is said never to fire never does: rules on random streams, read by the plain interpreter."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.types import DURATION, WHOLE, Kind, Type
from models.vocabulary import Vocabulary
from rules.checks.never_fires import steps_too_late
from rules.checks.reasoning.at_match import at_match
from rules.checks.reasoning.truth import can_hold
from rules.interpreter import Match, RuleSet, interpret
from rules.language.keywords import ENGLISH_DAYS
from rules.typed import (
    Aggregate,
    AggregateFunction,
    CalendarUnit,
    CalendarWindow,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Ever,
    Function,
    Line,
    Not,
    Pattern,
    Rule,
    Sequence,
    SinceLast,
    Sliding,
    Step,
    StepKind,
    Window,
)
from rules.walk import nodes
from tests.property.strategies import Scenario, scenario
from tests.property.worlds import DAY

SIGNS = tuple(Comparator)


def never(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether the checks would say that the rule can never fire."""
    if isinstance(rule.situation, Sequence) and steps_too_late(rule.situation.steps):
        return True
    lines = [*(line.condition for line in rule.only_if), *(Not(line.condition) for line in rule.unless)]
    found = at_match(rule, nodes(tuple(lines)), vocabulary)
    return not any(can_hold(*way, *lines) for way in found.ways)


def asking(random: Random, rule: Rule, unit: int) -> Condition:
    """A question about the event or the time at hand that may well have only one answer."""
    patterns = [node for node in nodes(rule.situation) if isinstance(node, Pattern)] or [Pattern("paid")]
    one = random.choice(patterns)
    counted = (random.choice((one, Pattern(one.event))),)
    windows: tuple[Window, ...] = (
        Ever(),
        *(Sliding(count * unit) for count in (1, 2, 3)),
        Sliding(3 * unit, unit),
        CalendarWindow(CalendarUnit.DAY),
    )
    sign = random.choice(SIGNS)
    match random.randrange(4):
        case 0 | 1:
            count = Aggregate(AggregateFunction.COUNT, None, counted, random.choice(windows), WHOLE)
            return Compare(random.choice((sign, Comparator.LESS)), count, Constant(random.choice((0, 1, 1)), WHOLE))
        case 2:
            return Compare(sign, SinceLast(counted, DURATION), Constant(random.randint(0, 3) * unit, DURATION))
        case _ if sign in (Comparator.IS, Comparator.IS_NOT):
            weekday = Type(Kind.CHOICE, ENGLISH_DAYS)
            day = Constant(random.choice(ENGLISH_DAYS), weekday)
            return Compare(sign, Call(Function.WEEKDAY, (), weekday), day)
        case _:
            return Compare(sign, Call(Function.HOUR, (), WHOLE), Constant(random.choice((0, 3, 9, 18)), WHOLE))


def asked(seed: int) -> Scenario:
    """A scenario whose rules ask this one thing only, and of which some run for a few days."""
    random = Random(seed)
    whole = scenario(random)
    unit = whole.vocabulary.position_fades // 4
    start = whole.taken[0].taken // DAY
    rules = []
    for rule in whole.rule_sets[0].rules:
        condition = Line("asked", asking(random, rule, unit))
        only_if, unless = ((condition,), ()) if random.randrange(3) else ((), (condition,))
        runs = (start, start + random.randint(0, 8)) if random.randrange(3) == 0 else rule.runs
        rules.append(replace(rule, only_if=only_if, unless=unless, runs=runs, paused=False))
    sets = (RuleSet(whole.rule_sets[0].begins, tuple(rules)),)
    return Scenario(whole.vocabulary, sets, whole.taken, whole.until, whole.attributes_before)


def claimed_and_fired(one: Scenario) -> tuple[set[str], set[str]]:
    """The rules that are said never to fire, and those that fire."""
    claimed = {rule.id for rule_set in one.rule_sets for rule in rule_set.rules if never(rule, one.vocabulary)}
    happened = interpret(one.rule_sets, one.vocabulary, one.taken, one.until, one.attributes_before)
    return claimed, {happening.rule_id for happening in happened if isinstance(happening, Match)}


@given(st.integers(0, 2**40))
def test_what_is_said_never_to_fire_never_does(seed: int) -> None:
    """No rule that asks about the event at hand, the clock or its days fires after it was said that it cannot."""
    claimed, fired = claimed_and_fired(asked(seed))
    assert not claimed & fired


@given(st.integers(0, 2**40))
def test_rules_of_all_kinds_are_not_blamed(seed: int) -> None:
    """The same for rules as they come, of every kind."""
    one = scenario(Random(seed))
    claimed, fired = claimed_and_fired(Scenario(one.vocabulary, one.rule_sets[:1], one.taken, one.until, {}))
    assert not claimed & fired


def test_the_law_has_something_to_hold() -> None:
    """Among a few hundred random rules some are said never to fire, and do not; as many fire."""
    found = [claimed_and_fired(asked(seed)) for seed in range(180)]
    assert not any(claimed & fired for claimed, fired in found)
    assert sum(len(claimed) for claimed, _ in found) >= 40
    assert sum(len(fired) for _, fired in found) >= 60


@given(st.data())
def test_steps_that_are_late_by_themselves_are_found_as_by_trying(data: st.DataObject) -> None:
    """The least time to each step is what a search over all ways to place the steps on a grid finds."""
    count = data.draw(st.integers(2, 4))
    steps = [Step(StepKind.FIRST, (Pattern("paid"),))]
    for number in range(1, count):
        kind = data.draw(st.sampled_from((StepKind.THEN, StepKind.WITHOUT)))
        steps.append(
            Step(kind, (Pattern("paid"),), data.draw(st.integers(1, 3)), data.draw(st.integers(0, number - 1)))
        )
    late = steps_too_late(tuple(steps))
    assert bool(late) is not placed(steps, [0])


def placed(steps: list[Step], times: list[int]) -> bool:
    """Whether all steps after those placed can be placed, on whole points of time."""
    number = len(times)
    if number == len(steps):
        return True
    step = steps[number]
    since = times[step.after]
    if step.kind is StepKind.WITHOUT:
        return placed(steps, [*times, max(times[-1], since + step.duration)])
    return any(placed(steps, [*times, at]) for at in range(times[-1], since + step.duration))
