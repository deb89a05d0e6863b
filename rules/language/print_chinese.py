"""Chinese phrases from syntax trees: no spaces but between Latin words, brackets and commas of full width."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from rules.language import tree
from rules.language.keywords import CHINESE, CHINESE_DAYS
from rules.language.printer import Level, Printer, clock
from rules.language.tree import Group, Patterns, Value, Visit, Window
from rules.language.unit_words import with_chinese_unit
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind

_SIGNS: Final = MappingProxyType(
    {
        Operator.ADD: ("+", Level.SUM, Level.PRODUCT),
        Operator.SUBTRACT: ("-", Level.SUM, Level.PRODUCT),
        Operator.MULTIPLY: ("×", Level.PRODUCT, Level.FACTOR),
        Operator.DIVIDE: ("÷", Level.PRODUCT, Level.FACTOR),
    }
)
#: What stands behind `WINDOW EVENT`; those of a field behind `WINDOW EVENT的FIELD`.
_AGGREGATES: Final = MappingProxyType(
    {
        AggregateFunction.COUNT: "COUNT_OF",
        AggregateFunction.TIME_BETWEEN: "AVERAGE_TIME_BETWEEN",
        AggregateFunction.SUM: "SUM_OF",
        AggregateFunction.AVERAGE: "AVERAGE_OF",
        AggregateFunction.LOWEST: "LOWEST_OF",
        AggregateFunction.HIGHEST: "HIGHEST_OF",
        AggregateFunction.DISTINCT: "DISTINCT_OF",
    }
)
_ENDS: Final = MappingProxyType({AggregateFunction.FIRST: "FIRST_OF", AggregateFunction.LAST: "LAST_OF"})
_NULLARY: Final = MappingProxyType(
    {
        Function.HOUR: "HOUR",
        Function.WEEKDAY: "WEEKDAY",
        Function.DAY_OF_BILLING_CYCLE: "DAY_OF_BILLING_CYCLE",
        Function.DAYS_IN_BILLING_CYCLE: "DAYS_IN_BILLING_CYCLE",
    }
)
_COMPARATORS: Final = MappingProxyType(
    {
        Comparator.IS: "IS",
        Comparator.IS_NOT: "IS_NOT",
        Comparator.LESS: "LESS",
        Comparator.AT_MOST: "AT_MOST",
        Comparator.MORE: "MORE",
        Comparator.AT_LEAST: "AT_LEAST",
    }
)
_BESIDE_TRUTH: Final = MappingProxyType({Comparator.IS: "等于", Comparator.IS_NOT: "不等于"})
_BESIDE_DATE: Final = MappingProxyType(
    {Comparator.LESS: "早于", Comparator.AT_MOST: "不晚于", Comparator.MORE: "晚于", Comparator.AT_LEAST: "不早于"}
)
_WINDOWS: Final = MappingProxyType(
    {
        (CalendarUnit.DAY, 0): "TODAY",
        (CalendarUnit.WEEK, 0): "THIS_WEEK",
        (CalendarUnit.MONTH, 0): "THIS_MONTH",
        (CalendarUnit.BILLING_CYCLE, 0): "THIS_CYCLE",
        (CalendarUnit.DAY, 1): "YESTERDAY",
        (CalendarUnit.WEEK, 1): "PREVIOUS_WEEK",
        (CalendarUnit.MONTH, 1): "PREVIOUS_MONTH",
        (CalendarUnit.BILLING_CYCLE, 1): "PREVIOUS_CYCLE",
    }
)
_PERIODS: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "EVERY_DAY",
        CalendarUnit.WEEK: "EVERY_WEEK",
        CalendarUnit.MONTH: "EVERY_MONTH",
        CalendarUnit.BILLING_CYCLE: "EVERY_CYCLE",
    }
)
#: How `becomes` is said where nothing stands before it.
_BECOME: Final = CHINESE["BECOMES"][1]


def _word(token: str) -> str:
    return CHINESE[token][0]


class Chinese(Printer):
    """Prints Chinese."""

    def _in_brackets(self, text: str) -> str:
        return f"（{text}）"

    def _either(self, parts: Iterable[str]) -> str:
        return _word("OR").join(parts)

    # ------------------------------------------------ values and conditions

    def _joined(self, node: tree.Or | tree.And | tree.Not) -> tuple[str, Level]:
        match node:
            case tree.Or(parts):
                return self._either(self._node(part, Level.AND) for part in parts), Level.OR
            case tree.And(parts):
                return _word("AND").join(self._node(part, Level.NOT) for part in parts), Level.AND
            case tree.Not(of):
                return f"{_word('NOT')}{self._node(of, Level.NOT)}", Level.NOT

    def _comparison(self, node: tree.Comparison) -> str:
        of = self._value(node.left if isinstance(node, tree.Compare) else node.of)
        match node:
            case tree.Compare(comparator, _, right):
                return f"{of}{self._comparator(comparator, right)}{self._value(right)}"
            case tree.Between(_, low, high):
                return f"{of}在{self._value(low)}到{self._value(high)}之间"
            case tree.OneOf(_, values, negated):
                return f"{of}{_word('IS_NOT_ONE_OF' if negated else 'IS_ONE_OF')}{self._list(values)}"
            case tree.Contains(_, (value,)):
                return f"{of}{_word('CONTAINS')}{self._value(value)}"
            case tree.Contains(_, values):
                return f"{of}{_word('CONTAINS')}{self._list(values)}{_word('ANY_ONE')}"
            case tree.StartsWith(_, value):
                return f"{of}以{self._value(value)}开头"
            case tree.Known(_, negated):
                return f"{of}{_word('IS_NOT_KNOWN' if negated else 'IS_KNOWN')}"

    @staticmethod
    def _comparator(comparator: Comparator, right: Value) -> str:
        """`是`, but `等于` beside the words `是` and `否`; `高于`, but `晚于` beside a date."""
        if isinstance(right, tree.Name) and right.text in {"yes", "no"}:
            return _BESIDE_TRUTH.get(comparator) or _word(_COMPARATORS[comparator])
        if isinstance(right, tree.Date | tree.DateTime):
            return _BESIDE_DATE.get(comparator) or _word(_COMPARATORS[comparator])
        return _word(_COMPARATORS[comparator])

    def _list(self, values: tuple[Value, ...]) -> str:
        return f"[{'、'.join(self._value(value) for value in values)}]"

    def _arithmetic(self, node: tree.Binary | tree.PercentOf) -> tuple[str, Level]:
        if isinstance(node, tree.PercentOf):
            return f"{self._node(node.of, Level.FACTOR)}的{node.percent:f}%", Level.FACTOR
        if node.operator is Operator.MULTIPLY and isinstance(node.left, tree.Number) and node.left.value >= 0:
            return f"{self._node(node.right, Level.FACTOR)}的{node.left.value:f}{_word('FOLD')}", Level.FACTOR
        sign, on_left, on_right = _SIGNS[node.operator]
        left, right = self._node(node.left, on_left), self._node(node.right, on_right)
        # A bracket of full width brings its own space.
        return (
            f"{left}{'' if left.endswith('）') else ' '}{sign}{'' if right.startswith('（') else ' '}{right}",
            on_left,
        )

    def _call(self, node: tree.Call) -> tuple[str, Level]:
        match node.function, node.arguments:
            case Function.LOWER | Function.HIGHER, (low, high):
                which = _word("LOWER_OF" if node.function is Function.LOWER else "HIGHER_OF")
                return f"{self._node(low, Level.SUM)}与{self._node(high, Level.SUM)}{which}", Level.VALUE
            case Function.ROUND, (of,):
                # All the arithmetic before it is rounded; the brackets say so to a reader.
                return f"{self._node(of, Level.FACTOR)}{_word('ROUND')}", Level.VALUE
            case Function.DISTANCE, _ if node.place is not None:
                return f"距{self._name(node.place)}的距离", Level.PRIMARY
            case Function.DAYS_UNTIL, (of,):
                return f"距{self._node(of, Level.PRIMARY)}的天数", Level.PRIMARY
            case Function.DAYS_SINCE, (of,):
                return f"{self._node(of, Level.FACTOR)}{_word('DAYS_SINCE')}", Level.FACTOR
            case Function.AGE, (of,):
                return f"{self._node(of, Level.FACTOR)}{_word('AGE_OF')}", Level.FACTOR
            case Function.NPS_GROUP, (of,):
                return f"{self._node(of, Level.FACTOR)}的{_word('NPS_GROUP_OF')}", Level.FACTOR
            case _:
                return _word(_NULLARY[node.function]), Level.PRIMARY

    def _aggregate(self, node: tree.Aggregate | tree.SinceLast) -> str:
        events = self._counted(node.patterns)
        if isinstance(node, tree.SinceLast):
            return f"距上次{events}的时长"
        field = "" if node.field is None else f"的{self._name(node.field)}"
        if node.function in _ENDS:
            window = "" if isinstance(node.window, tree.Ever) else self._window(node.window)
            return f"{window}{_word(_ENDS[node.function])}{events}{field}"
        return f"{self._window(node.window)}{events}{field}{_word(_AGGREGATES[node.function])}"

    def _counted(self, node: Patterns) -> str:
        """Alternatives between a window and what is counted: those with a condition stand in brackets."""
        return self._either(
            self._events(group) if group.where is None else f"（{self._group(group)}）" for group in node.groups
        )

    def _quantity(self, node: tree.Quantity) -> str:
        return with_chinese_unit(node.value, node.unit)

    def _quoted(self, text: str) -> str:
        return "“" + text.replace("”", "””") + "”"

    def _day(self, weekday: int) -> str:
        return CHINESE_DAYS[weekday][0]

    # ------------------------------------------------------ events, situations

    def _where(self, group: Group) -> str:
        return "" if group.where is None else f"，{_word('WHERE')}{self._node(group.where, Level.OR)}"

    def _visit(self, visit: Visit) -> str:
        place = self._name(visit.place)
        if visit.verb is PlaceVerb.STAYS:
            duration = "" if visit.duration is None else self._quantity(visit.duration)
            return f"在{place}{_word('STAYS_IN')}{duration}"
        return f"{_word('ENTERS' if visit.verb is PlaceVerb.ENTERS else 'LEAVES')}{place}"

    def _line(self, node: tree.Reaches | tree.FallsBelow | tree.Becomes) -> str:
        match node:
            case tree.Reaches(left, right):
                return f"{self._value(left)}{_word('REACHES')}{self._value(right)}"
            case tree.FallsBelow(left, right):
                return f"{self._value(left)}{_word('FALLS_BELOW')}{self._value(right)}"
            case tree.Becomes(None, right):
                return f"{_BECOME}{self._value(right)}"
            case tree.Becomes(left, right):
                return f"{'' if left is None else self._value(left)}{_word('BECOMES')}{self._value(right)}"

    def _step(self, step: tree.Step) -> str:
        after = "" if step.after is None else f"{self._name(step.after)}{_word('AFTER')}"
        lasting = "" if step.duration is None else f"{after}{self._quantity(step.duration)}{_word('WITHIN')}"
        word = {StepKind.FIRST: "", StepKind.THEN: _word("THEN"), StepKind.WITHOUT: _word("WITHOUT")}[step.kind]
        name = "" if step.name is None else f"，{_word('AS')}{self._name(step.name)}"
        events = f"{self._patterns(step.patterns)}{name}"
        return f"{word}{lasting}{events}" if step.kind is StepKind.THEN else f"{lasting}{word}{events}"

    def _moment(self, node: tree.Moment) -> str:
        match node:
            case tree.EveryDay(time):
                return f"{_word('EVERY_DAY')}{clock(time)}"
            case tree.EveryWeek(weekday, time):
                return f"{_word('PER')}{self._day(weekday)}{clock(time)}"
            case tree.EveryCycle(day, time):
                return f"{_word('ON_DAY')}{day}天{clock(time)}"
            case tree.EveryYear(of, time):
                return f"{_word('EVERY_YEAR_ON')}{self._value(of)}{_word('ON_THAT_DAY')}{clock(time)}"
            case tree.Around(length, before, of, time):
                at = "" if time is None else clock(time)
                return f"{self._value(of)}{_word('BEFORE' if before else 'AFTER')}{self._quantity(length)}{at}"

    def _window(self, window: Window) -> str:
        match window:
            case tree.Ever():
                return _word("EVER")
            case tree.LastLength(length, ending):
                ago = "" if ending is None else f"{_word('ENDING')}{self._quantity(ending)}前的"
                return f"{ago}{_word('LAST')}{self._quantity(length)}"
            case tree.CalendarSpan(unit, back, 1):
                return _word(_WINDOWS[unit, back])
            case tree.CalendarSpan(_, _, count):
                return f"{_word('LAST')}{count}{_word('BILLING_CYCLES')}"

    def _beside(self, node: tree.Cap | tree.After | tree.Share | tree.Channels | tree.Success) -> str:
        match node:
            case tree.Cap(number, per):
                return f"{self._period(per)}{number}{_word('TIMES_OVER')}"
            case tree.After(delay, None):
                return self._quantity(delay)
            case tree.After(delay, Patterns() as without):
                return f"{self._quantity(delay)}{_word('WITHIN')}{_word('WITHOUT')}{self._patterns(without)}"
            case tree.Share(percent, kinds):
                of = "、".join(self._name(kind) for kind in kinds)
                return f"{of}{'的' if of else ''}{percent:f}%"
            case tree.Channels(names, all_of):
                listed = "、".join(self._name(name) for name in names)
                return f"{_word('ALL_OF')}[{listed}]" if all_of else listed if len(names) == 1 else f"[{listed}]"
            case tree.Success(patterns, within):
                return f"{self._quantity(within)}{_word('WITHIN')}{self._patterns(patterns)}"
        raise TypeError(f"{type(node).__name__} is not a phrase")

    def _period(self, per: tree.Quantity | CalendarUnit | None) -> str:
        if per is None:
            return _word("EVER")
        return f"{_word('PER')}{self._quantity(per)}" if isinstance(per, tree.Quantity) else _word(_PERIODS[per])
