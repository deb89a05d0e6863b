"""The sentences of a rule in English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final, assert_never

from models.types import DATE
from rules import typed
from rules.sentences.english_terms import UNITS, EnglishTerms, counted, joined
from rules.sentences.explanation import Part, Sentence
from rules.sentences.subject import may_be_unknown
from rules.sentences.values import clock, percent, said
from rules.typed import (
    Comparator,
    Condition,
    StepKind,
    Window,
)
from rules.workspace.rule_file import Response

HEADINGS: Final = MappingProxyType(
    {
        Part.STATE: "Whether it runs",
        Part.WHEN: "When it acts",
        Part.FOR_WHOM: "For whom",
        Part.NOT_FOR_WHOM: "Not for whom",
        Part.SENT: "What she gets",
        Part.LATER: "What follows later",
        Part.HOW_OFTEN: "How often",
        Part.MEASURED: "How it is measured",
        Part.FACTS: "Facts it uses",
    }
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LANGUAGES: Final = MappingProxyType({"en": "English", "zh": "Chinese"})
_KINDS: Final = MappingProxyType({"guidance": "guidance", "offer": "offers", "grant": "grants", "task": "tasks"})


class English(EnglishTerms):
    """Speaks of one rule."""

    # ------------------------------------------------------------ the parts

    def state(self) -> Iterable[Sentence]:
        """Whether it runs now: `runs`, `paused`."""
        rule = self.about.rule
        if rule.paused:
            yield Sentence("It is paused: nothing comes of it now, but its facts go on.")
        first, last = (None if day is None else said(day, DATE, self.about.vocabulary, "en") for day in rule.runs)
        if first is not None and last is not None:
            yield Sentence(f"It runs from {first} to {last}, both days included.")
        elif first is not None:
            yield Sentence(f"It runs from {first} on.")
        elif last is not None:
            yield Sentence(f"It runs until {last}, that day included.")

    def when(self) -> Iterable[Sentence]:
        """The situation, and what is kept apart."""
        yield from self._situation(self.about.rule.situation)
        if self.about.rule.each is not None:
            each = self._name(self.about.rule.each)
            yield Sentence(f"Everything here is kept apart by {each}: each {each} counts by itself.")

    def for_whom(self) -> Iterable[Sentence]:
        return self._only_if(self.about.rule.only_if)

    def not_for_whom(self) -> Iterable[Sentence]:
        return self._unless(self.about.rule.unless)

    def sent(self) -> Iterable[Sentence]:
        """The blocks that are due at once."""
        for block in self.about.rule.blocks:
            if block.after is None:
                yield from self._block(block)

    def later(self) -> Iterable[Sentence]:
        """The blocks to come, and what ends them."""
        for block in self.about.rule.blocks:
            if block.after is not None:
                delay = self._length(block.after.delay)
                without = self._clause(block.after.without)
                unless = f", unless {without} before" if without else ""
                yield Sentence(f"{delay} later{unless}:", tuple(self._block(block)))
        if self.about.rule.stop_when:
            yield Sentence(f"As soon as {self._clause(self.about.rule.stop_when)}, all that is still to come ends.")

    def how_often(self) -> Iterable[Sentence]:
        each = self.about.rule.each
        apart = "" if each is None else f" for each {self._name(each)}"
        for cap in self.about.rule.at_most:
            yield Sentence(f"At most {_times(cap.number)} {self._period(cap.window)}{apart}.")
        if not self.about.rule.at_most:
            yield Sentence("Every time, without a limit of its own.")

    def measured(self, success: Response | None, harm: Response | None) -> Iterable[Sentence]:
        """The control group, and what customers do afterwards."""
        control = self.about.rule.control
        if control is None:
            yield Sentence("There is no control group, so nobody will know what it changed.")
        else:
            kinds = joined([_KINDS[kind] for kind in control.kinds], "or")
            share = percent(control.share)
            yield Sentence(f"{share} of customers are the control group: they get no {kinds} from it.")
        if success is not None:
            yield Sentence(f"It is a success if {self._response(success)}.")
        if harm is not None:
            yield Sentence(f"It does harm if {self._response(harm)}.")

    def facts(self) -> Iterable[Sentence]:
        for fact in self.about.facts():
            if isinstance(fact.of, typed.Truth):
                yield Sentence(f'"{self._name(fact.name)}" is said of a customer if {self._condition(fact.of.of)}.')
            else:
                yield Sentence(f'"{self._name(fact.name)}" is {self._of(fact.of)}.')

    # ----------------------------------------------------------- situations

    def _situation(self, situation: typed.Situation) -> Iterable[Sentence]:
        match situation:
            case typed.Happens(patterns):
                yield Sentence(f"When {self._clause(patterns)}.")
            case typed.Crosses(condition):
                yield Sentence(f"When {self._change(condition)}.")
            case typed.Visits(pattern):
                yield Sentence(f"When {self._visit(pattern)}.")
            case typed.Sequence(steps):
                told = tuple(self._step(number, step) for number, step in enumerate(steps))
                yield Sentence("When all of this happens, in this order:", told)
            case typed.Moment(when):
                exact = isinstance(when, typed.Around) and when.shift.millis
                yield Sentence(_sentence(f"{self._moment(when)}{'' if exact else ', by her own clock'}"))
            case _:
                assert_never(situation)

    def _change(self, condition: Condition) -> str:
        match condition:
            case typed.Compare(Comparator.AT_LEAST, left, right):
                return f"{self._of(left)} reaches {self._of(right)}"
            case typed.Compare(Comparator.LESS, left, right):
                return f"{self._of(left)} falls below {self._of(right)}"
            case typed.Compare(Comparator.IS, left, right):
                return f"{self._of(left)} becomes {self._of(right)}"
            case typed.Holds(typed.Named(name)):
                return f'she becomes "{self._name(name)}"'
            case _:
                return f"it becomes true that {self._condition(condition)}"

    def _step(self, number: int, step: typed.Step) -> Sentence:
        what = self._clause(step.patterns)
        called = f' (called "{step.name}")' if step.name is not None else ""
        since = "" if step.after == number - 1 else f" after {self._step_name(step.after)}"
        match step.kind:
            case StepKind.FIRST:
                return Sentence(_sentence(f"{what}{called}"))
            case StepKind.THEN:
                return Sentence(f"Then, within {self._length(step.duration)}{since}, {what}{called}.")
            case StepKind.WITHOUT:
                events = self._any_of(step.patterns)
                return Sentence(f"Then, for {self._length(step.duration)}{since}, {events} does not happen.")
            case _:
                assert_never(step.kind)

    def _clause(self, patterns: Sequence[typed.Pattern | typed.PlacePattern]) -> str:
        """`"paid" or "basket" happens, or she enters "airport"`."""
        events = [one for one in patterns if isinstance(one, typed.Pattern)]
        visits = [self._visit(one) for one in patterns if isinstance(one, typed.PlacePattern)]
        return ", or ".join([*([f"{self._any_of(events)} happens"] if events else []), *visits])

    def _moment(
        self, when: typed.EveryDay | typed.EveryWeek | typed.EveryCycle | typed.EveryYear | typed.Around
    ) -> str:
        match when:
            case typed.EveryDay(at):
                return f"every day at {clock(at)}"
            case typed.EveryWeek(weekday, at):
                return f"every {_DAYS[weekday]} at {clock(at)}"
            case typed.EveryCycle(day, at):
                return f"on day {day} of her billing cycle at {clock(at)}"
            case typed.EveryYear(of, at, patterns):
                return f"every year on the day of {self._of(of)} at {clock(at)}{self._of_events(patterns)}"
            case typed.Around(of, shift, at, patterns):
                time = "" if at is None else f" at {clock(at)}"
                return f"{self._shift(shift)} {self._of(of)}{time}{self._of_events(patterns)}"
            case _:
                assert_never(when)

    def _of_events(self, patterns: Sequence[typed.Pattern]) -> str:
        """The events whose field a moment counts from, where they say more than their name."""
        return "" if all(one.where is None for one in patterns) else f", of {self._any_of(patterns)}"

    def _shift(self, shift: typed.Shift) -> str:
        if not shift.days and not shift.millis:
            return "at"
        length = counted(abs(shift.days), "day") if shift.days else self._length(abs(shift.millis))
        return f"{length} {'before' if shift.days < 0 or shift.millis < 0 else 'after'}"

    # -------------------------------------------------------------- actions

    def _block(self, block: typed.Block) -> Iterable[Sentence]:
        told = [self._action(action) for action in block.actions]
        messages = [action for action in block.actions if not isinstance(action, typed.Task)]
        if len(messages) > 1:
            told.append(Sentence(f"The {' and the '.join(map(_kind, messages))} go out as one message."))
        if block.by:
            told.append(Sentence(self._channels(block)))
        if block.good_for is not None:
            told.append(Sentence(f"It is worth sending for {self._length(block.good_for)}."))
        conditions = [f"if {self._condition(line.condition)}" for line in block.only_if]
        conditions += [f"unless {self._unless_it(line)}" for line in block.unless]
        if conditions:
            yield Sentence(_sentence(", and ".join(conditions), ":"), tuple(told))
        else:
            yield from told

    def _channels(self, block: typed.Block) -> str:
        channels = [self._name(channel) for channel in block.by]
        if block.by_all:
            return f"It goes by each of {joined(channels, 'and')}."
        if len(channels) == 1:
            return f"It goes by {channels[0]} only."
        return f"It goes by {joined(channels, 'or')}: the first that reaches her, her own choice before all."

    def _action(self, action: typed.Action) -> Sentence:
        match action:
            case typed.Guide(texts):
                told = tuple(Sentence(f"{_LANGUAGES.get(code, code)}: {self._template(text)}") for code, text in texts)
                return Sentence("She gets this guidance, a message of service:", told)
            case typed.Offer(name):
                return Sentence(f'She is made the offer "{self.about.title(name, "en")}" ({name}).')
            case typed.Grant(name):
                return Sentence(f'She is granted "{self.about.title(name, "en")}" ({name}), as an exception.')
            case typed.Task():
                return self._task(action)
            case _:
                assert_never(action)

    def _task(self, task: typed.Task) -> Sentence:
        who = task.who if isinstance(task.who, str) else f"person who is {self._of(task.who)}"
        told = [Sentence(f"What: {self._template(task.what)}")]
        if task.why is not None:
            told.append(Sentence(f"Why: {self._template(task.why)}"))
        if task.due is not None:
            told.append(Sentence(f"Due within {self._length(task.due)}."))
        if task.worth is not None:
            told.append(Sentence(f"It is worth {self._of(task.worth)}."))
        return Sentence(f"A task goes to the {who}:", tuple(told))

    def _only_if(self, lines: Iterable[typed.Line]) -> Iterable[Sentence]:
        return (Sentence(f"Only if {self._condition(line.condition)}.") for line in lines)

    def _unless(self, lines: Iterable[typed.Line]) -> Iterable[Sentence]:
        return (Sentence(f"Not if {self._unless_it(line)}.") for line in lines)

    def _unless_it(self, line: typed.Line) -> str:
        """A missing value counts as holding here, so it is said where one may be missing."""
        text = self._condition(line.condition)
        return f"{text} or nobody knows" if may_be_unknown(line.condition) else text

    def _period(self, window: Window) -> str:
        match window:
            case typed.Sliding(length):
                return f"in any {self._length(length)}"
            case typed.CalendarWindow(unit):
                return f"per {UNITS[unit]}, by her own calendar"
            case typed.Ever():
                return "ever"
            case _:
                assert_never(window)

    def _response(self, response: Response) -> str:
        patterns, within = response
        return f"{self._clause(patterns)} within {self._length(within)}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _sentence(text: str, end: str = ".") -> str:
    return f"{text[0].upper()}{text[1:]}{end}"


def _kind(action: typed.Guide | typed.Offer | typed.Grant) -> str:
    return {typed.Guide: "guidance", typed.Offer: "offer", typed.Grant: "grant"}[type(action)]
