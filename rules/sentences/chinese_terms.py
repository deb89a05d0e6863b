"""Terms in Chinese: conditions as clauses, expressions as nouns, events and windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, assert_never

from msgspec import structs

from models.types import DURATION, Kind, Type
from rules import typed
from rules.language.keywords import CHINESE_DAYS, ENGLISH_DAYS, Language
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
        AggregateFunction.COUNT: "{events}的次数",
        AggregateFunction.SUM: "{events}的{field}合计",
        AggregateFunction.AVERAGE: "{events}的{field}平均值",
        AggregateFunction.LOWEST: "{events}的{field}最低值",
        AggregateFunction.HIGHEST: "{events}的{field}最高值",
        AggregateFunction.DISTINCT: "{events}的不同{field}个数",
        AggregateFunction.FIRST: "首次{events}的{field}",
        AggregateFunction.LAST: "最近一次{events}的{field}",
        AggregateFunction.TIME_BETWEEN: "{events}的平均间隔",
    }
)
_COMPARED: Final = MappingProxyType(
    {
        Comparator.IS: "是",
        Comparator.IS_NOT: "不是",
        Comparator.LESS: "低于",
        Comparator.AT_MOST: "不高于",
        Comparator.MORE: "高于",
        Comparator.AT_LEAST: "不低于",
    }
)
_COMPARED_IN_TIME: Final = MappingProxyType(
    {
        Comparator.IS: "是",
        Comparator.IS_NOT: "不是",
        Comparator.LESS: "早于",
        Comparator.AT_MOST: "不晚于",
        Comparator.MORE: "晚于",
        Comparator.AT_LEAST: "不早于",
    }
)
_SIGNS: Final = MappingProxyType(
    {Operator.ADD: "＋", Operator.SUBTRACT: "－", Operator.MULTIPLY: "×", Operator.DIVIDE: "÷"}
)
_RUNNING: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "今天",
        CalendarUnit.WEEK: "本周",
        CalendarUnit.MONTH: "本月",
        CalendarUnit.BILLING_CYCLE: "本账期",
    }
)
_PREVIOUS: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "昨天",
        CalendarUnit.WEEK: "上周",
        CalendarUnit.MONTH: "上月",
        CalendarUnit.BILLING_CYCLE: "上一账期",
    }
)
_COUNTED: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "天",
        CalendarUnit.WEEK: "周",
        CalendarUnit.MONTH: "个月",
        CalendarUnit.BILLING_CYCLE: "个账期",
    }
)
#: Values of `weekday`.
_DAYS: Final = MappingProxyType(dict(zip(ENGLISH_DAYS, (spellings[0] for spellings in CHINESE_DAYS), strict=True)))


@dataclass(frozen=True, slots=True)
class ChineseTerms:
    """Speaks of the terms of one rule."""

    about: Subject

    # ----------------------------------------------------------- conditions

    def _condition(self, condition: Condition) -> str:
        match condition:
            case typed.Compare(Comparator.IS, left, typed.Constant(bool(truth))):
                return f"{self._of(left)}为{'是' if truth else '否'}"
            case typed.Compare(operator, left, right):
                words = _COMPARED_IN_TIME if left.type.kind in {Kind.DATE, Kind.MOMENT} else _COMPARED
                return f"{self._of(left)}{words[operator]}{self._of(right)}"
            case typed.Between(of, low, high):
                return f"{self._of(of)}在{self._of(low)}到{self._of(high)}之间"
            case typed.OneOf(of, values):
                return f"{self._of(of)}是{self._one_of(values)}"
            case typed.Contains(of, values):
                return f"{self._of(of)}包含{self._one_of(values)}"
            case typed.StartsWith(of, value):
                return f"{self._of(of)}以{self._of(value)}开头"
            case typed.Known(of):
                return f"{self._of(of)}已知"
            case typed.Holds(of):
                return self._holds(of)
            case typed.Not(of):
                return self._denied(of)
            case typed.AllOf(parts):
                return "，且".join(map(self._part, parts))
            case typed.AnyOf(parts):
                return "，或".join(map(self._part, parts))
            case _:
                assert_never(condition)

    def _part(self, condition: Condition) -> str:
        text = self._condition(condition)
        return f"（{text}）" if isinstance(condition, typed.AllOf | typed.AnyOf) else text

    def _one_of(self, values: Sequence[Expression]) -> str:
        *others, last = [self._of(value) for value in values]
        return f"{'、'.join(others)}或{last}" if others else last

    def _holds(self, of: Expression) -> str:
        match of:
            case typed.Named(name):
                return f"客户属于“{self._name(name)}”"
            case typed.Truth(condition):
                return self._part(condition)
            case _:
                return f"{self._of(of)}为是"

    def _denied(self, condition: Condition) -> str:
        match condition:
            case typed.Known(of):
                return f"{self._of(of)}未知"
            case typed.OneOf(of, values):
                return f"{self._of(of)}不是{self._one_of(values)}"
            case typed.Holds(typed.Named(name)):
                return f"客户不属于“{self._name(name)}”"
            case _:
                return f"并非（{self._condition(condition)}）"

    # ---------------------------------------------------------- expressions

    def _of(self, node: Expression) -> str:
        """An expression as a noun."""
        match node:
            case typed.Constant(value, type_):
                text = said(value, type_, self.about.vocabulary, "zh")
                return f"“{text}”" if type_.kind in {Kind.TEXT, Kind.CELL} else self._choice(text, type_)
            case typed.FieldOf(name, _, step):
                return self._name(name) if step is None else f"{self._step_name(step)}的{self._name(name)}"
            case typed.Attribute(name):
                return self._hers(name)
            case typed.EachValue(name):
                return f"当前的{self._name(name)}"
            case typed.PlaceName(place):
                return f"“{self._name(place)}”的名称"
            case typed.Aggregate() | typed.SinceLast():
                return self._aggregate(node)
            case typed.Arithmetic():
                return self._arithmetic(node)
            case typed.Rounded(of):
                return self._of(of)
            case typed.Call():
                return self._call(node)
            case typed.Named(name):
                return f"“{self._name(name)}”"
            case typed.Truth(of):
                return f"是否{self._condition(of)}"
            case _:
                assert_never(node)

    def _choice(self, text: str, type_: Type) -> str:
        return _DAYS[text] if type_.choices == ENGLISH_DAYS else self._name(text)

    def _aggregate(self, node: typed.Aggregate | typed.SinceLast) -> str:
        apart = "" if node.each is None else f"同一{self._name(node.each)}的"
        events = f"{apart}{self._any_of(node.patterns)}"
        if isinstance(node, typed.SinceLast):
            return f"距上次{events}的时长"
        field = "" if node.field is None else self._name(node.field)
        return f"{self._window(node.window)}{_AGGREGATES[node.function].format(events=events, field=field)}"

    def _window(self, window: Window) -> str:
        match window:
            case typed.Sliding(length, 0):
                return f"近{self._length(length)}"
            case typed.Sliding(length, ending):
                return f"截至{self._length(ending)}前的{self._length(length)}内"
            case typed.CalendarWindow(unit, 0, 1):
                return _RUNNING[unit]
            case typed.CalendarWindow(unit, 1, 1):
                return _PREVIOUS[unit]
            case typed.CalendarWindow(unit, back, count):
                since = "此前" if back == count else f"从{back}{_COUNTED[unit]}前起的"
                return f"{since}{count}{_COUNTED[unit]}"
            case typed.Ever():
                return "有记录以来"
            case _:
                assert_never(window)

    def _arithmetic(self, node: typed.Arithmetic) -> str:
        match node:
            case typed.Arithmetic(Operator.MULTIPLY, typed.Constant(share, type_), of) if is_share(share, type_):
                return f"{self._factor(of)}的{percent(share)}"
            case typed.Arithmetic(Operator.MULTIPLY, typed.Constant() as times, of):
                return f"{self._factor(of)}的{self._of(times)}倍"
            case typed.Arithmetic(operator, left, right):
                before = self._of(left) if reads_on(left, operator) else self._factor(left)
                return f"{before}{_SIGNS[operator]}{self._factor(right)}"

    def _factor(self, node: Expression) -> str:
        """A value within arithmetic: in brackets if it is arithmetic itself."""
        inner = without_rounding(node)
        return f"（{self._of(inner)}）" if isinstance(inner, typed.Arithmetic) else self._of(inner)

    def _call(self, node: typed.Call) -> str:
        arguments = [self._of(argument) for argument in node.arguments]
        match node.function:
            case Function.HOUR:
                return "当前小时"
            case Function.WEEKDAY:
                return "星期几"
            case Function.DAY_OF_BILLING_CYCLE:
                return "账期第几天"
            case Function.DAYS_IN_BILLING_CYCLE:
                return "账期天数"
            case Function.DAYS_UNTIL:
                return f"距{arguments[0]}的天数"
            case Function.DAYS_SINCE:
                return f"{arguments[0]}至今的天数"
            case Function.AGE:
                return f"{arguments[0]}至今的周年数"
            case Function.DISTANCE:
                return f"客户到“{self._name(node.place or '')}”的距离"
            case Function.NPS_GROUP:
                return f"{arguments[0]}的NPS分组"
            case _:
                return self._of_values(node.function, arguments)

    def _of_values(
        self, function: Literal[Function.LOWER, Function.HIGHER, Function.ROUND], arguments: list[str]
    ) -> str:
        match function:
            case Function.LOWER:
                return f"{arguments[0]}与{arguments[1]}中的较低者"
            case Function.HIGHER:
                return f"{arguments[0]}与{arguments[1]}中的较高者"
            case Function.ROUND:
                return f"{arguments[0]}取整"
            case _:
                assert_never(function)

    # ---------------------------------------------------------- events, places

    def _any_of(self, patterns: Sequence[typed.Pattern | typed.PlacePattern]) -> str:
        return "或".join(self._pattern(one) for one in patterns)

    def _pattern(self, pattern: typed.Pattern | typed.PlacePattern) -> str:
        if isinstance(pattern, typed.PlacePattern):
            return self._visit(pattern)
        where = "" if pattern.where is None else f"（其中{self._condition(pattern.where)}）"
        return f"“{self._name(pattern.event)}”{where}"

    def _visit(self, visit: typed.PlacePattern) -> str:
        place = self.about.vocabulary.places.get(visit.place)
        named = f"{'任一' if place is not None and place.kind else ''}“{self._name(visit.place)}”"
        match visit.verb:
            case PlaceVerb.ENTERS:
                return f"进入{named}"
            case PlaceVerb.LEAVES:
                return f"离开{named}"
            case PlaceVerb.STAYS:
                return f"在{named}停留{self._length(visit.duration)}"
            case _:
                assert_never(visit.verb)

    # ------------------------------------------------------------- the words

    def _name(self, canonical: str) -> str:
        return self.about.name(canonical, Language.CHINESE)

    def _hers(self, attribute: str) -> str:
        """`客户套餐`, `客户经理`, `客户的plan`."""
        name = self._name(attribute)
        if name.startswith("客户"):
            return name
        return f"客户的{name}" if name[0].isascii() else f"客户{name}"

    def _template(self, text: typed.Template) -> str:
        """A text as a file writes it, its placeholders by the names of the language."""
        named = (part if isinstance(part, str) else structs.replace(part, name=self._name(part.name)) for part in text)
        return written(tuple(named))

    def _step_name(self, number: int) -> str:
        if self.about.visits(number):
            return "客户位置"
        called = self.about.step(number)
        return f"第{number + 1}步" if called is None else f"“{self._name(called)}”"

    def _length(self, millis: int) -> str:
        return said(millis, DURATION, self.about.vocabulary, "zh")
