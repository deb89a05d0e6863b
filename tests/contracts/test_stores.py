"""What every store promises, tried on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.dead_letters import DeadLetter, Reason
from streams.stores.base import Commit, OutboxEntry, StaleCommit, Store
from streams.stores.memory import MemoryStore
from streams.stores.redis import RedisStore
from streams.stores.redis_nodes import connect
from streams.stores.sqlite import SqliteStore

Maker = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", "redis", "redis cluster"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """Makes fresh stores, and closes them."""
    made: list[Store] = []

    def make() -> Store:
        store: Store
        if request.param == "memory":
            store = MemoryStore()
        elif request.param == "sqlite":
            store = SqliteStore(tmp_path_factory.mktemp("state"))
        else:
            url = request.getfixturevalue("redis_url" if request.param == "redis" else "redis_cluster")
            prefix = f"{request.getfixturevalue('own_name')}.{len(made)}"
            store = RedisStore(connect(url), 7, prefix)
            store.claim()
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(make: Maker) -> Store:
    """A fresh store."""
    return make()


LETTER = DeadLetter(Reason.NOT_JSON, "what was wrong", b"\xff\x00raw", 5, "events.jsonl", 3, 99)


def test_a_fresh_store_is_empty(store: Store) -> None:
    """Nothing is known before the first commit."""
    assert store.number() == 0
    assert (store.position(), store.counters(), store.setting("x"), store.settings()) == (None, None, None, {})
    assert (store.load(["c"]), list(store.customers()), store.due(2**60, 9)) == ({}, [], [])
    assert (list(store.outbox()), list(store.dead_letters()), store.dead_letter_counts()) == ([], [], {})


def test_a_commit_keeps_all_of_it(store: Store) -> None:
    """Whatever a commit says is there afterwards."""
    store.commit(
        Commit(1, {"a": b"1", "b": b""}, [("d1", b"x"), ("d2", b"y")], {"a": 5}, [LETTER], b"p", b"c", {"s": b"v"})
    )
    assert store.number() == 1
    assert store.load(["b", "a", "z", "a"]) == {"a": b"1", "b": b""}
    assert list(store.outbox()) == [OutboxEntry(1, "d1", b"x"), OutboxEntry(2, "d2", b"y")]
    assert store.due(5, 9) == [(5, "a")]
    assert list(store.dead_letters()) == [LETTER]
    assert store.dead_letter_counts() == {"not JSON": 1}
    assert (store.position(), store.counters(), store.setting("s")) == (b"p", b"c", b"v")


def test_what_a_commit_leaves_out_stays(store: Store) -> None:
    """A commit changes what it names and nothing else; None removes."""
    store.commit(
        Commit(1, {"a": b"1", "b": b"2"}, due={"a": 5, "b": 6}, position=b"p", counters=b"c", settings={"s": b"v"})
    )
    store.commit(Commit(2, {"a": b"3"}))
    assert (store.position(), store.counters(), store.setting("s"), store.due(9, 9)) == (
        b"p",
        b"c",
        b"v",
        [(5, "a"), (6, "b")],
    )
    assert store.load(["a", "b"]) == {"a": b"3", "b": b"2"}
    store.commit(
        Commit(3, {"a": None, "never": None}, due={"a": None, "never": None}, settings={"s": None, "never": None})
    )
    assert (store.load(["a", "b"]), store.due(9, 9), store.settings()) == ({"b": b"2"}, [(6, "b")], {})


def test_a_commit_that_is_tried_again_is_made_once(store: Store) -> None:
    """The number says that it was made; nothing is doubled."""
    commit = Commit(1, {"a": b"1"}, [("d", b"x")], dead_letters=[LETTER])
    store.commit(commit)
    store.commit(commit)
    assert (store.number(), len(list(store.outbox())), len(list(store.dead_letters()))) == (1, 1, 1)


@pytest.mark.parametrize("number", [0, 2, 7, -1])
def test_a_commit_out_of_turn_is_refused(store: Store, number: int) -> None:
    """Who has not seen the last commit may not write."""
    with pytest.raises(StaleCommit, match="another process"):
        store.commit(Commit(number, {"a": b"1"}))
    store.commit(Commit(1))
    store.commit(Commit(2))
    with pytest.raises(StaleCommit):
        store.commit(Commit(1, {"a": b"1"}))
    assert store.load(["a"]) == {}


def test_what_is_due_comes_in_order(store: Store) -> None:
    """By time, then customer; no more than asked for; a change of mind counts."""
    store.commit(Commit(1, due={"b": 5, "a": 5, "c": 3, "d": 9, "客": 5}))
    assert store.due(5, 9) == [(3, "c"), (5, "a"), (5, "b"), (5, "客")]
    assert store.due(5, 2) == [(3, "c"), (5, "a")]
    assert store.due(2, 9) == []
    store.commit(Commit(2, due={"c": 8, "a": None}))
    store.commit(Commit(3, due={"c": 3, "d": 1}))
    assert store.due(9, 9) == [(1, "d"), (3, "c"), (5, "b"), (5, "客")]
    assert store.due(9, 9) == store.due(9, 9)


def test_the_outbox_is_trimmed_and_its_numbers_never_come_again(store: Store) -> None:
    """Published entries go, with the marks of who published them; later ones have later numbers."""
    store.commit(Commit(1, outbox=[("a", b"1"), ("b", b"2"), ("a", b"3")]))
    assert [entry.id for entry in store.outbox(after=1)] == ["b", "a"]
    store.trim(2, {"mark": b"m"})
    assert [entry.sequence for entry in store.outbox()] == [3]
    assert store.setting("mark") == b"m"
    store.trim(3)
    store.commit(Commit(2, outbox=[("c", b"4")]))
    assert list(store.outbox()) == [OutboxEntry(4, "c", b"4")]


def test_many_rows_are_no_limit(store: Store) -> None:
    """Thousands of customers and decisions in one commit come back whole."""
    records = {f"c{number:05}": str(number).encode() for number in range(3_000)}
    store.commit(Commit(1, records, [(name, name.encode()) for name in records], dead_letters=[LETTER] * 2_500))
    assert store.load(list(records)) == records
    assert list(store.customers()) == sorted(records)
    assert [entry.id for entry in store.outbox()] == list(records)
    assert len(list(store.dead_letters())) == 2_500


def test_any_name_is_a_customer(store: Store) -> None:
    """Names that SQL, files or C would stumble over are names."""
    names = ["", "a\x00b", "a\x00c", "'; DROP TABLE records; --", "A", "a", "客户", "😀", "%", "é", "e\u0301", " x "]
    store.commit(Commit(1, {name: name.encode() for name in names}, due=dict.fromkeys(names, 1)))
    assert store.load(names) == {name: name.encode() for name in names}
    assert list(store.customers()) == sorted(names)
    assert store.due(1, 99) == [(1, name) for name in sorted(names)]


COMMITS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcd"), st.none() | st.binary(max_size=3), max_size=3),
        st.lists(st.tuples(st.sampled_from("xyz"), st.binary(max_size=3)), max_size=3),
        st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 9), max_size=3),
        st.none() | st.integers(0, 9),
    ),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(COMMITS)
def test_any_commits_leave_what_plain_dictionaries_would(make: Maker, commits: list[tuple]) -> None:  # type: ignore[type-arg]
    """The store is a set of dictionaries and a queue, after any history."""
    store = make()
    records: dict[str, bytes] = {}
    due: dict[str, int] = {}
    outbox: list[OutboxEntry] = []
    sequence = 0
    for number, (changed, decided, timers, trimmed) in enumerate(commits, 1):
        store.commit(Commit(number, changed, decided, timers))
        records = {key: value for key, value in {**records, **changed}.items() if value is not None}
        due = {key: value for key, value in {**due, **timers}.items() if value is not None}
        outbox += [OutboxEntry(sequence + place, *one) for place, one in enumerate(decided, 1)]
        sequence += len(decided)
        if trimmed is not None:
            store.trim(trimmed)
            outbox = [entry for entry in outbox if entry.sequence > trimmed]
        assert store.due(5, 3) == sorted((at, who) for who, at in due.items() if at <= 5)[:3]
    assert (store.load(list("abcd")), list(store.outbox())) == (records, outbox)
    assert store.due(9, 9) == sorted((at, who) for who, at in due.items())
    store.close()
