"""What the sentences of one rule speak of: its steps by their names, and the names and offers of its workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.vocabulary import Vocabulary
from rules.language.keywords import Language
from rules.language.words import names_in
from rules.offers import OfferTerms
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    Condition,
    Constant,
    Expression,
    FieldOf,
    Function,
    Happens,
    Known,
    Moment,
    Named,
    Operator,
    Pattern,
    PlacePattern,
    Rounded,
    Rule,
    Sequence,
    SinceLast,
    Step,
    Visits,
)
from rules.walk import nodes

#: Aggregates that are 0 over no events; functions whose value does not hang on the customer.
_NEVER_MISSING = frozenset({AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.DISTINCT})
_ALWAYS_KNOWN = frozenset({Function.HOUR, Function.WEEKDAY, Function.LOWER, Function.HIGHER, Function.ROUND})


@dataclass(frozen=True, slots=True)
class Subject:
    """A rule with the vocabulary and the offers of its workspace."""

    rule: Rule
    vocabulary: Vocabulary
    offers: Mapping[str, OfferTerms]

    def name(self, canonical: str, language: Language) -> str:
        """A name as phrases of that language spell it; itself where it has no spelling of its own."""
        return names_in(self.vocabulary, language).get(canonical, canonical)

    def title(self, offer: str, language: str) -> str:
        """The title of an offer or grant, or its name."""
        terms = self.offers.get(offer)
        return terms.title(language) if terms is not None else offer

    def step(self, number: int) -> str | None:
        """What step `number` of the situation is called: by its name, or its event where that is clear; else None."""
        steps = _steps(self.rule)
        if number >= len(steps):
            return None
        called = [_called(step) for step in steps]
        return called[number] if called.count(called[number]) == 1 else None

    def visits(self, number: int) -> bool:
        """Whether step `number` is a position: she entered, left or stayed in a place."""
        steps = _steps(self.rule)
        return number < len(steps) and all(isinstance(one, PlacePattern) for one in steps[number].patterns)

    def facts(self) -> tuple[Named, ...]:
        """The facts the rule uses, and those they use, in order of appearance."""
        return tuple(dict.fromkeys(node for node in nodes(self.rule) if isinstance(node, Named)))


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a step of a situation binds."""

    patterns: tuple[Pattern | PlacePattern, ...]
    name: str | None = None


def _steps(rule: Rule) -> tuple[_Bound | Step, ...]:
    match rule.situation:
        case Happens(patterns):
            return (_Bound(patterns),)
        case Visits(pattern):
            return (_Bound((pattern,)),)
        case Sequence(steps):
            return steps
        case Moment(when):
            return (_Bound(getattr(when, "patterns", ())),)
        case _:
            return ()


def _called(step: _Bound | Step) -> str | None:
    if step.name is not None:
        return step.name
    events = {one.event if isinstance(one, Pattern) else None for one in step.patterns}
    return events.pop() if len(events) == 1 else None


def may_be_unknown(condition: Condition) -> bool:
    """Whether a value that a condition asks for may be missing, so that nobody knows whether it holds."""
    return any(_may_be_missing(node) for node in nodes(condition, (Pattern, Known)))


def _may_be_missing(node: object) -> bool:
    match node:
        case Attribute() | FieldOf() | SinceLast():
            return True
        case Aggregate(function=function, window=window):
            by_bill = isinstance(window, CalendarWindow) and window.unit is CalendarUnit.BILLING_CYCLE
            return by_bill or function not in _NEVER_MISSING
        case Arithmetic(Operator.DIVIDE, _, right):
            return not isinstance(right, Constant)
        case Call(function):
            return function not in _ALWAYS_KNOWN
        case _:
            return False


# -------------------------------------------------------------- arithmetic

_SUMS = frozenset({Operator.ADD, Operator.SUBTRACT})


def without_rounding(node: Expression) -> Expression:
    """What is rounded: sentences do not speak of the grid."""
    return node.of if isinstance(node, Rounded) else node


def reads_on(left: Expression, operator: Operator) -> bool:
    """Whether `left operator ..` may be read from the left without brackets: `a - b + c`, `a / b * c`, `a * b + c`."""
    inner = without_rounding(left)
    if not isinstance(inner, Arithmetic) or (inner.operator is Operator.MULTIPLY and isinstance(inner.left, Constant)):
        return False
    return operator in _SUMS or inner.operator not in _SUMS
