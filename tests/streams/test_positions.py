"""Positions that change nothing are taken by compiled code; nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from models.events import Event
from models.places import Circle, Place
from models.types import Value
from rules.codec import encode
from rules.plan import plan
from rules.program import program
from rules.typed import PlacePattern, PlaceVerb, Visits
from streams.blocks import Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from tests.property.building import MINUTE, PLACES, moment, rule
from tests.property.building import VOCABULARY as COMPANY

# (where degrees of longitude are half as long as those of latitude)
_NORTH = Place("north", (("north", Circle(60.0, 0.0, 100_000_000)),))
VOCABULARY = replace(COMPANY, places={**PLACES, "north": _NORTH})
FADES = VOCABULARY.position_fades
NOON = moment("2026-03-02 12:00")

_RULES = [
    rule(f"{verb} {place}", Visits(PlacePattern(verb, place, MINUTE if verb is PlaceVerb.STAYS else 0)))
    for verb in PlaceVerb
    for place in ("airport", "tower", "branch", "north")
]
# (the fourth and the fifth lie a metre within and a metre beyond the border of the airport)
_SPOTS = [(0.0, 0.0), (0.1, 0.0), (0.5, 0.0), (0.89931, 0.0), (0.89933, 0.0), (0.0, 0.8993), (-0.9, 0.0), (60.0, 0.5)]
_WHERE = st.fixed_dictionaries(
    {}, optional={"spot": st.sampled_from([None, *_SPOTS]), "cell": st.sampled_from([None, "c-1", "C-1", "c-2"])}
)
_STEPS = st.sampled_from([0, 1, MINUTE, FADES - 1, FADES, FADES + 1])


def course(told: list[tuple[int, int, dict[str, Value]]], *, compiled: bool) -> list[tuple[bytes, object, bytes]]:
    """The decisions and the record after each position; steps between them and how late they are in ms."""
    made = program(plan(_RULES, VOCABULARY))
    engine = Engine(made, Judge(made, Decider(VOCABULARY, made.compiler, Terms())), compiled=compiled)
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


def test_positions_that_change_nothing_are_remembered() -> None:
    """Where and when she was last seen is what the last of them says."""
    told: list[tuple[int, int, dict[str, Value]]] = [
        (MINUTE, 0, {"spot": spot}) for spot in [(60.0, 0.5), (61.0, 0.25)] * 3
    ]
    assert len({encoded for *_, encoded in course(told, compiled=COMPILED)}) == len(told)
