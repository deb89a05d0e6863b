"""Changed parts reach every place where they stand, and nothing else is touched."""

from __future__ import annotations

from models.types import TEXT, WHOLE
from rules.mutations.rewriting import looks_at, not_apart, with_facts, without_step
from rules.mutations.sequences import shortened
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Block,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Ever,
    FieldOf,
    Guide,
    Line,
    Named,
    Pattern,
    Placeholder,
    Rule,
    Sequence,
    Step,
    StepKind,
)

COUNT = Aggregate(AggregateFunction.COUNT, None, (Pattern("paid"),), Ever(), WHOLE, each="case")
INNER = Named("inner", COUNT, WHOLE)
OUTER = Named("outer", INNER, WHOLE)
THREE, FOUR = Constant(3, WHOLE), Constant(4, WHOLE)


def rule(situation: Crosses | Sequence) -> Rule:
    """A rule that looks at facts in a line and in a text."""
    text = (Placeholder("outer", OUTER), Placeholder("query", FieldOf("query", TEXT, 2)))
    line = Line("outer < 4", Compare(Comparator.LESS, OUTER, FOUR))
    return Rule(
        "r", "", "r", situation, (Block((Guide((("en", text),)),)),), each="case", only_if=(line,), facts=(OUTER,)
    )


def test_a_fact_is_changed_wherever_it_is_used() -> None:
    """In lines, in texts, and inside other facts, whose names stay."""
    before = rule(Crosses(Compare(Comparator.AT_LEAST, INNER, THREE)))
    changed = Named("inner", THREE, WHOLE)
    after = with_facts(before, {"inner": changed})
    outer = Named("outer", changed, WHOLE)
    assert after.situation == Crosses(Compare(Comparator.AT_LEAST, changed, THREE))
    assert after.only_if[0].condition == Compare(Comparator.LESS, outer, FOUR)
    assert after.facts == (outer,)
    assert with_facts(before, {"other": changed}) is before


def test_steps_behind_one_that_is_dropped_are_one_less() -> None:
    """What looks at them follows; a wait that counted from the step that is gone counts from the one before it."""
    same = Compare(Comparator.IS, FieldOf("query", TEXT), FieldOf("query", TEXT, 0))
    steps = (
        Step(StepKind.FIRST, (Pattern("searched"),)),
        Step(StepKind.THEN, (Pattern("paid"),), 10, 0),
        Step(StepKind.THEN, (Pattern("searched", same),), 20, 1),
        Step(StepKind.WITHOUT, (Pattern("paid"),), 30, 2),
    )
    before = rule(Sequence(steps))
    assert [looks_at(before, number) for number in range(4)] == [True, False, True, False]
    left = shortened(Sequence(steps), 1)
    assert left == Sequence(
        (
            steps[0],
            Step(StepKind.THEN, (Pattern("searched", same),), 20, 0),
            Step(StepKind.WITHOUT, (Pattern("paid"),), 30, 1),
        )
    )
    after = without_step(before, left, 1)
    assert looks_at(after, 1)
    assert not looks_at(after, 2)


def test_a_sequence_begins_with_something_that_happens() -> None:
    """Without its first step the second begins it, if it is no wait."""
    first, then = Step(StepKind.FIRST, (Pattern("a"),)), Step(StepKind.THEN, (Pattern("b"),), 10, 0, "b")
    wait = Step(StepKind.WITHOUT, (Pattern("c"),), 10, 0)
    assert shortened(Sequence((first, then)), 0) == Sequence((Step(StepKind.FIRST, (Pattern("b"),), name="b"),))
    assert shortened(Sequence((first, wait)), 0) is None


def test_without_each_facts_are_no_longer_split() -> None:
    """Neither those of the rule nor those inside others."""
    after = not_apart(rule(Crosses(Compare(Comparator.AT_LEAST, INNER, THREE))))
    whole = Aggregate(AggregateFunction.COUNT, None, (Pattern("paid"),), Ever(), WHOLE)
    assert after.each is None
    assert after.facts == (Named("outer", Named("inner", whole, WHOLE), WHOLE),)
