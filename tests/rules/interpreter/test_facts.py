from __future__ import annotations

from fractions import Fraction

import pytest

from models.types import DURATION, MONEY, TEXT, WHOLE, Value
from rules.interpreter import Taken
from rules.interpreter.evaluate import Evaluate, World
from rules.interpreter.history import History
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    Ever,
    Expression,
    Function,
    Pattern,
    SinceLast,
)
from tests.property.building import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    VOCABULARY,
    changed,
    compare,
    count,
    field,
    last,
    moment,
    of_field,
    taken,
)


def at(now: int, events: list[Taken], of: Expression, each: Value = None, **before: Value) -> Value:
    """The value of an expression at a moment, known from the events taken by then."""
    attributes = {name.replace("_", " "): value for name, value in before.items()}
    known = [one for one in events if one.taken <= now]
    return Evaluate(World(History(VOCABULARY, known, attributes), len(known), now), each=each).value(of)


def test_sliding_window_is_half_open() -> None:
    """An event counts at its own time and is gone at exactly its time plus the window."""
    events, fact = [taken("paid", HOUR)], count("paid", last(HOUR))
    assert [at(now, events, fact) for now in (HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR)] == [0, 1, 1, 0]


def test_sliding_window_in_the_past() -> None:
    """`last hour ending 1 hour ago` begins to count an event an hour late, and lets it go an hour later."""
    events, fact = [taken("paid", HOUR)], count("paid", last(HOUR, ending=HOUR))
    assert [at(now, events, fact) for now in (HOUR, 2 * HOUR - 1, 2 * HOUR, 3 * HOUR - 1, 3 * HOUR)] == [0, 0, 1, 1, 0]


def test_late_events_count_where_their_time_lies() -> None:
    """An event taken late, old news too, counts by its own time."""
    events = [taken("paid", 3 * HOUR, time=HOUR, fresh=False)]
    assert at(3 * HOUR, events, count("paid", last(HOUR))) == 0
    assert at(3 * HOUR, events, count("paid", last(2 * HOUR + 1))) == 1


def test_calendar_windows_are_the_customers() -> None:
    """`today` begins at midnight of her zone: 16:00 UTC is midnight in Shanghai."""
    midnight = moment("2026-03-02 16:00")
    events = [taken("paid", midnight - 1, "a"), taken("paid", midnight, "b")]
    today, yesterday = CalendarWindow(CalendarUnit.DAY), CalendarWindow(CalendarUnit.DAY, 1, 1)
    shanghai = {"time_zone": "Asia/Shanghai"}
    assert at(midnight, events, count("paid", today), **shanghai) == 1
    assert at(midnight, events, count("paid", yesterday), **shanghai) == 1
    assert at(midnight, events, count("paid", today)) == 2


def test_an_unknown_zone_is_the_vocabularys() -> None:
    """A zone that is no zone counts as missing: the vocabulary's (UTC here) is used."""
    noon = moment("2026-03-02 12:00")
    assert at(noon, [], Call(Function.HOUR, (), WHOLE), time_zone="Mars/Olympus") == 12
    assert at(noon, [], Call(Function.HOUR, (), WHOLE), time_zone="Asia/Shanghai") == 20


def test_whole_cycles_without_the_present() -> None:
    """`last 2 months` are the two before the running one."""
    fact = count("paid", CalendarWindow(CalendarUnit.MONTH, 2, 2))
    days = ("2025-12-31 12:00", "2026-01-01 00:00", "2026-02-28 23:59", "2026-03-01 00:00")
    events = [taken("paid", moment(day), day) for day in days]
    assert at(moment("2026-03-15 00:00"), events, fact) == 2


@pytest.mark.parametrize("bill_day", [None, 0, 32])
def test_no_bill_day_no_cycle(bill_day: int | None) -> None:
    """Over a billing cycle there is no value without a bill day from 1 to 31, not even 0."""
    assert (
        at(HOUR, [taken("paid", 1)], count("paid", CalendarWindow(CalendarUnit.BILLING_CYCLE)), bill_day=bill_day)
        is None
    )


def test_the_first_bill_day_takes_effect_at_once() -> None:
    """With the first bill day there is a running cycle, counted back from that day."""
    cycle = CalendarWindow(CalendarUnit.BILLING_CYCLE)
    events = [
        taken("paid", moment("2026-03-14 12:00"), "before"),
        taken("paid", moment("2026-03-16 12:00"), "in it"),
        changed(moment("2026-03-20 12:00"), bill_day=15),
    ]
    assert at(moment("2026-03-20 11:59"), events, count("paid", cycle)) is None
    assert at(moment("2026-03-20 12:00"), events, count("paid", cycle)) == 1


def test_a_running_cycle_ends_where_it_would_have_ended() -> None:
    """A new bill day leaves the running cycle alone; the next ends at the new calendar's first boundary."""
    cycle = CalendarWindow(CalendarUnit.BILLING_CYCLE)
    events = [
        changed(moment("2026-03-02 00:00"), "first", bill_day=1),
        changed(moment("2026-03-10 00:00"), "second", bill_day=15),
        taken("paid", moment("2026-03-20 00:00")),
    ]
    # The cycle from 1 March runs to 1 April, the one after it to 15 April.
    assert at(moment("2026-03-31 23:59"), events, count("paid", cycle)) == 1
    assert at(moment("2026-04-01 00:00"), events, count("paid", cycle)) == 0
    days = Call(Function.DAYS_IN_BILLING_CYCLE, (), WHOLE)
    assert [at(moment(f"2026-{day} 00:00"), events, days) for day in ("03-31", "04-01", "04-15")] == [31, 14, 30]


def test_a_new_zone_leaves_the_running_day_alone() -> None:
    """The day that runs when she moves ends at the old midnight; the next at the first new midnight after that."""
    events = [
        taken("paid", moment("2026-03-02 01:00"), "in UTC"),
        changed(moment("2026-03-02 10:00"), time_zone="Asia/Shanghai"),
        taken("paid", moment("2026-03-03 01:00"), "after UTC's midnight"),
    ]
    today = count("paid", CalendarWindow(CalendarUnit.DAY))
    moments = ("2026-03-02 23:59", "2026-03-03 00:00", "2026-03-03 15:59", "2026-03-03 16:00")
    assert [at(moment(now), events, today) for now in moments] == [1, 0, 1, 0]


def test_where_is_judged_when_the_event_is_taken() -> None:
    """Attributes in the `where` of a fact are those of the taking, whatever they become."""
    pattern = Pattern("paid", compare(Attribute("plan", PLAN), "is", "M"))
    events = [taken("paid", 1, "a"), changed(2, plan="M"), taken("paid", 3, "b"), changed(4, plan="L")]
    assert at(5, events, count(pattern, Ever())) == 1


def test_a_change_counts_with_itself_applied() -> None:
    """A `customer changed` event is applied before a `where` looks at the attribute it sets."""
    pattern = Pattern("customer changed", compare(Attribute("plan", PLAN), "is", "M"))
    assert at(1, [changed(1, plan="M")], count(pattern, Ever())) == 1


def test_an_event_counts_once() -> None:
    """An event that fits two alternatives of a fact counts once."""
    dear = Pattern("paid", compare(field("price", MONEY), ">", 5))
    fact = Aggregate(AggregateFunction.COUNT, None, (Pattern("paid"), dear), Ever(), WHOLE)
    assert at(1, [taken("paid", 1, price=9)], fact) == 1


PRICES = [
    taken("paid", 1, "a", price=3),
    taken("paid", 2, "b", price=8),
    taken("paid", 3, "c"),
    taken("paid", 4, "d", price=3),
]


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (AggregateFunction.SUM, 14),
        (AggregateFunction.AVERAGE, Fraction(14, 3)),
        (AggregateFunction.LOWEST, 3),
        (AggregateFunction.HIGHEST, 8),
        (AggregateFunction.FIRST, 3),
        (AggregateFunction.LAST, 3),
    ],
)
def test_a_missing_field_is_left_out(function: AggregateFunction, value: Value) -> None:
    """An event without the field counts in `count` alone; an average is not rounded."""
    assert at(5, PRICES, of_field(function, "price", "paid", Ever(), MONEY)) == value
    assert at(5, PRICES, count("paid", Ever())) == 4


@pytest.mark.parametrize("function", [AggregateFunction.AVERAGE, AggregateFunction.LOWEST, AggregateFunction.LAST])
def test_nothing_over_nothing(function: AggregateFunction) -> None:
    """Over no events count, sum and distinct are 0; all else has no value."""
    assert at(5, [], of_field(function, "price", "paid", Ever(), MONEY)) is None
    assert at(5, [], of_field(AggregateFunction.SUM, "price", "paid", Ever(), MONEY)) == 0
    assert at(5, [], of_field(AggregateFunction.DISTINCT, "product", "paid", Ever(), WHOLE)) == 0


def test_distinct_tells_texts_apart_as_conditions_do() -> None:
    """Case and width make no other product."""
    bought = [taken("paid", time, product=product) for time, product in enumerate(("Milk", "ｍｉｌｋ", "MILK", "tea"))]
    assert at(5, bought, of_field(AggregateFunction.DISTINCT, "product", "paid", Ever(), WHOLE)) == 2
    assert at(5, bought, of_field(AggregateFunction.DISTINCT, "product", "paid", last(HOUR), WHOLE)) == 2


def test_first_and_last_go_by_time() -> None:
    """`first` and `last` go by the events' own time; of equal times, by the order of taking."""
    events = [
        taken("paid", 10, "a", time=7, product="seven, taken first"),
        taken("paid", 11, "b", time=7, product="seven, taken last"),
        taken("paid", 12, "c", time=5, product="five"),
    ]
    first = of_field(AggregateFunction.FIRST, "product", "paid", Ever(), TEXT)
    last_ = of_field(AggregateFunction.LAST, "product", "paid", Ever(), TEXT)
    assert [at(now, events, first) for now in (11, 12)] == ["seven, taken first", "five"]
    assert at(12, events, last_) == "seven, taken last"


def test_time_between() -> None:
    """The average time between events is that of the first and last, shared by the gaps; missing for fewer than two."""
    fact = Aggregate(AggregateFunction.TIME_BETWEEN, None, (Pattern("paid"),), Ever(), DURATION)
    events = [taken("paid", 0), taken("paid", MINUTE), taken("paid", 10 * MINUTE)]
    assert [at(now, events, fact) for now in (0, MINUTE, 10 * MINUTE)] == [None, MINUTE, 5 * MINUTE]


def test_time_since_last_goes_by_time() -> None:
    """An event taken late does not make a later one less recent."""
    events = [taken("paid", HOUR), taken("paid", 2 * HOUR, time=MINUTE)]
    fact = SinceLast((Pattern("paid"),), DURATION)
    assert [at(now, events, fact) for now in (0, HOUR, 2 * HOUR, DAY)] == [None, 0, HOUR, 23 * HOUR]


def test_each_counts_its_own_value() -> None:
    """A fact kept apart counts the events of that value; one without the field belongs to none."""
    events = [
        taken("opened", 1, case="a"),
        taken("opened", 2, case="b"),
        taken("opened", 3, case="a"),
        taken("opened", 4),
    ]
    fact = count("opened", Ever(), each="case")
    assert [at(5, events, fact, each=case) for case in ("a", "b", "c", None)] == [2, 1, 0, 0]


def test_older_attributes_do_not_overwrite() -> None:
    """An attribute keeps the time it was set; an older one comes too late, an equal one replaces it."""
    events = [
        changed(10, "a", time=10, plan="S", limit=1),
        changed(11, "b", time=9, plan="M", balance=2),
        changed(12, "c", time=10, plan="L"),
        changed(13, "d", time=13, plan=None),
        changed(14, "e", time=12, plan="M"),
    ]
    plan = Attribute("plan", PLAN)
    assert [at(now, events, plan) for now in (10, 11, 12, 13, 14)] == ["S", "S", "L", None, None]
    assert at(11, events, Attribute("balance", MONEY)) == 2
