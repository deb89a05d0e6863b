"""Moments written otherwise: an hour, a day, a weekday off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from models.speech import say
from rules.language.unresolve import unresolve_situation
from rules.mutations.change import Change, reads
from rules.mutations.shifts import shifted_count, shifted_length
from rules.mutations.wording import Wording
from rules.typed import Around, EveryCycle, EveryDay, EveryWeek, EveryYear, Moment, Shift

_HOUR = 60
_DAY = 24 * _HOUR
_LAST_DAY = 31
When = EveryDay | EveryWeek | EveryCycle | EveryYear | Around


def moments(of: Moment, wording: Wording) -> Iterator[Change[Moment]]:
    """The ways to come at another time."""
    for when in _others(of.when):
        to = Moment(when)
        yield reads(to, _said(of, wording), _said(to, wording), say("that says at what time it comes"))


def _said(of: Moment, wording: Wording) -> str:
    node = unresolve_situation(of, wording.scope)
    assert not isinstance(node, tuple)
    return wording.phrase(node)


def _others(of: When) -> Iterator[When]:
    match of:
        case EveryDay(at):
            yield from (EveryDay(other) for other in _times(at))
        case EveryWeek(weekday, at):
            yield EveryWeek((weekday + 1) % 7, at)
            yield from (EveryWeek(weekday, other) for other in _times(at))
        case EveryCycle(day, at):
            yield from (EveryCycle(other, at) for other in shifted_count(day) if other <= _LAST_DAY)
            yield from (EveryCycle(day, other) for other in _times(at))
        case EveryYear(point, at, patterns):
            yield from (EveryYear(point, other, patterns) for other in _times(at))
        case Around(point, shift, at, patterns):
            yield from (Around(point, other, at, patterns) for other in _shifts(shift))
            yield from (Around(point, shift, other, patterns) for other in ([] if at is None else _times(at)))
        case _:
            assert_never(of)


def _times(at: int) -> list[int]:
    """An hour later and an hour earlier, by the clock."""
    return [(at + _HOUR) % _DAY, (at - _HOUR) % _DAY]


def _shifts(of: Shift) -> Iterator[Shift]:
    """Nearer and farther, and on the other side."""
    if of.millis:
        sign = 1 if of.millis > 0 else -1
        yield from (Shift(millis=sign * other) for other in shifted_length(abs(of.millis)))
        yield Shift(millis=-of.millis)
    else:
        sign = 1 if of.days >= 0 else -1
        yield from (Shift(days=sign * other) for other in shifted_count(abs(of.days)))
        if of.days:
            yield Shift(days=-of.days)
