"""What absences end is asked of those openings only that may not be marked yet."""

from __future__ import annotations

from rules.interpreter import RuleSet, Taken
from rules.typed import Pattern, Rule, Sequence, Step, StepKind
from tests.property.building import HOUR, MINUTE, SECOND, VOCABULARY, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped

START = moment("2026-03-02 10:00")
#: Somebody opens a case and does not pay within half an hour.
UNPAID = rule(
    "unpaid",
    Sequence(
        (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("paid"),), HOUR // 2, 0)),
    ),
)
#: The same of all kinds of events, within a day.
NEVER_PAID = tuple(
    rule(
        f"never paid after {event}",
        Sequence(
            (Step(StepKind.FIRST, (Pattern(event),)), Step(StepKind.WITHOUT, (Pattern("paid"),), 24 * HOUR, 0)),
        ),
    )
    for event in ("opened", "closed", "seen")
)


def matches(*events: Taken, rules: tuple[Rule, ...] = (UNPAID,)) -> int:
    """How often the rules match, as engine and interpreter say."""
    found = Scenario(VOCABULARY, (RuleSet(0, rules),), events, events[-1].taken + 25 * HOUR, {})
    rows = stepped(found, through_store=False)
    assert rows == stepped(found, through_store=True) == interpreted(found)
    return sum(row[0] == "match" for row in rows)


def test_a_payment_of_before_does_not_end_a_wait_and_a_later_one_does() -> None:
    """What is paid before the opening is told after it; then something is paid in time."""
    before = taken("paid", START + SECOND, time=START - MINUTE)
    assert matches(taken("opened", START), before) == 1
    assert matches(taken("opened", START), before, taken("paid", START + MINUTE)) == 0


def test_each_payment_ends_what_has_opened_since() -> None:
    """However many open and are ended one after the other, the last that is not ended is the one that fires."""
    events = []
    for number in range(300):
        at = START + number * MINUTE
        events += [taken("opened", at), taken("paid", at + SECOND)]
    assert matches(*events) == 0
    assert matches(*events, taken("opened", START + 300 * MINUTE)) == 1


def test_a_payment_ends_hundreds_of_openings_of_many_kinds() -> None:
    """What has opened since the last payment is more than is remembered of it; the next payment ends all of it."""
    opened = [taken(("opened", "closed", "seen")[number % 3], START + number * MINUTE) for number in range(1, 280)]
    events = (taken("opened", START - MINUTE), taken("paid", START), *opened, taken("paid", START + 280 * MINUTE))
    assert matches(*events, rules=NEVER_PAID) == 0
    assert matches(*events[:-1], rules=NEVER_PAID) > 0
