"""Printing and parsing are inverse on trees, and printing is stable on texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.places import Circle, Place
from models.types import MONEY, TEXT, Kind, Type
from models.vocabulary import EventType, Vocabulary
from rules.language import tree
from rules.language.keywords import CHINESE, Language
from rules.language.located import Located
from rules.language.name_clashes import name_clashes
from rules.language.parse import Start, parse
from rules.language.print import print_english, print_phrase
from rules.language.words import names_in, words_of
from rules.problems import Problem
from rules.typed import AggregateFunction, CalendarUnit, Comparator, Function, Operator, PlaceVerb, StepKind

Reader = Callable[[Start, str], tuple[Any, list[Problem]]]

NAMES = (
    *("plan", "allowance", "credit score", "data used", "paid", "airport", "old town", "customer", "gold"),
    *("contract ends", "amount", "金", "top-ups", "manager", "nobody knows", "yes", "no", "promoter", "guidance"),
)
_LENGTHS = ("second", "minute", "hour", "day", "week", "month", "millisecond")
_AMOUNTS = ("GB", "B", "CNY", "USD", "km", "m")
_NULLARY = (Function.HOUR, Function.WEEKDAY, Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)
_UNARY = (Function.DAYS_UNTIL, Function.DAYS_SINCE, Function.AGE, Function.NPS_GROUP, Function.ROUND)
_WITHOUT_FIELD = (AggregateFunction.COUNT, AggregateFunction.TIME_BETWEEN)
_WITH_FIELD = tuple(each for each in AggregateFunction if each not in _WITHOUT_FIELD)


@dataclass
class Trees:
    """Draws trees in normal form; each nesting costs one of `depth`."""

    draw: st.DrawFn
    names: Sequence[str] = NAMES

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def maybe(self, make: Callable[[], Any]) -> Any:
        return make() if self.draw(st.booleans()) else None

    def several(self, make: Callable[[], Any], least: int = 1, most: int = 3) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self.draw(st.integers(least, most))))

    # ------------------------------------------------------------- leaves

    def name(self) -> tree.Name:
        return tree.Name(self.pick(*self.names))

    def number(self, least: int = -(10**6)) -> Decimal:
        points = self.draw(st.integers(least, 10**6)) * Decimal(self.pick("1", "0.1", "0.001"))
        return points.to_integral_value() if points == points.to_integral_value() else points.normalize()

    def minutes(self) -> int:
        return self.draw(st.integers(0, 1439))

    def day(self) -> date:
        return self.draw(st.dates(date(1000, 1, 1), date(9999, 12, 31)))

    def duration(self) -> tree.Quantity:
        return tree.Quantity(Decimal(self.draw(st.integers(0, 999))), self.pick(*_LENGTHS))

    def point(self) -> Any:
        return tree.Dotted(self.name(), self.name()) if self.draw(st.booleans()) else self.name()

    def text(self) -> tree.Quoted:
        return tree.Quoted(self.draw(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)))

    def leaf(self) -> Any:
        make = self.pick(
            self.name,
            self.point,
            self.text,
            self.duration,
            lambda: tree.Number(self.number()),
            lambda: tree.Percent(self.number()),
            lambda: tree.Quantity(self.number(), self.pick(*_AMOUNTS)),
            lambda: tree.Date(self.day()),
            lambda: tree.DateTime(self.day(), self.minutes()),
            lambda: tree.Clock(self.minutes()),
            lambda: tree.DayName(self.draw(st.integers(0, 6))),
            lambda: tree.Call(self.pick(*_NULLARY)),
            lambda: tree.Call(Function.DISTANCE, (), self.name()),
        )
        return make()

    # ------------------------------------------------- values, conditions

    def value(self, depth: int = 3) -> Any:
        if depth == 0:
            return self.leaf()
        less = depth - 1
        make = self.pick(
            self.leaf,
            lambda: tree.Binary(self.pick(*Operator), self.value(less), self.value(less)),
            lambda: tree.PercentOf(self.number(0), self.value(less)),
            lambda: tree.Call(self.pick(*_UNARY), (self.value(less),)),
            lambda: tree.Call(self.pick(Function.LOWER, Function.HIGHER), (self.value(less), self.value(less))),
            lambda: tree.Aggregate(self.pick(*_WITHOUT_FIELD), None, self.patterns(less), self.window()),
            lambda: tree.Aggregate(self.pick(*_WITH_FIELD), self.name(), self.patterns(less), self.window()),
            lambda: tree.SinceLast(self.patterns(less)),
        )
        return make()

    def window(self) -> Any:
        units = (CalendarUnit.WEEK, CalendarUnit.MONTH, CalendarUnit.BILLING_CYCLE)
        count = self.draw(st.integers(2, 12))
        make = self.pick(
            tree.Ever,
            lambda: tree.CalendarSpan(CalendarUnit.DAY, 0, 1),
            lambda: tree.CalendarSpan(self.pick(*units), self.pick(0, 1), 1),
            lambda: tree.CalendarSpan(CalendarUnit.BILLING_CYCLE, count, count),
            lambda: tree.LastLength(self.duration(), self.maybe(self.duration)),
        )
        return make()

    def condition(self, depth: int = 2) -> Any:
        if depth == 0:
            return self.pick(self.name, self.comparison)()
        less = depth - 1
        make = self.pick(
            self.comparison,
            lambda: self.value(less),
            lambda: tree.Not(self.condition(less)),
            lambda: tree.both(*self.several(lambda: self.condition(less), 2)),
            lambda: tree.either(*self.several(lambda: self.condition(less), 2)),
        )
        return make()

    def comparison(self) -> Any:
        value: Callable[[], Any] = partial(self.value, 1)
        make = self.pick(
            lambda: tree.Compare(self.pick(*Comparator), value(), value()),
            lambda: tree.Between(value(), value(), value()),
            lambda: tree.OneOf(value(), self.several(value), self.pick(True, False)),
            lambda: tree.Contains(value(), self.several(value)),
            lambda: tree.StartsWith(value(), value()),
            lambda: tree.Known(value(), self.pick(True, False)),
        )
        return make()

    # ---------------------------------------------------------- the others

    def visit(self) -> tree.Visit:
        verb = self.pick(*PlaceVerb)
        return tree.Visit(verb, self.name(), self.duration() if verb is PlaceVerb.STAYS else None)

    def group(self, depth: int) -> tree.Group:
        where = self.maybe(lambda: self.condition(min(depth, 1)))
        events = self.several(self.name if where is not None else self.pick(self.name, self.visit), 1, 2)
        return tree.Group(events, where)

    def patterns(self, depth: int = 2) -> tree.Patterns:
        return tree.patterns_of(*self.several(lambda: self.group(depth)))

    def step(self) -> tree.Step:
        kind = self.pick(*StepKind)
        name = None if kind is StepKind.WITHOUT else self.maybe(self.name)
        if kind is StepKind.FIRST:
            return tree.Step(kind, self.patterns(), name)
        return tree.Step(kind, self.patterns(), name, self.duration(), self.maybe(self.name))

    def situation(self) -> Any:
        make = self.pick(
            self.patterns,
            lambda: tree.Reaches(self.value(), self.value()),
            lambda: tree.FallsBelow(self.value(), self.value()),
            lambda: tree.Becomes(self.maybe(self.value), self.value()),
            lambda: tree.EveryDay(self.minutes()),
            lambda: tree.EveryWeek(self.pick(*range(7)), self.minutes()),
            lambda: tree.EveryCycle(self.pick(1, 20, 31), self.minutes()),
            lambda: tree.EveryYear(self.point(), self.minutes()),
            lambda: tree.Around(self.duration(), self.pick(True, False), self.point(), self.maybe(self.minutes)),
        )
        return make()

    def cap(self) -> tree.Cap:
        per = self.pick(lambda: None, self.duration, lambda: self.pick(*CalendarUnit))
        return tree.Cap(self.draw(st.integers(0, 99)), per())

    def share(self) -> tree.Share:
        return tree.Share(self.number(0), self.several(self.name, 0, 2))

    def channels(self) -> tree.Channels:
        return tree.Channels(self.several(self.name), self.pick(True, False))

    def success(self) -> tree.Success:
        return tree.Success(self.patterns(), self.duration())

    def after(self) -> tree.After:
        return tree.After(self.duration(), self.maybe(self.patterns))


PHRASES: dict[Start, Callable[[Trees], Any]] = {
    Start.SITUATION: Trees.situation,
    Start.STEP: Trees.step,
    Start.CONDITION: Trees.condition,
    Start.FACT: Trees.condition,
    Start.EXPRESSION: Trees.value,
    Start.PATTERNS: Trees.patterns,
    Start.SUCCESS: Trees.success,
    Start.AFTER: Trees.after,
    Start.DURATION: Trees.duration,
    Start.CAP: Trees.cap,
    Start.SHARE: Trees.share,
    Start.CHANNELS: Trees.channels,
}


@st.composite
def phrases(draw: st.DrawFn, start: Start, names: Sequence[str] = NAMES) -> Any:
    """A tree of this kind of phrase."""
    return PHRASES[start](Trees(draw, names))


#: Signs of Chinese names: those of keywords and units, and a few that are neither.
_SIGNS = (
    "的是近内前后在到每且或不次倍数中与距上本今天周一二第月账期金额合计平均值最大小时长停留进入离开充流量套餐元米以记为"
)

_KEYWORDS = sorted(spelling for spellings in CHINESE.values() for spelling in spellings)


@st.composite
def vocabularies(draw: st.DrawFn) -> tuple[Vocabulary, list[str]]:
    """A vocabulary with Chinese names, most of them in `names`, and facts; none of them clash."""
    chinese = st.text(st.sampled_from(_SIGNS), min_size=1, max_size=5)
    spelled = draw(st.lists(chinese, min_size=6, max_size=12, unique=True))
    events, fields, facts = spelled[:2], spelled[2:4], spelled[4:6]
    # Names that are made of words of the language, as people like them for facts, or that would swallow others.
    facts += [
        f"{name}{word}" for name in events for word in draw(st.sets(st.sampled_from(("次数", "合计")), max_size=1))
    ]
    fields += [f"{draw(st.sampled_from(_KEYWORDS))}{name[:2]}" for name in events]
    translated = dict(zip(("paid", "price", "plan", "airport", "gold", "balance"), spelled[6:], strict=False))
    while True:
        own = dict.fromkeys(fields, TEXT)
        types = {name: EventType(name, "behavior", {"price": MONEY, **own}, name) for name in ("paid", *events)}
        attributes = {"plan": Type(Kind.CHOICE, ("S", "gold")), "balance": MONEY}
        place = Place("airport", (("airport", Circle(0.0, 0.0, 1_000_000)),))
        vocabulary = Vocabulary(types, attributes, {"airport": place}, names={"zh": translated}, currency="CNY")
        clashing = {name for clash in name_clashes(vocabulary, facts) for name in clash[:2]}
        if not clashing:
            return vocabulary, facts
        assert clashing & {*events, *fields, *facts, *translated.values()}, clashing
        events = [name for name in events if name not in clashing]
        fields = [name for name in fields if name not in clashing]
        facts = [name for name in facts if name not in clashing]
        translated = {name: spelling for name, spelling in translated.items() if spelling not in clashing}


def _own_names(vocabulary: Vocabulary) -> list[str]:
    """The names of a vocabulary without the reserved ones."""
    fields = (name for event in vocabulary.events.values() for name in event.fields)
    return [*vocabulary.events, *fields, *vocabulary.customer, *vocabulary.places]


@pytest.fixture(scope="module")
def reader(vocabulary: Vocabulary) -> Reader:
    """Parses a text; a function, for Hypothesis shows what a test was given."""
    words = words_of(vocabulary, ["top-ups"], ["金", "nobody knows"])
    return lambda start, text: parse(start, Located(text, "f", 1, 1), words)


@pytest.fixture(scope="module")
def chinese(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Chinese names of the vocabulary of the tests."""
    return names_in(vocabulary, Language.CHINESE)


@pytest.mark.parametrize("start", PHRASES, ids=lambda start: start.value)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_parsing_what_was_printed_gives_the_tree_back(
    start: Start, data: st.DataObject, reader: Reader, chinese: Mapping[str, str]
) -> None:
    """For every tree that parsing can give, in each language, parse(print(tree)) == tree."""
    node: Any = data.draw(phrases(start))
    for text in (print_english(node), print_phrase(node, Language.CHINESE, chinese)):
        again, problems = reader(start, text)
        assert not problems, f"{text}: {problems[0]}"
        assert again == node, text


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_names_that_do_not_clash_are_read_as_they_were_printed(data: st.DataObject) -> None:
    """Whatever signs they are made of, without any space between them and the keywords."""
    vocabulary, facts = data.draw(vocabularies())
    names, words = names_in(vocabulary, Language.CHINESE), words_of(vocabulary, facts)
    # Few names, so that any two of them meet.
    few = data.draw(st.lists(st.sampled_from([*_own_names(vocabulary), *facts]), min_size=1, max_size=4))
    for start in PHRASES:
        node: Any = data.draw(phrases(start, few))
        text = print_phrase(node, Language.CHINESE, names)
        again, problems = parse(start, Located(text, "f", 1, 1), words)
        assert not problems, f"{text}: {problems[0]}"
        assert again == node, text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((plan is M))", "plan is M"),
        ("(plan is M) and (vip or (plan is S))", "plan is M and (vip or plan is S)"),
        ("not (plan is M)", "not plan is M"),
        ("(1 + 2) * 3 > 1", "(1 + 2) * 3 > 1"),
        ("(1 * 2) + 3 > 1", "1 * 2 + 3 > 1"),
        ("1 - (2 - 3) > 1", "1 - (2 - 3) > 1"),
        ("50% of (1 + 2) > 1", "50% of (1 + 2) > 1"),
        ("(round 1 + 2) > 1", "round 1 + 2 > 1"),
        ("(round 1) + 2 > 1", "(round 1) + 2 > 1"),
        ("age of (birthday) >= 1.50", "age of birthday >= 1.5"),
        ("套餐流量≥２GB", "allowance >= 2 GB"),
        ("plan is one of［S、M］", "plan is one of [S, M]"),
        ("time since last (paid) > 1 days", "time since last paid > 1 day"),
    ],
)
def test_brackets_are_printed_only_where_they_are_needed(text: str, printed: str, desk: Any) -> None:
    """And every meaning has one spelling."""
    assert print_english(desk.tree(Start.CONDITION, text)) == printed
