"""A rule that is said to fire whenever another does: it does, on random streams, by the plain interpreter."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rules.checks.reasoning.company import fires_with
from rules.interpreter import BlockDue, RuleSet, interpret
from rules.typed import Happens, Rule
from tests.property.strategies import Scenario, scenario


def wider(random: Random, one: Rule, others: tuple[Rule, ...]) -> Rule:
    """A rule that may well fire whenever this one does: the same with fewer lines, or other patterns."""
    keep = [line for line in one.only_if if random.randrange(2)]
    unless = [line for line in one.unless if random.randrange(2)]
    situation = one.situation
    if isinstance(situation, Happens) and random.randrange(2):
        more = [
            pattern for other in others if isinstance(other.situation, Happens) for pattern in other.situation.patterns
        ]
        kept = [replace(pattern, where=None) if random.randrange(3) == 0 else pattern for pattern in situation.patterns]
        situation = Happens((*kept, *random.sample(more, min(1, len(more)))))
    return replace(
        one,
        id="wider",
        situation=situation,
        only_if=tuple(keep),
        unless=tuple(unless),
        at_most=() if random.randrange(8) else one.at_most,
        stop_when=() if random.randrange(8) else one.stop_when,
        runs=(None, None) if random.randrange(2) else one.runs,
        blocks=tuple(replace(block, only_if=(), unless=()) for block in one.blocks),
    )


def held(seed: int) -> int:
    """How often a rule fired and another with it, as was said; never without."""
    random = Random(seed)
    one = scenario(random)
    rules = one.rule_sets[0].rules
    count = 0
    for rule in rules:
        other = wider(random, rule, rules)
        if rule.blocks[0].after is not None or not fires_with(other, rule):
            continue
        alone, beside = acting(one, rule), acting(one, other)
        assert alone <= beside, (seed, rule, other)
        count += len(alone)
    return count


def acting(one: Scenario, rule: Rule) -> set[tuple[int, object]]:
    """When the first block of a rule acts, and for which value of `each`; `at most` takes nothing away from it."""
    free = replace(rule, at_most=())
    happened = interpret([RuleSet(0, (free,))], one.vocabulary, one.taken, one.until, one.attributes_before)
    return {(due.at, due.match.each) for due in happened if isinstance(due, BlockDue) and due.block == 0 and due.held}


@given(st.integers(0, 2**40))
def test_what_is_said_to_fire_with_another_does(seed: int) -> None:
    """Whenever the one acts, the other acts at the same moment, for the same value of `each`."""
    held(seed)


def test_the_law_has_something_to_hold() -> None:
    """Among some hundred random rules many have company, and fire."""
    assert sum(held(seed) for seed in range(150)) >= 100
