"""Random typed expressions and conditions over the small world, from a seeded generator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from models.types import DATE, DURATION, LENGTH, MOMENT, NUMBER, TEXT, WHOLE, YES_NO, Kind, Type
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Between,
    CalendarUnit,
    CalendarWindow,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    EachValue,
    Ever,
    Expression,
    FieldOf,
    Function,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    Operator,
    Pattern,
    Rounded,
    SinceLast,
    Sliding,
    StartsWith,
    Truth,
    Window,
)
from rules.walk import nodes
from tests.property.worlds import ATTRIBUTES, CELLS, EACH, FIELDS, PLACES, World

WEEKDAY = Type(Kind.CHOICE, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
NPS = Type(Kind.CHOICE, ("promoter", "passive", "detractor"))
PRODUCTS = ("milk", "Milk", "tea")
CASES = ("k1", "k2")

#: Small values of each kind, that events carry and conditions compare with.
VALUES: dict[Kind, tuple[Any, ...]] = {
    Kind.MONEY: (0, 1, 2, 3, 5),
    Kind.DATA: (0, 1, 2, 4),
    Kind.WHOLE: (1, 2, 3, 0),
    Kind.NUMBER: (0, 500_000, 1_000_000, 7_000_000, 9_000_000),
    Kind.TEXT: PRODUCTS,
    Kind.CELL: CELLS,
}
#: What conditions compare them with: rarely with a limit that is always or never reached.
LIMITS: dict[Kind, tuple[Any, ...]] = {
    Kind.MONEY: (0, 1, 2, 3, 4),
    Kind.DATA: (1, 2, 3, 4),
    Kind.WHOLE: (1, 1, 2, 2, 3),
    Kind.NUMBER: (500_000, 1_000_000, 1_500_000, 7_000_000),
    Kind.TEXT: PRODUCTS,
    Kind.CELL: CELLS,
}
_COUNTED = (Kind.MONEY, Kind.DATA, Kind.WHOLE, Kind.DURATION)


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: fields it can see as (name, type, step), and what the rule keeps apart by."""

    random: Random
    world: World
    each: str | None = None
    fields: tuple[tuple[str, Type, int | None], ...] = ()
    #: Facts may be asked for (not in the `where` of a pattern).
    facts: bool = True

    def one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def length(self, *counts: int) -> int:
        """One of so many units, in milliseconds."""
        return self.random.choice(counts) * self.world.unit


def constant(scope: Scope, type_: Type) -> Expression:
    """A constant of a type, of small value on the grid."""
    world = scope.world
    values: tuple[Any, ...]
    match type_.kind:
        case Kind.CHOICE:
            values = type_.choices[:3]
        case Kind.DURATION:
            values = tuple(count * world.unit for count in (1, 2, 3))
        case Kind.DATE:
            values = tuple(world.date(shift) for shift in (-366, -1, 0, 1, 2))
        case Kind.MOMENT:
            values = tuple(world.start + count * world.unit for count in (-1, 0, 2, 5))
        case Kind.LENGTH:
            values = (0, 1_000_000, 5_000_000_000)
        case _:
            values = LIMITS[type_.kind]
    return Constant(scope.random.choice(values), Type(type_.kind, type_.choices))


# ---------------------------------------------------------------- patterns


def pattern(scope: Scope, names: tuple[str, ...] = tuple(FIELDS)) -> Pattern:
    """An event of one of these types; about every third with a `where` of its fields or of attributes."""
    likely = tuple(name for name in scope.world.favourites if name in names)
    name = scope.random.choice(names if scope.one_in(4) or not likely else likely)
    if not scope.one_in(3):
        return Pattern(name)
    fields = tuple((field, type_, None) for field, type_ in FIELDS[name].items() if type_.kind is not Kind.POINT)
    inner = replace(scope, fields=fields, facts=False, each=None)
    return Pattern(name, simple(inner) if scope.one_in(4) else field_condition(inner))


def patterns(scope: Scope, names: tuple[str, ...] = tuple(FIELDS)) -> tuple[Pattern, ...]:
    """One pattern, or two different ones."""
    found = [pattern(scope, names) for _ in range(scope.random.choice((1, 1, 2)))]
    return tuple(dict.fromkeys(found))


def field_condition(scope: Scope) -> Condition:
    """A comparison of a field in scope with a constant."""
    name, type_, step = scope.random.choice(scope.fields)
    return comparison(scope, FieldOf(name, type_, step), type_)


def comparison(scope: Scope, of: Expression, type_: Type) -> Condition:
    """A comparison that a type allows, with constants."""
    choose = scope.random
    limit = constant(scope, type_)
    equal = Compare(choose.choice((Comparator.IS, Comparator.IS_NOT)), of, limit)
    if type_.kind in (Kind.TEXT, Kind.CELL):
        others: tuple[Condition, ...] = (
            Contains(of, (Constant("I", TEXT), Constant("1", TEXT))),
            StartsWith(of, Constant("M", TEXT)),
            OneOf(of, (limit, constant(scope, type_))),
            Known(of),
        )
        return choose.choice((equal, equal, equal, *others))
    if type_.kind is Kind.CHOICE:
        return equal
    sized = Compare(choose.choice(tuple(Comparator)), of, limit)
    return choose.choice((sized, sized, sized, sized, Between(of, limit, constant(scope, type_)), Known(of)))


# ------------------------------------------------------------------- facts

_SHAPES = ((0, 1), (0, 1), (0, 1), (0, 1), (1, 1), (2, 2), (1, 2))


def window(scope: Scope) -> Window:
    """A sliding window of a few units, a calendar window, or ever."""
    choose = scope.random
    shape = choose.randrange(6)
    if shape < 3:
        return Sliding(scope.length(1, 2, 3, 5), scope.length(1, 2) if scope.one_in(4) else 0)
    return Ever() if shape == 5 else CalendarWindow(choose.choice(tuple(CalendarUnit)), *choose.choice(_SHAPES))


_OF_FIELDS = (
    AggregateFunction.SUM,
    AggregateFunction.SUM,
    AggregateFunction.AVERAGE,
    AggregateFunction.LOWEST,
    AggregateFunction.HIGHEST,
    AggregateFunction.FIRST,
    AggregateFunction.LAST,
)
_FIELDS_OF = {
    Kind.MONEY: ("price",),
    Kind.DATA: ("amount",),
    Kind.DURATION: ("seconds",),
    Kind.NUMBER: ("score",),
    Kind.TEXT: ("product", "query", "case"),
    Kind.WHOLE: ("rank",),
}


def aggregate(scope: Scope, kind: Kind) -> Aggregate:
    """An aggregate whose value is of this kind."""
    choose = scope.random
    if kind is Kind.DURATION and scope.one_in(2):
        return _aggregate(scope, AggregateFunction.TIME_BETWEEN, None, kind)
    if kind is Kind.WHOLE and not scope.one_in(5):
        return _aggregate(scope, AggregateFunction.COUNT, None, kind)
    if kind is Kind.WHOLE and scope.one_in(2):
        return _aggregate(scope, AggregateFunction.DISTINCT, choose.choice(("product", "case", "cell")), kind)
    of_text = (AggregateFunction.FIRST, AggregateFunction.LAST)
    function = choose.choice(of_text if kind is Kind.TEXT else _OF_FIELDS)
    return _aggregate(scope, function, choose.choice(_FIELDS_OF[kind]), kind)


def _aggregate(scope: Scope, function: AggregateFunction, field: str | None, kind: Kind) -> Aggregate:
    names = tuple(name for name, fields in FIELDS.items() if field is None or field in fields)
    # What has the field of `each` is kept apart by it, except, now and then, a fact of facts.yaml.
    apart = tuple(name for name in names if name in EACH.get(scope.each or "", ()))
    each = scope.each if apart and not scope.one_in(6) else None
    type_ = NUMBER if kind is Kind.WHOLE and function is AggregateFunction.AVERAGE else Type(kind)
    return Aggregate(function, field, patterns(scope, apart if each else names), window(scope), type_, each)


def since_last(scope: Scope) -> SinceLast:
    """`time since last EVENT`."""
    apart = EACH.get(scope.each or "", ())
    return SinceLast(patterns(scope, apart or tuple(FIELDS)), DURATION, scope.each if apart else None)


# ------------------------------------------------------------- expressions

_ATTRIBUTE_OF = {type_.kind: name for name, type_ in ATTRIBUTES.items()}
_BORN, _ENDS = Attribute("born", DATE), Attribute("ends", MOMENT)
_WHOLE_FUNCTIONS = (
    Call(Function.HOUR, (), WHOLE),
    Call(Function.DAY_OF_BILLING_CYCLE, (), WHOLE),
    Call(Function.DAYS_IN_BILLING_CYCLE, (), WHOLE),
    Call(Function.DAYS_UNTIL, (_ENDS,), WHOLE),
    Call(Function.DAYS_SINCE, (_BORN,), WHOLE),
    Call(Function.AGE, (_BORN,), WHOLE),
)


def attribute(kind: Kind) -> Attribute:
    """The attribute of that kind."""
    return Attribute(_ATTRIBUTE_OF[kind], ATTRIBUTES[_ATTRIBUTE_OF[kind]])


def _plain(scope: Scope, kind: Kind) -> Expression:
    if not scope.facts or scope.one_in(5):
        in_scope = [FieldOf(name, type_, step) for name, type_, step in scope.fields if type_.kind is kind]
        whole = [scope.random.choice(_WHOLE_FUNCTIONS)] if kind is Kind.WHOLE else []
        plain: list[Expression] = [attribute(kind), *in_scope, *whole]
        return scope.random.choice(plain)
    if kind is Kind.DURATION and not scope.one_in(3):
        return since_last(scope)
    found = aggregate(scope, kind)
    return found if found.type.kind is kind else Rounded(found, Type(kind))


def number(scope: Scope, kind: Kind) -> Expression:
    """A numeric expression of a kind: a fact, an attribute, a function, or arithmetic of them."""
    choose, type_, of = scope.random, Type(kind), _plain(scope, kind)
    shape = choose.randrange(14)
    if shape == 0:
        return Arithmetic(choose.choice((Operator.ADD, Operator.SUBTRACT)), of, _plain(scope, kind), type_)
    if shape == 1:
        return Call(choose.choice((Function.LOWER, Function.HIGHER)), (of, _plain(scope, kind)), type_)
    if shape == 2:
        return Call(Function.ROUND, (of,), type_)
    if shape == 3:
        return Named("named", of, type_)
    if shape == 4 and kind is not Kind.WHOLE:
        share = Constant(choose.choice((500_000, 800_000, 2_000_000)), NUMBER)
        return Arithmetic(Operator.MULTIPLY, share, of, type_)
    if shape == 5 and kind is not Kind.WHOLE:
        return Rounded(Arithmetic(Operator.DIVIDE, of, Constant(3_000_000, NUMBER), type_), type_)
    return of


def ratio(scope: Scope) -> Expression:
    """A quotient of two amounts, as a number."""
    left, right = aggregate(scope, Kind.MONEY), aggregate(scope, Kind.MONEY)
    return Rounded(Arithmetic(Operator.DIVIDE, left, right, NUMBER), NUMBER)


# -------------------------------------------------------------- conditions

_KINDS = (Kind.WHOLE, Kind.WHOLE, Kind.MONEY, Kind.DATA, Kind.DURATION, Kind.NUMBER)


def simple(scope: Scope) -> Condition:
    """One comparison of attributes, functions and, where they are allowed, facts."""
    choose = scope.random
    shape = choose.randrange(12 if scope.facts else 5)
    if shape == 0:
        return comparison(scope, Attribute("plan", ATTRIBUTES["plan"]), ATTRIBUTES["plan"])
    if shape == 1:
        return comparison(scope, Call(Function.WEEKDAY, (), WEEKDAY), WEEKDAY)
    if shape == 2:
        return comparison(scope, Call(Function.NPS_GROUP, (Attribute("nps", NUMBER),), NPS), NPS)
    if shape == 3:
        return comparison(scope, _ENDS, MOMENT)
    if shape == 5:
        return comparison(scope, aggregate(scope, Kind.TEXT), TEXT)
    if shape == 6:
        return comparison(scope, ratio(scope), NUMBER)
    if shape == 7:
        return comparison(scope, Call(Function.DISTANCE, (), LENGTH, choose.choice(tuple(PLACES))), LENGTH)
    if shape == 8:
        kind = choose.choice(_COUNTED)
        left, right = number(scope, kind), number(scope, kind)
        # Two that grow with time, one of them by leaps, would cross at every leap; no line is made of that.
        leaps = _grows(left) and _grows(right) and (_rounds(left) or _rounds(right))
        return Compare(choose.choice(tuple(Comparator)), left, constant(scope, Type(kind)) if leaps else right)
    if shape == 9 and scope.each is not None and scope.each != "cell":
        return comparison(scope, EachValue(scope.each, TEXT), TEXT)
    kind = choose.choice(_KINDS)
    return comparison(scope, number(scope, kind), Type(kind))


def _grows(of: Expression) -> bool:
    return any(isinstance(node, SinceLast) for node in nodes(of))


def _rounds(of: Expression) -> bool:
    return any(isinstance(node, Rounded) or getattr(node, "function", "") is Function.ROUND for node in nodes(of))


def condition(scope: Scope) -> Condition:
    """A condition, at times of two comparisons."""
    shape = scope.random.randrange(9)
    if shape == 0:
        return Not(simple(scope))
    if shape == 1:
        return AllOf((simple(scope), condition(scope)))
    if shape == 2:
        return AnyOf((simple(scope), condition(scope)))
    if shape == 3:
        return Holds(Named("audience", Truth(condition(scope), YES_NO), YES_NO))
    return simple(scope)


def line(scope: Scope) -> Condition:
    """The lines that rules are made of: `reaches` and `falls below` a small limit, `becomes`."""
    choose = scope.random
    shape = choose.randrange(8)
    if shape == 0:
        return Compare(Comparator.IS, Attribute("plan", ATTRIBUTES["plan"]), Constant("M", ATTRIBUTES["plan"]))
    if shape < 3:
        return condition(scope)
    kind = choose.choice((Kind.WHOLE, Kind.WHOLE, *_COUNTED))
    limit = attribute(kind) if scope.one_in(4) else constant(scope, Type(kind))
    return Compare(
        choose.choice((Comparator.AT_LEAST, Comparator.AT_LEAST, Comparator.LESS)), number(scope, kind), limit
    )
