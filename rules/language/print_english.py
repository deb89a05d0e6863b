"""English phrases from syntax trees."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from rules.language import tree
from rules.language.keywords import ENGLISH, ENGLISH_DAYS
from rules.language.printer import Level, Printer, clock
from rules.language.tree import Group, Patterns, Value, Visit, Window
from rules.language.unit_words import with_unit
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind

_OPERATORS: Final = MappingProxyType(
    {
        Operator.ADD: (Level.SUM, Level.PRODUCT),
        Operator.SUBTRACT: (Level.SUM, Level.PRODUCT),
        Operator.MULTIPLY: (Level.PRODUCT, Level.FACTOR),
        Operator.DIVIDE: (Level.PRODUCT, Level.FACTOR),
    }
)
_AGGREGATES: Final = MappingProxyType(
    {
        AggregateFunction.COUNT: "COUNT_OF",
        AggregateFunction.SUM: "SUM_OF",
        AggregateFunction.AVERAGE: "AVERAGE_OF",
        AggregateFunction.LOWEST: "LOWEST_OF",
        AggregateFunction.HIGHEST: "HIGHEST_OF",
        AggregateFunction.DISTINCT: "DISTINCT_OF",
        AggregateFunction.FIRST: "FIRST_OF",
        AggregateFunction.LAST: "LAST_OF",
        AggregateFunction.TIME_BETWEEN: "AVERAGE_TIME_BETWEEN",
    }
)
_FUNCTIONS: Final = MappingProxyType(
    {
        Function.HOUR: "HOUR",
        Function.WEEKDAY: "WEEKDAY",
        Function.DAY_OF_BILLING_CYCLE: "DAY_OF_BILLING_CYCLE",
        Function.DAYS_IN_BILLING_CYCLE: "DAYS_IN_BILLING_CYCLE",
        Function.DAYS_UNTIL: "DAYS_UNTIL",
        Function.DAYS_SINCE: "DAYS_SINCE",
        Function.AGE: "AGE_OF",
        Function.DISTANCE: "DISTANCE_TO",
        Function.NPS_GROUP: "NPS_GROUP_OF",
        Function.LOWER: "LOWER_OF",
        Function.HIGHER: "HIGHER_OF",
        Function.ROUND: "ROUND",
    }
)
_VERBS: Final = MappingProxyType({PlaceVerb.ENTERS: "ENTERS", PlaceVerb.LEAVES: "LEAVES", PlaceVerb.STAYS: "STAYS_IN"})
_COMPARATORS: Final = MappingProxyType({Comparator.IS: "is", Comparator.IS_NOT: "is not"})
_UNITS: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "DAY",
        CalendarUnit.WEEK: "WEEK",
        CalendarUnit.MONTH: "MONTH",
        CalendarUnit.BILLING_CYCLE: "BILLING_CYCLE",
    }
)


def _word(token: str) -> str:
    return ENGLISH[token][0]


class English(Printer):
    """Prints English."""

    def _in_brackets(self, text: str) -> str:
        return f"({text})"

    def _either(self, parts: Iterable[str]) -> str:
        return " or ".join(parts)

    # ------------------------------------------------ values and conditions

    def _joined(self, node: tree.Or | tree.And | tree.Not) -> tuple[str, Level]:
        match node:
            case tree.Or(parts):
                return self._either(self._node(part, Level.AND) for part in parts), Level.OR
            case tree.And(parts):
                return " and ".join(self._node(part, Level.NOT) for part in parts), Level.AND
            case tree.Not(of):
                return f"not {self._node(of, Level.NOT)}", Level.NOT

    def _comparison(self, node: tree.Comparison) -> str:
        of = self._value(node.left if isinstance(node, tree.Compare) else node.of)
        match node:
            case tree.Compare(comparator, _, right):
                return f"{of} {_COMPARATORS.get(comparator, comparator.value)} {self._value(right)}"
            case tree.Between(_, low, high):
                return f"{of} between {self._value(low)} and {self._value(high)}"
            case tree.OneOf(_, values, negated):
                return f"{of} {_word('IS_NOT_ONE_OF' if negated else 'IS_ONE_OF')} {self._list(values)}"
            case tree.Contains(_, (value,)):
                return f"{of} {_word('CONTAINS')} {self._value(value)}"
            case tree.Contains(_, values):
                return f"{of} {_word('CONTAINS_ONE_OF')} {self._list(values)}"
            case tree.StartsWith(_, value):
                return f"{of} {_word('STARTS_WITH')} {self._value(value)}"
            case tree.Known(_, negated):
                return f"{of} {_word('IS_NOT_KNOWN' if negated else 'IS_KNOWN')}"

    def _list(self, values: tuple[Value, ...]) -> str:
        return f"[{', '.join(self._value(value) for value in values)}]"

    def _arithmetic(self, node: tree.Binary | tree.PercentOf) -> tuple[str, Level]:
        if isinstance(node, tree.PercentOf):
            return f"{node.percent:f}% of {self._node(node.of, Level.FACTOR)}", Level.FACTOR
        on_left, on_right = _OPERATORS[node.operator]
        return f"{self._node(node.left, on_left)} {node.operator} {self._node(node.right, on_right)}", on_left

    def _call(self, node: tree.Call) -> tuple[str, Level]:
        word = _word(_FUNCTIONS[node.function])
        match node.function:
            case Function.LOWER | Function.HIGHER:
                low, high = node.arguments
                return f"{word} {self._value(low)} and {self._value(high)}", Level.VALUE
            case Function.ROUND:
                return f"{word} {self._value(node.arguments[0])}", Level.VALUE
            case Function.DISTANCE if node.place is not None:
                return f"{word} {self._name(node.place)}", Level.PRIMARY
            case _:
                parts = [word, *(self._node(argument, Level.PRIMARY) for argument in node.arguments)]
                return " ".join(parts), Level.PRIMARY

    def _aggregate(self, node: tree.Aggregate | tree.SinceLast) -> str:
        if isinstance(node, tree.SinceLast):
            return f"{_word('TIME_SINCE_LAST')} {self._single(node.patterns)}"
        of = "" if node.field is None else f"{self._name(node.field)} of "
        events = self._patterns(node.patterns)
        return f"{_word(_AGGREGATES[node.function])} {of}{events} over {self._window(node.window)}"

    def _single(self, node: Patterns) -> str:
        """Alternatives where one name, or brackets, are asked for."""
        (first, *others) = node.groups
        plain = not others and first.where is None and len(first.events) == 1
        return self._patterns(node) if plain else f"({self._patterns(node)})"

    def _quantity(self, node: tree.Quantity) -> str:
        return with_unit(node.value, node.unit)

    def _quoted(self, text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    def _day(self, weekday: int) -> str:
        return ENGLISH_DAYS[weekday]

    # ------------------------------------------------------ events, situations

    def _where(self, group: Group) -> str:
        return "" if group.where is None else f" where {self._node(group.where, Level.OR)}"

    def _visit(self, visit: Visit) -> str:
        duration = "" if visit.duration is None else f" for {self._quantity(visit.duration)}"
        return f"{_word(_VERBS[visit.verb])} {self._name(visit.place)}{duration}"

    def _line(self, node: tree.Reaches | tree.FallsBelow | tree.Becomes) -> str:
        token = {tree.Reaches: "REACHES", tree.FallsBelow: "FALLS_BELOW", tree.Becomes: "BECOMES"}[type(node)]
        left = "" if node.left is None else self._value(node.left) + " "
        return f"{left}{_word(token)} {self._value(node.right)}"

    def _step(self, step: tree.Step) -> str:
        word = {StepKind.FIRST: "", StepKind.THEN: "then ", StepKind.WITHOUT: "without "}[step.kind]
        name = "" if step.name is None else f" as {self._name(step.name)}"
        if len(step.patterns.groups) == 1:
            (group,) = step.patterns.groups
            events = f"{self._events(group)}{name}{self._where(group)}"
        else:
            events = self._patterns(step.patterns) + name
        lasting = "for" if step.kind is StepKind.WITHOUT else "within"
        duration = "" if step.duration is None else f" {lasting} {self._quantity(step.duration)}"
        after = "" if step.after is None else f" after {self._name(step.after)}"
        return f"{word}{events}{duration}{after}"

    def _moment(self, node: tree.Moment) -> str:
        match node:
            case tree.EveryDay(time):
                return f"every day at {clock(time)}"
            case tree.EveryWeek(weekday, time):
                return f"every {ENGLISH_DAYS[weekday]} at {clock(time)}"
            case tree.EveryCycle(day, time):
                return f"on day {day} of billing cycle at {clock(time)}"
            case tree.EveryYear(of, time):
                return f"every year on {self._value(of)} at {clock(time)}"
            case tree.Around(length, before, of, time):
                at = "" if time is None else f" at {clock(time)}"
                return f"{self._quantity(length)} {'before' if before else 'after'} {self._value(of)}{at}"

    def _window(self, window: Window) -> str:
        match window:
            case tree.Ever():
                return _word("EVER")
            case tree.LastLength(length, ending):
                ago = "" if ending is None else f" ending {self._quantity(ending)} ago"
                return f"last {self._quantity(length)}{ago}"
            case tree.CalendarSpan(CalendarUnit.DAY, 0, 1):
                return _word("TODAY")
            case tree.CalendarSpan(unit, 0, _):
                return f"this {_word(_UNITS[unit])}"
            case tree.CalendarSpan(unit, 1, 1):
                return f"previous {_word(_UNITS[unit])}"
            case tree.CalendarSpan(_, _, count):
                return f"last {count} billing cycles"

    def _beside(self, node: tree.Cap | tree.After | tree.Share | tree.Channels | tree.Success) -> str:
        match node:
            case tree.Cap(number, None):
                return f"{number} ever"
            case tree.Cap(number, CalendarUnit() as unit):
                return f"{number} per {_word(_UNITS[unit])}"
            case tree.Cap(number, tree.Quantity() as length):
                return f"{number} per {self._quantity(length)}"
            case tree.After(delay, without):
                return self._quantity(delay) + ("" if without is None else f" without {self._patterns(without)}")
            case tree.Share(percent, kinds):
                of = " and ".join(self._name(kind) for kind in kinds)
                return f"{percent:f}%{' of ' if of else ''}{of}"
            case tree.Channels(names, all_of):
                listed = ", ".join(self._name(name) for name in names)
                return f"all of [{listed}]" if all_of else listed if len(names) == 1 else f"[{listed}]"
            case tree.Success(patterns, within):
                return f"{self._patterns(patterns)} within {self._quantity(within)}"
        raise TypeError(f"{type(node).__name__} is not a phrase")
