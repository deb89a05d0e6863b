"""An event that is told again while it is still fresh, too late to be known as a repeat."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from models.decisions import Decision, EventCause
from rules.codec import decode, encode
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import After, Block, Cap, Crosses, Ever, Happens, Pattern, Rule
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import DAY, HOUR, SPEAK, VOCABULARY, compare, count, event, last, rule

#: A payment may be told again for a day.
FOR_A_DAY = replace(
    VOCABULARY, events={**VOCABULARY.events, "paid": replace(VOCABULARY.events["paid"], stale_after=DAY)}
)
THANKS = rule("thanks", Happens((Pattern("paid"),)))


def told(of: Rule, *tellings: tuple[int, str]) -> tuple[list[Decision], Record]:
    """The decisions about payments (hours, id), and the record, which is kept in a store in between."""
    made = program(plan((of,), FOR_A_DAY))
    engine = Engine(made, Judge(made, Decider(FOR_A_DAY, made.compiler, Terms())))
    record, decisions = engine.new_record("c"), []
    for hours, name in tellings:
        decisions += engine.take(
            record, structs.replace(event("paid", max(0, hours - 20) * HOUR, name), arrived=hours * HOUR), hours * HOUR
        )
        counts = record.counts
        record = decode("c", encode(record), engine.new_record)
        record.counts = counts
        engine.restore_timers(record)
    return [*decisions, *engine.run_timers(record, 100 * DAY)], record


def test_it_is_decided_once() -> None:
    """No decision comes twice under one id; what is passed over is counted."""
    decisions, record = told(THANKS, (0, "a"), (2, "a"), (23, "a"), (23, "b"))
    assert [decision.event for decision in decisions] == [EventCause("file", "a"), EventCause("file", "b")]
    assert record.counts == {"decided before": 2}


def test_it_counts_again() -> None:
    """Beyond the hour a repeat is another event for facts; what only it brings about is decided."""
    twice = rule("twice", Crosses(compare(count("paid", last(2 * DAY)), ">=", 2)))
    assert len(told(twice, (0, "a"), (2, "a"))[0]) == 1


def test_what_comes_later_comes_once() -> None:
    """Blocks with `after` belong to the first telling."""
    blocks = (Block((SPEAK,)), Block((SPEAK,), after=After(5 * HOUR, (), "")))
    decisions, _ = told(rule("later", Happens((Pattern("paid"),)), blocks=blocks), (0, "a"), (2, "a"))
    assert len({decision.id for decision in decisions}) == len(decisions) == 2


def test_what_was_refused_stays_refused() -> None:
    """A match that `at most` refused has had its decision."""
    once = rule("once", Happens((Pattern("paid"),)), at_most=(Cap(1, Ever(), "1 ever"),))
    decisions, _ = told(once, (0, "a"), (1, "b"), (3, "b"))
    assert [decision.outcome for decision in decisions] == ["sent", "suppressed"]


def test_after_its_time_an_id_is_new() -> None:
    """Nothing is remembered longer than an event of any type stays fresh."""
    decisions, record = told(THANKS, (0, "a"), (30, "a"))
    assert (len(decisions), len(record.decided)) == (2, 1)
