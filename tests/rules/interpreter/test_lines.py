from __future__ import annotations

import pytest

from models.types import DURATION, LENGTH, MONEY, NUMBER, WHOLE, YES_NO
from rules.interpreter import EventTrigger, RuleSet, Taken, TimerTrigger
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    Arithmetic,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    Condition,
    Constant,
    Crosses,
    EveryDay,
    Function,
    Happens,
    Holds,
    Known,
    Moment,
    Named,
    Not,
    Operator,
    Pattern,
    Rule,
    SinceLast,
    Truth,
)
from tests.property.building import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    changed,
    compare,
    count,
    fired,
    last,
    line,
    matches,
    moment,
    of_field,
    rule,
    taken,
)

SINCE = SinceLast((Pattern("paid"),), DURATION)
THREE_IN_AN_HOUR = rule("three", Crosses(compare(count("paid", last(HOUR)), ">=", 3)))


def crossing(condition: Condition, each: str | None = None) -> Rule:
    """A rule on a line."""
    return rule("crossing", Crosses(condition), each=each)


def paid(*moments: int) -> list[Taken]:
    """Payments at these moments."""
    return [taken("paid", at, f"paid {number}") for number, at in enumerate(moments)]


def test_a_line_fires_when_it_becomes_true() -> None:
    """It fires at the event that takes it from false to true, and not again while it stays true."""
    events = paid(0, MINUTE, 2 * MINUTE, 3 * MINUTE)
    found = matches(THREE_IN_AN_HOUR, events)
    assert [(match.at, match.trigger, match.bound) for match in found] == [
        (2 * MINUTE, EventTrigger("file", "paid 2"), ())
    ]


def test_a_line_is_armed_again_when_it_has_been_false() -> None:
    """Between its crossings the window must have let go of one."""
    assert fired(THREE_IN_AN_HOUR, paid(0, 1, 2, HOUR + 1, HOUR + 2, HOUR + 3)) == [2, HOUR + 3]
    # The first three have left, one by one, before each of the next comes at the very millisecond.
    assert fired(THREE_IN_AN_HOUR, paid(0, 1, 2, HOUR, HOUR + 1)) == [2, HOUR, HOUR + 1]


def test_a_line_that_is_true_at_first_does_not_fire() -> None:
    """What holds for an empty record, or when its rule begins, has not crossed."""
    none = crossing(compare(count("paid", last(HOUR)), "<", 1))
    assert fired(none, paid(0), until=HOUR - 1) == []
    later = (RuleSet(0, ()), RuleSet(10, (crossing(compare(Attribute("plan", PLAN), "is", "M")),)))
    assert fired(later, [changed(5, plan="M"), changed(15, plan="M")]) == []
    assert fired(later, [changed(5, plan="L"), changed(15, plan="M")]) == [15]


def test_time_alone_moves_a_line_at_the_exact_millisecond() -> None:
    """A window that empties fires a line at the very millisecond the entry leaves."""
    found = matches(crossing(compare(count("paid", last(HOUR)), "<", 1)), paid(7), until=DAY)
    assert [(match.at, match.trigger) for match in found] == [(7 + HOUR, TimerTrigger("line", 7 + HOUR))]


def test_a_timer_at_the_time_of_an_event_comes_first() -> None:
    """An entry that leaves just when another comes is gone before: the line falls, and rises again."""
    rising = crossing(compare(count("paid", last(HOUR)), ">=", 1))
    falling = crossing(compare(count("paid", last(HOUR)), "<", 1))
    assert fired(rising, paid(0, HOUR)) == [0, HOUR]
    assert fired(falling, paid(0, HOUR)) == [HOUR]


def test_time_since_last_crosses_at_its_root() -> None:
    """`time since last paid reaches 90 minutes` fires just then; with `>`, a millisecond later."""
    assert fired(crossing(compare(SINCE, ">=", 90 * MINUTE)), paid(5), until=DAY) == [5 + 90 * MINUTE]
    assert fired(crossing(compare(SINCE, ">", 90 * MINUTE)), paid(5), until=DAY) == [6 + 90 * MINUTE]
    assert fired(crossing(compare(SINCE, ">=", 90 * MINUTE)), paid(5, 80 * MINUTE), until=2 * HOUR) == []


def test_a_line_that_is_true_for_one_millisecond() -> None:
    """`time since last paid is 90 minutes` is true for one millisecond, and fires in it."""
    assert fired(crossing(compare(SINCE, "is", 90 * MINUTE)), paid(5), until=DAY) == [5 + 90 * MINUTE]


def test_multiples_of_time_since_last() -> None:
    """Twice the time since last passes the usual interval of 7 ms after 4: 3.5 lies between two milliseconds."""
    twice = Arithmetic(Operator.MULTIPLY, Constant(2_000_000, NUMBER), SINCE, DURATION)
    assert fired(crossing(compare(twice, ">=", 7)), paid(0), until=DAY) == [4]
    lower = Call(Function.LOWER, (twice, Constant(9, DURATION)), DURATION)
    assert fired(crossing(compare(lower, ">=", 9)), paid(0), until=DAY) == [5]
    assert fired(crossing(compare(lower, ">=", 10)), paid(0), until=DAY) == []


def test_rounded_time_since_last() -> None:
    """A time since last rounded to seconds reaches 2 s at 1.5 s (half to even), and 1 s only after half a second."""
    rounded = Call(Function.ROUND, (SINCE,), DURATION)
    assert fired(crossing(compare(rounded, ">=", 2_000)), paid(0), until=DAY) == [1_500]
    assert fired(crossing(compare(rounded, ">=", 1_000)), paid(0), until=DAY) == [501]


def test_what_cannot_be_watched_is_refused() -> None:
    """Lines that would move unevenly with time are refused with a reason, never read wrongly."""
    rounded = Call(Function.ROUND, (SINCE,), DURATION)
    inverse = Arithmetic(Operator.DIVIDE, Constant(1, DURATION), SINCE, NUMBER)
    squared = Arithmetic(Operator.MULTIPLY, SINCE, SINCE, DURATION)
    for condition in (compare(SINCE, ">=", rounded), compare(inverse, "<", 1), compare(squared, ">", 1)):
        with pytest.raises(NotImplementedError, match="time since last"):
            fired(crossing(condition), paid(0), until=DAY)


def test_calendar_windows_end_at_midnight() -> None:
    """A line over `today` falls at midnight of the customer's zone."""
    none = crossing(compare(count("paid", CalendarWindow(CalendarUnit.DAY)), "<", 1))
    noon = moment("2026-03-02 12:00")
    assert fired(none, paid(noon), until=noon + DAY) == [moment("2026-03-03 00:00")]
    shanghai = {"time zone": "Asia/Shanghai"}
    assert fired(none, paid(noon), noon + DAY, shanghai) == [moment("2026-03-02 16:00")]


def test_clock_functions_move_lines() -> None:
    """`hour >= 9` becomes true at nine of her zone each day, on days of 23 hours too."""
    nine = crossing(compare(Call(Function.HOUR, (), WHOLE), ">=", 9))
    start = moment("2026-03-28 12:00")
    # Berlin's clocks go forward in the night to the 29th.
    assert fired(nine, paid(start), start + 2 * DAY, {"time zone": "Europe/Berlin"}) == [
        moment("2026-03-29 07:00"),
        moment("2026-03-30 07:00"),
    ]


def test_a_faded_position_moves_lines() -> None:
    """When her position is forgotten, the distance is unknown from then on."""
    away = crossing(Not(Known(Call(Function.DISTANCE, (), LENGTH, "airport"))))
    assert fired(away, [taken("seen", 5, spot=(0.0, 0.0))], until=DAY) == [5 + 2 * HOUR]


def test_unknown_never_crosses() -> None:
    """From unknown to true nothing crosses, and from false over unknown to true neither."""
    gold = crossing(compare(Attribute("plan", PLAN), "is", "M"))
    assert fired(gold, [changed(1, plan="M")]) == []
    assert fired(gold, [changed(1, plan="L"), changed(2, plan=None), changed(3, plan="M")]) == []
    assert fired(gold, [changed(1, plan="L"), changed(2, plan="M")]) == [2]


def test_an_audience_is_judged_by_kleene() -> None:
    """`false and unknown` is false: an audience that lacks one value can still become true."""
    both = AllOf((compare(Attribute("plan", PLAN), "is", "M"), compare(Attribute("limit", WHOLE), ">", 0)))
    audience = crossing(Holds(Named("heavy user", Truth(both, YES_NO), YES_NO)))
    assert fired(audience, [changed(1, plan="L"), changed(2, plan="M", limit=1)]) == [2]


def test_a_limit_may_move_too() -> None:
    """A crossing fires whatever changed: here the attribute it is compared with."""
    spent = crossing(
        compare(of_field(AggregateFunction.SUM, "price", "paid", last(DAY), MONEY), ">=", Attribute("balance", MONEY))
    )
    events = [changed(1, balance=10), taken("paid", 2, price=6), changed(3, balance=5)]
    assert fired(spent, events) == [3]


def test_refused_lines_are_used_up() -> None:
    """A line whose rule then says no does not fire again until it has been false."""
    guarded = rule(
        "guarded",
        Crosses(compare(count("paid", last(HOUR)), ">=", 1)),
        only_if=(line(compare(Attribute("plan", PLAN), "is", "M")),),
    )
    assert fired(guarded, [*paid(1), changed(2, plan="M"), taken("paid", 3)]) == []
    assert fired(guarded, [*paid(1), changed(2, plan="M"), taken("paid", 2 * HOUR)]) == [2 * HOUR]


# ---------------------------------------------------------------- old news


def test_old_news_arms_a_line() -> None:
    """What old news makes true fires at the next fresh event, whatever that is, with it as trigger."""
    events = [*paid(1, 2), taken("paid", 3, "late", fresh=False), taken("opened", 4, "any")]
    found = matches(THREE_IN_AN_HOUR, events)
    assert [(match.at, match.trigger) for match in found] == [(4, EventTrigger("file", "any"))]


def test_old_news_arms_a_line_for_timers() -> None:
    """The next fresh taking may be a timer, of another rule too."""
    daily = rule("daily", Moment(EveryDay(9 * 60)))
    noon = moment("2026-03-02 12:00")
    nine = moment("2026-03-03 09:00")
    old = [taken("paid", noon, f"old {number}", time=noon - DAY, fresh=False) for number in range(3)]
    armed = rule("armed", Crosses(compare(count("paid", last(10 * DAY)), ">=", 3)))
    found = matches((RuleSet(0, (armed, daily)),), old, until=noon + DAY)
    assert [(match.rule_id, match.at, match.trigger) for match in found] == [
        ("daily", nine, TimerTrigger("moment", nine)),
        ("armed", nine, TimerTrigger("moment", nine)),
    ]


def test_an_armed_line_that_falls_is_disarmed() -> None:
    """A line that stops being true before anything fresh comes does not fire."""
    old = [taken("paid", at, f"old {at}", time=at - HOUR + 10, fresh=False) for at in (1, 2, 3)]
    assert fired(THREE_IN_AN_HOUR, [*old, taken("opened", 9)]) == [9]
    # The first of them leaves at 11, by a timer that comes before the event.
    assert fired(THREE_IN_AN_HOUR, [*old, taken("opened", 11)]) == []


def test_an_armed_line_fires_once() -> None:
    """The fresh event that fires it may fit the fact itself: one match."""
    events = [*paid(1, 2), taken("paid", 3, "late", fresh=False), taken("paid", 4), taken("paid", 5)]
    assert fired(THREE_IN_AN_HOUR, events) == [4]


# --------------------------------------------------------------------- each


def test_each_has_a_line_of_its_own() -> None:
    """Two calls at one case and one at another: only the first has reached two."""
    two = crossing(compare(count("opened", last(HOUR), each="case"), ">=", 2), each="case")
    events = [taken("opened", 1, case="a"), taken("opened", 2, case="b"), taken("opened", 3, case="a")]
    assert [(match.at, match.each) for match in matches(two, events)] == [(3, "a")]


def test_a_value_begins_with_empty_facts() -> None:
    """The first event of a value may cross its line: before it there was nothing."""
    one = crossing(compare(count("opened", last(HOUR), each="case"), ">=", 1), each="case")
    events = [taken("opened", 1, case="a"), taken("opened", 2, case="b"), taken("opened", 3)]
    assert [(match.at, match.each) for match in matches(one, events)] == [(1, "a"), (2, "b")]


def test_an_attribute_moves_all_lines() -> None:
    """An event without the field tries every value that has been seen."""
    of_case = count("opened", last(HOUR), each="case")
    reached = crossing(compare(of_case, ">=", Attribute("limit", WHOLE)), each="case")
    events = [
        changed(0, limit=9),
        taken("opened", 1, "1", case="b"),
        taken("opened", 2, "2", case="a"),
        taken("opened", 3, "3", case="a"),
        changed(4, limit=2),
        changed(5, limit=1),
    ]
    assert [(match.at, match.each) for match in matches(reached, events)] == [(4, "a"), (5, "b")]


def test_an_event_with_the_field_moves_its_own_line_only() -> None:
    """A fact of facts.yaml is not kept apart, but an event of one value fires no line of another."""
    shared = count("opened", last(HOUR))
    apart = count("opened", last(HOUR), each="case")
    reached = crossing(AllOf((compare(apart, ">=", 1), compare(shared, ">=", 2))), each="case")
    events = [taken("opened", 1, case="a"), taken("opened", 2, case="b"), taken("paid", 3)]
    assert [(match.at, match.each) for match in matches(reached, events)] == [(2, "b")]


def test_lines_of_each_fall_by_themselves() -> None:
    """Time moves the line of each value when its own entries leave."""
    none = crossing(compare(count("opened", last(HOUR), each="case"), "<", 1), each="case")
    events = [taken("opened", 1, "1", case="a"), taken("opened", 5, "2", case="b")]
    found = [(match.at, match.each, match.trigger) for match in matches(none, events, until=DAY)]
    assert found == [
        (1 + HOUR, "a", TimerTrigger("line", 1 + HOUR)),
        (5 + HOUR, "b", TimerTrigger("line", 5 + HOUR)),
    ]


def test_average_time_between() -> None:
    """The win-back line: no purchase for twice the usual interval of an hour."""
    usual = Aggregate(AggregateFunction.TIME_BETWEEN, None, (Pattern("paid"),), last(30 * DAY), DURATION)
    twice = Arithmetic(Operator.MULTIPLY, Constant(2_000_000, NUMBER), usual, DURATION)
    overdue = crossing(compare(SINCE, ">", twice))
    assert fired(overdue, paid(0, HOUR, 2 * HOUR), until=DAY) == [4 * HOUR + 1]


def test_happenings_are_no_lines() -> None:
    """A rule on an event fires at every one, however often."""
    assert fired(rule("event", Happens((Pattern("paid"),))), paid(1, 1, 2)) == [1, 1, 2]
