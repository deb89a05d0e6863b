"""What is said to fire twice a day does: what made a rule fire is put together once more, and it fires again."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.events import Event
from models.types import WHOLE
from models.vocabulary import DAY, Vocabulary
from rules.checks.reasoning.again import Argument, again, looks_back
from rules.checks.reasoning.terms import plain
from rules.interpreter import EventTrigger, Match, RuleSet, Taken, interpret
from rules.interpreter.evaluate import Evaluate, World, counts
from rules.interpreter.history import History
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Call,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Pattern,
    Rule,
    Sliding,
)
from rules.walk import nodes
from tests.property.strategies import Scenario, scenario
from tests.property.worlds import HOUR


def bare(rule: Rule, random: Random, vocabulary: Vocabulary) -> Rule:
    """The rule on all days, as often as it likes; now and then waiting for a count."""
    situation = rule.situation
    if random.randrange(6) == 0 and rule.each is None:
        patterns = (Pattern(random.choice(sorted(vocabulary.events))),)
        count = Aggregate(AggregateFunction.COUNT, None, patterns, Sliding(random.choice((1, 2)) * DAY), WHOLE)
        situation = Crosses(Compare(Comparator.AT_LEAST, count, Constant(random.choice((2, 3)), WHOLE)))
        rule = replace(rule, only_if=(), unless=())
    return replace(rule, situation=situation, at_most=(), runs=(None, None), paused=False)


def first_match(one: Scenario, rule: Rule) -> Match | None:
    """The first match of the rule alone."""
    found = interpret([RuleSet(0, (rule,))], one.vocabulary, one.taken, one.until, one.attributes_before)
    return next((happening for happening in found if isinstance(happening, Match)), None)


def later(taken: Taken, by: int) -> Taken:
    """The same once more, so much later (milliseconds)."""
    event = taken.event
    copy = Event(
        event.type, event.customer, event.time + by, event.arrived + by, event.source, f"{event.id} again", event.data
    )
    return Taken(copy, taken.taken + by, taken.fresh)


def once_more(one: Scenario, rule: Rule, match: Match, argument: Argument) -> tuple[list[Taken], int]:
    """The events up to the match, and those by which it shall come again; until when."""
    before = [taken for taken in one.taken if taken.taken <= match.at]
    if argument is Argument.ALL_AGAIN:
        since = looks_back(rule, one.vocabulary)
        span = _span(before, match)
        shift = since + span + one.vocabulary.position_fades + 1
        again_ = [later(taken, shift) for taken in one.taken if match.at - since - span <= taken.taken <= match.at]
        return before + again_, match.at + shift
    if argument is Argument.ONCE_MORE:
        completing = next(taken for taken in before if _triggers(taken, match))
        same = [taken for taken in one.taken if taken.taken < match.at or taken is completing]
        return [*same, later(completing, 1)], match.at + 1
    if argument is Argument.MOVES_BACK:
        return _back_and_forth(one, rule, before, match), match.at + 2
    return _leaving(one, rule, before, match), match.at + 2 * HOUR


def _triggers(taken: Taken, match: Match) -> bool:
    trigger = match.trigger
    at = taken.taken == match.at
    return (
        at
        and isinstance(trigger, EventTrigger)
        and (taken.event.source, taken.event.id) == (trigger.source, trigger.id)
    )


def _span(before: list[Taken], match: Match) -> int:
    """How long the steps took, whatever it is: events come as they come, here as in the first place."""
    bound = {(event.source, event.id) for event in match.bound if event is not None}
    times = [taken.taken for taken in before if (taken.event.source, taken.event.id) in bound]
    return match.at - min(times, default=match.at)


def _back_and_forth(one: Scenario, rule: Rule, before: list[Taken], match: Match) -> list[Taken]:
    """Her attributes go back to what they were when the line was not crossed, and forth again."""
    assert isinstance(rule.situation, Crosses)
    history = History(one.vocabulary, before, one.attributes_before)
    states = range(len(before), -1, -1)
    crossed = [Evaluate(World(history, count, match.at)).condition(rule.situation.condition) for count in states]
    back = history.attributes[states[crossed.index(False)]]
    found = list(before)
    for by, state in enumerate((back, history.attributes[-1]), 1):
        data = {name: state.get(name) for name in sorted({*back, *history.attributes[-1]})}
        event = Event("customer changed", "c", match.at + by, match.at + by, "file", f"by {by}", data)
        found.append(Taken(event, match.at + by))
    return found


def _leaving(one: Scenario, rule: Rule, before: list[Taken], match: Match) -> list[Taken]:
    """Events of the kind that is counted: one that is about to leave the window, as many as are missing, one later."""
    assert isinstance(rule.situation, Crosses)
    condition = rule.situation.condition
    assert isinstance(condition, Compare)
    count, number = plain(condition.left), condition.right
    assert isinstance(count, Aggregate)
    assert isinstance(count.window, Sliding)
    assert isinstance(number, Constant)
    assert isinstance(number.value, int)
    history = History(one.vocabulary, before, one.attributes_before)
    event = next(
        taken.event
        for index, taken in enumerate(before)
        if any(counts(pattern, index, history) for pattern in count.patterns)
        and (rule.each is None or taken.event.data.get(rule.each) == match.each)
    )
    times = [HOUR // 2 - count.window.length, *range(2 - number.value, 1), HOUR]
    return [
        Taken(Event(event.type, "c", match.at + by, match.at + by, "file", f"{by}", event.data), match.at + by)
        for by in times
    ]


def _asks_for_the_day(rule: Rule) -> bool:
    """Whether it may end with the day: what is put together again here may fall on the next."""
    return any(isinstance(node, Call) for node in nodes((rule.situation, rule.only_if, rule.unless)))


def held(seed: int) -> int:
    """How many rules of a scenario fired, were said to be able to again, and did; none was wrongly said to."""
    random = Random(seed)
    one = scenario(random)
    count = 0
    for rule in (bare(rule, random, one.vocabulary) for rule in one.rule_sets[0].rules):
        argument = again(rule, one.vocabulary)
        match = first_match(one, rule) if argument is not None else None
        if argument is None or match is None or (argument is Argument.ALL_AGAIN and _asks_for_the_day(rule)):
            continue
        taken, until = once_more(one, rule, match, argument)
        found = interpret([RuleSet(0, (rule,))], one.vocabulary, taken, until, one.attributes_before)
        at = [happening.at for happening in found if isinstance(happening, Match) and happening.each == match.each]
        assert len(at) > 1, (seed, rule, argument)
        count += 1
    return count


@given(st.integers(0, 2**40))
def test_what_made_a_rule_fire_makes_it_fire_again(seed: int) -> None:
    """Whichever argument is given for a random rule, following it makes the rule fire a second time."""
    held(seed)


def test_the_law_has_something_to_hold() -> None:
    """Among a few hundred random rules many are said to be able to fire again, and do."""
    assert sum(held(seed) for seed in range(150)) >= 20
