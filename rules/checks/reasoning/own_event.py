"""What is sure about facts, and about the clock, at the moment when a situation is complete.

The event that completes a situation is counted already: whoever asks on `paid` that no payment came in the last month
asks for what cannot be. It may be as late as `stale after`, so only windows that are longer surely hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.types import WHOLE, Kind, Type
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from rules.checks.reasoning.situations import of_step
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.truth import follows
from rules.language.keywords import ENGLISH_DAYS
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Ever,
    EveryDay,
    EveryWeek,
    Function,
    Happens,
    Moment,
    OneOf,
    Pattern,
    Sequence,
    SinceLast,
    Situation,
    Sliding,
    StepKind,
)

_WEEKDAY = Call(Function.WEEKDAY, (), Type(Kind.CHOICE, ENGLISH_DAYS))
_HOUR = Call(Function.HOUR, (), WHOLE)
#: No zone has skipped a local time between these since 2001 (but for the day that Samoa left out), so what is due then
#: runs then; minutes after midnight.
_NEVER_SKIPPED = range(5 * 60, 21 * 60)


def sure_facts(situation: Situation, asked: Iterable[object], vocabulary: Vocabulary) -> list[tuple[Condition, ...]]:
    """What is sure of the facts and clock functions in `asked`, for each way of `sure_at_match`, in its order."""
    match situation:
        case Happens(patterns=patterns):
            facts = _facts(asked)
            return [tuple(_of_event(pattern, 0, facts, vocabulary)) for pattern in patterns]
        case Sequence(steps=steps):
            last = steps[-1]
            only = last.patterns[0] if len(last.patterns) == 1 else None
            if last.kind is StepKind.WITHOUT or not isinstance(only, Pattern):
                return [()]
            return [tuple(_of_event(only, len(steps) - 1, _facts(asked), vocabulary))]
        case Moment(when=EveryDay(at=at)) if at in _NEVER_SKIPPED:
            return [(_hour(at),)]
        case Moment(when=EveryWeek(weekday=weekday, at=at)) if at in _NEVER_SKIPPED:
            return [(_hour(at), weekday_is(weekday))]
        case _:
            return [()]


def weekday_is(*numbers: int) -> Condition:
    """It is one of these days, 0 being Monday."""
    return OneOf(_WEEKDAY, tuple(Constant(ENGLISH_DAYS[number], _WEEKDAY.type) for number in numbers))


def days_of(runs: tuple[int | None, int | None]) -> Condition | None:
    """On which weekdays a rule runs, if not on all: `runs` as rules have it, days since 1970 (which was a Thursday)."""
    first, last = runs
    if first is None or last is None or last - first >= len(ENGLISH_DAYS) - 1:
        return None
    return weekday_is(*((day + 3) % len(ENGLISH_DAYS) for day in range(first, last + 1)))


def _hour(at: int) -> Condition:
    return Compare(Comparator.IS, _HOUR, Constant(at // 60, WHOLE))


def _facts(asked: Iterable[object]) -> list[Aggregate | SinceLast]:
    found = [node for node in asked if isinstance(node, Aggregate | SinceLast) and node.each is None]
    return list(dict.fromkeys(found))


def _of_event(
    pattern: Pattern, step: int, facts: list[Aggregate | SinceLast], vocabulary: Vocabulary
) -> Iterator[Condition]:
    event = vocabulary.events.get(pattern.event) or RESERVED_EVENTS[pattern.event]
    for fact in facts:
        if any(_fits(other, pattern, step) for other in fact.patterns):
            if isinstance(fact, SinceLast):
                yield Compare(Comparator.AT_MOST, plain(fact), Constant(event.stale_after, fact.type))
            elif fact.function is AggregateFunction.COUNT and _holds(fact, event.stale_after):
                yield Compare(Comparator.AT_LEAST, plain(fact), Constant(1, WHOLE))


def _fits(counted: Pattern, pattern: Pattern, step: int) -> bool:
    """Whether every event that fits `pattern` is one of those `counted`."""
    if counted.event != pattern.event:
        return False
    if counted.where is None:
        return True
    given = () if pattern.where is None else (of_step(pattern.where, step),)
    return follows(of_step(counted.where, step), given)


def _holds(fact: Aggregate, late: int) -> bool:
    """Whether the window surely holds an event that is taken now."""
    match fact.window:
        case Sliding(length=length, ending=ending):
            return ending == 0 and length > late
        case window:
            return isinstance(window, Ever)
