"""Conditions written otherwise: parts dropped, comparisons flipped at their limit, limits shifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final, assert_never

from models.speech import say, sentence
from rules.mutations.change import Change, dropped, inside, instead, reads, without
from rules.mutations.expressions import expressions
from rules.mutations.wording import Wording
from rules.typed import (
    AllOf,
    AnyOf,
    Between,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Expression,
    Holds,
    Known,
    Not,
    OneOf,
    StartsWith,
)

_FLIPPED: Final = MappingProxyType(
    {
        Comparator.LESS: Comparator.AT_MOST,
        Comparator.AT_MOST: Comparator.LESS,
        Comparator.MORE: Comparator.AT_LEAST,
        Comparator.AT_LEAST: Comparator.MORE,
        Comparator.IS: Comparator.IS_NOT,
        Comparator.IS_NOT: Comparator.IS,
    }
)


def conditions(of: Condition, wording: Wording) -> Iterator[Change[Condition]]:
    """The ways to write a condition otherwise; to drop the whole of it is left to what it stands in."""
    match of:
        case AllOf(parts):
            yield from _parts(parts, AllOf, wording, sentence("in which all holds but `{part}`"))
        case AnyOf(parts):
            yield from _parts(parts, AnyOf, wording, sentence("in which nothing holds but `{part}`"))
        case Not(part):
            yield from inside(conditions(part, wording), Not)
        case Compare():
            yield from _compare(of, wording)
        case Between():
            yield from _between(of, wording)
        case OneOf(value, values):
            yield from inside(expressions(value, wording), lambda to: OneOf(to, values))
            yield from _fewer(of, values, lambda left: OneOf(value, left), wording)
        case Contains(value, values):
            yield from inside(expressions(value, wording), lambda to: Contains(to, values))
            yield from _fewer(of, values, lambda left: Contains(value, left), wording)
        case StartsWith(value, beginning):
            yield from inside(expressions(value, wording), lambda to: StartsWith(to, beginning))
        case Known(value):
            yield from inside(expressions(value, wording), Known)
        case Holds(value):
            yield from inside(expressions(value, wording), Holds)
        case _:
            assert_never(of)


def _parts(
    parts: tuple[Condition, ...], join: Callable[[tuple[Condition, ...]], Condition], wording: Wording, told: str
) -> Iterator[Change[Condition]]:
    for number, part in enumerate(parts):
        rest = without(parts, number)
        text = wording.condition(part)
        yield dropped(rest[0] if len(rest) == 1 else join(rest), text, say(told, part=text))
        for change in conditions(part, wording):
            yield Change(join(instead(parts, number, change.to)), change.said, change.told_by)


def _compare(of: Compare, wording: Wording) -> Iterator[Change[Condition]]:
    left, right = wording.value(of.left), wording.value(of.right)
    flipped = Compare(_FLIPPED[of.operator], of.left, of.right)
    yield reads(
        flipped,
        wording.condition(of),
        wording.condition(flipped),
        say("in which `{left}` is exactly {right}", left=left, right=right),
    )
    for change in expressions(of.left, wording):
        yield _limit(of, of.left, change.inside(lambda to: Compare(of.operator, to, of.right)), right, wording)
    for change in expressions(of.right, wording):
        yield _limit(of, of.right, change.inside(lambda to: Compare(of.operator, of.left, to)), left, wording)


def _limit(of: Compare, side: Expression, change: Change[Compare], other: str, wording: Wording) -> Change[Condition]:
    """A limit that is shifted is told with the comparison it stands in."""
    if not isinstance(side, Constant):
        return change
    shifted = change.to.left if side is of.left else change.to.right
    told_by = _between_limits(other, side, shifted, wording)
    return reads(change.to, wording.condition(of), wording.condition(change.to), told_by)


def _between_limits(of: str, before: Expression, after: Expression, wording: Wording) -> str:
    """Which values of something tell one limit from another, in words."""
    low, high = (after, before) if _is_lower(after, before) else (before, after)
    return say(
        "in which `{of}` lies between {low} and {high}, or is one of them",
        of=of,
        low=wording.value(low),
        high=wording.value(high),
    )


def _is_lower(one: Expression, other: Expression) -> bool:
    """Whether a constant is surely lower than another."""
    values = [side.value for side in (one, other) if isinstance(side, Constant) and isinstance(side.value, int)]
    return len(values) == 2 and values[0] < values[1]


def _between(of: Between, wording: Wording) -> Iterator[Change[Condition]]:
    """One limit dropped, exclusive, or shifted."""
    value, low, high = of.of, of.low, of.high
    at_least, at_most = Compare(Comparator.AT_LEAST, value, low), Compare(Comparator.AT_MOST, value, high)
    more, less = Compare(Comparator.MORE, value, low), Compare(Comparator.LESS, value, high)
    said, text = wording.condition(of), wording.value(value)
    for limit, without_it, beyond_it in (
        (wording.value(low), at_most, AllOf((more, at_most))),
        (wording.value(high), at_least, AllOf((at_least, less))),
    ):
        yield reads(
            without_it,
            said,
            wording.condition(without_it),
            say("in which `{text}` lies beyond {limit}", text=text, limit=limit),
        )
        yield reads(
            beyond_it,
            said,
            wording.condition(beyond_it),
            say("in which `{text}` is exactly {limit}", text=text, limit=limit),
        )
    yield from inside(expressions(value, wording), lambda to: Between(to, low, high))
    yield from _limits(of, low, lambda to: Between(value, to, high), wording)
    yield from _limits(of, high, lambda to: Between(value, low, to), wording)


def _limits(
    of: Between, limit: Expression, build: Callable[[Expression], Between], wording: Wording
) -> Iterator[Change[Condition]]:
    for change in expressions(limit, wording):
        to = build(change.to)
        told_by = _between_limits(wording.value(of.of), limit, change.to, wording)
        shifted = reads(to, wording.condition(of), wording.condition(to), told_by)
        yield shifted if isinstance(limit, Constant) else change.inside(build)


def _fewer(
    of: Condition,
    values: tuple[Expression, ...],
    build: Callable[[tuple[Expression, ...]], Condition],
    wording: Wording,
) -> Iterator[Change[Condition]]:
    """A list with one value less."""
    for number, value in enumerate(values if len(values) > 1 else ()):
        to = build(without(values, number))
        yield reads(
            to, wording.condition(of), wording.condition(to), say("in which it is {value}", value=wording.value(value))
        )
