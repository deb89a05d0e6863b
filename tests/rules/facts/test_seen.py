"""Repeats are told from the last thousand events of an hour, the same with compiled code and without."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from rules.facts import plain_seen, seen
from rules.facts.plain_seen import Seen
from rules.facts.takings import REMEMBERED, REMEMBERED_FOR
from tests.compiled import compiled_module

_COMPILED = compiled_module("rules.facts.compiled_seen")
#: Both have to pass; mypy knows them as one.
KINDS: list[type[Seen]] = [plain_seen.Seen, *([] if _COMPILED is None else [_COMPILED.Seen])]
both = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__module__.rpartition(".")[2])
needs_compiled = pytest.mark.skipif(_COMPILED is None, reason="there is nothing to compile it with")

#: Any text, and those that are encoded or split in their own ways.
TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        "",
        "\x1f",
        "a\x1fb",
        "\x00",
        "\x7f",
        "\x80",
        "\xff",
        "é",
        "茶",
        "😀",
        "\ud800",
        "\ud83d\ude00",
        "a" * 300,
        "茶" * 300,
    ]
)
#: The least and the greatest moment.
FIRST, LAST = -(1 << 63), (1 << 63) - 1


class _Telling(NamedTuple):
    """An event is told."""

    source: str
    id: str
    now: int


class _Model:
    """All that was ever taken, looked through from its beginning."""

    def __init__(self) -> None:
        self.takings: list[tuple[str, int]] = []

    def lasting(self, now: int) -> list[tuple[str, int]]:
        return [(name, taken) for name, taken in self.takings[-REMEMBERED:] if now - taken < REMEMBERED_FOR]

    def again(self, telling: _Telling) -> bool:
        name = f"{telling.source}\x1f{telling.id}"
        if any(name == other for other, _ in self.lasting(telling.now)):
            return True
        self.takings.append((name, telling.now))
        return False

    def flat(self, now: int) -> list[int]:
        lasting = self.lasting(now)
        steps = [later - earlier for earlier, later in pairwise([0, *(taken for _, taken in lasting)])]
        return [number for (name, _), step in zip(lasting, steps, strict=True) for number in (_hash(name), step)]


def _hash(name: str) -> int:
    return xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))


def _course(dice: Random) -> Iterator[_Telling]:
    """Hours with few events and with many, in which some are told again."""
    now = dice.choice([0, -(1 << 62), 1_772_416_800_000, -3 * REMEMBERED_FOR])
    told: list[str] = []
    for _ in range(dice.randrange(1, 5)):
        longest = dice.choice([1, 2, 1_000, 60_000, 300_000, REMEMBERED_FOR // 4, REMEMBERED_FOR // 2])
        often = dice.random() ** 2
        for _ in range(dice.choice([3, 10, 30, 100, 100, 300])):
            now += dice.randrange(longest) if dice.random() < 0.99 else REMEMBERED_FOR - dice.randrange(-1, 2)
            back = dice.choice([1, 2, 5, 20, 100, dice.randrange(1, 1_100)])
            if dice.random() < often and back <= len(told):
                yield _Telling("till", told[-back], now)
            else:
                told.append(str(len(told)))
                yield _Telling("till", told[-1], now)


@both
@given(seed=st.integers(0, 1 << 32))
def test_an_event_is_a_repeat_where_all_that_was_taken_says_so(kind: type[Seen], seed: int) -> None:
    """Whatever course events take, what is told of each, and what is written, follows from all that was taken."""
    dice = Random(seed)
    model, found, now = _Model(), kind(), 0
    for telling in _course(dice):
        now = telling.now
        assert found.again(*telling) is model.again(telling)
        if dice.random() < 0.02:
            numbers = found.flat(now)
            assert numbers == model.flat(now)
            if dice.random() < 0.5:
                found = kind()
                found.read(numbers)
                assert len(found) == len(numbers) // 2
    now += dice.randrange(REMEMBERED_FOR)
    assert found.flat(now) == model.flat(now)


@both
@pytest.mark.parametrize("step", [1, 10, 3_000, 60_000, REMEMBERED_FOR // 2])
def test_last_thousand_of_an_hour(kind: type[Seen], step: int) -> None:
    """An event is a repeat just where it was taken, and no repeat, within the hour, among the last thousand."""
    dice, found, now = Random(step), kind(), 0
    came: list[str] = []
    kept: dict[str, int] = {}
    for number in range(6_000):
        now += dice.randrange(step)
        back = dice.choice((0, 0, 0, 1, dice.randrange(100), dice.randrange(REMEMBERED - 3, REMEMBERED + 4)))
        identity = came[-back] if 0 < back < len(came) else str(number)
        kept = {name: taken for name, taken in kept.items() if now - taken < REMEMBERED_FOR}
        expected = identity in kept
        assert found.again("till", identity, now) is expected
        if not expected:
            came.append(identity)
            kept[identity] = now
            kept = dict(list(kept.items())[-REMEMBERED:])


@both
@given(tellings=st.lists(st.tuples(TEXTS, TEXTS), max_size=40))
@example([("a\x1f", "b"), ("a", "\x1fb")])
def test_any_text_is_told_apart(kind: type[Seen], tellings: list[tuple[str, str]]) -> None:
    """Events are told apart by the hash of source and id that stands in records, also by texts no file can hold."""
    found, names = kind(), list(dict.fromkeys(f"{source}\x1f{identity}" for source, identity in tellings))
    repeats = [found.again(source, identity, 5) for source, identity in tellings]
    assert repeats.count(False) == len(names)
    assert found.flat(5) == [number for at, name in enumerate(names) for number in (_hash(name), 5 * (at == 0))]


@both
def test_what_is_written(kind: type[Seen]) -> None:
    """The numbers of a record: hashes, the first moment, and what passed between it and the others."""
    found = kind()
    for identity, now in (("1", -7), ("2", -7), ("3", 40)):
        found.again("till", identity, now)
    numbers = [0xFD74A9095686B030, -7, 0x3491F101A3430525, 0, 0xD9F93324DEDEE6CB, 47]
    assert found.flat(40) == numbers
    assert found.flat(REMEMBERED_FOR - 7) == [numbers[4], 40]
    assert found.flat(LAST) == kind().flat(0) == []


@both
def test_what_is_read_is_all_that_is_remembered(kind: type[Seen]) -> None:
    """Nothing is left of what was there before; of more than a thousand the last count."""
    found = kind()
    for number in range(100):
        found.again("till", f"before {number}", 5)
    found.read([_hash("till\x1fread"), 3])
    assert [found.again("till", identity, 5) for identity in ("read", "before 99")] == [True, False]
    many = [number for key in range(5_000) for number in (key, 1)]
    found.read(many)
    assert found.flat(5_000) == [4_000, 4_001, *many[8_002:]]
    assert len(found) >= REMEMBERED
    found.read([])
    assert not len(found)
    assert not found.again("till", "read", 5)


@both
@pytest.mark.parametrize("numbers", [[1], [1, 2, 3]])
def test_a_hash_without_a_moment_is_refused(kind: type[Seen], numbers: list[int]) -> None:
    """What was not written by `flat` is not guessed at."""
    with pytest.raises(ValueError):  # noqa: PT011 -- zip's own words
        kind().read(numbers)


@both
def test_moments_may_lie_as_far_apart_as_64_bits_allow(kind: type[Seen]) -> None:
    """Also there an hour is an hour."""
    found = kind()
    moments = [FIRST, FIRST + REMEMBERED_FOR - 1, FIRST + REMEMBERED_FOR, -(1 << 62), 0, LAST - 1, LAST]
    assert [found.again("till", "1", now) for now in moments] == [False, True, False, False, False, False, True]
    assert found.flat(LAST) == [_hash("till\x1f1"), LAST - 1]


@needs_compiled
def test_compiled_code_is_used() -> None:
    """Where it has been compiled it tells repeats."""
    assert seen.COMPILED
    assert seen.Seen is KINDS[1]


@needs_compiled
def test_memory_follows_what_makes_repeats() -> None:
    """A few take no memory of their own, a thousand some twenty bytes each, twice over at most; all is given back."""
    kind, names = KINDS[1], [str(number) for number in range(30_000)]
    gc.collect()
    tracemalloc.start()
    try:
        begun = tracemalloc.get_traced_memory()[0]
        found = kind()
        sizes = []
        for now, some in ((0, range(4)), (0, range(4, 30_000)), (REMEMBERED_FOR, range(3))):
            for number in some:
                found.again("till", names[number], now)
            sizes.append(tracemalloc.get_traced_memory()[0] - begun)
        assert max(sizes[0], sizes[2]) < 1_000
        assert 16_000 < sizes[1] < 45_000
        for name in names:
            found.again("till", name, 2 * REMEMBERED_FOR)
        found.read(found.flat(2 * REMEMBERED_FOR))
        del found
        assert tracemalloc.get_traced_memory()[0] - begun < 1_000
    finally:
        tracemalloc.stop()
