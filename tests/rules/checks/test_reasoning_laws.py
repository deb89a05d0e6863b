"""What the reasoning claims, held to the plain reading of conditions on random values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from models.types import DATA, MONEY, NUMBER, TEXT, WHOLE, YES_NO, Fixed, Kind, Type, Value
from rules.checks.idle_conditions import idle_part
from rules.checks.missing_values import maybe_missing, outcomes
from rules.checks.reasoning.alternatives import TooMany, alternatives, together
from rules.checks.reasoning.simple import only_term, surely_holds_for_some
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.truth import can_fail, can_hold, follows, possible, terms_of
from rules.interpreter import conditions, expressions
from rules.typed import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Between,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
    Expression,
    Holds,
    Known,
    Named,
    Not,
    OneOf,
    Operator,
    Rounded,
    StartsWith,
    Truth,
)

CHOICE = Type(Kind.CHOICE, ("S", "M", "L"))
WORDS = ("", "a", "ab", "abc", "B", "xab")
VALUES: dict[Kind, tuple[Fixed, ...]] = {
    Kind.MONEY: tuple(range(-3, 4)),
    Kind.DATA: tuple(range(5)),
    Kind.WHOLE: tuple(range(-3, 4)),
    Kind.NUMBER: (-1_000_000, 0, 1, 500_000, 1_000_000, 2_000_000),
    Kind.TEXT: WORDS,
    Kind.CHOICE: CHOICE.choices,
    Kind.YES_NO: (True, False),
}
ATTRIBUTES = {
    name: Type(type_.kind, type_.choices, optional=True)
    for name, type_ in {
        "price": MONEY,
        "cost": MONEY,
        "used": DATA,
        "allowance": DATA,
        "count": WHOLE,
        "score": NUMBER,
        "word": TEXT,
        "plan": CHOICE,
        "married": YES_NO,
    }.items()
}


@dataclass(frozen=True)
class Customer:
    """The plain reading's scope with nothing but attributes."""

    values: Mapping[str, Value]
    bound: tuple[()] = ()
    each: Value = None
    candidate: None = None
    attributes: Mapping[str, Value] = field(init=False)

    @property
    def world(self) -> Customer:
        return self

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", self.values)

    def value(self, of: Expression) -> Value:
        return expressions.value(of, self)  # type: ignore[arg-type]  # what the plain reading asks of a scope

    def condition(self, of: Condition) -> bool | None:
        return conditions.truth(of, self)  # type: ignore[arg-type]  # as above


CUSTOMERS = st.fixed_dictionaries(
    {name: st.sampled_from((None, *VALUES[type_.kind])) for name, type_ in ATTRIBUTES.items()}
).map(Customer)


def attribute_of(kind: Kind) -> st.SearchStrategy[Expression]:
    """An attribute of a kind."""
    return st.sampled_from([Attribute(name, type_) for name, type_ in ATTRIBUTES.items() if type_.kind is kind])


def constant_of(kind: Kind) -> st.SearchStrategy[Expression]:
    """A constant of a kind."""
    type_ = CHOICE if kind is Kind.CHOICE else Type(kind)
    return st.sampled_from(VALUES[kind]).map(lambda value: Constant(value, type_))


def amount_of(kind: Kind) -> st.SearchStrategy[Expression]:
    """An attribute, a constant, or arithmetic of them."""
    type_ = Type(kind)
    leaf = attribute_of(kind) | constant_of(kind)
    factor = st.sampled_from([Constant(value, NUMBER) for value in (-1_000_000, 500_000, 2_000_000)])
    added = st.builds(
        lambda operator, a, b: Arithmetic(operator, a, b, type_),
        st.sampled_from((Operator.ADD, Operator.SUBTRACT)),
        leaf,
        leaf,
    )
    scaled = st.builds(
        lambda operator, a, b: Arithmetic(operator, a, b, type_),
        st.sampled_from((Operator.MULTIPLY, Operator.DIVIDE)),
        leaf,
        factor | attribute_of(Kind.NUMBER),
    )
    return (
        leaf | added | scaled | scaled.map(lambda of: Rounded(of, type_)) | added.map(lambda of: Named("x", of, type_))
    )


NUMBERS = st.sampled_from((Kind.MONEY, Kind.DATA, Kind.WHOLE, Kind.NUMBER))
SIZES = NUMBERS.flatmap(
    lambda kind: st.builds(Compare, st.sampled_from(list(Comparator)), amount_of(kind), amount_of(kind))
)
RANGES = NUMBERS.flatmap(lambda kind: st.builds(Between, amount_of(kind), amount_of(kind), amount_of(kind)))
EQUALITY = st.sampled_from((Comparator.IS, Comparator.IS_NOT))
WORDED = st.sampled_from((Kind.TEXT, Kind.CHOICE)).flatmap(
    lambda kind: st.one_of(
        st.builds(Compare, EQUALITY, attribute_of(kind), constant_of(kind) | attribute_of(kind)),
        st.builds(OneOf, attribute_of(kind), st.lists(constant_of(kind), min_size=1, max_size=3).map(tuple)),
        st.builds(Contains, attribute_of(kind), st.lists(constant_of(kind), min_size=1, max_size=2).map(tuple)),
        st.builds(StartsWith, attribute_of(kind), constant_of(kind)),
    )
)
ANSWERS = attribute_of(Kind.YES_NO).map(Holds) | st.builds(
    Compare, EQUALITY, attribute_of(Kind.YES_NO), constant_of(Kind.YES_NO)
)
PRESENCE = st.sampled_from([Known(Attribute(name, type_)) for name, type_ in ATTRIBUTES.items()])
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(SIZES, RANGES, WORDED, ANSWERS, PRESENCE),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(AllOf),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(AnyOf),
        inner.map(lambda of: Holds(Named("audience", Truth(of, YES_NO), YES_NO))),
    ),
    max_leaves=5,
)


@given(CONDITIONS, st.lists(CUSTOMERS, min_size=30, max_size=30))
def test_what_is_never_true_is_never_true(condition: Condition, customers: list[Customer]) -> None:
    """No values make a condition true that cannot hold, nor false one that cannot fail."""
    found = {customer.condition(condition) for customer in customers}
    assert can_hold(condition) or True not in found
    assert can_fail(condition) or False not in found


@given(st.lists(CONDITIONS, min_size=2, max_size=4), st.lists(CUSTOMERS, min_size=30, max_size=30))
def test_lines_that_exclude_each_other_are_never_true_together(
    lines: list[Condition], customers: list[Customer]
) -> None:
    """Where not all can hold, one does not; what follows from others is true wherever they are."""
    for customer in customers:
        found = [customer.condition(line) for line in lines]
        assert can_hold(*lines) or not all(truth is True for truth in found)
        if follows(lines[0], lines[1:]) and all(truth is True for truth in found[1:]):
            assert found[0] is True


@given(CONDITIONS, st.lists(CUSTOMERS, min_size=20, max_size=20))
def test_outcomes_hold_whatever_comes(condition: Condition, customers: list[Customer]) -> None:
    """Where a value is missing and all others are there, a condition comes to nothing that was not foretold."""
    for missing, _ in maybe_missing(condition):
        for customer in customers:
            values = {name: customer.values[name] or VALUES[type_.kind][-1] for name, type_ in ATTRIBUTES.items()}
            if isinstance(missing, Attribute):
                values[missing.name] = None
                assert Customer(values).condition(condition) in outcomes(condition, missing)


@given(CONDITIONS, CUSTOMERS)
def test_an_idle_part_is_one_that_can_be_left_out(condition: Condition, customer: Customer) -> None:
    """Without some part of a conjunction or disjunction with an idle part, what was true stays true, and no more."""
    if isinstance(condition, AllOf | AnyOf) and idle_part(condition):
        rest = [type(condition)(tuple(p for p in condition.of if p is not part)) for part in condition.of]
        truth = customer.condition(condition) is True
        nested = any(idle_part(part) for part in condition.of)
        assert nested or any((customer.condition(other) is True) is truth for other in rest)


@given(st.lists(CONDITIONS | SIZES | WORDED, min_size=1, max_size=4))
def test_short_cuts_change_no_answer(conditions: list[Condition]) -> None:
    """What is decided at a glance, or value by value, is what looking at all alternatives together says."""
    try:
        whole = any(possible(one) for one in together([alternatives(condition) for condition in conditions]))
    except TooMany:
        return
    assert can_hold(*conditions) is whole
    for condition in conditions:
        assert not surely_holds_for_some(condition) or any(map(possible, alternatives(condition)))
        term = only_term(condition)
        assert term is None or {term} == {
            one for way in alternatives(condition) for lit in way for one in terms_of(lit)
        }


def test_names_of_facts_do_not_matter() -> None:
    """A fact is what it is defined as, whatever it is called."""
    price = Attribute("price", MONEY)
    named = Named("spent", Arithmetic(Operator.ADD, price, Constant(1, MONEY), MONEY), MONEY)
    other = Named("outlay", named.of, MONEY)
    assert plain(named) == plain(other)
    assert not can_hold(
        Compare(Comparator.MORE, named, Constant(5, MONEY)), Compare(Comparator.LESS, other, Constant(5, MONEY))
    )


def test_bounds_meet_exactly() -> None:
    """A bound that is met leaves one value; one that is only approached leaves none, on the grid or off it."""
    count, fine = (
        Attribute("count", WHOLE),
        Arithmetic(Operator.MULTIPLY, Attribute("count", WHOLE), Constant(500_000, NUMBER), NUMBER),
    )
    three, four = Constant(3, WHOLE), Constant(4, WHOLE)
    assert can_hold(Between(count, three, three))
    assert not can_hold(Compare(Comparator.MORE, count, three), Compare(Comparator.LESS, count, four))
    assert can_hold(
        Compare(Comparator.MORE, fine, Constant(3_000_000, NUMBER)),
        Compare(Comparator.LESS, fine, Constant(4_000_000, NUMBER)),
    )
    assert not can_hold(
        Compare(Comparator.MORE, fine, Constant(3_000_000, NUMBER)),
        Compare(Comparator.LESS, fine, Constant(3_500_000, NUMBER)),
    )
