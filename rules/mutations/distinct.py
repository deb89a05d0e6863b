"""Leaving out what provably changes nothing, by the reasoning with which `check` finds conditions that are idle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rules.checks.reasoning.truth import follows
from rules.mutations.change import Change
from rules.typed import Condition, Not


def distinct(
    of: Condition, changes: Iterable[Change[Condition]], alike: Callable[[Condition, Condition], bool] | None = None
) -> Iterator[Change[Condition]]:
    """The changes that can make a difference; of several that mean the same (`> 3` and `>= 4`), the first."""
    seen = [of]
    for change in changes:
        if not any((alike or same)(change.to, other) for other in seen):
            seen.append(change.to)
            yield change


def same(one: Condition, other: Condition) -> bool:
    """Whether two conditions are surely true, false and unknown in the same cases."""
    return one == other or (fit_alike(one, other) and fit_alike(Not(one), Not(other)))


def fit_alike(one: Condition, other: Condition, *given: Condition) -> bool:
    """Whether two conditions are surely true in the same cases, of those in which all of `given` are."""
    return follows(one, (other, *given)) and follows(other, (one, *given))
