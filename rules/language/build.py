"""From the reductions of a grammar to the syntax tree.

Each method makes the node of the rule or alias of its name in the grammar; children are tokens (whose `value` is a
leaf or a place) and nodes. A name can be an event, a place or a value until names have a meaning; here it is seen to
that conditions hold no visits and no `where`, values no conditions, and alternatives of events nothing but events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from lark import Transformer
from lark.lexer import Token

from rules.language import tree
from rules.language.located import Span
from rules.language.tree import Group, Name, Node, Patterns, Quantity, Value, Visit
from rules.problems import Problem
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind


class Refused(Exception):
    """A phrase whose parts do not fit together."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Where:
    """`A or B where C`, before it is known to stand where events may."""

    of: Raw
    condition: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Subject:
    """What a step is about: its events and its name."""

    patterns: Patterns
    name: Name | None
    at: Span


@dataclass(frozen=True, slots=True)
class Timing:
    """`within D [after NAME]` or `for D [after NAME]`."""

    word: str
    duration: Quantity
    after: Name | None
    at: Span


Raw = Node | Visit | Where
Children = list[Any]
_T = TypeVar("_T")

_CONDITIONS = tree.Compare | tree.Between | tree.OneOf | tree.Contains | tree.StartsWith | tree.Known | tree.Not
_UNITS = {
    "DAY": CalendarUnit.DAY,
    "WEEK": CalendarUnit.WEEK,
    "MONTH": CalendarUnit.MONTH,
    "BILLING_CYCLE": CalendarUnit.BILLING_CYCLE,
}
_COMPARATORS = {
    "IS": Comparator.IS,
    "IS_NOT": Comparator.IS_NOT,
    "LESS": Comparator.LESS,
    "AT_MOST": Comparator.AT_MOST,
    "MORE": Comparator.MORE,
    "AT_LEAST": Comparator.AT_LEAST,
}


# ------------------------------------------------------------------ shapes


def span_of(first: Any, last: Any) -> Span:
    """From the beginning of one child to the end of another."""
    start, end = _place(first), _place(last)
    return Span(start.source, start.start, end.end)


def _place(child: Any) -> Span:
    value = child.value if type(child) is Token else child
    return cast("Span", value if type(value) is Span else value.at)


def as_value(raw: Raw) -> Value:
    """The node, if it is a value; a condition, visit or `where` in its place is refused."""
    if isinstance(raw, Visit | Where):
        raise Refused(_happening(raw))
    if isinstance(raw, _CONDITIONS | tree.And | tree.Or):
        hint = "Give the condition a name under facts, as an audience, or compare values only."
        raise Refused(raw.at.problem("E203", f'"{raw.at.text}" is a condition, where a value is expected.', hint))
    return raw


def as_condition(raw: Raw) -> Node:
    """The node, if it can be a condition."""
    if isinstance(raw, Visit | Where):
        raise Refused(_happening(raw))
    if isinstance(raw, tree.And | tree.Or):
        for part in raw.of:
            as_condition(part)
    elif isinstance(raw, tree.Not):
        as_condition(raw.of)
    return raw


def _happening(raw: Visit | Where) -> Problem:
    if isinstance(raw, Where):
        if isinstance(raw.of, tree.SinceLast):
            inner = raw.of.patterns.at.text
            hint = f"Write time since last ({inner} where {raw.condition.at.text})."
            return raw.at.problem("E307", "The event of `time since last` needs brackets when it has a where.", hint)
        hint = "Join conditions with and."
        return raw.at.problem("E406", f'"where" follows an event; "{raw.of.at.text}" stands as a condition here.', hint)
    hint = "Put it under when; a condition may use distance to PLACE."
    return raw.at.problem("E402", f'"{raw.at.text}" is something that happens, not a condition.', hint)


def as_patterns(raw: Raw) -> Patterns:
    """Alternatives of events, each with its `where`."""
    if isinstance(raw, Where):
        events = as_patterns(raw.of)
        if any(group.where is not None for group in events.groups):
            hint = "Give each event its own: (A where ..) or (B where ..)."
            raise Refused(raw.at.problem("E406", "A where follows events that have one already.", hint))
        (group,) = events.groups
        _refuse_visits(group, raw)
        return Patterns((Group(group.events, raw.condition, at=raw.at),), at=raw.at)
    if isinstance(raw, tree.Or):
        groups = [group for part in raw.of for group in as_patterns(part).groups]
        return tree.patterns_of(*groups, at=raw.at)
    if isinstance(raw, Name | Visit):
        return Patterns((Group((raw,), at=raw.at),), at=raw.at)
    raise Refused(_not_an_event(raw))


def _refuse_visits(group: Group, raw: Where) -> None:
    visit = next((event for event in group.events if isinstance(event, Visit)), None)
    if visit is not None:
        hint = "Put the condition under only if, or give the events brackets: (A where ..) or enters P."
        raise Refused(raw.at.problem("E406", f'"{visit.at.text}" takes no where.', hint))


def _not_an_event(raw: Node) -> Problem:
    text = raw.at.text
    if isinstance(raw, tree.And):
        hint = "Two events do not happen at once: write a list of steps, or join conditions behind where."
        return raw.at.problem("E401", f'"{text}" joins events by and.', hint)
    if isinstance(raw, tree.Not):
        hint = "What does not happen is a step of a sequence: without EVENT for 2 hours."
        return raw.at.problem("E401", f'"{text}" is not an event.', hint)
    if isinstance(raw, _CONDITIONS):
        hint = "Say what happens, such as X reaches Y or EVENT where ..; conditions go under only if."
        return raw.at.problem("E401", f'"{text}" is a condition; an event is expected.', hint)
    if isinstance(raw, tree.Dotted):
        hint = f"Say what happens, such as {text} becomes VALUE."
        return raw.at.problem("E401", f'"{text}" is a value; an event is expected.', hint)
    hint = "Say what happens, such as X reaches Y, EVENT where .. or enters PLACE."
    return raw.at.problem("E401", f'"{text}" is a value; an event is expected.', hint)


def _first(children: Children, kind: type[_T]) -> _T | None:
    """The first child, or value of a child, of this type."""
    values = (child.value if type(child) is Token else child for child in children)
    return next((value for value in values if isinstance(value, kind)), None)


def _whole(number: tree.Number, what: str) -> int:
    if number.value != number.value.to_integral_value():
        raise Refused(number.at.problem("E305", f"{what} is a whole number; found {number.at.text}.", "Write 1, 2, .."))
    return int(number.value)


# ----------------------------------------------------------------- methods

_Method = Callable[["Builder", Children], Any]


def _arithmetic(operator: Operator) -> _Method:
    def build(_: Builder, children: Children) -> tree.Binary:
        left, right = as_value(children[0]), as_value(children[2])
        return tree.Binary(operator, left, right, at=span_of(children[0], children[2]))

    return build


def _function(function: Function) -> _Method:
    def build(_: Builder, children: Children) -> tree.Call:
        arguments = tuple(as_value(child) for child in children if type(child) is not Token)
        return tree.Call(function, arguments, at=span_of(children[0], children[-1]))

    return build


def _aggregate(function: AggregateFunction) -> _Method:
    """`[F of] E over W`: after the keyword come the field, if any, `of`, the events, `over` and the window."""

    def build(_: Builder, children: Children) -> tree.Aggregate:
        of = children[1] if len(children) > 4 else None
        return tree.Aggregate(
            function, of, as_patterns(children[-3]), children[-1], at=span_of(children[0], children[-1])
        )

    return build


def _step(kind: StepKind) -> _Method:
    def build(_: Builder, children: Children) -> tree.Step:
        subject = next(child for child in children if isinstance(child, Subject))
        timings = [child for child in children if isinstance(child, Timing)]
        at = span_of(children[0], children[-1])
        timing = _timing(kind, timings)
        if timing is None:
            return tree.Step(kind, subject.patterns, subject.name, at=at)
        return tree.Step(kind, subject.patterns, subject.name, timing.duration, timing.after, at=at)

    return build


def _timing(kind: StepKind, timings: Sequence[Timing]) -> Timing | None:
    """The one length of time of a step, if its word fits the kind of step."""
    if len(timings) > 1:
        raise Refused(timings[1].at.problem("E403", "A step has one length of time.", "Leave one out."))
    if not timings:
        return None
    (timing,) = timings
    length = timing.duration.at.text
    if kind is StepKind.FIRST:
        hint = f'Write "then .. {timing.at.text}" if the step follows another; the first step has no length of time.'
        raise Refused(timing.at.problem("E404", "Only steps with then or without have a length of time.", hint))
    if kind is StepKind.THEN and timing.word == "for":
        raise Refused(timing.at.problem("E403", "A step with then happens within a time.", f"Write within {length}"))
    if kind is StepKind.WITHOUT and timing.word == "within":
        raise Refused(timing.at.problem("E403", "A step with without lasts for a time.", f"Write for {length}"))
    return timing


def _timed(word: str) -> _Method:
    def build(_: Builder, children: Children) -> Timing:
        after = children[3] if len(children) > 3 else None
        return Timing(word, children[1].value, after, span_of(children[0], children[-1]))

    return build


def _visit(verb: PlaceVerb) -> _Method:
    def build(_: Builder, children: Children) -> Visit:
        return Visit(verb, children[1], _first(children[2:], Quantity), at=span_of(children[0], children[-1]))

    return build


def _around(before: bool) -> _Method:
    def build(_: Builder, children: Children) -> tree.Around:
        clock = _first(children[3:], tree.Clock)
        time = None if clock is None else clock.minutes
        at = span_of(children[0], children[-1])
        return tree.Around(children[0].value, before, children[2], time, at=at)

    return build


def _list_of_values(children: Children) -> tuple[Value, ...]:
    return tuple(as_value(child) for child in children if type(child) is not Token)


class Builder(Transformer[Token, Any]):
    """The methods a grammar names."""

    # ------------------------------------------------------------ situations

    def happens(self, children: Children) -> Patterns:
        return as_patterns(children[0])

    def reaches(self, children: Children) -> tree.Reaches:
        return tree.Reaches(as_value(children[0]), as_value(children[2]), at=span_of(children[0], children[2]))

    def falls_below(self, children: Children) -> tree.FallsBelow:
        return tree.FallsBelow(as_value(children[0]), as_value(children[2]), at=span_of(children[0], children[2]))

    def becomes(self, children: Children) -> tree.Becomes:
        return tree.Becomes(as_value(children[0]), as_value(children[2]), at=span_of(children[0], children[2]))

    def becomes_true(self, children: Children) -> tree.Becomes:
        return tree.Becomes(None, as_value(children[1]), at=span_of(children[0], children[1]))

    def every_day(self, children: Children) -> tree.EveryDay:
        return tree.EveryDay(children[-1].value.minutes, at=span_of(children[0], children[-1]))

    def every_week(self, children: Children) -> tree.EveryWeek:
        day = children[1].value.weekday
        return tree.EveryWeek(day, children[-1].value.minutes, at=span_of(children[0], children[-1]))

    def every_cycle(self, children: Children) -> tree.EveryCycle:
        day = _whole(children[1].value, "A day of the billing cycle")
        return tree.EveryCycle(day, children[-1].value.minutes, at=span_of(children[0], children[-1]))

    def every_year(self, children: Children) -> tree.EveryYear:
        return tree.EveryYear(children[1], children[-1].value.minutes, at=span_of(children[0], children[-1]))

    before = _around(before=True)
    after_point = _around(before=False)

    # ------------------------------------------------------------- sequences

    first = _step(StepKind.FIRST)
    then = _step(StepKind.THEN)
    without = _step(StepKind.WITHOUT)
    within = _timed("within")
    lasting = _timed("for")

    def subject(self, children: Children) -> Subject:
        return self._subject(children[0], None, children)

    def subject_where(self, children: Children) -> Subject:
        return self._subject(self.where(children), None, children)

    def subject_as(self, children: Children) -> Subject:
        return self._subject(children[0], children[2], children)

    def subject_as_where(self, children: Children) -> Subject:
        return self._subject(self.where([children[0], children[3], children[4]]), children[2], children)

    def subject_where_as(self, children: Children) -> Subject:
        return self._subject(self.where(children[:3]), children[4], children)

    @staticmethod
    def _subject(raw: Raw, name: Name | None, children: Children) -> Subject:
        return Subject(as_patterns(raw), name, span_of(children[0], children[-1]))

    # --------------------------------------------------------- other entries

    def condition(self, children: Children) -> Node:
        return as_condition(children[0])

    def fact(self, children: Children) -> Node:
        return as_condition(children[0])

    def expression(self, children: Children) -> Value:
        return as_value(children[0])

    def patterns(self, children: Children) -> Patterns:
        return as_patterns(children[0])

    def success(self, children: Children) -> tree.Success:
        return tree.Success(as_patterns(children[0]), children[2].value, at=span_of(children[0], children[2]))

    def delay(self, children: Children) -> tree.After:
        without = as_patterns(children[2]) if len(children) > 1 else None
        return tree.After(children[0].value, without, at=span_of(children[0], children[-1]))

    def duration(self, children: Children) -> Quantity:
        return cast("Quantity", children[0].value)

    def cap_rolling(self, children: Children) -> tree.Cap:
        return self._cap(children, children[2].value)

    def cap_calendar(self, children: Children) -> tree.Cap:
        return self._cap(children, _UNITS[children[2].type])

    def cap_ever(self, children: Children) -> tree.Cap:
        return self._cap(children, None)

    @staticmethod
    def _cap(children: Children, per: Quantity | CalendarUnit | None) -> tree.Cap:
        number = _whole(children[0].value, "How often at most")
        return tree.Cap(number, per, at=span_of(children[0], children[-1]))

    def share(self, children: Children) -> tree.Share:
        kinds = tuple(child for child in children if isinstance(child, Name))
        return tree.Share(children[0].value.value, kinds, at=span_of(children[0], children[-1]))

    def channels(self, children: Children) -> tree.Channels:
        names = tuple(child for child in children if isinstance(child, Name))
        return tree.Channels(names, at=span_of(children[0], children[-1]))

    def all_channels(self, children: Children) -> tree.Channels:
        return replace(self.channels(children), all=True)

    # ------------------------------------------------------------ conditions

    def where(self, children: Children) -> Where:
        return Where(children[0], as_condition(children[2]), span_of(children[0], children[2]))

    def any_of(self, children: Children) -> Raw:
        parts = [child for child in children if type(child) is not Token]
        return cast("Raw", tree.either(*parts, at=span_of(children[0], children[-1])))

    def all_of(self, children: Children) -> Raw:
        parts = [child for child in children if type(child) is not Token]
        return cast("Raw", tree.both(*parts, at=span_of(children[0], children[-1])))

    def negated(self, children: Children) -> tree.Not:
        return tree.Not(children[1], at=span_of(children[0], children[1]))

    def compare(self, children: Children) -> tree.Compare:
        left, right = as_value(children[0]), as_value(children[2])
        comparator = _COMPARATORS[children[1].type]
        return tree.Compare(comparator, left, right, at=span_of(children[0], children[2]))

    def between(self, children: Children) -> tree.Between:
        of, low, high = (as_value(child) for child in children[::2])
        return tree.Between(of, low, high, at=span_of(children[0], children[-1]))

    def one_of(self, children: Children) -> tree.OneOf:
        values, end = children[2]
        return tree.OneOf(as_value(children[0]), values, at=span_of(children[0], end))

    def not_one_of(self, children: Children) -> tree.OneOf:
        return replace(self.one_of(children), negated=True)

    def contains(self, children: Children) -> tree.Contains:
        of, value = as_value(children[0]), as_value(children[2])
        return tree.Contains(of, (value,), at=span_of(children[0], children[2]))

    def contains_one_of(self, children: Children) -> tree.Contains:
        values, end = children[2]
        return tree.Contains(as_value(children[0]), values, at=span_of(children[0], end))

    def starts_with(self, children: Children) -> tree.StartsWith:
        of, value = as_value(children[0]), as_value(children[2])
        return tree.StartsWith(of, value, at=span_of(children[0], children[2]))

    def known(self, children: Children) -> tree.Known:
        return tree.Known(as_value(children[0]), at=span_of(children[0], children[1]))

    def not_known(self, children: Children) -> tree.Known:
        return replace(self.known(children), negated=True)

    def list(self, children: Children) -> tuple[tuple[Value, ...], Token]:
        return _list_of_values(children), children[-1]

    # ---------------------------------------------------------------- values

    round = _function(Function.ROUND)
    lower_of = _function(Function.LOWER)
    higher_of = _function(Function.HIGHER)
    hour = _function(Function.HOUR)
    weekday = _function(Function.WEEKDAY)
    day_of_billing_cycle = _function(Function.DAY_OF_BILLING_CYCLE)
    days_in_billing_cycle = _function(Function.DAYS_IN_BILLING_CYCLE)
    days_until = _function(Function.DAYS_UNTIL)
    days_since = _function(Function.DAYS_SINCE)
    age_of = _function(Function.AGE)
    nps_group_of = _function(Function.NPS_GROUP)

    def distance_to(self, children: Children) -> tree.Call:
        return tree.Call(Function.DISTANCE, (), children[1], at=span_of(children[0], children[1]))

    add = _arithmetic(Operator.ADD)
    subtract = _arithmetic(Operator.SUBTRACT)
    multiply = _arithmetic(Operator.MULTIPLY)
    divide = _arithmetic(Operator.DIVIDE)

    def percent_of(self, children: Children) -> tree.PercentOf:
        percent = children[0].value.value
        return tree.PercentOf(percent, as_value(children[2]), at=span_of(children[0], children[2]))

    def literal(self, children: Children) -> Value:
        return cast("Value", children[0].value)

    def negative(self, children: Children) -> tree.Number | Quantity | tree.Percent:
        leaf = cast("tree.Number | Quantity | tree.Percent", children[1].value)
        return replace(leaf, value=0 - leaf.value, at=span_of(children[0], children[1]))

    def brackets(self, children: Children) -> Raw:
        # The place grows by the brackets, so that a mistake is shown with them and `time since last` can show its fix.
        return cast("Raw", replace(children[1], at=span_of(children[0], children[2])))

    def name(self, children: Children) -> Name:
        return cast("Name", children[0].value)

    def dotted(self, children: Children) -> tree.Dotted:
        return tree.Dotted(children[0].value, children[2].value, at=span_of(children[0], children[2]))

    enters = _visit(PlaceVerb.ENTERS)
    leaves = _visit(PlaceVerb.LEAVES)
    stays_in = _visit(PlaceVerb.STAYS)

    # ------------------------------------------------------------ aggregates

    count_of = _aggregate(AggregateFunction.COUNT)
    sum_of = _aggregate(AggregateFunction.SUM)
    average_of = _aggregate(AggregateFunction.AVERAGE)
    lowest_of = _aggregate(AggregateFunction.LOWEST)
    highest_of = _aggregate(AggregateFunction.HIGHEST)
    distinct_of = _aggregate(AggregateFunction.DISTINCT)
    first_of = _aggregate(AggregateFunction.FIRST)
    last_of = _aggregate(AggregateFunction.LAST)
    time_between = _aggregate(AggregateFunction.TIME_BETWEEN)

    def since_last(self, children: Children) -> tree.SinceLast:
        return tree.SinceLast(as_patterns(children[1]), at=span_of(children[0], children[1]))

    # --------------------------------------------------------------- windows

    def last_length(self, children: Children) -> tree.LastLength:
        ending = children[3].value if len(children) > 2 else None
        return tree.LastLength(children[1].value, ending, at=span_of(children[0], children[-1]))

    def today(self, children: Children) -> tree.CalendarSpan:
        return tree.CalendarSpan(CalendarUnit.DAY, 0, 1, at=_place(children[0]))

    def this(self, children: Children) -> tree.CalendarSpan:
        at = span_of(children[0], children[1])
        return tree.CalendarSpan(_UNITS[children[1].type], 0, 1, at=at)

    def previous(self, children: Children) -> tree.CalendarSpan:
        at = span_of(children[0], children[1])
        return tree.CalendarSpan(_UNITS[children[1].type], 1, 1, at=at)

    def last_cycles(self, children: Children) -> tree.CalendarSpan:
        count = _whole(children[1].value, "A number of billing cycles")
        if count < 1:
            raise Refused(
                children[1].value.at.problem("E209", "A window is one billing cycle or more.", "Write 1, 2, ..")
            )
        at = span_of(children[0], children[2])
        return tree.CalendarSpan(CalendarUnit.BILLING_CYCLE, count, count, at=at)

    def ever(self, children: Children) -> tree.Ever:
        return tree.Ever(at=_place(children[0]))
