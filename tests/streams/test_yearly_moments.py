"""Moments that come every year."""

from __future__ import annotations

from models.moments import parse_date, parse_moment
from models.types import DATE
from models.vocabulary import Vocabulary
from rules.plan import plan
from rules.program import program
from rules.typed import Attribute, Block, EveryYear, Guide, Moment, Rule
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import event


def fired(day: str, until: str) -> list[str]:
    """When `every year on since at 09:00` fires for a customer known from the start of 2026."""
    block = Block((Guide((("en", ("Thank you.",)),)),))
    rule = Rule("yearly", "0" * 12, "Yearly", Moment(EveryYear(Attribute("since", DATE), 9 * 60)), (block,))
    vocabulary = Vocabulary(events={}, customer={"since": DATE})
    made = program(plan((rule,), vocabulary))
    engine = Engine(made, Judge(made, Decider(vocabulary, made.compiler, Terms())))
    record = engine.new_record("c")
    begins = parse_moment("2026-01-01T00:00:00Z")
    engine.take(record, event("customer changed", begins, since=parse_date(day)), begins)
    return [decision.time for decision in engine.run_timers(record, parse_moment(until))]


def test_begins_with_the_day_itself() -> None:
    """A day that is still to come is not celebrated the year before."""
    assert fired("2027-05-01", "2028-12-31T00:00:00Z") == ["2027-05-01T09:00:00.000Z", "2028-05-01T09:00:00.000Z"]


def test_the_29th_of_february() -> None:
    """Who was born on 29 February has her day on the 28th in other years."""
    assert fired("2000-02-29", "2028-12-31T00:00:00Z") == [
        "2026-02-28T09:00:00.000Z",
        "2027-02-28T09:00:00.000Z",
        "2028-02-29T09:00:00.000Z",
    ]
