"""The conditions that most lines are, one value compared with a constant, decided at a glance."""

from __future__ import annotations

from models.text import fold
from models.types import ORDERED, Kind
from rules.checks.reasoning.terms import plain
from rules.typed import Aggregate, Attribute, Comparator, Compare, Condition, Constant, Expression, FieldOf, Named, Not

_OPPOSITE = {
    Comparator.IS: Comparator.IS_NOT,
    Comparator.IS_NOT: Comparator.IS,
    Comparator.LESS: Comparator.AT_LEAST,
    Comparator.AT_LEAST: Comparator.LESS,
    Comparator.MORE: Comparator.AT_MOST,
    Comparator.AT_MOST: Comparator.MORE,
}


def only_term(condition: Condition) -> Expression | None:
    """The one value that a simple condition speaks of; None if it is not simple."""
    of = condition.of if isinstance(condition, Not) else condition
    if not isinstance(of, Compare) or not isinstance(of.right, Constant):
        return None
    left = of.left.of if isinstance(of.left, Named) else of.left
    if isinstance(left, Attribute | FieldOf | Aggregate) and (left.type.kind in ORDERED or _texts(of)):
        return plain(left)
    return None


def surely_holds_for_some(condition: Condition) -> bool:
    """Whether a simple condition is certainly true for some value; False if that takes more than a glance."""
    term = only_term(condition)
    if term is None:
        return False
    wanted, of = (False, condition.of) if isinstance(condition, Not) else (True, condition)
    assert isinstance(of, Compare)
    assert isinstance(of.right, Constant)
    operator = of.operator if wanted else _OPPOSITE[of.operator]
    limit = of.right.value
    if isinstance(limit, str):
        if operator is Comparator.IS_NOT:
            return not term.type.choices
        return not term.type.choices or fold(limit) in map(fold, term.type.choices)
    if not isinstance(limit, int) or of.right.type.kind is not term.type.kind:
        return False
    # A value may have no bound above, and is nothing less than 0 where it has one below.
    return limit > 0 if operator in (Comparator.LESS, Comparator.IS_NOT) else limit >= 0


def _texts(of: Compare) -> bool:
    return of.left.type.kind in (Kind.TEXT, Kind.CHOICE, Kind.CELL) and isinstance(of.right, Constant)
