"""Events that compiled code takes: with the same decisions and records as where Python takes them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace as fields_replaced
from types import ModuleType
from typing import Any, NoReturn

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.pipeline import Reading, taken_at_their_time
from benchmarks.rule_mix import place_count, rule_mix
from benchmarks.workload import vocabulary, workload
from models.events import Event
from models.types import Value
from rules.codec import encode
from rules.compile.putting_off import Awaited
from rules.compile.resting import Needs
from rules.facts.backlog import Counting
from rules.fitting import Fitting
from rules.plan import plan
from rules.profile import Reach
from rules.program import program
from rules.record import Record
from rules.typed import Rule
from streams.blocks import Terms
from streams.compiled import COMPILED, Asked, CountRows, Later, Pairs, Row
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from streams.stepper import Stepper
from tests.compiled import compiled_module

EVENTS, CUSTOMERS = 8_000, 100
COMPANY = vocabulary(place_count(60))


def needed() -> ModuleType:
    """The compiled module."""
    found = compiled_module("streams.ordinary")
    if found is None:
        pytest.skip("there is nothing to compile it with")
    return found


def stepper(rules: list[Rule], *, compiled: bool, puts_off: bool = True) -> Stepper:
    """A stepper of records in memory."""
    made = program(plan(rules, COMPANY))
    judge = Judge(made, Decider(COMPANY, made.compiler, Terms()))
    return Stepper(Engine(made, judge, compiled=compiled, puts_off=puts_off), lambda _: {})


def course(
    stepper: Stepper, lines: list[bytes], known: list[Event], batch: int
) -> tuple[list[list[bytes]], list[bytes], list[int]]:
    """The decisions of each batch, the records in the end, and how many repeats there were after each batch."""
    reading, repeats, written = Reading(COMPANY), [], []
    stepper.take_all(taken_at_their_time(known))
    for start in range(0, len(lines), batch):
        decisions = stepper.take_all(reading.take(reading.decode(lines[start : start + batch])))
        repeats.append(stepper.counts["duplicates"])
        decisions += stepper.run_timers(reading.horizon)
        written.append([msgspec.json.encode(decision) for decision in decisions])
    assert stepper.counts["duplicates"]
    return written, [encode(stepper.records[name]) for name in sorted(stepper.changed)], repeats


@pytest.mark.parametrize(("shared", "puts_off", "batch"), [(True, True, 1_000), (False, True, 77), (True, False, 77)])
def test_a_stream_decides_and_leaves_the_same(shared: bool, puts_off: bool, batch: int) -> None:
    """On the benchmark's rules and events, some of them told twice, whatever the batches."""
    needed()
    # Without what keeps them to one plan in one region, so that a small stream has many decisions.
    rules = [replace(rule, only_if=rule.only_if[2:]) for rule in rule_mix(60, shared=shared)]
    load = workload(COMPANY, EVENTS, CUSTOMERS)
    lines = [line for place, line in enumerate(load.lines) for _ in range(2 if place % 40 == 0 else 1)]
    with_it, without = (
        course(stepper(rules, compiled=compiled, puts_off=puts_off), lines, list(load.known), batch)
        for compiled in (True, False)
    )
    assert with_it == without
    assert sum(map(len, with_it[0])) > 60


_AMOUNTS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.sampled_from([1 << 61, 1 << 62, 1 << 63, -(1 << 63), 1 << 80])
)


@given(st.lists(st.tuples(st.integers(-2, 9), st.integers(-3, 3), _AMOUNTS), max_size=60), st.booleans())
def test_any_amounts_and_moments_are_taken_alike(told: list[tuple[int, int, object]], given: bool) -> None:
    """Amounts that are missing, negative, no whole numbers, or too large for the processor; and times in disorder."""
    needed()
    rules = [replace(rule, only_if=rule.only_if[2:]) for rule in rule_mix(60)]
    ends = []
    for compiled in (True, False):
        one = stepper(rules, compiled=compiled)
        found, at = [], 1_772_000_000_000
        for number, (step, late, amount) in enumerate(told):
            at += step * 60_000
            data = {"network": "roaming", "app": "video"} | ({} if amount is None and not given else {"amount": amount})
            event = Event("data used", "c", at - late * 60_000, at, "s", f"{number // 2}", data)  # type: ignore[arg-type]
            found += [msgspec.json.encode(made) for made in one.take(at, event)]
        ends.append((found, [encode_or_say(record) for record in one.records.values()]))
    assert ends[0] == ends[1]


def encode_or_say(record: Record) -> bytes:
    """A record, or that an amount is too large for its bytes."""
    try:
        return encode(record)
    except OverflowError:
        return b"too large"


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(
    ("bound", "holds", "breaks"), [("most", 2, 1), ("limit", 11, 10), ("since", 10, 11), ("until", 11, 10)]
)
def test_an_event_waits_within_the_bounds_of_its_backlog(compiled: bool, bound: str, holds: int, breaks: int) -> None:
    """Where it does not wait, all is counted with it."""
    needed()
    for value, waits in ((holds, True), (breaks, False)):
        one, at = stepper(rule_mix(60), compiled=compiled), 1_772_000_000_000
        record = one.record("c")
        for number in (0, 5, 10):
            moment = at + number
            for backlog in record.backlogs.values():
                setattr(backlog, bound, at + value if bound in ("since", "until") else value)
            one.take(moment, Event("data used", "c", moment, moment, "s", f"{number}", {"amount": 5 if number else 0}))
        assert [len(backlog.entries) for backlog in record.backlogs.values()] == [2] * waits
        assert {len(series.times) for series in record.series.values()} == {3}


@pytest.mark.parametrize("compiled", [True, False])
def test_an_amount_below_zero_does_not_wait(compiled: bool) -> None:
    """When it leaves a window the sum rises, which no backlog foresees."""
    needed()
    one, at = stepper(rule_mix(60), compiled=compiled), 1_772_000_000_000
    for number, (amount, waits) in enumerate([(0, 0), (5, 1), (5, 2), (0, 3), (-1, 0)]):
        one.take(at + number, Event("data used", "c", at, at, "s", f"{number}", {"amount": amount}))
        assert sum(len(backlog.entries) for backlog in one.records["c"].backlogs.values()) == waits


def test_references_are_counted() -> None:
    """Nothing that was taken is held for ever, and nothing is let go while a record has it."""
    needed()
    one = stepper(rule_mix(60), compiled=True)
    data: dict[str, Value] = {"amount": 5, "network": "home", "app": "video"}
    at = 1_772_000_000_000
    one.take(at, Event("data used", "c", at, at, "s", "first", {}))
    record, waits = one.records["c"], 7
    before = sys.getrefcount(data), sys.getrefcount(None)
    for number in range(1, waits + 1):
        moment = at + number
        one.take_all([(moment, Event("data used", "c", moment, moment, "s", f"{number}", data))] * 2)
    assert [len(backlog.entries) for backlog in record.backlogs.values()] == [waits]
    assert sys.getrefcount(data) == before[0] + waits
    assert abs(sys.getrefcount(None) - before[1]) < 1_000
    record.catch_up()
    assert sys.getrefcount(data) == before[0]
    assert record.taken == at + waits
    assert sys.getrefcount(one.engine) < 50
    for puts_off in (True, False):
        of_moments = [references_of_moments(compiled=compiled, puts_off=puts_off) for compiled in (True, False)]
        assert of_moments[0] == of_moments[1]


def references_of_moments(*, compiled: bool, puts_off: bool) -> list[int]:
    """How many there are to the moments of some events that were taken one after the other, and counted."""
    one = stepper(rule_mix(60), compiled=compiled, puts_off=puts_off)
    moments = [1_772_000_000_000 + number for number in range(9)]
    for at in moments:
        one.take(at, Event("data used", "c", at, at, "s", f"{at}", {"amount": 5}))
    one.records["c"].catch_up()
    return [sys.getrefcount(at) for at in moments]


def nothing(*_: object) -> list[int]:
    """What is asked for, and there is none."""
    return []


def fails(*_: object) -> NoReturn:
    """An error."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "where",
    [
        *("find", "run_timers", "tables", "begin", "act", "cross", "happens", "ask"),
        *("completes", "absences", "openings", "opening", "note"),
    ],
)
def test_an_error_in_python_comes_out(where: str) -> None:
    """Wherever it is raised it is told, and no reference is kept or lost by it."""
    way, at = needed(), 1_772_000_000_000
    engine, data = stepper(rule_mix(5), compiled=True).engine, {"amount": 5}
    record, event = engine.new_record("c"), Event("data used", "c", at, at, "s", "i", data)  # type: ignore[arg-type]
    record.born, record.counts, record.heap = at, {"old news": 1}, [(at, 0, "")]
    tables = engine.tables(record, at)
    record.tables = None if where == "tables" else tables
    calls: dict[str, Callable[..., Any]] = {where: fails}
    questions: dict[str, Fitting[int]] = {where: Fitting(fails, None)}
    varying = ((True, fails),) if where == "begin" else ()
    whole = engine.program.events["data used"]
    quick, awaited = {7: calls.get("cross", nothing)}, Awaited((), Needs(9, 9, varying), None)
    tables["data used"] = Reach(
        whole,
        quick,
        {},
        {},
        questions.get("happens"),
        questions.get("completes"),
        {},
        awaited=awaited,
    )
    # (an opening that nobody knows)
    openings: Fitting[int] = questions.get("openings", Fitting(lambda *_: [1] if where == "opening" else [], None))
    of_pairs = fields_replaced(whole, openings=openings, absences=questions.get("absences"))
    record.openings = {1: []}
    asked = Asked(
        calls.get("ask", nothing),
        where == "ask",
        False,
        False,
        False,
        None,
        Pairs(fields_replaced(engine.program, openings={}), "data used", of_pairs),
    )
    ordinary = way.Ordinary(
        "data used",
        0,
        calls.get("run_timers", nothing),
        calls.get("tables", nothing),
        calls.get("act", nothing),
        asked,
        counts=where in ("act", "begin", "cross"),
        later=Later(Counting(fails, frozenset()), None) if where == "begin" else None,
        rows=CountRows((Row(7, 8, "", (), 0, 1),), ()) if where == "cross" else None,
    )
    known = {} if where == "find" else {"c": record}
    for number in range(3):
        groups = [("c", [(at + number, replace(event, time=at + number, arrived=at + number, id=f"{number}"))])]
        before = [sys.getrefcount(one) for one in (record, data, groups[0][1][0][1], ordinary)]
        with pytest.raises(KeyError if where == "opening" else ZeroDivisionError):
            way.take_all({"data used": ordinary}, fails, groups, known, fails, {}, calls.get("note", nothing))
        assert [sys.getrefcount(one) for one in (record, data, groups[0][1][0][1], ordinary)] == before


def test_what_is_no_event_or_no_record_is_refused() -> None:
    """Compiled code reads fields at their places, so it looks at what it is given."""
    way, record = needed(), stepper([], compiled=True).record("c")
    event = Event("seen", "c", 1, 1, "", "", {})
    for wrong in (None, object(), Event):
        with pytest.raises(TypeError, match="a record is expected"):
            way.take_hers({}, None, wrong, [(1, event)])
        with pytest.raises(TypeError, match="an event is expected"):
            way.take_hers({}, None, record, [(1, wrong)])
        with pytest.raises(TypeError, match="a record is expected"):
            way.take_all(
                {},
                None,
                [(f"{n}", [(1, event)]) for n in range(20)],
                {f"{n}": wrong for n in range(20)},
                None,
                {},
                None,
            )


def test_all_is_compiled_or_nothing() -> None:
    """Where one part of it is missing, as after a broken build, Python does it all."""
    assert (compiled_module("streams.ordinary") is not None) == COMPILED
