"""Facts: aggregates over the whole list of taken events, found by looking at every one of them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from models.calendars import boundaries
from models.events import Event
from models.text import told_apart
from models.types import Value, grid_of
from rules.interpreter import evaluate as evaluation
from rules.typed import Aggregate, AggregateFunction, CalendarWindow, Ever, SinceLast, Sliding, Window

if TYPE_CHECKING:
    from rules.interpreter.evaluate import World

_ZERO_OVER_NOTHING = (AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.DISTINCT)


def entries(fact: Aggregate | SinceLast, world: World, each: Value) -> list[Event]:
    """The events a fact looks at, whatever its window, by their own time; equal times in the order of taking."""
    found = _fitting(fact, world)
    if fact.each is not None:
        # An event without the field belongs to no value, and is not counted where there is none.
        found = [event for event in found if each is not None and evaluation.each_of(event, fact.each) == each]
    return sorted(found, key=lambda event: event.time)


def values_seen(fact: Aggregate | SinceLast, world: World) -> list[Value]:
    """The values of `each` that events of the fact have had, in the order in which they were seen first."""
    values = [evaluation.each_of(event, fact.each) for event in _fitting(fact, world)]
    return list(dict.fromkeys(value for value in values if value is not None))


def _fitting(fact: Aggregate | SinceLast, world: World) -> list[Event]:
    history = world.history
    return [
        history.taken[index].event
        for index in range(world.began.get(fact, 0), world.count)
        if any(evaluation.counts(pattern, index, history) for pattern in fact.patterns)
    ]


def span(window: Window, world: World) -> tuple[int | None, int] | None:
    """(first millisecond, first millisecond after) of a window; None if it does not exist now (no bill day)."""
    now = world.now
    match window:
        case Sliding(length, ending):
            return now - ending - length + 1, now - ending + 1
        case Ever():
            return None, now + 1
        case CalendarWindow(unit, back, count):
            marks = boundaries(unit.value, world.history.calendars(world.count, now), back, now)
            return None if marks is None else (marks[0], min(marks[count], now + 1))


def aggregate(fact: Aggregate, world: World, each: Value) -> Value:
    """The value of an aggregate now."""
    window = span(fact.window, world)
    if window is None:
        return None
    start, end = window
    events = [
        event for event in entries(fact, world, each) if (start is None or start <= event.time) and event.time < end
    ]
    if fact.function is AggregateFunction.COUNT:
        return len(events)
    if fact.function is AggregateFunction.TIME_BETWEEN:
        return Fraction(events[-1].time - events[0].time, len(events) - 1) if len(events) > 1 else None
    return _of_field(fact, events, world)


def _of_field(fact: Aggregate, events: list[Event], world: World) -> Value:
    assert fact.field is not None, f"{fact.function} is of a field"
    known: list[Any] = [event.data[fact.field] for event in events if event.data.get(fact.field) is not None]
    if not known:
        return 0 if fact.function in _ZERO_OVER_NOTHING else None
    match fact.function:
        case AggregateFunction.DISTINCT:
            return len({told_apart(value) for value in known})
        case AggregateFunction.FIRST:
            return _on_grid(known[0], fact, world)
        case AggregateFunction.LAST:
            return _on_grid(known[-1], fact, world)
        case AggregateFunction.SUM:
            return _on_grid(sum(known), fact, world)
        case AggregateFunction.LOWEST:
            return _on_grid(min(known), fact, world)
        case AggregateFunction.HIGHEST:
            return _on_grid(max(known), fact, world)
        case _:
            return _on_grid(Fraction(sum(known), len(known)), fact, world)


def _on_grid(found: Any, fact: Aggregate, world: World) -> Value:
    """A whole number's average may be asked for as a number: the grid of the field becomes that of the fact."""
    assert fact.field is not None
    of = grid_of(world.history.event_type(fact.patterns[0].event).fields[fact.field])
    grid = grid_of(fact.type)
    return found if grid == of else Fraction(found * grid, of)


def since_last(fact: SinceLast, world: World, each: Value) -> Value:
    """How long ago, by its own time, the latest fitting event was."""
    events = entries(fact, world, each)
    return world.now - events[-1].time if events else None
