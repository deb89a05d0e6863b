"""Events that give a fact the value it shall have at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from models.types import Value
from models.vocabulary import DAY, HOUR, Vocabulary
from rules.checks.witness.events import NoExample, event_of
from rules.checks.witness.story import Told
from rules.typed import (
    Aggregate,
    AggregateFunction,
    CalendarUnit,
    CalendarWindow,
    Pattern,
    SinceLast,
    Sliding,
    Window,
)

#: More events than this are nobody's example.
_MOST = 12
_MINUTE = 60_000
_LENGTHS = {
    CalendarUnit.DAY: DAY,
    CalendarUnit.WEEK: 7 * DAY,
    CalendarUnit.MONTH: 30 * DAY,
    CalendarUnit.BILLING_CYCLE: 30 * DAY,
}
_COUNTED = (AggregateFunction.COUNT, AggregateFunction.DISTINCT)


def events_for(fact: Aggregate | SinceLast, value: Value, at: int, vocabulary: Vocabulary) -> list[Told]:
    """Events before `at` (milliseconds) by which the fact has this value; raises NoExample."""
    if value is None:
        return []
    if isinstance(fact, SinceLast):
        return [event_of(fact.patterns[0], at - _whole(value), vocabulary)]
    return list(_of_aggregate(fact, value, at - back_of(fact.window), vocabulary))


def _of_aggregate(fact: Aggregate, value: Value, at: int, vocabulary: Vocabulary) -> Iterator[Told]:
    pattern = fact.patterns[0]
    if fact.function in _COUNTED:
        count = _whole(value)
        if count > _MOST:
            raise NoExample
        for number in range(count):
            given = {} if fact.field is None else {fact.field: _distinct(number, pattern, fact.field, vocabulary)}
            yield event_of(pattern, at - (count - number) * _MINUTE, vocabulary, given)
    elif fact.function is AggregateFunction.TIME_BETWEEN:
        yield event_of(pattern, at - _whole(value) - _MINUTE, vocabulary)
        yield event_of(pattern, at - _MINUTE, vocabulary)
    elif fact.field is not None and not (fact.function is AggregateFunction.SUM and value == 0):
        amount = _whole(value) if isinstance(value, Fraction) else value
        yield event_of(pattern, at - _MINUTE, vocabulary, {fact.field: amount})


def _whole(value: Value) -> int:
    if not isinstance(value, int | Fraction) or value != int(value):
        raise NoExample
    return int(value)


def _distinct(number: int, pattern: Pattern, field: str, vocabulary: Vocabulary) -> Value:
    type_ = vocabulary.events[pattern.event].fields[field] if pattern.event in vocabulary.events else None
    if type_ is None or number >= len(type_.choices) > 0:
        raise NoExample
    return type_.choices[number] if type_.choices else chr(ord("a") + number)


def back_of(window: Window) -> int:
    """How long before now is well inside a window, in milliseconds."""
    match window:
        case Sliding(length=length, ending=ending):
            return ending + min(length // 4, DAY) if ending or length < 2 * DAY else HOUR
        case CalendarWindow(unit=unit, back=back):
            return min(back, 1) * _LENGTHS[unit]
        case _:
            return HOUR
