"""What is left out as changing nothing changes nothing; what could be told apart is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.types import MONEY, TEXT, WHOLE, Type
from models.vocabulary import Vocabulary
from rules.language.scope import Scope
from rules.mutations.conditions import conditions
from rules.mutations.distinct import distinct, fit_alike, same
from rules.mutations.wording import Wording
from rules.typed import AllOf, Attribute, Comparator, Compare, Condition, Constant, FieldOf, Known
from tests.rules.checks.test_reasoning_laws import ATTRIBUTES, CONDITIONS, CUSTOMERS, Customer

WORDING = Wording(Scope(Vocabulary({}, ATTRIBUTES)))


@given(CONDITIONS, st.lists(CUSTOMERS, min_size=20, max_size=20))
def test_what_is_said_to_be_the_same_is_the_same(condition: Condition, customers: list[Customer]) -> None:
    """A change that is left out comes out as the condition, or as a change that is kept, for every customer."""
    changes = list(conditions(condition, WORDING))
    kept = [condition, *(change.to for change in distinct(condition, changes))]
    for change in changes:
        if change.to not in kept:
            (other, *_) = (other for other in kept if same(change.to, other))
            assert all(customer.condition(change.to) is customer.condition(other) for customer in customers)


@given(CONDITIONS)
def test_every_change_is_another_condition(condition: Condition) -> None:
    """Nothing comes out as it went in, and every change is told in words."""
    for change in conditions(condition, WORDING):
        assert change.to != condition
        assert change.said.startswith("`")
        assert change.told_by


def test_more_than_three_is_at_least_four() -> None:
    """Of whole numbers; of money there is much in between."""
    for type_, alike in ((WHOLE, True), (MONEY, False)):
        above = Compare(Comparator.MORE, Attribute("it", type_), Constant(3, type_))
        at_least = Compare(Comparator.AT_LEAST, Attribute("it", type_), Constant(4 if alike else 400, type_))
        assert same(above, at_least) is alike


def test_what_the_events_of_a_split_fact_have_need_not_be_asked() -> None:
    """`case is known` changes nothing where facts are kept apart by the case."""
    known = Known(FieldOf("case", Type(TEXT.kind, optional=True)))
    topic = Compare(Comparator.IS, FieldOf("topic", TEXT), Constant("billing", TEXT))
    assert fit_alike(AllOf((known, topic)), topic, known)
    assert not fit_alike(AllOf((known, topic)), topic)
