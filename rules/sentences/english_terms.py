"""Terms in English: conditions as clauses, expressions as nouns, events and windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, assert_never

from msgspec import structs

from models.types import DURATION, Kind
from rules import typed
from rules.language.keywords import Language
from rules.sentences.subject import Subject, reads_on, without_rounding
from rules.sentences.values import is_share, percent, said
from rules.typed import (
    AggregateFunction,
    CalendarUnit,
    Comparator,
    Condition,
    Expression,
    Function,
    Operator,
    PlaceVerb,
    Window,
)
from rules.workspace.blocks import written

_AGGREGATES: Final = MappingProxyType(
    {
        AggregateFunction.COUNT: "the number of",
        AggregateFunction.SUM: "the sum of the {field} of",
        AggregateFunction.AVERAGE: "the average {field} of",
        AggregateFunction.LOWEST: "the lowest {field} of",
        AggregateFunction.HIGHEST: "the highest {field} of",
        AggregateFunction.DISTINCT: "the number of different {field} of",
        AggregateFunction.FIRST: "the first {field} of",
        AggregateFunction.LAST: "the latest {field} of",
        AggregateFunction.TIME_BETWEEN: "the average time between",
    }
)
_COMPARED: Final = MappingProxyType(
    {
        Comparator.IS: "is",
        Comparator.IS_NOT: "is not",
        Comparator.LESS: "is less than",
        Comparator.AT_MOST: "is at most",
        Comparator.MORE: "is more than",
        Comparator.AT_LEAST: "is at least",
    }
)
_COMPARED_IN_TIME: Final = MappingProxyType(
    {
        Comparator.IS: "is",
        Comparator.IS_NOT: "is not",
        Comparator.LESS: "is before",
        Comparator.AT_MOST: "is at the latest",
        Comparator.MORE: "is after",
        Comparator.AT_LEAST: "is at the earliest",
    }
)
_SIGNS: Final = MappingProxyType(
    {Operator.ADD: "+", Operator.SUBTRACT: "−", Operator.MULTIPLY: "×", Operator.DIVIDE: "÷"}
)
UNITS: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "day",
        CalendarUnit.WEEK: "week",
        CalendarUnit.MONTH: "month",
        CalendarUnit.BILLING_CYCLE: "billing cycle",
    }
)


@dataclass(frozen=True, slots=True)
class EnglishTerms:
    """Speaks of the terms of one rule."""

    about: Subject

    # ----------------------------------------------------------- conditions

    def _condition(self, condition: Condition) -> str:
        match condition:
            case typed.Compare(operator, left, right):
                words = _COMPARED_IN_TIME if _is_time(left) else _COMPARED
                return f"{self._of(left)} {words[operator]} {self._of(right)}"
            case typed.Between(of, low, high):
                return f"{self._of(of)} is between {self._of(low)} and {self._of(high)}"
            case typed.OneOf(of, values):
                return f"{self._of(of)} is {self._one_of(values)}"
            case typed.Contains(of, values):
                return f"{self._of(of)} contains {self._one_of(values)}"
            case typed.StartsWith(of, value):
                return f"{self._of(of)} starts with {self._of(value)}"
            case typed.Known(of):
                return f"{self._of(of)} is known"
            case typed.Holds(of):
                return self._holds(of)
            case typed.Not(of):
                return self._denied(of)
            case typed.AllOf(parts):
                return " and ".join(map(self._part, parts))
            case typed.AnyOf(parts):
                return " or ".join(map(self._part, parts))
            case _:
                assert_never(condition)

    def _part(self, condition: Condition) -> str:
        text = self._condition(condition)
        return f"({text})" if isinstance(condition, typed.AllOf | typed.AnyOf) else text

    def _one_of(self, values: Sequence[Expression]) -> str:
        return joined([self._of(value) for value in values], "or")

    def _holds(self, of: Expression) -> str:
        match of:
            case typed.Named(name):
                return f'she is "{self._name(name)}"'
            case typed.Truth(condition):
                return self._part(condition)
            case _:
                return f"{self._of(of)} is yes"

    def _denied(self, condition: Condition) -> str:
        match condition:
            case typed.Known(of):
                return f"{self._of(of)} is not known"
            case typed.OneOf(of, values):
                return f"{self._of(of)} is not {self._one_of(values)}"
            case typed.Holds(typed.Named(name)):
                return f'she is not "{self._name(name)}"'
            case _:
                return f"it is not so that {self._part(condition)}"

    # ---------------------------------------------------------- expressions

    def _of(self, node: Expression) -> str:
        """An expression as a noun."""
        match node:
            case typed.Constant(value, type_):
                text = said(value, type_, self.about.vocabulary, "en")
                return f'"{text}"' if type_.kind in {Kind.TEXT, Kind.CELL} else self._name(text)
            case typed.FieldOf(name, _, step):
                field = self._name(name)
                return f"its {field}" if step is None else f"the {field} of {self._step_name(step)}"
            case typed.Attribute(name):
                return f"her {self._name(name)}"
            case typed.EachValue(name):
                return f"the {self._name(name)} at hand"
            case typed.PlaceName(place):
                return f'the name of the "{self._name(place)}"'
            case typed.Aggregate() | typed.SinceLast():
                return self._aggregate(node)
            case typed.Arithmetic():
                return self._arithmetic(node)
            case typed.Rounded(of):
                return self._of(of)
            case typed.Call():
                return self._call(node)
            case typed.Named(name):
                return f'"{self._name(name)}"'
            case typed.Truth(of):
                return f"whether {self._condition(of)}"
            case _:
                assert_never(node)

    def _aggregate(self, node: typed.Aggregate | typed.SinceLast) -> str:
        apart = "" if node.each is None else f" with the same {self._name(node.each)}"
        events = f"{self._any_of(node.patterns)}{apart}"
        if isinstance(node, typed.SinceLast):
            return f"the time since the last {events}"
        field = "" if node.field is None else self._name(node.field)
        return f"{_AGGREGATES[node.function].format(field=field)} {events} {self._window(node.window)}"

    def _window(self, window: Window) -> str:
        match window:
            case typed.Sliding(length, 0):
                return f"in the last {self._length(length)}"
            case typed.Sliding(length, ending):
                return f"in the {self._length(length)} that ended {self._length(ending)} ago"
            case typed.CalendarWindow(CalendarUnit.DAY, 0, 1):
                return "today"
            case typed.CalendarWindow(unit, 0, 1):
                return f"in the running {UNITS[unit]}"
            case typed.CalendarWindow(unit, 1, 1):
                return f"in the previous {UNITS[unit]}"
            case typed.CalendarWindow(unit, back, count):
                since = "before the running one" if back == count else f"that began {counted(back, UNITS[unit])} ago"
                return f"in the {counted(count, UNITS[unit])} {since}"
            case typed.Ever():
                return "ever"
            case _:
                assert_never(window)

    def _arithmetic(self, node: typed.Arithmetic) -> str:
        match node:
            case typed.Arithmetic(Operator.MULTIPLY, typed.Constant(share, type_), of) if is_share(share, type_):
                return f"{percent(share)} of {self._factor(of)}"
            case typed.Arithmetic(Operator.MULTIPLY, typed.Constant() as times, of):
                return f"{self._of(times)} times {self._factor(of)}"
            case typed.Arithmetic(operator, left, right):
                # a - b - c and a / b * c read from the left; all else stands in brackets
                before = self._of(left) if reads_on(left, operator) else self._factor(left)
                return f"{before} {_SIGNS[operator]} {self._factor(right)}"

    def _factor(self, node: Expression) -> str:
        """A value within arithmetic: in brackets if it is more than a name."""
        inner = without_rounding(node)
        bracketed = isinstance(inner, typed.Arithmetic | typed.Aggregate | typed.SinceLast | typed.Call)
        return f"({self._of(inner)})" if bracketed and not _is_short(inner) else self._of(inner)

    def _call(self, node: typed.Call) -> str:
        arguments = [self._of(argument) for argument in node.arguments]
        match node.function:
            case Function.HOUR:
                return "the hour of the day"
            case Function.WEEKDAY:
                return "the day of the week"
            case Function.DAY_OF_BILLING_CYCLE:
                return "the day of her billing cycle"
            case Function.DAYS_IN_BILLING_CYCLE:
                return "the days in her billing cycle"
            case Function.DAYS_UNTIL:
                return f"the number of days until {arguments[0]}"
            case Function.DAYS_SINCE:
                return f"the number of days since {arguments[0]}"
            case Function.AGE:
                return f"the full years since {arguments[0]}"
            case Function.DISTANCE:
                return f'her distance to "{self._name(node.place or "")}"'
            case Function.NPS_GROUP:
                return f"the NPS group of {arguments[0]}"
            case _:
                return self._of_values(node.function, arguments)

    def _of_values(
        self, function: Literal[Function.LOWER, Function.HIGHER, Function.ROUND], arguments: list[str]
    ) -> str:
        match function:
            case Function.LOWER:
                return f"the lower of {arguments[0]} and {arguments[1]}"
            case Function.HIGHER:
                return f"the higher of {arguments[0]} and {arguments[1]}"
            case Function.ROUND:
                return f"{arguments[0]}, rounded"
            case _:
                assert_never(function)

    # ---------------------------------------------------------- events, places

    def _any_of(self, patterns: Sequence[typed.Pattern | typed.PlacePattern]) -> str:
        return joined([self._pattern(one) for one in patterns], "or")

    def _pattern(self, pattern: typed.Pattern | typed.PlacePattern) -> str:
        if isinstance(pattern, typed.PlacePattern):
            return self._visit(pattern)
        where = "" if pattern.where is None else f" (where {self._condition(pattern.where)})"
        return f'"{self._name(pattern.event)}"{where}'

    def _visit(self, visit: typed.PlacePattern) -> str:
        place = self.about.vocabulary.places.get(visit.place)
        named = f'{"any " if place is not None and place.kind else ""}"{self._name(visit.place)}"'
        match visit.verb:
            case PlaceVerb.ENTERS:
                return f"she enters {named}"
            case PlaceVerb.LEAVES:
                return f"she leaves {named}"
            case PlaceVerb.STAYS:
                return f"she stays in {named} for {self._length(visit.duration)}"
            case _:
                assert_never(visit.verb)

    # ------------------------------------------------------------- the words

    def _name(self, canonical: str) -> str:
        return self.about.name(canonical, Language.ENGLISH)

    def _template(self, text: typed.Template) -> str:
        """A text as a file writes it, its placeholders by the names of the language."""
        named = (part if isinstance(part, str) else structs.replace(part, name=self._name(part.name)) for part in text)
        return written(tuple(named))

    def _step_name(self, number: int) -> str:
        if self.about.visits(number):
            return "her position"
        called = self.about.step(number)
        return f"step {number + 1}" if called is None else f'"{self._name(called)}"'

    def _length(self, millis: int) -> str:
        return said(millis, DURATION, self.about.vocabulary, "en")


def _is_time(node: Expression) -> bool:
    return node.type.kind in {Kind.DATE, Kind.MOMENT}


def _is_short(node: Expression) -> bool:
    return isinstance(node, typed.Call) and not node.arguments


def joined(parts: Sequence[str], word: str) -> str:
    """`a, b or c`."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def counted(number: int, one: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
