"""Rules such as marketing and service staff write, as typed trees: nine kinds, in the shares of `SHARES`.

`shared`: conditions on events come from a small stock, as they do where many rules speak of the same few things; so
facts are shared. Not shared: every fact has a condition of its own and nothing can be kept once for two rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log
from random import Random

from beforehand.packs.telecom.dice import dice as dice_of
from benchmarks import workload as company
from models.types import CELL, DATA, DURATION, MONEY, NUMBER, NUMBER_GRID, TEXT, WHOLE, Kind, Type
from models.vocabulary import DAY, HOUR
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    Arithmetic,
    Attribute,
    Block,
    CalendarUnit,
    CalendarWindow,
    Cap,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Crosses,
    EveryDay,
    Expression,
    FieldOf,
    Guide,
    Happens,
    Line,
    Moment,
    Named,
    Operator,
    Pattern,
    Placeholder,
    PlacePattern,
    PlaceVerb,
    Rule,
    Sequence,
    Situation,
    Sliding,
    Step,
    StepKind,
    Template,
    Visits,
    Window,
)

MINUTE = 60_000
_CAP = Cap(1, Sliding(7 * DAY), "1 per 7 days")
_WINDOWS = (10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY)


@dataclass(frozen=True, slots=True)
class Measured:
    """A field that is summed or compared: its event, its type, its mean (about), and the choice fields beside it."""

    event: str
    field: str
    type: Type
    mean: int
    choices: tuple[tuple[str, tuple[str, ...]], ...]


_NETWORK = ("network", company.NETWORKS)
_MEASURED = (
    Measured("data used", "amount", DATA, 50 * company.MEGABYTE, (_NETWORK, ("app", company.APPS))),
    Measured("called", "length", DURATION, 200_000, (_NETWORK,)),
    Measured("paid", "price", MONEY, 3_300, (("product", company.PRODUCTS),)),
)
#: Events that are only counted, and the choice fields of them.
_COUNTED: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    *((one.event, one.choices) for one in _MEASURED),
    ("screen opened", (("screen", company.SCREENS),)),
    ("complaint opened", (("topic", company.TOPICS),)),
    ("call dropped", ()),
)


def place_count(rules: int) -> int:
    """How many places a set of this many rules speaks of."""
    return max(3, rules * SHARES["place"] // 160)


def rule_mix(count: int, *, shared: bool = True, seed: int = 1) -> list[Rule]:
    """This many rules, the same for the same seed."""
    places = company.place_names(place_count(count))
    rules = []
    for number, kind in enumerate(kinds(count)):
        writer = _Writer(dice_of(seed, "rule", number), number, places, shared)
        rules.append(writer.rule(kind))
    return rules


def kinds(count: int) -> list[str]:
    """The kinds of this many rules: one of each first, then always the kind that is furthest below its share."""
    chosen = list(SHARES)[:count]
    while len(chosen) < count:
        chosen.append(min(SHARES, key=lambda kind: (chosen.count(kind) + 1) / SHARES[kind]))
    return chosen


def _is(name: str, value: str, choices: tuple[str, ...]) -> Compare:
    type_ = Type(Kind.CHOICE, choices)
    return Compare(Comparator.IS, FieldOf(name, type_), Constant(value, type_))


def _attribute_is(name: str, value: str, type_: Type) -> Line:
    condition = Compare(Comparator.IS, Attribute(name, type_), Constant(value, type_))
    return Line(f"{name} is {value}", condition)


class _Writer:
    """Writes one rule."""

    def __init__(self, dice: Random, number: int, places: tuple[str, ...], shared: bool) -> None:
        self.dice = dice
        self.number = number
        self.places = places
        self.shared = shared

    def rule(self, kind: str) -> Rule:
        situation, more, facts = _WRITERS[kind](self)
        only_if = (
            _attribute_is("region", self.dice.choice(company.REGIONS), company.REGION),
            _attribute_is("plan", self.dice.choice(company.PLANS), company.PLAN),
            *more,
        )
        text: Template = ("Your account: ", *(Placeholder(fact.name, fact) for fact in facts))
        at_most = (_CAP,) if self.dice.random() < 0.5 else ()
        name = f"r{self.number:05}-{kind}"
        version = blake2b(repr((name, situation, only_if)).encode(), digest_size=6).hexdigest()
        blocks = (Block((Guide((("en", text),)),)),)
        return Rule(name, version, name, situation, blocks, only_if=only_if, at_most=at_most, facts=facts)

    def spread(self, low: float, high: float) -> int:
        """A number between two, every order of magnitude equally likely."""
        return round(exp(self.dice.uniform(log(low), log(high))))

    def window(self) -> Sliding:
        return Sliding(self.dice.choice(_WINDOWS))

    def measured(self) -> Measured:
        return self.dice.choices(_MEASURED, weights=(3, 2, 2))[0]

    def pattern(self, event: str, choices: tuple[tuple[str, tuple[str, ...]], ...]) -> Pattern:
        """The event, half of the time only where one of its choices has one of its first values."""
        where: list[Condition] = []
        if choices and self.dice.random() < 0.5:
            name, values = self.dice.choice(choices)
            where.append(_is(name, values[self.dice.randrange(min(6, len(values)))], values))
        if not self.shared:
            where.append(self.own(event))
        return Pattern(event, None if not where else where[0] if len(where) == 1 else AllOf(tuple(where)))

    def own(self, event: str) -> Condition:
        """A condition that no other rule has, and that most events fulfil."""
        for one in _MEASURED:
            if one.event == event:
                limit = Constant(one.mean * (self.number + 1) // 20_000, one.type)
                return Compare(Comparator.MORE, FieldOf(one.field, one.type), limit)
        texts = {"screen opened": ("screen", TEXT), "complaint opened": ("topic", TEXT)}
        field, type_ = texts.get(event, ("cell", CELL))
        return Compare(Comparator.IS_NOT, FieldOf(field, type_), Constant(f"nothing {self.number}", TEXT))

    def count_line(self) -> Line:
        """`count of E over W >= n`."""
        event, choices = self.dice.choice(_COUNTED)
        fact = Aggregate(AggregateFunction.COUNT, None, (self.pattern(event, choices),), self.window(), WHOLE)
        return Line("busy", _at_least(fact, self.spread(2, 50)))


def _at_least(left: Expression, limit: int) -> Compare:
    return Compare(Comparator.AT_LEAST, left, Constant(limit, left.type))


Written = tuple[Situation, tuple[Line, ...], tuple[Named, ...]]


def _threshold(writer: _Writer) -> Written:
    """`data used where amount > 1 GB [and network is roaming]`."""
    one = writer.measured()
    where = Compare(Comparator.MORE, FieldOf(one.field, one.type), Constant(one.mean * writer.spread(12, 60), one.type))
    pattern = Pattern(one.event, where)
    if writer.dice.random() < 0.5:
        name, values = writer.dice.choice(one.choices)
        pattern = Pattern(one.event, AllOf((_is(name, writer.dice.choice(values[:6]), values), where)))
    more = (writer.count_line(),) if writer.dice.random() < 0.3 else ()
    return Happens((pattern,)), more, ()


def _line(fact: Aggregate, limit: int) -> Written:
    named = Named("used", fact, fact.type)
    return Crosses(_at_least(named, limit)), (), (named,)


def _count(writer: _Writer) -> Written:
    """`count of E [where ..] over W reaches n`."""
    event, choices = writer.dice.choice(_COUNTED)
    fact = Aggregate(AggregateFunction.COUNT, None, (writer.pattern(event, choices),), writer.window(), WHOLE)
    return _line(fact, writer.spread(15, 3_000))


def _of_field(writer: _Writer, function: AggregateFunction, window: Window, low: int, high: int) -> Written:
    one = writer.measured()
    fact = Aggregate(function, one.field, (writer.pattern(one.event, one.choices),), window, one.type)
    return _line(fact, one.mean * writer.spread(low, high))


def _sum(writer: _Writer) -> Written:
    """`sum of amount of data used [where ..] over W reaches X`."""
    return _of_field(writer, AggregateFunction.SUM, writer.window(), 20, 3_000)


def _average(writer: _Writer) -> Written:
    """`average of amount of data used [where ..] over W reaches X`."""
    return _of_field(writer, AggregateFunction.AVERAGE, writer.window(), 6, 30)


def _calendar(writer: _Writer) -> Written:
    """`sum of amount of data used over this billing cycle reaches 80% of allowance`; or X, today, this week, month."""
    if writer.dice.random() < 0.3:
        return _allowance(writer)
    unit = writer.dice.choices(list(CalendarUnit), weights=(1, 1, 1, 5))[0]
    return _of_field(writer, AggregateFunction.SUM, CalendarWindow(unit), 20, 5_000)


def _allowance(writer: _Writer) -> Written:
    one = _MEASURED[0]
    window = CalendarWindow(CalendarUnit.BILLING_CYCLE)
    fact = Aggregate(AggregateFunction.SUM, one.field, (writer.pattern(one.event, one.choices),), window, one.type)
    share = Constant(writer.dice.randrange(50, 100, 5) * NUMBER_GRID // 100, NUMBER)
    limit = Arithmetic(Operator.MULTIPLY, share, Attribute("allowance", DATA), DATA)
    named = Named("used", fact, fact.type)
    return Crosses(Compare(Comparator.AT_LEAST, named, limit)), (), (named,)


def _sequence(writer: _Writer) -> Written:
    """A call dropped twice in the same cell; or a search, or a screen, and then a payment or another screen."""
    dice = writer.dice
    within = dice.choice((10 * MINUTE, HOUR, 24 * HOUR))
    if dice.random() < 0.1:
        again = Compare(Comparator.IS, FieldOf("cell", CELL), FieldOf("cell", CELL, 0))
        first, then = Pattern("call dropped"), Pattern("call dropped", again)
    else:
        first, then = _beginning(writer), _screen(writer) if dice.random() < 0.5 else _payment(writer)
    steps = (Step(StepKind.FIRST, (first,)), Step(StepKind.THEN, (then,), within, 0))
    return Sequence(steps), (), ()


def _beginning(writer: _Writer) -> Pattern:
    if writer.dice.random() < 0.5:
        return _screen(writer)
    word = Constant(writer.dice.choice(company.WORDS), TEXT)
    return Pattern("searched", Contains(FieldOf("query", TEXT), (word,)))


def _screen(writer: _Writer) -> Pattern:
    # The first screens are everybody's; rules are about the others.
    return Pattern("screen opened", _is("screen", writer.dice.choice(company.SCREENS[8:]), company.SCREENS))


def _payment(writer: _Writer) -> Pattern:
    return Pattern("paid", _is("product", writer.dice.choice(company.PRODUCTS), company.PRODUCTS))


def _absence(writer: _Writer) -> Written:
    """`- searched where ..` / `- without paid [where ..] for D`."""
    length = writer.dice.choice((10 * MINUTE, 30 * MINUTE, 2 * HOUR))
    absent = Pattern("paid") if writer.dice.random() < 0.5 else _payment(writer)
    steps = (Step(StepKind.FIRST, (_beginning(writer),)), Step(StepKind.WITHOUT, (absent,), length, 0))
    return Sequence(steps), (), ()


def _place(writer: _Writer) -> Written:
    """`enters P`."""
    more = (writer.count_line(),) if writer.dice.random() < 0.3 else ()
    return Visits(PlacePattern(PlaceVerb.ENTERS, writer.dice.choice(writer.places))), more, ()


def _moment(writer: _Writer) -> Written:
    """`every day at T`, only for the busy."""
    at = 9 * 60 if writer.number < len(SHARES) else writer.dice.randrange(96) * 15
    return Moment(EveryDay(at)), (writer.count_line(),), ()


#: Kind of rule -> how many of a hundred.
SHARES = {
    "threshold": 20,
    "count": 16,
    "sum": 16,
    "average": 8,
    "calendar": 10,
    "sequence": 12,
    "absence": 7,
    "place": 10,
    "moment": 1,
}
_WRITERS: dict[str, Callable[[_Writer], Written]] = {
    "threshold": _threshold,
    "count": _count,
    "sum": _sum,
    "average": _average,
    "calendar": _calendar,
    "sequence": _sequence,
    "absence": _absence,
    "place": _place,
    "moment": _moment,
}
