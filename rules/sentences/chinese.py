"""The sentences of a rule in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final, assert_never

from models.types import DATE
from rules import typed
from rules.sentences.chinese_terms import ChineseTerms
from rules.sentences.explanation import Part, Sentence
from rules.sentences.subject import may_be_unknown
from rules.sentences.values import clock, percent, said
from rules.typed import (
    CalendarUnit,
    Comparator,
    Condition,
    StepKind,
    Window,
)
from rules.workspace.rule_file import Response

HEADINGS: Final = MappingProxyType(
    {
        Part.STATE: "是否执行",
        Part.WHEN: "何时触发",
        Part.FOR_WHOM: "适用客户",
        Part.NOT_FOR_WHOM: "排除客户",
        Part.SENT: "发送内容",
        Part.LATER: "后续动作",
        Part.HOW_OFTEN: "频次上限",
        Part.MEASURED: "效果评估",
        Part.FACTS: "所用指标",
    }
)
_DAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_LANGUAGES: Final = MappingProxyType({"en": "英文", "zh": "中文"})
_KINDS: Final = MappingProxyType({"guidance": "提醒", "offer": "优惠", "grant": "特批", "task": "任务"})
_PER: Final = MappingProxyType(
    {
        CalendarUnit.DAY: "每天",
        CalendarUnit.WEEK: "每周",
        CalendarUnit.MONTH: "每月",
        CalendarUnit.BILLING_CYCLE: "每账期",
    }
)


class Chinese(ChineseTerms):
    """Speaks of one rule."""

    # ------------------------------------------------------------ the parts

    def state(self) -> Iterable[Sentence]:
        """Whether it runs now: `runs`, `paused`."""
        rule = self.about.rule
        if rule.paused:
            yield Sentence("已暂停：现在不触发，指标照常累计。")
        first, last = (None if day is None else said(day, DATE, self.about.vocabulary, "zh") for day in rule.runs)
        if first is not None and last is not None:
            yield Sentence(f"执行期为{first}至{last}，首尾两天都算。")
        elif first is not None:
            yield Sentence(f"从{first}起执行。")
        elif last is not None:
            yield Sentence(f"执行到{last}为止，当天也算。")

    def when(self) -> Iterable[Sentence]:
        """The situation, and what is kept apart."""
        yield from self._situation(self.about.rule.situation)
        if self.about.rule.each is not None:
            yield Sentence(
                f"分别按{self._name(self.about.rule.each)}计：每个{self._name(self.about.rule.each)}互不影响。"
            )

    def for_whom(self) -> Iterable[Sentence]:
        return (Sentence(f"仅当{self._condition(line.condition)}。") for line in self.about.rule.only_if)

    def not_for_whom(self) -> Iterable[Sentence]:
        return (Sentence(f"{self._unless_it(line)}时除外。") for line in self.about.rule.unless)

    def sent(self) -> Iterable[Sentence]:
        """The blocks that are due at once."""
        for block in self.about.rule.blocks:
            if block.after is None:
                yield from self._block(block)

    def later(self) -> Iterable[Sentence]:
        """The blocks to come, and what ends them."""
        for block in self.about.rule.blocks:
            if block.after is not None:
                without = f"，其间没有{self._any_of(block.after.without)}" if block.after.without else ""
                yield Sentence(f"{self._length(block.after.delay)}后{without}：", tuple(self._block(block)))
        if self.about.rule.stop_when:
            yield Sentence(f"一旦{self._happens(self.about.rule.stop_when)}，尚未执行的全部取消。")

    def how_often(self) -> Iterable[Sentence]:
        each = self.about.rule.each
        apart = "" if each is None else f"每个{self._name(each)}"
        for cap in self.about.rule.at_most:
            yield Sentence(f"{apart}{self._period(cap.window)}最多{cap.number}次。")
        if not self.about.rule.at_most:
            yield Sentence("每次都触发，本规则不设上限。")

    def measured(self, success: Response | None, harm: Response | None) -> Iterable[Sentence]:
        """The control group, and what customers do afterwards."""
        control = self.about.rule.control
        if control is None:
            yield Sentence("没有对照组，无从得知它改变了什么。")
        else:
            kinds = "、".join(_KINDS[kind] for kind in control.kinds)
            yield Sentence(f"{percent(control.share)}的客户为对照组，不会收到本规则的{kinds}。")
        if success is not None:
            yield Sentence(f"成效：{self._response(success)}。")
        if harm is not None:
            yield Sentence(f"负面：{self._response(harm)}。")

    def facts(self) -> Iterable[Sentence]:
        for fact in self.about.facts():
            if isinstance(fact.of, typed.Truth):
                yield Sentence(f"“{self._name(fact.name)}”指{self._condition(fact.of.of)}的客户。")
            else:
                yield Sentence(f"“{self._name(fact.name)}”是{self._of(fact.of)}。")

    # ----------------------------------------------------------- situations

    def _situation(self, situation: typed.Situation) -> Iterable[Sentence]:
        match situation:
            case typed.Happens(patterns):
                yield Sentence(f"当{self._happens(patterns)}时。")
            case typed.Crosses(condition):
                yield Sentence(f"当{self._change(condition)}时。")
            case typed.Visits(pattern):
                yield Sentence(f"当客户{self._visit(pattern)}时。")
            case typed.Sequence(steps):
                told = tuple(self._step(number, step) for number, step in enumerate(steps))
                yield Sentence("当下列情况依次出现时：", told)
            case typed.Moment(when):
                exact = isinstance(when, typed.Around) and when.shift.millis
                yield Sentence(f"{self._moment(when)}{'' if exact else '（按客户当地时间）'}。")
            case _:
                assert_never(situation)

    def _change(self, condition: Condition) -> str:
        match condition:
            case typed.Compare(Comparator.AT_LEAST, left, right):
                return f"{self._of(left)}达到{self._of(right)}"
            case typed.Compare(Comparator.LESS, left, right):
                return f"{self._of(left)}跌破{self._of(right)}"
            case typed.Compare(Comparator.IS, left, right):
                return f"{self._of(left)}变为{self._of(right)}"
            case typed.Holds(typed.Named(name)):
                return f"客户成为“{self._name(name)}”"
            case _:
                return f"由不成立变为成立：{self._condition(condition)}"

    def _step(self, number: int, step: typed.Step) -> Sentence:
        called = f"（记为“{step.name}”）" if step.name is not None else ""
        since = "" if step.after == number - 1 else f"{self._step_name(step.after)}之后"
        length = self._length(step.duration)
        match step.kind:
            case StepKind.FIRST:
                return Sentence(f"先是{self._happens(step.patterns)}{called}。")
            case StepKind.THEN:
                return Sentence(f"然后，{since}{length}内{self._happens(step.patterns)}{called}。")
            case StepKind.WITHOUT:
                return Sentence(f"然后，{since}{length}内没有{self._any_of(step.patterns)}。")
            case _:
                assert_never(step.kind)

    def _happens(self, patterns: Sequence[typed.Pattern | typed.PlacePattern]) -> str:
        """`发生“完成支付”，或客户进入“机场”`."""
        events = [one for one in patterns if isinstance(one, typed.Pattern)]
        visits = [f"客户{self._visit(one)}" for one in patterns if isinstance(one, typed.PlacePattern)]
        return "，或".join([*([f"发生{self._any_of(events)}"] if events else []), *visits])

    def _moment(
        self, when: typed.EveryDay | typed.EveryWeek | typed.EveryCycle | typed.EveryYear | typed.Around
    ) -> str:
        match when:
            case typed.EveryDay(at):
                return f"每天{clock(at)}"
            case typed.EveryWeek(weekday, at):
                return f"每{_DAYS[weekday]}{clock(at)}"
            case typed.EveryCycle(day, at):
                return f"每账期第{day}天{clock(at)}"
            case typed.EveryYear(of, at, patterns):
                return f"每年{self._of(of)}当天{clock(at)}{self._of_events(patterns)}"
            case typed.Around(of, shift, at, patterns):
                return f"{self._of(of)}{self._shift(shift)}{'' if at is None else clock(at)}{self._of_events(patterns)}"
            case _:
                assert_never(when)

    def _of_events(self, patterns: Sequence[typed.Pattern]) -> str:
        """The events whose field a moment counts from, where they say more than their name."""
        return "" if all(one.where is None for one in patterns) else f"，指{self._any_of(patterns)}"

    def _shift(self, shift: typed.Shift) -> str:
        if shift.days:
            return f"{'前' if shift.days < 0 else '后'}{abs(shift.days)}天"
        if shift.millis:
            return f"{'前' if shift.millis < 0 else '后'}{self._length(abs(shift.millis))}"
        return "当时"

    # -------------------------------------------------------------- actions

    def _block(self, block: typed.Block) -> Iterable[Sentence]:
        told = [self._action(action) for action in block.actions]
        messages = [action for action in block.actions if not isinstance(action, typed.Task)]
        if len(messages) > 1:
            told.append(Sentence(f"{'与'.join(map(_kind, messages))}合为一条消息发出。"))
        if block.by:
            told.append(Sentence(self._channels(block)))
        if block.good_for is not None:
            told.append(Sentence(f"{self._length(block.good_for)}内有效，过时不发。"))
        conditions = [self._condition(line.condition) for line in block.only_if]
        conditions += [f"并非（{self._unless_it(line)}）" for line in block.unless]
        if conditions:
            yield Sentence(f"如果{'，且'.join(conditions)}：", tuple(told))
        else:
            yield from told

    def _channels(self, block: typed.Block) -> str:
        channels = "、".join(map(self._name, block.by))
        if block.by_all:
            return f"同时经{channels}发送。"
        if len(block.by) == 1:
            return f"只经{channels}发送。"
        return f"经{channels}中第一个能触达客户的渠道发送，客户自选的渠道优先。"

    def _action(self, action: typed.Action) -> Sentence:
        match action:
            case typed.Guide(texts):
                told = tuple(Sentence(f"{_LANGUAGES.get(code, code)}：{self._template(text)}") for code, text in texts)
                return Sentence("向客户发送提醒（服务类消息）：", told)
            case typed.Offer(name):
                return Sentence(f"向客户提供优惠“{self.about.title(name, 'zh')}”（{name}）。")
            case typed.Grant(name):
                return Sentence(f"破例为客户特批“{self.about.title(name, 'zh')}”（{name}）。")
            case typed.Task():
                return self._task(action)
            case _:
                assert_never(action)

    def _task(self, task: typed.Task) -> Sentence:
        who = f"“{self._name(task.who)}”" if isinstance(task.who, str) else f"{self._of(task.who)}本人"
        told = [Sentence(f"事项：{self._template(task.what)}")]
        if task.why is not None:
            told.append(Sentence(f"事由：{self._template(task.why)}"))
        if task.due is not None:
            told.append(Sentence(f"时限：{self._length(task.due)}内。"))
        if task.worth is not None:
            told.append(Sentence(f"价值：{self._of(task.worth)}。"))
        return Sentence(f"给{who}派一项任务：", tuple(told))

    def _unless_it(self, line: typed.Line) -> str:
        """A missing value counts as holding here, so it is said where one may be missing."""
        text = self._condition(line.condition)
        return f"{text}或无从得知" if may_be_unknown(line.condition) else text

    def _period(self, window: Window) -> str:
        match window:
            case typed.Sliding(length):
                return f"任意{self._length(length)}内"
            case typed.CalendarWindow(unit):
                return f"{_PER[unit]}（按客户日历）"
            case typed.Ever():
                return "累计"
            case _:
                assert_never(window)

    def _response(self, response: Response) -> str:
        patterns, within = response
        return f"{self._length(within)}内{self._happens(patterns)}"


def _kind(action: typed.Guide | typed.Offer | typed.Grant) -> str:
    return {typed.Guide: "提醒", typed.Offer: "优惠", typed.Grant: "特批"}[type(action)]
