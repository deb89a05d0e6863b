"""Events that wait, and events by customer: compiled code and plain Python promise the same."""

from __future__ import annotations

import gc
import sys
from itertools import pairwise, product
from random import Random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.consent import withdraws
from models.events import Event
from models.types import Value
from streams import plain_ordering
from tests.compiled import compiled_module

SETTLE = 20

both = pytest.mark.parametrize("way", ["streams.plain_ordering", "streams.ordering"])


def module(way: str) -> ModuleType:
    """One of the two; there need not be a compiled one where there is no compiler."""
    return plain_ordering if way == plain_ordering.__name__ else needed(way)


def needed(name: str) -> ModuleType:
    """A compiled module."""
    found = compiled_module(name)
    if found is None:
        pytest.skip("there is nothing to compile it with")
    return found


_DATA: list[dict[str, Value]] = [{}, {"offers": False}, {"offers": True}, {"text": "STOP"}]
_NAMES = st.sampled_from(["", "a", "b", "ab", "é", "日", "\ud800", "a\x00"])
_EVENTS = st.lists(
    st.builds(
        Event,
        type=st.sampled_from(["seen", "bought", "consent changed", "message replied"]),
        customer=_NAMES,
        time=st.integers(-3, 60),
        arrived=st.integers(-3, 60),
        source=_NAMES,
        id=_NAMES,
        data=st.sampled_from(_DATA),
    ),
    max_size=60,
)


def described(number: int, event: Event) -> tuple[int, bool, int, str, str, str, int]:
    """The order in which events are taken, as its description says it."""
    ahead = withdraws(event)
    taken = event.arrived - SETTLE if ahead else max(event.time, event.arrived - SETTLE)
    return taken, not ahead, event.time, event.type, event.source, event.id, number


@both
@given(st.lists(st.tuples(_EVENTS, st.none() | st.integers(-30, 70)), max_size=3), st.integers(1, 3))
def test_events_are_taken_in_their_order(way: str, steps: list[tuple[list[Event], int | None]], apart: int) -> None:
    """Whenever they are added and taken out, of many at one moment, too; and their numbers are told."""
    waiting, kept, first = module(way).Waiting(), [], 7
    for events, until in steps:
        latest = waiting.add(events, first, apart, SETTLE)
        assert latest == max((event.arrived for event in events), default=None)
        kept += [(described(first + place * apart, event), event) for place, event in enumerate(events)]
        first += len(events) * apart
        kept.sort(key=lambda entry: entry[0])
        due = [entry for entry in kept if until is None or entry[0][0] <= until]
        finished: list[int] = []
        taken = waiting.take(until, finished)
        assert [(moment, id(event)) for moment, event in taken] == [(key[0], id(event)) for key, event in due]
        assert finished == [key[-1] for key, _ in due]
        kept = kept[len(due) :]
        assert len(waiting) == len(kept)
        assert sorted(waiting.numbers()) == sorted(key[-1] for key, _ in kept)


@both
@pytest.mark.parametrize("seed", range(5))
def test_what_is_alike_is_told_apart_by_all_that_it_says(way: str, seed: int) -> None:
    """Of one moment and one time: by type, source and id, in this order, and at last by number."""
    random = Random(seed)
    kinds = list(product([1, 2], ["a", "b"], ["", "a", "b"], ["", "a", "b"]))
    events = [Event(kind, "c", time, 30, source, name, {}) for time, kind, source, name in kinds * 3]
    random.shuffle(events)
    waiting, starts = module(way).Waiting(), sorted(random.sample(range(1, len(events)), 6))
    pieces = list(pairwise([0, *starts, len(events)]))
    random.shuffle(pieces)  # as of several sources, whose numbers take turns
    for start, end in pieces:
        waiting.add(events[start:end], start, 1, SETTLE)
        assert waiting.take(-100) == []
    finished: list[int] = []
    taken = waiting.take(None, finished)
    expected = sorted((described(number, event), number) for number, event in enumerate(events))
    assert finished == [number for _, number in expected]
    assert [id(event) for _, event in taken] == [id(events[number]) for _, number in expected]


@both
@given(_EVENTS)
def test_each_customer_has_her_events_in_their_order(way: str, events: list[Event]) -> None:
    """Customers come in the order of their first events; the same name in another object is the same customer."""
    pairs = [(number, event) for number, event in enumerate(events)]
    found = module(way).by_customer(pairs)
    assert [name for name, _ in found] == list(dict.fromkeys(event.customer for event in events))
    for name, hers in found:
        assert [number for number, _ in hers] == [n for n, event in enumerate(events) if event.customer == name]
    again = module(way).by_customer([(n, Event("", str(n % 5), n, n, "", "", {})) for n in range(1_000)])
    assert [len(hers) for _, hers in again] == [200] * 5


@both
def test_customers_whose_names_have_the_same_hash_are_two(way: str) -> None:
    """However rare that is, nobody is taken for somebody else."""

    class Name(str):
        __slots__ = ()
        __hash__ = lambda self: 7  # noqa: E731

    names = [Name(n % 3) for n in range(9)]
    found = module(way).by_customer([(n, Event("", name, n, n, "", "", {})) for n, name in enumerate(names)])
    assert [(name, [n for n, _ in hers]) for name, hers in found] == [
        ("0", [0, 3, 6]),
        ("1", [1, 4, 7]),
        ("2", [2, 5, 8]),
    ]


@both
def test_what_comes_in_the_opposite_order_is_soon_in_order(way: str) -> None:
    """A hundred thousand events, the last first, take no longer than their sorting."""
    waiting = module(way).Waiting()
    waiting.add([Event("seen", "c", -n, -n, "", "", {}) for n in range(100_000)], 0, 1, SETTLE)
    assert [event.time for _, event in waiting.take(None)] == list(range(-99_999, 1))


def test_no_event_is_let_go_too_soon_or_kept_for_ever() -> None:
    """Compiled code counts references itself: after all that may happen to them they are as many as before."""
    way = needed("streams.ordering")
    events = [Event("seen", f"c{n % 3}", n, n, "", "", {}) for n in range(100)]
    before = [sys.getrefcount(event) for event in events], [sys.getrefcount(event.customer) for event in events]
    waiting = way.Waiting()
    waiting.add(events, 0, 1, SETTLE)
    groups = way.by_customer(waiting.take(50))
    assert sum(len(hers) for _, hers in groups) == 51
    del groups, waiting
    gc.collect()
    assert before == (
        [sys.getrefcount(event) for event in events],
        [sys.getrefcount(event.customer) for event in events],
    )


def test_what_is_no_event_is_refused() -> None:
    """Compiled code reads the places of an event's fields, so it looks at what it is given."""
    way = needed("streams.ordering")
    waiting = way.Waiting()
    good = Event("seen", "c", 1, 1, "", "", {})
    for wrong in (None, "seen", (1, good), object()):
        with pytest.raises(TypeError, match="an event is expected"):
            waiting.add([good, wrong], 0, 1, SETTLE)
        with pytest.raises(TypeError, match="a moment and an event are expected"):
            way.by_customer([(1, good), (wrong, 1)])
    with pytest.raises(TypeError):
        waiting.add([Event("seen", "c", "1", 1, "", "", {})], 0, 1, SETTLE)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        waiting.add([Event("seen", "c", 1 << 70, 1, "", "", {})], 0, 1, SETTLE)
    assert len(waiting.take(None)) == 4
