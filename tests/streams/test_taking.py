"""From the order of arrival to the order of taking."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.consent import withdraws
from models.events import Event
from models.types import Value
from streams.taking import Taking, Unfinished

SETTLE = 20

Said = tuple[int, int, str, str, str, dict[str, Value]]


def event(number: int, time: int, arrived: int) -> Event:
    """An event of one of three customers."""
    return Event("seen", f"c{number % 3}", time, arrived, "file", f"e{number}", {})


#: (time, how much later it arrives)
moments = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=30)


def arrivals(moments: list[tuple[int, int]]) -> list[Event]:
    """The events in the order of their arrival."""
    events = [event(number, time, time + late) for number, (time, late) in enumerate(moments)]
    return sorted(events, key=lambda one: one.arrived)


def taken(events: list[Event], taking: Taking, dice: random.Random) -> list[tuple[int, str]]:
    """All events, taken now and then."""
    found = []
    for number, one in enumerate(events):
        taking.arrive(number, one)
        if dice.randrange(3) == 0:
            found += [(at, one.id) for at, one in taking.ready(taking.horizon)]
    return [*found, *((at, one.id) for at, one in taking.all())]


@given(moments, st.integers())
def test_what_is_ready_never_goes_back(moments: list[tuple[int, int]], seed: int) -> None:
    """However often one looks, events are taken in one order, each once, none before its time or too soon."""
    events = arrivals(moments)
    found = taken(events, Taking(SETTLE), random.Random(seed))
    by_id = {one.id: one for one in events}
    assert sorted(identity for _, identity in found) == sorted(by_id)
    assert found == sorted(found, key=lambda one: (one[0], by_id[one[1]].time, one[1]))
    assert all(at == max(by_id[identity].time, by_id[identity].arrived - SETTLE) for at, identity in found)


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(), st.integers())
def test_a_shuffle_within_settle_gives_one_order(times: list[int], one: int, other: int) -> None:
    """Whoever arrives up to `settle` late is taken at its time."""

    def shuffled(seed: int) -> list[tuple[int, str]]:
        dice = random.Random(seed)
        late = [(time, dice.randint(0, SETTLE)) for time in times]
        return taken(arrivals(late), Taking(SETTLE), dice)

    assert shuffled(one) == shuffled(other)


@given(moments, st.integers(0, 40), st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_events_may_arrive_one_by_one_or_all_at_once(
    moments: list[tuple[int, int]], size: int, waiting: set[int], following: int
) -> None:
    """However many are told at once, the same is ready, and the same would have to come again."""
    events, unfinished = arrivals(moments), Unfinished(tuple(sorted(waiting)), following)
    alone, together = Taking(SETTLE, 0, unfinished), Taking(SETTLE, 0, unfinished)
    for start in range(0, len(events), size + 1):
        some = events[start : start + size + 1]
        for number, one in enumerate(some, start):
            alone.arrive(number, one)
        together.arrive_all(start, some)
        assert list(together.ready(together.horizon)) == list(alone.ready(alone.horizon))
        assert together.unfinished() == alone.unfinished()
    assert list(together.all()) == list(alone.all())


_KINDS = st.sampled_from(["seen", "bought", "consent changed", "message replied"])
_DATA = st.sampled_from([{}, {"offers": False}, {"offers": True}, {"text": "STOP"}, {"text": "hello"}])
#: (time, how much later it arrives, type, source, id, data): with many that differ in one thing only
_SAID = st.tuples(
    st.integers(0, 2),
    st.sampled_from([0, 1, SETTLE, 40, -1]),
    _KINDS,
    st.sampled_from("ab"),
    st.sampled_from("xyz"),
    _DATA,
)


def plainly(number: int, one: Event) -> tuple[int, float, str, str, str, int]:
    """The order in which events are taken, as its description says it."""
    withdrawn = withdraws(one)
    taken = one.arrived - SETTLE if withdrawn else max(one.time, one.arrived - SETTLE)
    return taken, one.time - (1 << 62) * withdrawn, one.type, one.source, one.id, number


@given(
    st.lists(_SAID, min_size=10, max_size=40),
    st.lists(st.tuples(st.integers(0, 12), st.integers(-SETTLE, 2 * SETTLE)), max_size=8),
)
@pytest.mark.parametrize("sources", [1, 3])
def test_events_are_taken_in_the_order_that_is_described(
    sources: int, said: list[Said], steps: list[tuple[int, int]]
) -> None:
    """Of any types, withdrawals among them, at the same moments or not, from one source or several, however taken."""
    events = sorted((Event(name, "c", at, at + late, source, id_, data) for at, late, name, source, id_, data in said),
                    key=lambda one: one.arrived)  # fmt: skip
    taking = Taking(SETTLE, sources=sources)
    pending: dict[int, Event] = {}
    following = list(range(sources))
    for place, (size, until) in enumerate([*steps, (len(events), 0)]):
        some, events = events[:size], events[size:]
        source = place % sources
        taking.arrive_all(following[source], some)
        for one in some:
            pending[following[source]] = one
            following[source] += sources
        keys = sorted(plainly(number, one) for number, one in pending.items())
        due = keys if not events and place == len(steps) else [key for key in keys if key[0] <= until]
        found = taking.all() if due is keys else taking.ready(until)
        assert [(at, id(one)) for at, one in found] == [(key[0], id(pending[key[-1]])) for key in due]
        assert taking.finished() == ([key[-1] for key in due] if sources > 1 else [])
        for key in due:
            del pending[key[-1]]
        assert taking.waiting == len(pending)
        assert taking.unfinished().waiting == tuple(sorted(pending))


@given(st.lists(_SAID, min_size=2, max_size=4), st.integers(0, 90))
def test_a_few_at_one_moment_are_in_order_among_many_at_others(said: list[Said], begin: int) -> None:
    """Also where nearly all are taken at moments of their own, those of one moment are compared."""
    many = [event(number, number * 10, number * 10) for number in range(100)]
    few = [Event(name, "c", begin * 10 + at, begin * 10 + at + late, source, id_, data)
           for at, late, name, source, id_, data in said]  # fmt: skip
    events = sorted([*many, *few], key=lambda one: one.arrived)
    taking = Taking(SETTLE)
    taking.arrive_all(0, events)
    keys = sorted(plainly(number, one) for number, one in enumerate(events))
    assert [(at, id(one)) for at, one in taking.all()] == [(key[0], id(events[key[-1]])) for key in keys]


@given(moments, st.lists(st.integers(0, 30), max_size=5), st.integers())
def test_what_is_unfinished_is_all_that_must_come_again(
    moments: list[tuple[int, int]], stops: list[int], seed: int
) -> None:
    """Stopped anywhere, any number of times, and read on from the oldest unfinished one: each is taken once."""
    events, dice = arrivals(moments), random.Random(seed)
    taking, found = Taking(SETTLE), []
    for stop in [*stops, len(events)]:
        for number in range(taking.unfinished().oldest, min(len(events), taking.unfinished().oldest + stop)):
            if taking.wants(number):
                taking.arrive(number, events[number])
            else:
                taking.pass_over(number)
            if dice.randrange(3) == 0:
                found += [(at, one.id) for at, one in taking.ready(taking.horizon)]
        found += [(at, one.id) for at, one in taking.ready(taking.horizon)]
        taking = Taking(SETTLE, taking.clock, taking.unfinished())
    for number in range(taking.unfinished().oldest, len(events)):
        taking.arrive(number, events[number])
    found += [(at, one.id) for at, one in taking.all()]
    assert found == taken(events, Taking(SETTLE), random.Random(0))


def test_one_that_waits_long_does_not_make_the_position_long() -> None:
    """An event of the far future holds the position back; those after it are not remembered one by one."""
    taking = Taking(SETTLE)
    taking.arrive(0, event(0, 10**9, 0))
    for number in range(1, 1_000):
        taking.arrive(number, event(number, number * 100, number * 100))
        list(taking.ready(taking.horizon))
    assert taking.unfinished() == Unfinished((0, 999), 1_000)
    assert taking.unfinished().oldest == 0


def test_what_comes_only_once_is_given_up() -> None:
    """After standard input was cut, what had been read and not taken does not come again, nor hold anything back."""
    taking = Taking(SETTLE, 100, Unfinished((3, 5), 6))
    taking.arrive(6, event(6, 110, 110))
    assert taking.unfinished() == Unfinished((6,), 7)


def test_settle_0_still_takes_equal_times_together() -> None:
    """What arrives at the same moment is put in order by its id."""
    taking = Taking(0)
    for number in (2, 1):
        taking.arrive(number, event(number, 5, 5))
    assert list(taking.ready(taking.horizon)) == []
    taking.advance(6)
    assert [one.id for _, one in taking.ready(taking.horizon)] == ["e1", "e2"]
