"""From the reductions of a grammar to situations, steps, and what stands beside them, of the syntax tree.

As in `rules.language.build_values`; here parts of different kinds are told apart by their kind, so that one function
serves both orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from models.speech import say
from rules.language import tree
from rules.language.build_values import Build, where
from rules.language.located import Span
from rules.language.parts import Raw, Refused, Subject, Timing, as_condition, as_patterns, as_value, whole
from rules.language.tree import Name, Node, Patterns, Quantity, Value
from rules.typed import CalendarUnit, StepKind

_T = TypeVar("_T")


def _found(parts: Sequence[object], kind: type[_T]) -> _T | None:
    """The first part of a kind."""
    return next((part for part in parts if isinstance(part, kind)), None)


def _get(parts: Sequence[object], kind: type[_T]) -> _T:
    """The first part of a kind, which the grammar has seen to."""
    found = _found(parts, kind)
    assert found is not None, kind
    return found


# -------------------------------------------------------------- situations


def _happens(parts: list[Any], _: Span) -> Patterns:
    return as_patterns(parts[0])


def _reaches(parts: list[Any], at: Span) -> tree.Reaches:
    return tree.Reaches(as_value(parts[0]), as_value(parts[1]), at=at)


def _falls_below(parts: list[Any], at: Span) -> tree.FallsBelow:
    return tree.FallsBelow(as_value(parts[0]), as_value(parts[1]), at=at)


def _becomes(parts: list[Any], at: Span) -> tree.Becomes:
    return tree.Becomes(as_value(parts[0]), as_value(parts[1]), at=at)


def _becomes_true(parts: list[Any], at: Span) -> tree.Becomes:
    return tree.Becomes(None, as_value(parts[0]), at=at)


def _every_day(parts: list[Any], at: Span) -> tree.EveryDay:
    return tree.EveryDay(parts[0].minutes, at=at)


def _every_week(parts: list[Any], at: Span) -> tree.EveryWeek:
    return tree.EveryWeek(parts[0].weekday, parts[1].minutes, at=at)


def _every_cycle(parts: list[Any], at: Span) -> tree.EveryCycle:
    """`on day 20 of billing cycle at T`, `每账期第20天T`: numbers swallow their unit."""
    day = parts[0]
    if isinstance(day, Quantity) and day.unit != "day":
        raise Refused(
            day.at.problem(
                "E301",
                say('A day is expected; found "{day}".', day=day.at.text),
                say("Write {day:f}天.", day=day.value),
            )
        )
    return tree.EveryCycle(whole(day, say("A day of the billing cycle")), parts[1].minutes, at=at)


def _every_year(parts: list[Any], at: Span) -> tree.EveryYear:
    return tree.EveryYear(parts[0], parts[1].minutes, at=at)


def _around(*, before: bool) -> Build:
    def build(parts: list[Any], at: Span) -> tree.Around:
        length, clock = _get(parts, Quantity), _found(parts, tree.Clock)
        point = next(part for part in parts if isinstance(part, Name | tree.Dotted))
        return tree.Around(length, before, point, None if clock is None else clock.minutes, at=at)

    return build


# --------------------------------------------------------------- sequences


def _subject(parts: list[Any], at: Span) -> Subject:
    return Subject(as_patterns(parts[0]), None, at)


def _subject_where(parts: list[Any], at: Span) -> Subject:
    return Subject(_where(parts[0], parts[1], at), None, at)


def _subject_as(parts: list[Any], at: Span) -> Subject:
    return Subject(as_patterns(parts[0]), parts[1], at)


def _subject_as_where(parts: list[Any], at: Span) -> Subject:
    return Subject(_where(parts[0], parts[2], at), parts[1], at)


def _subject_where_as(parts: list[Any], at: Span) -> Subject:
    # The name is no part of the events.
    events = at.source.span(at.start, parts[1].at.end)
    return Subject(_where(parts[0], parts[1], events), parts[2], at)


def _where(of: Raw, condition: Node, at: Span) -> Patterns:
    return as_patterns(where([of, condition], at))


def _timing(word: str) -> Build:
    def build(parts: list[Any], at: Span) -> Timing:
        return Timing(word, parts[0], parts[1] if len(parts) > 1 else None, at)

    return build


def _step(kind: StepKind) -> Build:
    """Timings behind the subject, in English; in Chinese the name and the length of time before it."""

    def build(parts: list[Any], at: Span) -> tree.Step:
        subject = _get(parts, Subject)
        timing = _one_timing(kind, [part for part in parts if isinstance(part, Timing)])
        if timing is not None:
            return tree.Step(kind, subject.patterns, subject.name, timing.duration, timing.after, at=at)
        return tree.Step(kind, subject.patterns, subject.name, _found(parts, Quantity), _found(parts, Name), at=at)

    return build


def _one_timing(kind: StepKind, timings: Sequence[Timing]) -> Timing | None:
    """The one length of time of a step, if its word fits the kind of step."""
    if len(timings) > 1:
        raise Refused(timings[1].at.problem("E403", say("A step has one length of time."), say("Leave one out.")))
    if not timings:
        return None
    (timing,) = timings
    length = timing.duration.at.text
    if kind is StepKind.FIRST:
        hint = say(
            'Write "then .. {timing}" if the step follows another; the first step has no length of time.',
            timing=timing.at.text,
        )
        raise Refused(timing.at.problem("E404", say("Only steps with then or without have a length of time."), hint))
    if kind is StepKind.THEN and timing.word == "for":
        raise Refused(
            timing.at.problem(
                "E403", say("A step with then happens within a time."), say("Write within {length}", length=length)
            )
        )
    if kind is StepKind.WITHOUT and timing.word == "within":
        raise Refused(
            timing.at.problem(
                "E403", say("A step with without lasts for a time."), say("Write for {length}", length=length)
            )
        )
    return timing


# ----------------------------------------------------------- other entries


def _condition(parts: list[Any], _: Span) -> Node:
    return as_condition(parts[0])


def _expression(parts: list[Any], _: Span) -> Value:
    return as_value(parts[0])


def _patterns(parts: list[Any], _: Span) -> Patterns:
    return as_patterns(parts[0])


def _success(parts: list[Any], at: Span) -> tree.Success:
    return tree.Success(as_patterns(parts[0]), parts[1], at=at)


def _within_success(parts: list[Any], at: Span) -> tree.Success:
    return tree.Success(as_patterns(parts[1]), parts[0], at=at)


def _delay(parts: list[Any], at: Span) -> tree.After:
    return tree.After(parts[0], as_patterns(parts[1]) if len(parts) > 1 else None, at=at)


def _duration(parts: list[Any], _: Span) -> Any:
    return parts[0]


def _cap_rolling(parts: list[Any], at: Span) -> tree.Cap:
    return _cap(parts, _get(parts, Quantity), at)


def _cap_calendar(parts: list[Any], at: Span) -> tree.Cap:
    return _cap(parts, _get(parts, CalendarUnit), at)


def _cap_ever(parts: list[Any], at: Span) -> tree.Cap:
    return _cap(parts, None, at)


def _cap(parts: list[Any], per: Quantity | CalendarUnit | None, at: Span) -> tree.Cap:
    return tree.Cap(whole(_get(parts, tree.Number), say("How often at most")), per, at=at)


def _share(parts: list[Any], at: Span) -> tree.Share:
    kinds = tuple(part for part in parts if isinstance(part, Name))
    return tree.Share(_get(parts, tree.Percent).value, kinds, at=at)


def _channels(parts: list[Any], at: Span) -> tree.Channels:
    return tree.Channels(tuple(parts), at=at)


def _all_channels(parts: list[Any], at: Span) -> tree.Channels:
    return replace(_channels(parts, at), all=True)


# ------------------------------------------------------------------- table

#: Rule or alias of a grammar -> what makes its node.
SITUATIONS: Final[Mapping[str, Build]] = MappingProxyType(
    {
        "happens": _happens,
        "reaches": _reaches,
        "falls_below": _falls_below,
        "becomes": _becomes,
        "becomes_true": _becomes_true,
        "every_day": _every_day,
        "every_week": _every_week,
        "every_cycle": _every_cycle,
        "every_year": _every_year,
        "before": _around(before=True),
        "after_point": _around(before=False),
        "subject": _subject,
        "subject_where": _subject_where,
        "subject_as": _subject_as,
        "subject_as_where": _subject_as_where,
        "subject_where_as": _subject_where_as,
        "within": _timing("within"),
        "lasting": _timing("for"),
        "first": _step(StepKind.FIRST),
        "then": _step(StepKind.THEN),
        "without": _step(StepKind.WITHOUT),
        "condition": _condition,
        "fact": _condition,
        "expression": _expression,
        "patterns": _patterns,
        "success": _success,
        "within_success": _within_success,
        "delay": _delay,
        "duration": _duration,
        "cap_rolling": _cap_rolling,
        "cap_calendar": _cap_calendar,
        "cap_ever": _cap_ever,
        "share": _share,
        "channels": _channels,
        "all_channels": _all_channels,
    }
)
