"""A position fades without a timer: nothing that follows shows when it was looked at."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from models.decisions import Decision
from rules.codec import decode, encode
from rules.interpreter import RuleSet, Taken
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import PlacePattern, PlaceVerb, Rule, Visits
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import DAY, HOUR, MINUTE, VOCABULARY, moment, rule, taken
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped

START = moment("2026-03-02 10:00")
FADES = VOCABULARY.position_fades
#: In both branches, in one of them (and the airport), in none.
SPOTS = ((0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (5.0, 5.0))
STEP = 30 * MINUTE


def visit(name: str, verb: PlaceVerb, place: str, duration: int = 0) -> Rule:
    """A rule on a place."""
    return rule(name, Visits(PlacePattern(verb, place, duration)))


ENTERS, LEAVES = visit("enters", PlaceVerb.ENTERS, "branch"), visit("leaves", PlaceVerb.LEAVES, "branch")


def stays(name: str, hours: float, place: str = "branch") -> Rule:
    """A rule on a stay."""
    return visit(name, PlaceVerb.STAYS, place, int(hours * HOUR))


def seen(at: int, spot: tuple[float, float], time: int | None = None) -> Taken:
    """A position."""
    return taken("seen", at, f"{at} {spot}", time=time, spot=spot)


def engine_of(*rules: Rule) -> Engine:
    """An engine of these rules."""
    made = program(plan(rules, VOCABULARY))
    return Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())))


def walk(engine: Engine, record: Record, *positions: tuple[int, tuple[float, float]]) -> list[str]:
    """She is seen there, so many minutes after the start; returns which rules decided, and when (hours)."""
    decisions: list[Decision] = []
    for at, spot in positions:
        event = seen(START + at * MINUTE, spot).event
        decisions += engine.take(record, event, event.time)
    return said(decisions)


def said(decisions: list[Decision]) -> list[str]:
    """Which rules decided, and when (hours after the start)."""
    return [f"{one.rule} {(moment(one.time) - START) / HOUR:g}" for one in decisions]


durations = st.integers(1, 12).map(lambda steps: steps / 2)
#: Steps since the one before (the fourth is the last before the position fades), and where.
walks = st.lists(
    st.tuples(st.sampled_from((0, 1, 1, 2, 3, 4, 4, 5, 9)), st.sampled_from(SPOTS)), min_size=1, max_size=14
)


@given(walks, durations, durations, st.integers(0, 20), st.booleans())
def test_walks_decide_what_the_interpreter_says(
    steps: list[tuple[int, tuple[float, float]]], one: float, other: float, begins: int, late: bool
) -> None:
    """Of walks on a grid of half hours, where much falls on the moment of fading; through a store, over a change of
    rules, and with events that are told a little late."""
    at, events = START, []
    for number, (gap, spot) in enumerate(steps):
        at += gap * STEP
        events.append(taken("seen", at, f"e{number}", time=at - MINUTE * (late and number % 2), spot=spot))
    first = (ENTERS, LEAVES, stays("one", one), stays("other", other, "airport"))
    second = (ENTERS, stays("one", one), msgspec.structs.replace(first[-1], version="1"), stays("third", other))
    sets = (RuleSet(0, first), RuleSet(START + begins * STEP + 1, second))
    scenario = Scenario(VOCABULARY, sets, tuple(events), at + DAY, {})
    expected = interpreted(scenario)
    assert stepped(scenario, through_store=False) == expected
    assert stepped(scenario, through_store=True) == expected


@given(walks, durations, durations)
def test_no_stay_is_under_way_where_a_position_has_faded(
    steps: list[tuple[int, tuple[float, float]]], one: float, other: float
) -> None:
    """Whenever one looks: so what is counted as open is open."""
    engine = engine_of(stays("one", one), stays("other", other))
    record, at = engine.new_record("c"), START
    for gap, spot in (*steps, (9, SPOTS[0]), (9, SPOTS[3])):
        for _ in range(gap):
            at += STEP
            engine.run_timers(record, at)
            if record.position is not None and record.position.faded(at, FADES):
                assert record.stays == {}
        engine.take(record, seen(at, spot).event, at)
        assert record.position is not None
        assert {(place, member) for _, place, member in record.stays} <= set(record.inside)
        assert set(record.inside) <= set(record.position.members)
    assert record.inside == {}


def test_a_position_needs_no_timer() -> None:
    """Nobody comes back for who is seen, enters and leaves."""
    engine = engine_of(ENTERS, LEAVES)
    record = engine.new_record("c")
    assert walk(engine, record, (0, SPOTS[0]), (30, SPOTS[3])) == ["enters 0", "leaves 0.5"]
    assert record.heap == []
    assert record.inside == {}


def test_a_position_fades_at_its_moment() -> None:
    """Two hours later she has been nowhere: she enters anew, and leaves nothing; a millisecond earlier she is there."""
    engine = engine_of(ENTERS, LEAVES)
    for later, expected in ((FADES, ["enters"]), (FADES - 1, [])):
        record = engine.new_record("c")
        walk(engine, record, (0, SPOTS[1]))
        decisions = engine.take(record, seen(START + later, SPOTS[1]).event, START + later)
        assert [one.rule for one in decisions] == expected
    record = engine.new_record("c")
    assert walk(engine, record, (0, SPOTS[1]), (120, SPOTS[3])) == ["enters 0"]


def test_a_stay_is_not_complete_at_the_moment_of_fading() -> None:
    """Nor later; a position before that moment keeps it going, as often as needed."""
    engine = engine_of(stays("two", 2), stays("long", 5))
    record = engine.new_record("c")
    walk(engine, record, (0, SPOTS[1]))
    assert engine.run_timers(record, START + DAY) == []
    assert (record.stays, record.inside, record.heap) == ({}, {}, [])
    record = engine.new_record("c")
    assert walk(engine, record, (0, SPOTS[1]), (60, SPOTS[1]), (179, SPOTS[1])) == ["two 2"]
    assert walk(engine, record, (298, SPOTS[1])) == []
    assert said(engine.run_timers(record, START + DAY)) == ["long 5"]


def test_a_stay_does_not_wait_for_that_in_another_member() -> None:
    """Who entered one branch and then another has stayed in the first when its own time is up."""
    engine = engine_of(stays("long", 5))
    record = engine.new_record("c")
    walk(engine, record, (0, SPOTS[1]), (119, SPOTS[1]), (210, SPOTS[0]))
    assert said(engine.run_timers(record, START + DAY)) == ["long 5"]


def test_two_events_of_one_moment_begin_two_stays() -> None:
    """Members that were entered by one event are one match; by two, though taken at the same moment, they are two."""
    engine = engine_of(stays("one", 1))
    for positions, expected in (((0, SPOTS[1]), (0, SPOTS[0])), 2), (((0, SPOTS[0]),), 1):
        record = engine.new_record("c")
        walk(engine, record, *positions)
        assert said(engine.run_timers(record, START + DAY)) == ["one 1"] * expected


def test_who_goes_in_and_out_has_few_timers() -> None:
    """A stay that is longer than a position lasts is come back for by one timer, not by each entering's."""
    engine = engine_of(stays("long", 100))
    record = engine.new_record("c")
    for minute in range(0, 2 * 24 * 60, 10):
        walk(engine, record, (minute, SPOTS[minute // 10 % 2 * 2 + 1]))
    assert len(record.heap) <= FADES // (20 * MINUTE) + 1
    assert len(record.stays) == 0
    walk(engine, record, (2 * 24 * 60, SPOTS[1]))
    for minute in range(0, 100 * 60, 60):
        walk(engine, record, (2 * 24 * 60 + minute, SPOTS[1]))
    assert len(record.heap) == 1
    assert said(engine.run_timers(record, START + 10 * DAY)) == ["long 148"]


def test_records_of_before_are_read() -> None:
    """A build that had a timer for it kept whether a position has faded; that is worked out now."""
    engine = engine_of(ENTERS, LEAVES)
    record = engine.new_record("c")
    walk(engine, record, (0, SPOTS[1]))
    fields = msgspec.msgpack.decode(encode(record))
    assert fields[11][-1] is False
    fields[3], fields[11][-1] = START + FADES, True
    read = decode("c", msgspec.msgpack.encode(fields), engine.new_record)
    engine.set_calendar(read)
    engine.restore_timers(read)
    assert walk(engine, read, (180, SPOTS[3]), (190, SPOTS[1])) == [f"enters {190 / 60:g}"]
