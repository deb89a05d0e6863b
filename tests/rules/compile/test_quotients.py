"""Divisions that are rounded at once."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.moments import zone
from models.types import MONEY, NUMBER, WHOLE, Type, grid_of
from rules.compile.view import View
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import Arithmetic, Attribute, Operator, Rounded
from tests.property.building import VOCABULARY

RULES = program(plan((), VOCABULARY))
TYPES = st.sampled_from(
    ((MONEY, WHOLE, MONEY), (MONEY, NUMBER, MONEY), (WHOLE, WHOLE, NUMBER), (NUMBER, NUMBER, NUMBER))
)


@given(TYPES, st.integers(-50, 50) | st.integers(), st.integers(-10, 10) | st.integers())
def test_rounded_half_to_even(types: tuple[Type, Type, Type], above: int, below: int) -> None:
    """The quotient of whole numbers is that of fractions, rounded half to even; of nothing there is none."""
    left, right, result = types
    node = Rounded(Arithmetic(Operator.DIVIDE, Attribute("a", left), Attribute("b", right), result), result)
    record = Record("c", zone("UTC"))
    record.attributes = {"a": above, "b": below}
    found = RULES.compiler.value(node)(View(record, 0))
    if not below:
        assert found is None
    else:
        assert found == round(Fraction(above, grid_of(left)) / Fraction(below, grid_of(right)) * grid_of(result))
