"""Printing: a syntax tree as the English phrase it is, with no more brackets than needed.

`parse(print_english(tree)) == tree` for every tree that parsing can give.
"""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Final

from rules.language import tree
from rules.language.keywords import ENGLISH, ENGLISH_DAYS
from rules.language.tree import Group, Node, Patterns, Phrase, Value, Visit, Window
from rules.language.unit_words import with_unit
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind


class _Level(IntEnum):
    """How closely the parts of a phrase hold together; a part that holds less closely than asked for gets brackets."""

    WHERE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    #: A value as a whole: `round`, `lower of` and all arithmetic.
    VALUE = 5
    SUM = 6
    PRODUCT = 7
    FACTOR = 8
    PRIMARY = 9


_OPERATORS: Final = {
    Operator.ADD: (_Level.SUM, _Level.PRODUCT),
    Operator.SUBTRACT: (_Level.SUM, _Level.PRODUCT),
    Operator.MULTIPLY: (_Level.PRODUCT, _Level.FACTOR),
    Operator.DIVIDE: (_Level.PRODUCT, _Level.FACTOR),
}
_AGGREGATES: Final = {
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
_FUNCTIONS: Final = {
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
_VERBS: Final = {PlaceVerb.ENTERS: "ENTERS", PlaceVerb.LEAVES: "LEAVES", PlaceVerb.STAYS: "STAYS_IN"}
_COMPARATORS: Final = {Comparator.IS: "is", Comparator.IS_NOT: "is not"}
_UNITS: Final = {
    CalendarUnit.DAY: "DAY",
    CalendarUnit.WEEK: "WEEK",
    CalendarUnit.MONTH: "MONTH",
    CalendarUnit.BILLING_CYCLE: "BILLING_CYCLE",
}
_GREEDY: Final = frozenset({Function.LOWER, Function.HIGHER, Function.ROUND})


def print_english(node: Phrase | Window) -> str:
    """The phrase in English."""
    match node:
        case Patterns():
            return _patterns(node)
        case tree.Reaches(left, right):
            return f"{_value(left)} {_word('REACHES')} {_value(right)}"
        case tree.FallsBelow(left, right):
            return f"{_value(left)} {_word('FALLS_BELOW')} {_value(right)}"
        case tree.Becomes(left, right):
            return f"{'' if left is None else _value(left) + ' '}{_word('BECOMES')} {_value(right)}"
        case tree.EveryDay() | tree.EveryWeek() | tree.EveryCycle() | tree.EveryYear() | tree.Around():
            return _moment(node)
        case tree.Step():
            return _step(node)
        case tree.LastLength() | tree.CalendarSpan() | tree.Ever():
            return _window(node)
        case tree.Cap() | tree.After() | tree.Share() | tree.Channels() | tree.Success():
            return _beside(node)
        case _:
            return _node(node, _Level.OR)


def _word(token: str) -> str:
    return ENGLISH[token][0]


def _value(node: Value) -> str:
    return _node(node, _Level.VALUE)


def _node(node: Node, level: _Level) -> str:
    """A value or condition where at least `level` is asked for."""
    text, own = _text(node)
    return f"({text})" if own < level else text


def _text(node: Node) -> tuple[str, _Level]:
    match node:
        case tree.Or(parts):
            return " or ".join(_node(part, _Level.AND) for part in parts), _Level.OR
        case tree.And(parts):
            return " and ".join(_node(part, _Level.NOT) for part in parts), _Level.AND
        case tree.Not(of):
            return f"not {_node(of, _Level.NOT)}", _Level.NOT
        case tree.Binary(operator, left, right):
            on_left, on_right = _OPERATORS[operator]
            return f"{_node(left, on_left)} {operator} {_node(right, on_right)}", on_left
        case tree.PercentOf(percent, of):
            return f"{percent:f}% of {_node(of, _Level.FACTOR)}", _Level.FACTOR
        case tree.Call(function) if function in _GREEDY:
            return _call(node), _Level.VALUE
        case tree.Compare() | tree.Between() | tree.OneOf() | tree.Contains() | tree.StartsWith() | tree.Known():
            return _comparison(node), _Level.COMPARISON
        case _:
            return _primary(node), _Level.PRIMARY


def _comparison(
    node: tree.Compare | tree.Between | tree.OneOf | tree.Contains | tree.StartsWith | tree.Known,
) -> str:
    match node:
        case tree.Compare(comparator, left, right):
            return f"{_value(left)} {_COMPARATORS.get(comparator, comparator.value)} {_value(right)}"
        case tree.Between(of, low, high):
            return f"{_value(of)} between {_value(low)} and {_value(high)}"
        case tree.OneOf(of, values, negated):
            return f"{_value(of)} {_word('IS_NOT_ONE_OF' if negated else 'IS_ONE_OF')} {_list(values)}"
        case tree.Contains(of, (value,)):
            return f"{_value(of)} {_word('CONTAINS')} {_value(value)}"
        case tree.Contains(of, values):
            return f"{_value(of)} {_word('CONTAINS_ONE_OF')} {_list(values)}"
        case tree.StartsWith(of, value):
            return f"{_value(of)} {_word('STARTS_WITH')} {_value(value)}"
        case tree.Known(of, negated):
            return f"{_value(of)} {_word('IS_NOT_KNOWN' if negated else 'IS_KNOWN')}"


def _list(values: tuple[Value, ...]) -> str:
    return f"[{', '.join(_value(value) for value in values)}]"


def _call(node: tree.Call) -> str:
    word = _word(_FUNCTIONS[node.function])
    match node.function:
        case Function.LOWER | Function.HIGHER:
            low, high = node.arguments
            return f"{word} {_value(low)} and {_value(high)}"
        case Function.ROUND:
            return f"{word} {_value(node.arguments[0])}"
        case Function.DISTANCE if node.place is not None:
            return f"{word} {node.place.text}"
        case _:
            return " ".join([word, *(_node(argument, _Level.PRIMARY) for argument in node.arguments)])


def _primary(node: Node) -> str:
    match node:
        case tree.Number(value):
            return f"{value:f}"
        case tree.Percent(value):
            return f"{value:f}%"
        case tree.Quantity(value, unit):
            return with_unit(value, unit)
        case tree.Quoted(text):
            return '"' + text.replace('"', '""') + '"'
        case tree.Date(day):
            return day.isoformat()
        case tree.Clock(minutes):
            return _clock(minutes)
        case tree.DateTime(day, minutes):
            return f"{day.isoformat()} {_clock(minutes)}"
        case tree.DayName(weekday):
            return ENGLISH_DAYS[weekday]
        case tree.Name(text):
            return text
        case tree.Dotted(owner, name):
            return f"{owner.text}.{name.text}"
        case tree.SinceLast(patterns):
            return f"{_word('TIME_SINCE_LAST')} {_single(patterns)}"
        case tree.Aggregate(function, field, patterns, window):
            of = "" if field is None else f"{field.text} of "
            return f"{_word(_AGGREGATES[function])} {of}{_patterns(patterns)} over {_window(window)}"
        case tree.Call():
            return _call(node)
        case _:
            raise TypeError(f"{type(node).__name__} is not a value")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# ------------------------------------------------------ events, situations


def _patterns(node: Patterns) -> str:
    if len(node.groups) == 1:
        return _group(node.groups[0])
    return " or ".join(_group(group) if group.where is None else f"({_group(group)})" for group in node.groups)


def _single(node: Patterns) -> str:
    """Alternatives where one name, or brackets, are asked for."""
    (first, *others) = node.groups
    plain = not others and first.where is None and len(first.events) == 1
    return _patterns(node) if plain else f"({_patterns(node)})"


def _group(group: Group) -> str:
    return _events(group) + _where(group)


def _events(group: Group) -> str:
    return " or ".join(_visit(event) if isinstance(event, Visit) else event.text for event in group.events)


def _where(group: Group) -> str:
    return "" if group.where is None else f" where {_node(group.where, _Level.OR)}"


def _visit(visit: Visit) -> str:
    duration = "" if visit.duration is None else f" for {print_english(visit.duration)}"
    return f"{_word(_VERBS[visit.verb])} {visit.place.text}{duration}"


def _step(step: tree.Step) -> str:
    word = {StepKind.FIRST: "", StepKind.THEN: "then ", StepKind.WITHOUT: "without "}[step.kind]
    name = "" if step.name is None else f" as {step.name.text}"
    if len(step.patterns.groups) == 1:
        (group,) = step.patterns.groups
        events = f"{_events(group)}{name}{_where(group)}"
    else:
        events = _patterns(step.patterns) + name
    lasting = "for" if step.kind is StepKind.WITHOUT else "within"
    duration = "" if step.duration is None else f" {lasting} {print_english(step.duration)}"
    after = "" if step.after is None else f" after {step.after.text}"
    return f"{word}{events}{duration}{after}"


def _moment(node: tree.Moment) -> str:
    match node:
        case tree.EveryDay(time):
            return f"every day at {_clock(time)}"
        case tree.EveryWeek(weekday, time):
            return f"every {ENGLISH_DAYS[weekday]} at {_clock(time)}"
        case tree.EveryCycle(day, time):
            return f"on day {day} of billing cycle at {_clock(time)}"
        case tree.EveryYear(of, time):
            return f"every year on {_value(of)} at {_clock(time)}"
        case tree.Around(length, before, of, time):
            at = "" if time is None else f" at {_clock(time)}"
            return f"{print_english(length)} {'before' if before else 'after'} {_value(of)}{at}"


def _window(window: Window) -> str:
    match window:
        case tree.Ever():
            return _word("EVER")
        case tree.LastLength(length, ending):
            ago = "" if ending is None else f" ending {print_english(ending)} ago"
            return f"last {print_english(length)}{ago}"
        case tree.CalendarSpan(CalendarUnit.DAY, 0, 1):
            return _word("TODAY")
        case tree.CalendarSpan(unit, 0, _):
            return f"this {_word(_UNITS[unit])}"
        case tree.CalendarSpan(unit, 1, 1):
            return f"previous {_word(_UNITS[unit])}"
        case tree.CalendarSpan(_, _, count):
            return f"last {count} billing cycles"


def _beside(node: tree.Cap | tree.After | tree.Share | tree.Channels | tree.Success) -> str:
    match node:
        case tree.Cap(number, None):
            return f"{number} ever"
        case tree.Cap(number, CalendarUnit() as unit):
            return f"{number} per {_word(_UNITS[unit])}"
        case tree.Cap(number, tree.Quantity() as length):
            return f"{number} per {print_english(length)}"
        case tree.After(delay, without):
            return print_english(delay) + ("" if without is None else f" without {_patterns(without)}")
        case tree.Share(percent, kinds):
            of = " and ".join(kind.text for kind in kinds)
            return f"{_percent(percent)}{' of ' if of else ''}{of}"
        case tree.Channels(names, all_of):
            listed = ", ".join(name.text for name in names)
            return f"all of [{listed}]" if all_of else listed if len(names) == 1 else f"[{listed}]"
        case tree.Success(patterns, within):
            return f"{_patterns(patterns)} within {print_english(within)}"
    raise TypeError(f"{type(node).__name__} is not a phrase")


def _percent(percent: Decimal) -> str:
    return f"{percent:f}%"
