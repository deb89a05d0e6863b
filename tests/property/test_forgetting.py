"""What can't become a sequence any more leaves the record, though nothing comes that would look at it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import Vocabulary
from rules.codec import decode, encode
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.situations.timers import FORGET_EVERY, TimerKind
from rules.typed import Pattern, Rule, Sequence, Step, StepKind
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import DAY, HOUR, VOCABULARY, event, rule
from tests.property.strategies import scenario


def an_engine(rules: tuple[Rule, ...], vocabulary: Vocabulary = VOCABULARY) -> Engine:
    """An engine for these rules."""
    made = program(plan(rules, vocabulary))
    return Engine(made, Judge(made, Decider(vocabulary, made.compiler, Terms())))


def waits_to_forget(record: Record) -> int:
    """How many timers of the record are there to forget something."""
    return sum(kind == TimerKind.FORGET for _, kind, _ in record.heap)


@settings(deadline=None)
@given(st.integers(0, 2**40))
def test_nothing_is_left_of_sequences_that_are_over(seed: int) -> None:
    """Of random sequences and events nothing stays behind; never does more than one timer wait for it."""
    whole = scenario(Random(seed))
    rules = tuple(one for one in whole.rule_sets[0].rules if isinstance(one.situation, Sequence))
    engine = an_engine(rules, whole.vocabulary)
    record = engine.new_record("c")
    for taken in whole.taken:
        engine.take(record, taken.event, taken.taken)
        assert waits_to_forget(record) == (record.forget_due is not None)
    engine.run_timers(record, whole.until + 100 * DAY)
    assert (record.openings, record.partials, record.heap) == ({}, {}, [])


TWO = Sequence((Step(StepKind.FIRST, (Pattern("paid"),)), Step(StepKind.THEN, (Pattern("opened"),), 2 * HOUR)))
THREE = Sequence((*TWO.steps, Step(StepKind.THEN, (Pattern("closed"),), 2 * HOUR, 1)))


def test_who_is_busy_is_not_looked_at_for_each_event() -> None:
    """Over a month of a payment every three hours there is one look a day, also with a store in between."""
    engine = an_engine((rule("two", TWO), rule("three", THREE)))
    record = engine.new_record("c")
    looks = set()
    for at in range(0, 30 * DAY, 3 * HOUR):
        engine.take(record, event("paid", at), at)
        record = decode("c", encode(record), engine.new_record)
        engine.restore_timers(record)
        looks.add(record.forget_due)
    assert len(looks) <= 31
    assert len(record.openings) == len(record.partials) == 1
    engine.run_timers(record, 30 * DAY + FORGET_EVERY)
    assert (record.openings, record.partials) == ({}, {})


@pytest.mark.parametrize("situation", [TWO, THREE])
def test_what_is_not_over_yet_is_looked_at_again(situation: Sequence) -> None:
    """The first look comes a day after the first event; what began just before it goes at the next."""
    engine = an_engine((rule("one", situation),))
    record = engine.new_record("c")
    for at in (0, FORGET_EVERY - HOUR):
        engine.take(record, event("paid", at), at)
    engine.run_timers(record, FORGET_EVERY)
    assert record.openings or record.partials
    engine.run_timers(record, 2 * FORGET_EVERY)
    assert (record.openings, record.partials) == ({}, {})
