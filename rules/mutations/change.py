"""One way to write a part of a rule otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.speech import say

P = TypeVar("P")
T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Change(Generic[T_co]):
    """A part as it then is. `said` is what was done to it: "`plan is M` is dropped", "`hour < 9` reads `hour < 10`".

    `told_by` goes on behind "add a test": what the test must have in it to tell the difference.
    """

    to: T_co
    said: str
    told_by: str

    def inside(self, build: Callable[[T_co], U]) -> Change[U]:
        """The same as a change of the whole that `build` makes of the part."""
        return Change(build(self.to), self.said, self.told_by)


def dropped(to: T, text: str, told_by: str) -> Change[T]:
    """The part without what `text` says."""
    return Change(to, say("`{text}` is dropped", text=text), told_by)


def reads(to: T, before: str, after: str, told_by: str) -> Change[T]:
    """The part with `after` where `before` stood."""
    return Change(to, say("`{before}` reads `{after}`", before=before, after=after), told_by)


def inside(changes: Iterable[Change[T]], build: Callable[[T], U]) -> Iterator[Change[U]]:
    """Changes of a part as changes of the whole that `build` makes of it."""
    return (change.inside(build) for change in changes)


def at(place: P, changes: Iterable[Change[T]]) -> Iterator[tuple[P, Change[T]]]:
    """Changes with the place where they are made."""
    return ((place, change) for change in changes)


def without(parts: tuple[T, ...], number: int) -> tuple[T, ...]:
    """The parts but for one."""
    return (*parts[:number], *parts[number + 1 :])


def instead(parts: tuple[T, ...], number: int, part: T) -> tuple[T, ...]:
    """The parts with another in one's place."""
    return (*parts[:number], part, *parts[number + 1 :])
