from __future__ import annotations

from typing import Any

from models.types import MONEY, TEXT
from rules.interpreter import EventTrigger, Match, Taken, TimerTrigger
from rules.interpreter.happenings import Refused
from rules.typed import Cap, Ever, Pattern, PlacePattern, PlaceVerb, Rule, Sequence, Step, StepKind
from tests.property.building import (
    DAY,
    HOUR,
    MINUTE,
    compare,
    field,
    fired,
    happenings,
    line,
    matches,
    rule,
    taken,
)


def first(name: str = "opened", **where: Any) -> Step:
    """The first step: an event."""
    return Step(StepKind.FIRST, (Pattern(name, **where),))


def then(name: str, within: int = HOUR, after: int | None = None, number: int = 1, **where: Any) -> Step:
    """`then EVENT within D`; step 1, counted from the one before, unless said otherwise."""
    return Step(StepKind.THEN, (Pattern(name, **where),), within, number - 1 if after is None else after)


def without(name: str, length: int = HOUR, after: int = 0, **where: Any) -> Step:
    """`without EVENT for D`, counted from the first step unless said otherwise."""
    return Step(StepKind.WITHOUT, (Pattern(name, **where),), length, after)


def sequence(*steps: Step, **parts: Any) -> Rule:
    """A rule on a sequence."""
    return rule("sequence", Sequence(steps), **parts)


def ids(match: Match) -> list[str | None]:
    """The ids of the events bound, None for an absence."""
    return [None if event is None else event.id for event in match.bound]


THEN = sequence(first(), then("paid"))
ABSENT = sequence(first(), without("paid"))


def opened(at: int, **how: Any) -> Taken:
    """A case opened."""
    return taken("opened", at, **how)


def paid(at: int, **how: Any) -> Taken:
    """A payment."""
    return taken("paid", at, **how)


# ------------------------------------------------------------------- then


def test_a_sequence_of_two() -> None:
    """The second step completes it; both events are bound, the second is the trigger."""
    found = matches(THEN, [opened(1), paid(2)])
    assert [(match.at, match.trigger, ids(match)) for match in found] == [
        (2, EventTrigger("file", "paid 2"), ["opened 1", "paid 2"])
    ]


def test_within_is_less_than() -> None:
    """`within 1 hour` is less than an hour between the takings."""
    assert fired(THEN, [opened(1), paid(HOUR)]) == [HOUR]
    assert fired(THEN, [opened(1), paid(HOUR + 1)]) == []


def test_within_may_count_from_an_earlier_step() -> None:
    """`within D after NAME` counts from that step."""
    three = sequence(first(), then("closed"), then("paid", HOUR, after=0, number=2))
    events = [opened(0), taken("closed", 30 * MINUTE), paid(59 * MINUTE)]
    assert fired(three, events) == [59 * MINUTE]
    assert fired(three, [*events[:2], paid(61 * MINUTE)]) == []
    from_before = sequence(first(), then("closed"), then("paid", number=2))
    assert fired(from_before, [*events[:2], paid(61 * MINUTE)]) == [61 * MINUTE]


def test_a_step_is_not_earlier_than_the_one_before() -> None:
    """A second step taken late, of an earlier time than the first, does not follow it; of the same time it does."""
    assert fired(THEN, [opened(10), paid(11, time=9)]) == []
    assert fired(THEN, [opened(10), paid(11, time=10)]) == [11]


def test_old_news_neither_opens_nor_advances() -> None:
    """Only fresh events fill steps."""
    assert fired(THEN, [opened(1, fresh=False), paid(2)]) == []
    assert fired(THEN, [opened(1), paid(2, fresh=False)]) == []


def test_the_latest_first_step_is_the_match() -> None:
    """Every first step opens a sequence; of those that one event completes the one that began last is the match."""
    found = matches(THEN, [opened(1), opened(2), paid(3)])
    assert [ids(match) for match in found] == [["opened 2", "paid 3"]]


def test_the_latest_second_step_decides_next() -> None:
    """Of those with the same first step, the one whose second step came last."""
    three = sequence(first(), then("closed"), then("paid", number=2))
    events = [opened(1), taken("closed", 2), taken("closed", 3), paid(4)]
    assert [ids(match) for match in matches(three, events)] == [["opened 1", "closed 3", "paid 4"]]


def test_the_latest_that_fits_supplies_the_fields() -> None:
    """A step that compares with an earlier one finds the one that fits, though it is not the latest."""
    same = compare(field("price", MONEY), "is", field("price", MONEY, 0))
    twice = sequence(first("paid"), then("paid", where=same))
    events = [paid(1, price=5), paid(2, price=7), paid(3, price=5)]
    assert [ids(match) for match in matches(twice, events)] == [["paid 1", "paid 3"]]


def test_a_partial_match_stays_when_it_advances() -> None:
    """A later second step that fits better is not missed, though an earlier one has been taken."""
    same = compare(field("product", TEXT), "is", field("product", TEXT, 1))
    three = sequence(first(), then("paid"), then("paid", number=2, where=same))
    events = [opened(1), paid(2, product="tea"), paid(3, product="milk"), paid(4, product="milk")]
    assert [ids(match) for match in matches(three, events)] == [["opened 1", "paid 3", "paid 4"]]


def test_one_event_is_one_step() -> None:
    """The event that opens does not fill the next step too."""
    assert fired(sequence(first("paid"), then("paid")), [paid(1)]) == []
    assert fired(sequence(first("paid"), then("paid")), [paid(1), paid(2)]) == [2]


def test_a_match_closes_what_is_open() -> None:
    """A firing closes all open ones, the one its last event opened too, so that she hears of it once."""
    twice = sequence(first("paid"), then("paid"))
    assert fired(twice, [paid(1), paid(2), paid(3), paid(4), paid(5)]) == [2, 4]
    assert fired(THEN, [opened(1), opened(2), paid(3), paid(4)]) == [3]


def test_a_refused_situation_closes_nothing() -> None:
    """What `only if` refuses leaves the others open; the next that is complete at once is tried."""
    dear = sequence(first("paid"), then("closed"), only_if=(line(compare(field("price", MONEY, 0), ">", 5), "dear"),))
    events = [paid(1, price=9), paid(2, price=1), taken("closed", 3)]
    found = happenings(dear, events)
    assert [(happening.line, happening.at) for happening in found if isinstance(happening, Refused)] == [("dear", 3)]
    assert [ids(match) for match in found if isinstance(match, Match)] == [["paid 1", "closed 3"]]


def test_a_match_that_at_most_refuses_closes_too() -> None:
    """She has been through the sequence, whether or not she is told."""
    once = sequence(first(), then("paid"), at_most=(Cap(1, Ever(), "1 ever"),))
    found = matches(once, [opened(1), paid(2), opened(3), paid(4), paid(5)])
    assert [(match.at, match.refused_by_cap) for match in found] == [(2, None), (4, "1 ever")]


def test_places_are_steps() -> None:
    """A step may be a place entered or left, or one of several events."""
    enters = Step(StepKind.THEN, (PlacePattern(PlaceVerb.ENTERS, "airport"), Pattern("closed")), HOUR, 0)
    either = sequence(first(), enters)
    there = taken("seen", 2, spot=(0.0, 0.0))
    assert fired(either, [opened(1), there]) == [2]
    assert fired(either, [opened(1), taken("closed", 2)]) == [2]
    assert fired(either, [there, opened(3), taken("seen", 4, spot=(0.0, 0.0))]) == []


def test_at_most_a_hundred_are_open() -> None:
    """Of 101 first steps the oldest is forgotten: nothing can complete it any more."""
    same = compare(field("price", MONEY), "is", field("price", MONEY, 0))
    by_price = sequence(first("paid"), then("paid", DAY, where=same))
    many = [paid(number, price=number) for number in range(1, 102)]
    assert fired(by_price, [*many, paid(200, price=2)]) == [200]
    assert fired(by_price, [*many, paid(200, price=1)]) == []


# --------------------------------------------------------------- absences


def test_an_absence_fires_without_traffic() -> None:
    """When the wait is up it fires, with the first step's event as the opening one."""
    found = matches(ABSENT, [opened(1)], until=DAY)
    assert [(match.at, match.trigger, ids(match)) for match in found] == [
        (1 + HOUR, TimerTrigger("absence", 1 + HOUR, "file", "opened 1"), ["opened 1", None])
    ]


def test_the_absent_event_cancels() -> None:
    """Any such event whose time lies in the wait cancels it, old news too; its end does not belong to it."""
    assert fired(ABSENT, [opened(1), paid(HOUR)], until=DAY) == []
    assert fired(ABSENT, [opened(1), paid(HOUR, time=2, fresh=False)], until=DAY) == []
    assert fired(ABSENT, [opened(1), paid(1 + HOUR)], until=DAY) == [1 + HOUR]


def test_what_was_before_the_step_does_not_cancel() -> None:
    """An event of an earlier time than the step's, though taken after it, is not in the wait."""
    assert fired(ABSENT, [opened(10), paid(20, time=9)], until=DAY) == [10 + HOUR]
    assert fired(ABSENT, [opened(10), paid(20, time=10)], until=DAY) == []
    assert fired(ABSENT, [paid(10), opened(10)], until=DAY) == [10 + HOUR]


def test_the_wait_is_longer_for_what_arrives_late() -> None:
    """`closed` may arrive 5 minutes late: the timer waits so much longer, for events whose time lies in the wait."""
    unclosed = sequence(first(), without("closed"))
    late = 1 + HOUR + 5 * MINUTE
    assert fired(unclosed, [opened(1)], until=DAY) == [late]
    assert fired(unclosed, [opened(1), taken("closed", late - 1, time=HOUR)], until=DAY) == []
    assert fired(unclosed, [opened(1), taken("closed", late - 1, time=1 + HOUR)], until=DAY) == [late]


def test_each_wait_runs_on_its_own() -> None:
    """The first wait to end fires, and closes the others."""
    assert fired(ABSENT, [opened(1), opened(2)], until=DAY) == [1 + HOUR]


def test_waits_that_end_at_the_same_time() -> None:
    """Of waits that end together the one whose first step was taken last is the match."""
    events = [taken("opened", 1, "a"), taken("opened", 1, "b")]
    assert [ids(match) for match in matches(ABSENT, events, until=DAY)] == [["b", None]]


def test_a_step_that_is_also_absent_does_not_cancel() -> None:
    """`paid without paid`: the event that made the step does not cancel, the next does, and waits itself."""
    quiet = sequence(first("paid"), without("paid"))
    assert fired(quiet, [paid(1), paid(MINUTE)], until=DAY) == [MINUTE + HOUR]


def test_an_absence_in_the_middle() -> None:
    """What follows an absence counts from the end of the wait."""
    middle = sequence(first(), without("paid"), then("closed", HOUR, after=1))
    assert fired(middle, [opened(0), taken("closed", 2 * HOUR - 1)]) == [2 * HOUR - 1]
    assert fired(middle, [opened(0), taken("closed", 2 * HOUR)]) == []
    assert fired(middle, [opened(0), taken("closed", HOUR - 1)]) == []
    assert fired(middle, [opened(0), paid(1), taken("closed", 2 * HOUR - 1)]) == []


def test_a_wait_from_an_earlier_step() -> None:
    """An absence that counts from the first step looks back: what came between the steps cancels it."""
    back = sequence(first(), then("closed"), without("paid", 2 * HOUR, after=0))
    closed = taken("closed", MINUTE)
    late = 2 * HOUR
    assert fired(back, [opened(0), closed], until=DAY) == [late]
    assert fired(back, [opened(0), paid(1), closed], until=DAY) == []
    assert fired(back, [opened(0), closed, paid(HOUR)], until=DAY) == []


def test_a_wait_that_is_over_when_it_is_reached() -> None:
    """It ends at once, by a timer of that moment."""
    over = sequence(first(), then("closed", 2 * HOUR), without("paid", HOUR, after=0))
    found = matches(over, [opened(0), taken("closed", 90 * MINUTE)], until=DAY)
    assert [match.trigger for match in found] == [TimerTrigger("absence", 90 * MINUTE, "file", "opened 0")]


# -------------------------------------------------------- each, stop when


def test_each_keeps_sequences_apart() -> None:
    """Later steps must have the same value; a match closes those of its value only."""
    cases = sequence(first(), then("closed"), each="case")
    events = [
        taken("opened", 1, case="a"),
        taken("opened", 2, case="b"),
        taken("closed", 3, case="c"),
        taken("closed", 4, case="a"),
        taken("closed", 5, case="a"),
        taken("closed", 6, case="b"),
    ]
    assert [(match.at, match.each) for match in matches(cases, events)] == [(4, "a"), (6, "b")]


def test_steps_without_the_field_do_not_care() -> None:
    """A step without the field goes with every value; the first step's value stays the sequence's."""
    cases = sequence(first(), then("paid"), then("closed", number=2), each="case")
    events = [opened(1, case="a"), paid(2), taken("closed", 3, case="b"), taken("closed", 4, case="a")]
    assert [(match.at, match.each) for match in matches(cases, events)] == [(4, "a")]


def test_each_keeps_absences_apart() -> None:
    """The absent event of another case does not cancel."""
    cases = sequence(first(), without("paid"), each="case")
    assert fired(cases, [opened(1, case="a"), paid(2)], until=DAY) == []
    by_case = sequence(first(), without("closed"), each="case")
    end = 1 + HOUR + 5 * MINUTE
    assert fired(by_case, [opened(1, case="a"), taken("closed", 2, case="b")], until=DAY) == [end]


def test_stop_when_ends_open_sequences() -> None:
    """It ends what is open before the event's own steps are looked at; of its `each` value only."""
    stopped = sequence(first(), then("paid"), stop_when=(Pattern("closed"),))
    assert fired(stopped, [opened(1), taken("closed", 2), paid(3)]) == []
    again = sequence(first("closed"), then("paid"), stop_when=(Pattern("closed"),))
    assert fired(again, [taken("closed", 1), taken("closed", 2), paid(3)]) == [3]
    cases = sequence(first(), then("paid"), each="case", stop_when=(Pattern("closed"),))
    events = [opened(1, case="a"), taken("closed", 2, case="b"), paid(3)]
    assert fired(cases, events) == [3]
    assert fired(cases, [opened(1, case="a"), taken("closed", 2), paid(3)]) == []
