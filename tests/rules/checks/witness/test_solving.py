"""Values by which conditions hold: they do, by the plain reading of conditions."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from models.types import MONEY, WHOLE
from rules.checks.reasoning.alternatives import Opaque, TooMany, alternatives
from rules.checks.reasoning.truth import can_hold
from rules.checks.witness.plain_values import plain_value
from rules.checks.witness.solving import Model, models
from rules.typed import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Comparator,
    Compare,
    Condition,
    Constant,
    Not,
    Operator,
)
from tests.rules.checks.test_reasoning_laws import ATTRIBUTES, CONDITIONS, Customer


def understood(condition: Condition) -> bool:
    """Whether no part of the condition is beyond what is reasoned about."""
    try:
        found = alternatives(condition)
    except TooMany:
        return False
    terms = (term for way in found for literal in way if not isinstance(literal, Opaque) for term in _terms(literal))
    return not any(isinstance(literal, Opaque) for way in found for literal in way) and all(
        isinstance(term, Attribute) for term in terms
    )


def customer_of(model: Model) -> Customer:
    """A customer with the values of the model, and natural ones for all that it does not speak of."""
    natural = {name: plain_value(type_) for name, type_ in ATTRIBUTES.items()}
    return Customer({**natural, **{term.name: value for term, value in model.items() if isinstance(term, Attribute)}})


def _terms(literal: object) -> list[object]:
    sums = getattr(literal, "sum", None)
    return list(sums.factors) if sums is not None else [getattr(literal, "of", None)]


@given(CONDITIONS)
def test_a_model_makes_its_condition_true(condition: Condition) -> None:
    """Whatever values come out, the condition holds with them."""
    if not understood(condition):
        return
    for model in models([condition]):
        assert customer_of(model).condition(condition) is True


@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_models_hold_all_at_once(conditions: list[Condition]) -> None:
    """Several conditions get one customer for whom all hold."""
    if all(understood(condition) for condition in conditions):
        for model in models(conditions):
            assert all(customer_of(model).condition(condition) is True for condition in conditions)


SIZES = tuple(range(-2, 4))
PRICE, COST = Attribute("price", MONEY), Attribute("cost", MONEY)
AMOUNTS = st.sampled_from((PRICE, COST)) | st.sampled_from(SIZES).map(lambda size: Constant(size, MONEY))
SUMS = AMOUNTS | st.builds(
    lambda operator, left, right: Arithmetic(operator, left, right, MONEY),
    st.sampled_from((Operator.ADD, Operator.SUBTRACT)),
    AMOUNTS,
    AMOUNTS,
)
COMPARED = st.builds(Compare, st.sampled_from(list(Comparator)), SUMS, SUMS)
SMALL: st.SearchStrategy[Condition] = st.recursive(
    COMPARED,
    lambda inner: st.one_of(
        inner.map(Not),
        st.tuples(inner, inner).map(AllOf),
        st.tuples(inner, inner).map(AnyOf),
    ),
    max_leaves=3,
)


@given(SMALL)
def test_what_trying_all_small_values_finds_is_found(condition: Condition) -> None:
    """Where some small amounts fulfil a condition, so does the model, and there is one."""
    customers = (Customer({"price": price, "cost": cost}) for price, cost in product(SIZES, SIZES))
    if any(customer.condition(condition) is True for customer in customers):
        assert can_hold(condition)
        assert next(models([condition]), None) is not None


def test_natural_values_come_first() -> None:
    """Round numbers, the least that will do: an example is read by people."""
    price, visits = Attribute("price", MONEY), Attribute("visits", WHOLE)
    dear = Compare(Comparator.MORE, price, Constant(56_100, MONEY))
    often = Compare(Comparator.AT_LEAST, visits, Constant(3, WHOLE))
    (model, *_) = models([dear, often])
    assert dict(model) == {price: 57_000, visits: 3}
