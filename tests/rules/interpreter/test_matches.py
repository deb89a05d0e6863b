from __future__ import annotations

from typing import Any

import pytest

from models.moments import parse_date
from models.types import TEXT
from rules.interpreter import BlockDue, BlockSuperseded, Evaluate, Happening, Match, Refused, RuleSet, WouldHaveFired
from rules.typed import (
    After,
    Attribute,
    Block,
    CalendarUnit,
    CalendarWindow,
    Cap,
    Ever,
    Happens,
    Pattern,
    Rule,
    Sliding,
    Window,
)
from tests.property.building import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    SPEAK,
    changed,
    compare,
    count,
    field,
    fired,
    happenings,
    last,
    line,
    matches,
    moment,
    rule,
    taken,
)

IS_M = compare(Attribute("plan", PLAN), "is", "M")
PAID = Happens((Pattern("paid"),))


def on_paid(**parts: Any) -> Rule:
    """A rule on every payment."""
    return rule("on paid", PAID, **parts)


def later(delay: int, *without: str, **parts: Any) -> Block:
    """A block to come, unless one of these happens."""
    return Block((SPEAK,), after=After(delay, tuple(Pattern(name) for name in without)), **parts)


NOW = Block((SPEAK,))


def blocks(found: list[Happening]) -> list[tuple[int, int]]:
    """(block, moment) of those whose candidates came up."""
    return [(one.block, one.at) for one in found if isinstance(one, BlockDue) and one.held]


# ------------------------------------------------------------- the judgement


def test_only_if_holds_when_true() -> None:
    """`only if` needs every line to be true, unknown does not do; the first that fails is named."""
    lines = (line(IS_M, "plan is M"), line(compare(count("paid", last(HOUR)), ">=", 2), "two payments"))
    found = happenings(on_paid(only_if=lines), [taken("paid", 1), changed(2, plan="M"), taken("paid", 2 * HOUR)])
    assert [one.line for one in found if isinstance(one, Refused)] == ["plan is M", "two payments"]
    assert not any(isinstance(one, Match) for one in found)


def test_unless_holds_unless_false() -> None:
    """`unless` takes the strict reading: what is unknown counts as holding."""
    strict = on_paid(unless=(line(IS_M, "plan is M"),))
    assert fired(strict, [taken("paid", 1)]) == []
    assert fired(strict, [changed(0, plan="M"), taken("paid", 1)]) == []
    assert fired(strict, [changed(0, plan="L"), taken("paid", 1)]) == [1]


def test_conditions_see_the_event_counted() -> None:
    """The event that completes the situation counts in the facts it is judged with."""
    assert fired(on_paid(only_if=(line(compare(count("paid", last(HOUR)), ">=", 1)),)), [taken("paid", 1)]) == [1]


def test_conditions_see_the_event() -> None:
    """Fields of the steps may be asked for."""
    tea = on_paid(only_if=(line(compare(field("product", TEXT, 0), "is", "tea")),))
    assert fired(tea, [taken("paid", 1, product="milk"), taken("paid", 2, product="TEA")]) == [2]


@pytest.mark.parametrize(
    ("at", "matched"),
    [("2026-02-28 15:59", False), ("2026-02-28 16:00", True), ("2026-03-31 15:59", True), ("2026-03-31 16:00", False)],
)
def test_runs_has_both_days_in_her_zone(at: str, matched: bool) -> None:
    """From midnight of the first day to midnight after the last, in Shanghai."""
    spring = on_paid(runs=(parse_date("2026-03-01"), parse_date("2026-03-31")))
    found = happenings(spring, [taken("paid", moment(at))], before={"time zone": "Asia/Shanghai"})
    assert any(isinstance(one, Match) for one in found) is matched
    assert [one.line for one in found if isinstance(one, Refused)] == ([] if matched else ["runs"])


def test_paused_matches_nothing() -> None:
    """A paused rule refuses all."""
    found = happenings(on_paid(paused=True), [taken("paid", 1)])
    assert [one.line for one in found if isinstance(one, Refused)] == ["paused"]


def test_old_news_would_have_fired() -> None:
    """Old news of an event fires nothing, and is listed."""
    old = taken("paid", 1, fresh=False)
    assert happenings(on_paid(), [old]) == [WouldHaveFired("on paid", old.event)]


# ----------------------------------------------------------------- at most


def capped(number: int, window: Window, **parts: Any) -> Rule:
    """A rule with one line of `at most`."""
    return on_paid(at_most=(Cap(number, window, "the cap"),), **parts)


def test_a_rolling_cap_is_half_open() -> None:
    """`1 per 1 hour`: the match of an hour ago has just left."""
    hourly = capped(1, Sliding(HOUR))
    assert fired(hourly, [taken("paid", 0), taken("paid", HOUR - 1), taken("paid", HOUR)]) == [0, HOUR]


def test_a_refused_match_names_the_line() -> None:
    """The first line that is full is named, and the match does not count itself."""
    rule_ = on_paid(at_most=(Cap(2, Ever(), "2 ever"), Cap(1, Sliding(HOUR), "1 per 1 hour")))
    found = matches(rule_, [taken("paid", at) for at in (0, 1, HOUR, HOUR + 1, 2 * HOUR)])
    assert [match.refused_by_cap for match in found] == [None, "1 per 1 hour", None, "2 ever", "2 ever"]


def test_a_calendar_cap_is_her_calendar() -> None:
    """`1 per day` begins anew at her midnight; 16:00 UTC is midnight in Shanghai."""
    daily = capped(1, CalendarWindow(CalendarUnit.DAY))
    events = [taken("paid", moment(at)) for at in ("2026-03-02 10:00", "2026-03-02 15:59", "2026-03-02 16:00")]
    assert fired(daily, events, before={"time zone": "Asia/Shanghai"}) == [events[0].taken, events[2].taken]


def test_a_cycle_without_bill_day_is_the_month() -> None:
    """`1 per billing cycle` is one a calendar month until she has a bill day."""
    monthly = capped(1, CalendarWindow(CalendarUnit.BILLING_CYCLE))
    events = [taken("paid", moment(f"2026-{day} 12:00")) for day in ("03-02", "03-31", "04-01", "04-16")]
    assert fired(monthly, events) == [events[0].taken, events[2].taken]
    on_the_15th = fired(monthly, events, before={"bill day": 15})
    assert on_the_15th == [events[0].taken, events[1].taken, events[3].taken]


def test_each_has_its_own_cap() -> None:
    """`at most` counts by `each` value."""
    once = capped(1, Ever(), each="product")
    events = [taken("paid", 1, product="tea"), taken("paid", 2, product="milk"), taken("paid", 3, product="tea")]
    assert fired(once, events) == [1, 2]


def test_a_match_is_given_back() -> None:
    """A match none of whose actions was of use to anyone does not count."""
    events = [taken("paid", at) for at in (1, 2, 3)]
    used = {2}

    def outcome(match: Match, block: int, at: int, evaluate: Evaluate) -> bool:
        return match.at in used

    found = matches(capped(1, Ever()), events, outcome=outcome)
    assert [match.refused_by_cap for match in found] == [None, None, "the cap"]


def test_a_match_counts_while_a_block_is_to_come() -> None:
    """Until its last block is decided it counts; then it is given back if nothing was of use."""
    waiting = capped(1, Ever(), blocks=(later(HOUR),))
    found = matches(waiting, [taken("paid", at) for at in (0, 1, HOUR)], outcome=lambda *_: False)
    assert [match.refused_by_cap for match in found] == [None, "the cap", None]


def test_a_refused_match_has_its_immediate_blocks_alone() -> None:
    """Its immediate blocks come up, to be suppressed; its later ones never begin."""
    found = happenings(capped(1, Ever(), blocks=(NOW, later(HOUR))), [taken("paid", 1), taken("paid", 2)], DAY)
    assert blocks(found) == [(0, 1), (0, 2), (1, 1 + HOUR)]


# ------------------------------------------------------------ blocks to come


def test_blocks_come_after_the_firing() -> None:
    """Each block counts from the match; its conditions are judged when it is due."""
    rule_ = on_paid(blocks=(NOW, later(HOUR), later(2 * HOUR, only_if=(line(IS_M),))))
    assert blocks(happenings(rule_, [taken("paid", 1)], DAY)) == [(0, 1), (1, 1 + HOUR)]
    in_between = changed(HOUR, plan="M")
    assert blocks(happenings(rule_, [taken("paid", 1), in_between], DAY)) == [(0, 1), (1, 1 + HOUR), (2, 1 + 2 * HOUR)]


def test_a_block_without_candidates() -> None:
    """A block whose own condition does not hold has its turn, and no candidates."""
    found = happenings(on_paid(blocks=(Block((SPEAK,), unless=(line(IS_M),)),)), [taken("paid", 1)])
    assert [(one.block, one.held) for one in found if isinstance(one, BlockDue)] == [(0, False)]


def test_an_absent_event_ends_a_block() -> None:
    """`after 1 hour without closed`: a closing in the hour ends it, in silence; it waits 5 minutes for late ones."""
    escalates = on_paid(blocks=(later(HOUR, "closed"),))
    end = HOUR + 5 * MINUTE
    assert blocks(happenings(escalates, [taken("paid", 0)], DAY)) == [(0, end)]
    for at, time, comes in ((1, 1, False), (end - 1, HOUR - 1, False), (end - 1, HOUR, True), (2, -1, True)):
        found = happenings(escalates, [taken("paid", 0), taken("closed", at, time=time)], DAY)
        assert blocks(found) == ([(0, end)] if comes else [])


def test_old_news_ends_a_block_too() -> None:
    """What is late but lies in the wait has happened."""
    events = [taken("paid", 0), taken("closed", HOUR, time=1, fresh=False)]
    assert blocks(happenings(on_paid(blocks=(later(HOUR, "closed"),)), events, DAY)) == []


def test_task_done_is_this_matchs_task() -> None:
    """`without task done` looks for the tasks of the match, by their decision ids."""
    task = on_paid(blocks=(later(HOUR, "task done"),))

    def ids(match: Match) -> set[str]:
        return {f"task of {match.at}"}

    events = [taken("paid", 0), taken("paid", 1), taken("task done", 2, task="task of 1")]
    assert blocks(happenings(task, events, DAY, decision_ids=ids)) == [(0, HOUR)]


def test_stop_when_ends_what_is_to_come() -> None:
    """It ends the blocks of all matches as superseded, of old news too, and counts before its own match."""
    stopped = on_paid(blocks=(NOW, later(HOUR), later(2 * HOUR)), stop_when=(Pattern("closed"),))
    found = happenings(stopped, [taken("paid", 0), taken("closed", HOUR, time=1, fresh=False)], DAY)
    assert blocks(found) == [(0, 0), (1, HOUR)]
    assert [(one.block, one.at) for one in found if isinstance(one, BlockSuperseded)] == [(2, HOUR)]


def test_stop_when_goes_by_each() -> None:
    """Only the blocks of its own value end; an event without the field ends all."""
    cases = rule(
        "cases", Happens((Pattern("opened"),)), each="case", blocks=(later(HOUR),), stop_when=(Pattern("closed"),)
    )
    events = [taken("opened", 0, case="a"), taken("opened", 1, case="b")]
    assert blocks(happenings(cases, [*events, taken("closed", 2, case="a")], DAY)) == [(0, 1 + HOUR)]
    assert blocks(happenings(cases, [*events, taken("closed", 2)], DAY)) == []


# ----------------------------------------------------------------- rule sets


def test_a_rule_set_decides_from_its_moment() -> None:
    """What is taken, or due, from then on is decided by it."""
    sets = (RuleSet(0, (on_paid(),)), RuleSet(10, ()))
    assert fired(sets, [taken("paid", 9), taken("paid", 10)]) == [9]


def test_what_is_the_same_goes_on() -> None:
    """Pending blocks survive while their rule does; else they end as superseded when the set begins."""
    old = on_paid(blocks=(later(HOUR),))
    new = on_paid(blocks=(later(HOUR),), version="111111111111")
    going_on = happenings((RuleSet(0, (old,)), RuleSet(10, (old,))), [taken("paid", 0)], DAY)
    assert blocks(going_on) == [(0, HOUR)]
    changed_ = happenings((RuleSet(0, (old,)), RuleSet(10, (new,))), [taken("paid", 0)], DAY)
    assert [(one.block, one.at) for one in changed_ if isinstance(one, BlockSuperseded)] == [(0, 10)]
    assert blocks(changed_) == []


def test_facts_that_are_the_same_keep_their_state() -> None:
    """A fact of the old set counts on; a new one begins empty."""

    def counting(window: Window, version: str) -> Rule:
        return on_paid(only_if=(line(compare(count("paid", window), ">=", 2)),), version=version)

    hour, day = counting(last(HOUR), "1"), counting(last(DAY), "2")
    events = [taken("paid", 0), taken("paid", 20), taken("paid", 30)]
    assert fired((RuleSet(0, (hour,)), RuleSet(10, (counting(last(HOUR), "3"),))), events) == [20, 30]
    assert fired((RuleSet(0, (hour,)), RuleSet(10, (day,))), events) == [30]


def test_at_most_counts_by_rule_id() -> None:
    """A rule that is published anew does not begin to count anew."""
    sets = (RuleSet(0, (capped(1, Ever()),)), RuleSet(10, (capped(1, Ever(), because="new", version="2"),)))
    assert fired(sets, [taken("paid", 0), taken("paid", 20)]) == [0]


# ------------------------------------------------------------------ order


def test_timers_come_before_events_of_the_same_time() -> None:
    """A block due just when an event is taken comes before it; kinds of timers in their order, rules by id."""
    rule_ = on_paid(blocks=(NOW, later(HOUR)))
    assert blocks(happenings(rule_, [taken("paid", 0), taken("paid", HOUR)])) == [(0, 0), (1, HOUR), (0, HOUR)]


def test_rules_come_in_order_of_their_ids() -> None:
    """At one event rule by rule, in the order of ids, however the set lists them."""
    two = (RuleSet(0, (rule("b", PAID), rule("a", PAID))),)
    assert [match.rule_id for match in matches(two, [taken("paid", 1)])] == ["a", "b"]


def test_what_is_evaluated_at_a_block() -> None:
    """The callback sees the customer as she is when the block has its turn."""
    seen: list[tuple[int, Any, Any]] = []

    def outcome(match: Match, block: int, at: int, evaluate: Evaluate) -> bool:
        seen.append((at, evaluate.value(count("paid", last(HOUR))), evaluate.value(field("product", TEXT, 0))))
        return True

    happenings(
        on_paid(blocks=(NOW, later(HOUR))), [taken("paid", 0, product="tea"), taken("paid", 1)], HOUR, outcome=outcome
    )
    assert seen == [(0, 1, "tea"), (1, 2, None), (HOUR, 1, "tea")]
