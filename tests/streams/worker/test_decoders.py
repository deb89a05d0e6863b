"""A message is read by the vocabulary that is in force when it arrives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import Event
from models.moments import format_moment, parse_moment
from rules.workspace.workspace import Workspace
from streams.dead_letters import DeadLetter
from streams.stores.base import StoreError
from streams.wire.messages import MessageDecoder
from streams.worker.decoders import Decoders
from streams.worker.published import Published
from streams.worker.rule_sets import RuleSets
from tests.beforehand.cli.commands import VOCABULARY
from tests.streams.worker.listed_sets import Listed, published, read_texts, rule_sets
from tests.streams.worker.messages import Message

START = parse_moment("2026-03-02T10:00:00Z")
SMALL = {"vocabulary.yaml": VOCABULARY}
#: Another type of event, another choice, another field of an event there was.
LARGE = {
    "vocabulary.yaml": VOCABULARY.replace("S | M", "S | M | L").replace(
        "price: money}", 'price: money, by: "text, optional"}'
    )
    + "  roamed: {family: service, country: text}\n"
}
LARGEST = {"vocabulary.yaml": LARGE["vocabulary.yaml"] + "  flown: {family: service, gate: text}\n"}
#: What is sent, and from which of the vocabularies on it is read whole.
SENT: list[tuple[str, dict[str, Any], int]] = [
    ("data used", {"amount": "1 GB"}, 0),
    ("paid", {"price": "5 CNY", "by": "card"}, 1),
    ("customer changed", {"plan": "L"}, 1),
    ("roamed", {"country": "NL"}, 1),
    ("flown", {"gate": "A1"}, 2),
]


def sent(which: Iterable[int], arrived: Iterable[int]) -> list[Message]:
    """Messages of these, which say themselves when they arrived."""
    found = []
    for offset, (kind, at) in enumerate(zip(which, arrived, strict=True)):
        type_, data, _ = SENT[kind]
        time = format_moment(at)
        event = {"specversion": "1.0", "id": f"{offset}", "source": "test", "type": type_, "subject": "c"}
        value = json.dumps({**event, "time": time, "arrived": time, "data": data}).encode()
        found.append(Message("events.consumption", 0, offset, at, b"c", value))
    return found


def three(first: int, second: int) -> RuleSets:
    """Sets whose vocabularies grow at these moments."""
    return rule_sets(published(1, None, SMALL), published(2, first, LARGE), published(3, second, LARGEST))


DECODERS = [MessageDecoder(read_texts(published(1, None, one)).vocabulary) for one in (SMALL, LARGE, LARGEST)]

#: How many milliseconds after the one before a message arrives, and what it is.
streams = st.lists(st.tuples(st.sampled_from([0, 0, 1, 2, 5]), st.integers(0, 4)), min_size=1, max_size=30)


def expected(messages: list[Message], arrived: list[int], moments: tuple[int, int]) -> list[Event | DeadLetter]:
    """Each by itself, by the vocabulary of its moment."""
    found = []
    for message, at in zip(messages, arrived, strict=True):
        decoder = DECODERS[sum(moment <= at for moment in moments)]
        found += decoder.decode_all([message], [at])
    return found


@given(streams, st.integers(0, 40), st.integers(1, 20), st.data())
def test_each_message_is_read_by_the_vocabulary_of_its_arrival(
    life: list[tuple[int, int]], first: int, later: int, data: st.DataObject
) -> None:
    """However they are fetched; and just so if each says itself when it arrived."""
    moments = START + first, START + first + later
    arrived = [START + sum(gap for gap, _ in life[: number + 1]) for number in range(len(life))]
    messages = sent((kind for _, kind in life), arrived)
    wanted = expected(messages, arrived, moments)
    decoders, recorded = Decoders(three(*moments)), Decoders(three(*moments))
    found: list[Event | DeadLetter] = []
    by_themselves: list[Event | DeadLetter] = []
    latest = 0
    while len(found) < len(messages):
        some = slice(len(found), len(found) + data.draw(st.integers(1, 10)))
        found += decoders.decode_all(messages[some], arrived[some])
        by_themselves += recorded.decode_recorded(messages[some], latest)
        latest = max([latest, *(one.arrived for one in by_themselves[some] if isinstance(one, Event))])
    assert found == wanted
    assert by_themselves == wanted


def test_what_comes_before_the_moment_is_a_dead_letter_and_what_comes_at_it_is_an_event() -> None:
    """To the millisecond."""
    decoders = Decoders(three(START + 10, START + 20))
    before, at = decoders.decode_all(sent([3, 3], [START + 9, START + 10]), [START + 9, START + 10])
    assert isinstance(before, DeadLetter)
    assert before.detail == 'the vocabulary has no event "roamed"'
    assert isinstance(at, Event)


def test_a_set_that_is_published_meanwhile_is_heeded() -> None:
    """Also where what had been read before was beyond every moment known then."""
    listed = Listed([published(1, None, SMALL)])
    rules = RuleSets(listed, read_texts)
    decoders = Decoders(rules)
    messages, arrived = sent([3, 3], [START, START + 10]), [START, START + 10]
    assert isinstance(decoders.decode_all(messages[:1], arrived[:1])[0], DeadLetter)
    listed.publish(published(2, START + 10, LARGE))
    rules.refresh()
    assert isinstance(decoders.decode_all(messages[1:], arrived[1:])[0], Event)


def test_a_set_that_came_back_keeps_what_was_added() -> None:
    """And the next set is read by its own vocabulary, which has it too."""
    sets = rule_sets(
        published(1, None, SMALL),
        published(2, START + 10, LARGE),
        published(3, START + 20, SMALL, again=1),
        published(4, START + 30, LARGEST),
    )
    events = [frozenset(sets.vocabulary(index).events) for index in range(4)]
    assert events[0] < events[1] == events[2] < events[3]
    assert sets.workspace(2).vocabulary == sets.vocabulary(1)
    assert isinstance(Decoders(sets).decode_all(sent([3], [START]), [START + 25])[0], Event)


def test_a_set_that_this_version_cannot_read_leaves_the_vocabulary_of_before() -> None:
    """As it leaves the rules of before."""

    def read(one: Published) -> Workspace:
        if one.number == 2:
            raise StoreError("of another version")
        return read_texts(one)

    decoders = Decoders(RuleSets(Listed([published(1, None, SMALL), published(2, START, LARGE)]), read))
    (one, other) = decoders.decode_all(sent([0, 3], [START, START]), [START, START])
    assert (isinstance(one, Event), isinstance(other, DeadLetter)) == (True, True)


def test_a_set_that_cannot_be_read_does_not_matter_where_a_later_one_says_the_same() -> None:
    """Its rules were for another version; the vocabulary in force is read with those of now."""

    def read(one: Published) -> Workspace:
        if one.number == 2:
            raise StoreError("of another version")
        return read_texts(one)

    listed = Listed([published(1, None, SMALL), published(2, START, LARGE), published(3, START + 10, LARGE)])
    (event,) = Decoders(RuleSets(listed, read)).decode_all(sent([3], [START + 10]), [START + 10])
    assert isinstance(event, Event)


@pytest.mark.parametrize("moment", [START - 1, START + 1])
def test_other_rules_alone_make_no_other_decoder(moment: int) -> None:
    """What beside rules has not changed is not read again."""
    rule = {"rules/one.yaml": "no rule at all"}
    sets = rule_sets(published(1, None, SMALL), published(2, START, {**SMALL, **rule}))
    sets.workspace(0)
    assert isinstance(Decoders(sets).decode_all(sent([0], [moment]), [moment])[0], Event)
    assert sets.vocabulary(1) is sets.vocabulary(0)
