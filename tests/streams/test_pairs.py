"""Sequences of two steps, by compiled code: what is kept of them is the same, whoever keeps it."""

from __future__ import annotations

import sys
from random import Random
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from models.events import Event
from models.types import MONEY, TEXT
from rules.plan import plan
from rules.program import program
from rules.record import OPEN_SEQUENCES, Record
from rules.situations.ends import MOST
from rules.typed import Aggregate, Condition, Crosses, Pattern, PlacePattern, PlaceVerb, Rule, Sequence, Step, StepKind
from streams.blocks import Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.compiled import compiled_module
from tests.property.building import HOUR, MINUTE, VOCABULARY, compare, count, field, last, line, moment, rule

START = moment("2026-03-02 10:00")
CASE = field("case", TEXT)


def pair(name: str, first: str, kind: StepKind, then: str | Pattern, length: int, **parts: Any) -> Rule:
    """`first`, and then something happens within a time, or does not."""
    second = Pattern(then) if isinstance(then, str) else then
    return rule(name, Sequence((Step(StepKind.FIRST, (Pattern(first),)), Step(kind, (second,), length, 0))), **parts)


def of_case(event: str, case: str) -> Pattern:
    """An event of one case."""
    return Pattern(event, compare(CASE, "is", case))


SAME: Condition = compare(CASE, "is", field("case", TEXT, 0))
BUSY: Aggregate = count("opened", last(HOUR))
RULES = (
    pair("soon closed", "opened", StepKind.THEN, "closed", MINUTE),
    pair("same closed", "opened", StepKind.THEN, Pattern("closed", SAME), HOUR),
    pair(
        "one closed",
        "opened",
        StepKind.THEN,
        of_case("closed", "one"),
        2 * HOUR,
        only_if=(line(compare(BUSY, ">", 3)),),
    ),
    pair("unpaid", "opened", StepKind.WITHOUT, "paid", 20 * MINUTE),
    pair("cheap", "opened", StepKind.WITHOUT, Pattern("paid", compare(field("price", MONEY), ">", 3)), 3 * HOUR),
    pair("open", "opened", StepKind.WITHOUT, of_case("closed", "one"), HOUR),
    pair("again", "closed", StepKind.THEN, Pattern("opened", SAME), 2 * HOUR),
    rule("many", Crosses(compare(BUSY, ">=", 40))),
)


def engine(*rules: Rule, compiled: bool) -> Engine:
    """An engine of these rules."""
    made = program(plan(list(rules), VOCABULARY))
    return Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())), compiled=compiled)


def events(seed: int, number: int, weights: tuple[float, float, float], late: float) -> list[tuple[int, Event]]:
    """Cases are opened and closed, and things paid; what is `late` was some minutes before it is told."""
    dice, at, found = Random(seed), START, []
    for place in range(number):
        at += dice.choice((0, 1_000, 30_000, 2 * MINUTE)) if place % 150 else 2 * HOUR
        kind = dice.choices(("opened", "closed", "paid"), weights)[0]
        data: dict[str, Any] = {"case": dice.choice(("one", "ONE", "two", "é", None, f"{dice.randrange(99)}"))}
        data = {"price": dice.randrange(9)} if kind == "paid" else data
        told = at - dice.choice((MINUTE, 4 * MINUTE)) * (dice.random() < late)
        found.append((at, Event(kind, "c", told, at, "s", f"{place}", data)))
    return found


def state(record: Record) -> list[Any]:
    """All that is kept of sequences of two steps, also what is not written."""
    ends = record.ends
    return [
        {key: [(one.number, msgspec.to_builtins(one)) for one in kept] for key, kept in record.openings.items()},
        list(record.openings),
        record.through,
        record.opened,
        sorted(record.heap),
        record.forget_due,
        None if ends is None else (ends.noted, ends.in_order),
    ]


def course(told: list[tuple[int, Event]], rules: tuple[Rule, ...], *, compiled: bool) -> tuple[list[Any], Record]:
    """The decisions and what is kept after each event."""
    one = engine(*rules, compiled=compiled)
    record, found = one.new_record("c"), []
    one.take(record, Event("seen", "c", START, START, "s", "first", {}), START)
    for at, event in told:
        decisions = [msgspec.json.encode(made) for made in one.take(record, event, at)]
        found.append((decisions, state(record)))
    return found, record


@pytest.mark.parametrize(
    ("weights", "late"), [((8, 1, 1), 0), ((2, 1, 2), 0.2), ((5, 0.2, 0.1), 0.1), ((1, 1, 0.1), 0), ((1, 6, 0), 0)]
)
@pytest.mark.parametrize("rules", [RULES, RULES[3:5], RULES[1:2]])
def test_after_each_event_the_same_is_kept(
    weights: tuple[float, float, float], late: float, rules: tuple[Rule, ...]
) -> None:
    """Openings of hundreds of events, their ends, their timers, and which rules are through with them."""
    told = events(1, 450, weights, late)
    compiled, record = course(told, rules, compiled=COMPILED)
    plain, other = course(told, rules, compiled=False)
    for number, (one, two) in enumerate(zip(compiled, plain, strict=True)):
        assert one == two, number
    assert record.opened == other.opened > 20
    assert any(decisions for decisions, _ in compiled)


def test_much_is_noted_and_the_openings_are_told() -> None:
    """As many payments as are noted at most, and some more, one of them told late."""
    at = START + MINUTE
    told = [(at, Event("opened", "c", at, at, "s", "opened", {}))]
    for number in range(2 * MOST + 9):
        time = at + 1_000 + number - (5 if number == MOST + 4 else 0)
        told.append((at + 1_000 + number, Event("paid", "c", time, at + 1_000 + number, "s", f"{number}", {})))
    (compiled, record), (plain, _) = (course(told, RULES[3:4], compiled=compiled) for compiled in (COMPILED, False))
    assert compiled == plain
    assert record.ends is not None
    assert len(record.ends.noted) == 9


def test_more_than_are_kept_open_at_once() -> None:
    """The oldest goes, and is counted, whoever keeps it."""
    told = [
        (START + number, Event("opened", "c", START + number, START + number, "s", f"{number}", {}))
        for number in range(2 * OPEN_SEQUENCES + 9)
    ]
    for rules in (RULES[:1], RULES[3:4]):
        (compiled, record), (plain, other) = (course(told, rules, compiled=compiled) for compiled in (COMPILED, False))
        assert compiled == plain
        assert record.counts == other.counts == {"sequences dropped": OPEN_SEQUENCES + 9}


def asked(rules: tuple[Rule, ...], told: list[tuple[int, Event]], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often Python is asked what an event completes."""
    one = engine(*rules, compiled=True)
    counted = Mock(wraps=one.complete_pairs)
    monkeypatch.setattr(one, "complete_pairs", counted)
    record = one.new_record("c")
    for at, event in [(START - 1, Event("seen", "c", START - 1, START - 1, "s", "first", {})), *told]:
        one.take(record, event, at)
    return counted.call_count


def happened(*what: tuple[str, int, dict[str, Any]]) -> list[tuple[int, Event]]:
    """Events, each so long (ms) after the start."""
    return [
        (START + at, Event(kind, "c", START + at, START + at, "s", f"{place}", data))
        for place, (kind, at, data) in enumerate(what)
    ]


def test_python_is_asked_only_where_something_may_be_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where nothing is open, it is over, a rule is through with it, or what must be the same is not."""
    if compiled_module("streams.pairs") is None:
        pytest.skip("nothing is compiled")
    one, two, none = {"case": "one"}, {"case": "TWO"}, {"case": None}
    opened, closed = ("opened", 0, one), ("closed", 1_000, one)
    soon, same, again = RULES[:1], RULES[1:2], RULES[6:7]
    assert asked(soon, happened(closed), monkeypatch) == 0
    assert asked(soon, happened(opened, closed), monkeypatch) == 1
    assert asked(soon, happened(opened, ("closed", MINUTE - 1, one)), monkeypatch) == 1
    assert asked(soon, happened(opened, ("closed", MINUTE, one)), monkeypatch) == 0
    assert asked(soon, happened(opened, closed, closed, ("opened", 1_001, one)), monkeypatch) == 1
    assert asked(soon, happened(opened, closed, ("opened", 1_001, one), closed), monkeypatch) == 2
    assert asked(again, happened(opened, closed), monkeypatch) == 0
    assert asked(same, happened(opened, ("closed", 1, two)), monkeypatch) == 0
    assert asked(same, happened(opened, ("closed", 1, none), ("closed", 2, {})), monkeypatch) == 0
    assert asked(same, happened(("opened", 0, none), ("closed", 1, none)), monkeypatch) == 0
    assert asked(same, happened(opened, ("opened", 0, two), ("closed", 2, {"case": "tWo"})), monkeypatch) == 1
    many = [("opened", number, {"case": f"É {number}"}) for number in range(20)]
    assert asked(same, happened(*many, ("closed", 30, {"case": "é 20"})), monkeypatch) == 0
    assert asked(same, happened(*many, ("closed", 30, {"case": "é 19"})), monkeypatch) == 1


def test_what_ends_an_absence_is_noted_only_where_something_is_open() -> None:
    """A payment before anything is open leaves nothing behind."""
    told = happened(("paid", 0, {}), ("opened", 1, {}), ("paid", 2, {}))
    for compiled in (COMPILED, False):
        _, record = course(told[:2], RULES[3:4], compiled=compiled)
        assert record.ends is None
        _, record = course(told, RULES[3:4], compiled=compiled)
        assert record.ends is not None


@pytest.mark.parametrize(("at", "fired"), [(HOUR - 1, 0), (HOUR, 1), (HOUR + MINUTE, 1)])
def test_what_happens_after_the_time_ends_no_absence(at: int, fired: int) -> None:
    """The wait is longer than the time, for late news; but what happens then comes too late."""
    told = happened(("opened", 0, {}), ("closed", at, {"case": "one"}), ("seen", 2 * HOUR, {}))
    for compiled in (COMPILED, False):
        found, _ = course(told, RULES[5:6], compiled=compiled)
        assert sum(len(decisions) for decisions, _ in found) == fired


def test_nothing_is_completed_where_all_openings_are_gone() -> None:
    """Compiled code looks at the last of them, where there is one."""
    for compiled in (COMPILED, False):
        one = engine(*RULES[:1], compiled=compiled)
        record = one.new_record("c")
        one.take(record, Event("seen", "c", START, START, "s", "first", {}), START)
        record.openings = {key: [] for key in one.program.openings}
        ((at, event),) = happened(("closed", 1, {}))
        assert one.take(record, event, at) == []


def test_a_visit_completes_what_an_event_may_complete_too() -> None:
    """Either of two things may be the second step: where it is the event they need have nothing in common."""
    second = (Pattern("closed", SAME), PlacePattern(PlaceVerb.ENTERS, "airport"))
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.THEN, second, HOUR, 0))
    one, two = {"case": "one"}, {"case": "two"}
    told = happened(("opened", 0, one), ("closed", 1, two), ("seen", 2, {"spot": (0.0, 0.0)}))
    told += happened(("opened", 3, two), ("closed", 4, two))
    rules = (rule("either", Sequence(steps)),)
    (compiled, _), (plain, _) = (course(told, rules, compiled=compiled) for compiled in (COMPILED, False))
    assert compiled == plain
    assert sum(len(decisions) for decisions, _ in compiled) == 1


def test_no_reference_is_kept_or_lost() -> None:
    """What an event has is held by what it opened, and let go with that."""
    if not COMPILED:
        pytest.skip("nothing is compiled")
    one, data = engine(*RULES, compiled=True), {"case": "one"}
    record = one.new_record("c")
    one.take(record, Event("seen", "c", START, START, "s", "first", {}), START)
    before, none = sys.getrefcount(data), sys.getrefcount(None)
    for number in range(50):
        at = START + 1 + number
        one.take(record, Event("opened", "c", at, at, "s", f"{number}", data), at)  # type: ignore[arg-type]
    record.catch_up()
    assert sys.getrefcount(data) == before + 50
    record.openings.clear()
    record.joined = None
    assert sys.getrefcount(data) == before
    assert abs(sys.getrefcount(None) - none) < 500


def test_all_is_compiled_or_nothing() -> None:
    """Where one part of it is missing, as after a broken build, Python does it all."""
    assert (compiled_module("streams.pairs") is not None) == COMPILED
