"""What a record says of consent is what all that she ever said comes to."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given as with_random
from hypothesis import strategies as st

from models.consent import OF_CONSENT
from models.events import Event
from models.policy import PURPOSES
from models.types import Value
from rules.codec import decode, encode
from rules.facts.consents import MOST_CHANNELS, given
from rules.interpreter import consent
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import Happens, Pattern
from streams.blocks import Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge
from streams.taking import Taking
from tests.property.building import HOUR, VOCABULARY, rule

SETTLE = 20
SETTLES = replace(VOCABULARY, settle=SETTLE)
CHANNELS = ("sms", "APP", "call")

Said = tuple[str, dict[str, bool | str]]
YES: Said = ("consent changed", {"marketing": True})
NO: Said = ("consent changed", {"marketing": False})
#: Mostly what is about the same messages.
WORDS: list[Said] = [
    *(2 * [YES, NO]),
    ("consent changed", {"marketing": True, "channel": "sms"}),
    ("consent changed", {"marketing": False, "channel": "sms"}),
    ("consent changed", {"marketing": True, "channel": "APP"}),
    ("consent changed", {"marketing": False, "service": True}),
    ("consent changed", {"marketing": True, "service": False, "channel": "app"}),
    ("message replied", {"text": "stop", "channel": "sms"}),
    ("message replied", {"text": "stop"}),
    ("message replied", {"text": "ok"}),
    ("opened", {}),
]
Life = list[tuple[int, int, Said]]
#: (time, how much later it arrives, what is said)
lives = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30), st.sampled_from(WORDS)), max_size=8)


def an_engine() -> Engine:
    """An engine with a rule about each event of consent."""
    rules = [rule(name, Happens((Pattern(name),))) for name in sorted(OF_CONSENT)]
    made = program(plan(rules, SETTLES))
    return Engine(made, Judge(made, Decider(SETTLES, made.compiler, Terms())))


ENGINE = an_engine()


def events(life: Life) -> list[Event]:
    """The events of a life."""
    return [
        Event(type_, "c", time, time + late, "file", str(number), dict(data))
        for number, (time, late, (type_, data)) in enumerate(life)
    ]


def kept(arrived: list[Event], dice: Random) -> Record:
    """The record after these events, taken now and then while they are read, and kept in a store in between."""
    record, taking = ENGINE.new_record("c"), Taking(SETTLE)
    read = sorted(arrived, key=lambda event: (event.arrived, dice.random()))
    for number, event in enumerate(read):
        taking.arrive(number, event)
        last = number + 1 == len(read)
        for at, *_, one in [*taking.ready(taking.horizon), *(taking.all() if last else ())]:
            ENGINE.take(record, one, at)
        if dice.randrange(2):
            record = decode("c", encode(record), ENGINE.new_record)
    return record


def answers(record: Record) -> list[bool | None]:
    """What the record says of every purpose over every channel."""
    return [given(record, purpose, channel) for purpose in PURPOSES for channel in (*CHANNELS, "mail")]


@with_random(lives, st.randoms(use_true_random=False))
def test_record_and_interpreter_agree(life: Life, dice: Random) -> None:
    """However often one looks, and in whatever order lines that arrive together are read."""
    arrived = events(life)
    expected = [consent(arrived, purpose, channel) for purpose in PURPOSES for channel in (*CHANNELS, "mail")]
    assert answers(kept(arrived, dice)) == expected


@with_random(lives, st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_arrivals_shuffled_within_settle_change_nothing(life: Life, dice: Random, other: Random) -> None:
    """Where what she says of consent is further apart than `settle`, its disorder within it is put right."""

    def shuffled(dice: Random) -> list[Event]:
        return events(
            [(place * (SETTLE + 1), dice.randint(0, SETTLE), what) for place, (_, _, what) in enumerate(life)]
        )

    assert answers(kept(shuffled(dice), dice)) == answers(kept(shuffled(other), other))


@with_random(lives, st.randoms(use_true_random=False))
def test_an_older_consent_never_lifts_a_newer_withdrawal(life: Life, dice: Random) -> None:
    """Whatever arrives when: after the last word, by its time, was no, the answer is no."""
    last = Event("consent changed", "c", 41, 41 + dice.randint(0, 60), "file", "last", dict.fromkeys(PURPOSES, False))
    assert set(answers(kept([*events(life), last], dice))) == {False}


def test_channels_beyond_the_most_are_read_strictly() -> None:
    """A customer with ever new channels fills no memory: a further withdrawal counts for all that are not named."""
    record = ENGINE.new_record("c")
    for number in range(3 * MOST_CHANNELS):
        data: dict[str, Value] = {"marketing": number != 2 * MOST_CHANNELS, "channel": f"channel {number}"}
        ENGINE.take(record, Event("consent changed", "c", number, number, "file", f"{number}", data), number)
    assert len(record.consents["marketing"]) == MOST_CHANNELS + 1
    assert record.counts["channels not kept apart"] == 2 * MOST_CHANNELS
    assert [given(record, "marketing", name) for name in ("channel 1", "channel 80", "sms")] == [True, False, False]


@pytest.mark.parametrize("stale", [False, True])
def test_what_is_taken_ahead_keeps_its_stated_time(*, stale: bool) -> None:
    """A withdrawal from before a consent that was taken first stands all the same, old news too."""
    record = ENGINE.new_record("c")
    late = 2 * HOUR if stale else 5
    said = [
        ("a", True, 50, 50),
        ("b", False, 40, 50 + late),
        ("c", True, 45, 60 + late),
        ("d", False, 99 + late, 70 + late),
    ]
    for name, yes, time, arrived in said:
        event = Event("consent changed", "c", time, arrived, "file", name, {"marketing": yes})
        ENGINE.take(record, event, max(time, arrived - SETTLE) if yes else arrived - SETTLE)
    assert record.consents["marketing"][""].withdrawn == (99 + late, 70 + late)
    assert given(record, "marketing", "sms") is False
    assert given(record, "service", "sms") is None
