"""Whole scenarios: rule sets and one customer's taken events, made so that things fire.

`rules_and_streams()` is what the engine and the plain interpreter are held equal with. A scenario is made whole from a
seed, which is many times faster than drawing its every part, and then loses parts: Hypothesis shrinks it by taking away
rules, parts of rules and events, until nothing can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

from hypothesis import strategies as st
from msgspec import structs

from models.quiet_hours import Hours
from models.types import Value
from models.vocabulary import Vocabulary
from rules.interpreter import RuleSet, Taken
from rules.typed import Block, Rule
from tests.property.streams import attributes, stream
from tests.property.typed_rules import rule, versioned
from tests.property.worlds import World, world

MOST_EVENTS = 40
T = TypeVar("T")


@dataclass(frozen=True)
class Scenario:
    """What `rules.interpreter.interpret` is asked. Events are in the order of taking, without duplicates."""

    vocabulary: Vocabulary
    rule_sets: tuple[RuleSet, ...]
    taken: tuple[Taken, ...]
    until: int
    attributes_before: Mapping[str, Value]
    quiet_hours: Mapping[str, Hours] = field(default_factory=dict)


def scenario(random: Random, most_rules: int = 4) -> Scenario:
    """One to `most_rules` rules, at times in several rule sets, and up to `MOST_EVENTS` events."""
    found = world(random)
    rules = tuple(rule(random, found, f"rule {number}") for number in range(1, random.randint(1, most_rules) + 1))
    taken = stream(random, found, rules, random.choice((3, 10, 20, 30, MOST_EVENTS)))
    until = taken[-1].taken + random.choice((0, 1, 3, 8)) * found.unit
    before = {**attributes(random, found), **attributes(random, found)} if random.randrange(4) else {}
    return Scenario(found.vocabulary, _rule_sets(random, found, rules), taken, until, before, _quiet_hours(random))


def _quiet_hours(random: Random) -> dict[str, Hours]:
    """Of both purposes, of one or of none: over midnight or not, for a minute, or for all of the day but one."""
    spans = ((20 * 60, 9 * 60), (9 * 60, 20 * 60), (0, 1), (1, 0), (90, 150), (23 * 60 + 59, 12 * 60))
    return {purpose: random.choice(spans) for purpose in ("marketing", "service") if random.randrange(3) == 0}


def _rule_sets(random: Random, world: World, first: tuple[Rule, ...]) -> tuple[RuleSet, ...]:
    """Mostly one; else later sets that leave rules out, change them, or take them up again."""
    sets = [RuleSet(0, first)]
    begins = world.start
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        begins += random.randint(1, 8) * world.unit
        fates = {one: random.choice(("same", "same", "gone", "other")) for one in first}
        chosen = [
            one if fate == "same" else _changed(random, world, one) for one, fate in fates.items() if fate != "gone"
        ]
        sets.append(RuleSet(begins, tuple(chosen)))
    return tuple(sets)


def _changed(random: Random, world: World, one: Rule) -> Rule:
    """Another rule of the same id. Its `at most` stays: how far back a new one sees is not exactly laid down."""
    return versioned(structs.replace(rule(random, world, one.id), at_most=one.at_most))


@st.composite
def rules_and_streams(draw: st.DrawFn) -> Scenario:
    """Scenarios whose every part may be missing."""
    whole = scenario(Random(draw(st.integers(0, 2**40))))
    # A zero leaves out: rare at first, and what Hypothesis tries when it makes an example smaller.
    kept: Callable[[], bool] = lambda: draw(st.integers(0, 30)) > 0  # noqa: E731 - one word for one draw
    names = {rule.id for rule_set in whole.rule_sets for rule in rule_set.rules}
    remaining = {name for name in sorted(names) if kept()} or names
    parts = {name: tuple(kept() for _ in range(7)) for name in sorted(remaining)}
    sets = [rule_set for index, rule_set in enumerate(whole.rule_sets) if index == 0 or kept()]
    return replace(
        whole,
        rule_sets=tuple(
            replace(
                rule_set, rules=tuple(_without(rule, parts[rule.id]) for rule in rule_set.rules if rule.id in parts)
            )
            for rule_set in sets
        ),
        taken=tuple(taken for taken in whole.taken if kept()) or whole.taken[:1],
        attributes_before={name: value for name, value in whole.attributes_before.items() if kept()},
        quiet_hours={purpose: hours for purpose, hours in whole.quiet_hours.items() if kept()},
    )


def _without(rule: Rule, keep: tuple[bool, ...]) -> Rule:
    """The rule with only those parts that are kept, and the version of what remains."""
    only_if, unless, stop_when, at_most, runs, later, conditions = keep
    blocks = rule.blocks if later else rule.blocks[:1]
    return versioned(
        structs.replace(
            rule,
            only_if=rule.only_if if only_if else (),
            unless=rule.unless if unless else (),
            stop_when=rule.stop_when if stop_when else (),
            at_most=rule.at_most if at_most else (),
            runs=rule.runs if runs else (None, None),
            blocks=blocks if conditions else tuple(_bare(block) for block in blocks),
        )
    )


def _bare(block: Block) -> Block:
    return structs.replace(block, only_if=(), unless=())
