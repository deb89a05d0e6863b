"""Positions that change nothing are taken by compiled code; nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence as Sequence_
from dataclasses import replace

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.events import Event
from models.places import Circle, Place
from models.types import Value
from rules.codec import encode
from rules.plan import plan
from rules.program import program
from rules.typed import Attribute, Pattern, PlacePattern, PlaceVerb, Rule, Sequence, Step, StepKind, Visits
from streams.blocks import Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from streams.switching import switch
from tests.property.building import MINUTE, PLACES, PLAN, compare, line, moment, rule
from tests.property.building import VOCABULARY as COMPANY

# (where degrees of longitude are half as long as those of latitude)
_NORTH = Place("north", (("north", Circle(60.0, 0.0, 100_000_000)),))
VOCABULARY = replace(COMPANY, places={**PLACES, "north": _NORTH})
FADES = VOCABULARY.position_fades
NOON = moment("2026-03-02 12:00")


def _visit(verb: PlaceVerb, place: str) -> Visits:
    return Visits(PlacePattern(verb, place, MINUTE if verb is PlaceVerb.STAYS else 0))


_ENTERS, _LEAVES = PlacePattern(PlaceVerb.ENTERS, "airport"), PlacePattern(PlaceVerb.LEAVES, "airport")
_ON_PLAN_S = compare(Attribute("plan", PLAN), "is", "S")
_RULES = [
    rule(f"{verb} {place}", _visit(verb, place))
    for verb in PlaceVerb
    for place in ("airport", "tower", "branch", "north")
]
# (the fourth and the fifth lie a metre within and a metre beyond the border of the airport)
_SPOTS = [(0.0, 0.0), (0.1, 0.0), (0.5, 0.0), (0.89931, 0.0), (0.89933, 0.0), (0.0, 0.8993), (-0.9, 0.0), (60.0, 0.5)]
_WHERE = st.fixed_dictionaries(
    {}, optional={"spot": st.sampled_from([None, *_SPOTS]), "cell": st.sampled_from([None, "c-1", "C-1", "c-2"])}
)
_STEPS = st.sampled_from([0, 1, MINUTE, FADES - 1, FADES, FADES + 1])


#: Rules that wait for one place.
_FEW = {
    "a visit": [rule("visit", _visit(PlaceVerb.ENTERS, "airport"))],
    "a departure": [rule("departure", _visit(PlaceVerb.LEAVES, "tower"))],
    "a stay": [rule("stay", _visit(PlaceVerb.STAYS, "branch"))],
    "a step": [
        rule("step", Sequence((Step(StepKind.FIRST, (Pattern("seen"),)), Step(StepKind.THEN, (_ENTERS,), MINUTE)))),
    ],
    "a step of three": [
        rule(
            "steps",
            Sequence(
                (
                    Step(StepKind.FIRST, (_ENTERS,)),
                    Step(StepKind.THEN, (Pattern("seen"),), MINUTE),
                    Step(StepKind.THEN, (_LEAVES,), MINUTE),
                )
            ),
        ),
    ],
    "a stay of others": [rule("others", _visit(PlaceVerb.STAYS, "branch"), only_if=(line(_ON_PLAN_S),))],
    "a visit of others": [rule("others", _visit(PlaceVerb.ENTERS, "airport"), only_if=(line(_ON_PLAN_S),))],
}


def engine_of(rules: Sequence_[Rule], *, compiled: bool) -> Engine:
    """An engine of these rules."""
    made = program(plan(rules, VOCABULARY))
    return Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())), compiled=compiled)


def course(
    told: list[tuple[int, int, dict[str, Value]]], *, compiled: bool, rules: Sequence_[Rule] = _RULES
) -> list[tuple[bytes, object, bytes]]:
    """The decisions and the record after each position; steps between them and how late they are in ms."""
    engine = engine_of(rules, compiled=compiled)
    record, at = engine.new_record("c"), NOON
    found: list[tuple[bytes, object, bytes]] = []
    for number, (step, late, data) in enumerate(told):
        at += step
        decisions = engine.take(record, Event("seen", "c", at - late, at, "s", f"{number}", data), at)
        members = None if record.position is None else record.position.members
        found.append((msgspec.json.encode(decisions), members, encode(record)))
    return found


@given(st.lists(st.tuples(_STEPS, st.sampled_from([0, 0, 1, MINUTE]), _WHERE), max_size=25))
@example([(0, 0, {"spot": (0.0, 0.0)}), (1, 0, {"spot": (0.0, 0.0)}), (FADES, 0, {"spot": (0.0, 0.0)})])
@example([(0, 0, {"spot": (0.1, 0.0)}), (1, 0, {"cell": "c-1"}), (1, 0, {"spot": (0.1, 0.0), "cell": "c-1"})])
@example([(0, 0, {"cell": "c-2"})] * 2 + [(0, 0, {"spot": (60.0, 0.5)})] * 2 + [(1, 0, {"cell": "c-2"})] * 2)
@example([(0, 0, {"spot": (0.1, 0.0)}), (1, 0, {"spot": (0.1, 0.0)}), (1, MINUTE, {"spot": (0.1, 0.0)})])
@example([(1, 0, {"spot": (0.89931, 0.0)}), (1, 0, {"spot": (0.89933, 0.0)})] * 2)
@example([(1, 0, {"spot": (60.0, 1.7983)}), (1, 0, {"spot": (60.0, 1.7991)})] * 2)
def test_positions_are_taken_alike(told: list[tuple[int, int, dict[str, Value]]]) -> None:
    """Points and radio cells in and out of places and on their borders, late, again, none, and after they faded."""
    assert course(told, compiled=COMPILED) == course(told, compiled=False)


@given(st.sampled_from(sorted(_FEW)), st.lists(st.tuples(_STEPS, st.just(0), _WHERE), max_size=25))
@example("a visit", [(1, 0, {"spot": (60.0, 0.5)}), (1, 0, {"spot": (0.1, 0.0)}), (1, 0, {"spot": (60.0, 0.5)})] * 2)
@example("a departure", [(1, 0, {"cell": "c-1"}), (1, 0, {"spot": (0.1, 0.0)})] * 2)
@example("a stay", [(1, 0, {"spot": (0.5, 0.0)}), (MINUTE, 0, {"spot": (60.0, 0.5)})] * 2)
@example("a stay", [(1, 0, {"spot": (0.5, 0.0)}), (1, 0, {"spot": (60.0, 0.5)}), (MINUTE, 0, {"cell": "c-1"})])
@example("a stay of others", [(1, 0, {"spot": (0.5, 0.0)}), (1, 0, {"spot": (60.0, 0.5)}), (MINUTE, 0, {})])
@example("a step", [(1, 0, {"spot": (60.0, 0.5)}), (1, 0, {"spot": (0.1, 0.0)})] * 2)
@example("a step of three", [(1, 0, {"spot": (0.1, 0.0)}), (1, 0, {"cell": "c-2"}), (1, 0, {"spot": (0.1, 0.0)})] * 2)
@example("a visit of others", [(1, 0, {"spot": (0.1, 0.0)}), (1, 0, {"cell": "c-2"})] * 2)
def test_places_that_nobody_waits_for_are_entered_unseen(
    few: str, told: list[tuple[int, int, dict[str, Value]]]
) -> None:
    """Where rules wait for one place only, the others change neither a decision nor the record."""
    rules = _FEW[few]
    assert course(told, compiled=COMPILED, rules=rules) == course(told, compiled=False, rules=rules)


def test_positions_that_change_nothing_are_remembered() -> None:
    """Where and when she was last seen is what the last of them says."""
    told: list[tuple[int, int, dict[str, Value]]] = [
        (MINUTE, 0, {"spot": spot}) for spot in [(60.0, 0.5), (61.0, 0.25)] * 3
    ]
    assert len({encoded for *_, encoded in course(told, compiled=COMPILED)}) == len(told)


@pytest.mark.parametrize("compiled", [COMPILED, False])
def test_where_no_rule_waits_for_stays_any_more_none_is_left_behind(compiled: bool) -> None:
    """After a change of rules she leaves the place as if somebody had waited for it."""
    before, now = (engine_of(_FEW[few], compiled=compiled) for few in ("a stay", "a departure"))
    record, at = before.new_record("c"), NOON
    before.take(record, Event("seen", "c", at, at, "s", "1", {"spot": (0.5, 0.0)}), at)
    assert record.inside
    switch(record, now, {}, at + 1)
    now.take(record, Event("seen", "c", at + 2, at + 2, "s", "2", {"spot": (60.0, 0.5)}), at + 2)
    assert not record.inside
