"""A withdrawal is taken ahead of all that still settles, and changes the taking of nothing else."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.consent import withdraws
from models.events import Event
from models.types import DURATION
from rules.interpreter import RuleSet, Taken
from rules.typed import Crosses, Happens, Pattern, Rule, Sequence, SinceLast, Step, StepKind
from streams.taking import Taking
from tests.property.arriving import taken_in_order
from tests.property.building import HOUR, VOCABULARY, compare, count, last, rule
from tests.property.strategies import Scenario
from tests.property.test_engine import interpreted, stepped

SETTLE = 20
SETTLES = replace(VOCABULARY, settle=SETTLE)

KINDS: list[tuple[str, dict[str, bool | str]]] = [
    ("opened", {}),
    ("closed", {}),
    ("message replied", {"text": "thanks"}),
    ("consent changed", {"marketing": True}),
]
WITHDRAWALS: list[tuple[str, dict[str, bool | str]]] = [
    ("message replied", {"text": "Stop"}),
    ("consent changed", {"marketing": False}),
]

#: (time, how much later it arrives, what it is)
others = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60), st.sampled_from(KINDS)), max_size=20)
withdrawals = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60), st.sampled_from(WITHDRAWALS)), max_size=3)
Happened = list[tuple[int, int, tuple[str, dict[str, bool | str]]]]


def events(happened: Happened, name: str = "e") -> list[Event]:
    """The events, with ids of that name."""
    return [
        Event(type_, "c", time, time + late, "file", f"{name}{number}", dict(data))
        for number, (time, late, (type_, data)) in enumerate(happened)
    ]


def taken(arrived: list[Event], seed: int) -> list[tuple[int, str]]:
    """(taken, id) of these events, read in the order of arrival and taken now and then."""
    dice, taking = Random(seed), Taking(SETTLE)
    found: list[tuple[int, str]] = []
    for index, event in enumerate(sorted(arrived, key=lambda event: event.arrived)):
        taking.arrive(index, event)
        if dice.randrange(2):
            found += [(at, one.id) for at, *_, one in taking.ready(taking.horizon)]
    return [*found, *((at, one.id) for at, *_, one in taking.all())]


@given(others, withdrawals, st.integers())
def test_the_order_of_taking_is_that_of_the_oracle(happened: Happened, taken_back: Happened, seed: int) -> None:
    """However often one looks, what is taken, and when, is what the plain list says."""
    arrived = events(happened) + events(taken_back, "w")
    expected = [(one.taken, one.event.id) for one in taken_in_order(arrived, SETTLES)]
    assert taken(arrived, seed) == expected


@given(others, withdrawals, st.integers())
def test_nothing_that_still_settles_is_taken_before_it(happened: Happened, taken_back: Happened, seed: int) -> None:
    """When a withdrawal is read, only what had settled by then comes before it."""
    arrived = {event.id: event for event in events(happened) + events(taken_back, "w")}
    order = taken(list(arrived.values()), seed)
    for place, (_, identity) in enumerate(order):
        if withdraws(arrived[identity]):
            settled = arrived[identity].arrived - SETTLE
            assert all(at < settled or withdraws(arrived[before]) for at, before in order[:place])


@given(others, withdrawals, st.integers(), st.integers())
def test_nothing_else_is_taken_otherwise(happened: Happened, taken_back: Happened, one: int, other: int) -> None:
    """With withdrawals, without them, and shuffled within `settle`: the others are taken as they were."""

    def shuffled(seed: int, taken_back: Happened) -> list[tuple[int, str]]:
        dice = Random(seed)
        late = [(time, dice.randint(0, SETTLE), what) for time, _, what in happened]
        order = taken(events(late) + events(taken_back, "w"), seed)
        return [row for row in order if row[1].startswith("e")]

    assert shuffled(one, taken_back) == shuffled(other, [])


CONSENT = Pattern("consent changed")
RULES: tuple[Rule, ...] = (
    rule("told", Happens((CONSENT,))),
    rule("twice", Crosses(compare(count(CONSENT, last(50)), ">=", 2))),
    rule("few", Crosses(compare(count(CONSENT, last(30)), "<", 1))),
    rule("long ago", Crosses(compare(SinceLast((CONSENT,), DURATION), ">=", 25))),
    rule(
        "opened before",
        Sequence(
            (
                Step(StepKind.FIRST, (Pattern("opened"),)),
                Step(StepKind.THEN, (CONSENT,), 60),
            )
        ),
    ),
    rule(
        "no change",
        Sequence(
            (
                Step(StepKind.FIRST, (Pattern("opened"),)),
                Step(StepKind.WITHOUT, (CONSENT,), 30),
            )
        ),
    ),
)


@given(others, withdrawals)
def test_the_engine_counts_it_from_its_taking_on(happened: Happened, taken_back: Happened) -> None:
    """What is taken ahead of its time is a part of facts and steps at once, as the interpreter reads it."""
    arrived = {event.id: event for event in events([*happened, (0, 0, KINDS[0])]) + events(taken_back, "w")}
    plain = taken_in_order(arrived.values(), SETTLES)
    scenario = Scenario(SETTLES, (RuleSet(-HOUR, RULES),), tuple(plain), HOUR, {})
    as_stated = tuple(Taken(arrived[one.event.id], one.taken, one.fresh) for one in plain)
    assert stepped(replace(scenario, taken=as_stated), through_store=False) == interpreted(scenario)
