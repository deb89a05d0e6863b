"""Values by which conditions hold: for each value they speak of one, or that it is missing.

What `rules.checks.reasoning` says may hold usually does, but not always: values are tried, few of them, and only what
passes all tests that are understood comes out. Tests that are not understood are left to whoever runs the example.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from models.text import fold
from models.types import Kind, Value, grid_of
from rules.checks.reasoning.alternatives import Alternative, Answer, Opaque, Presence, TooMany, together
from rules.checks.reasoning.linear import Apart, Bound, Interval, Sum, holds, narrowed
from rules.checks.reasoning.terms import choices_of, range_of
from rules.checks.reasoning.texts import Test, TextTest
from rules.checks.reasoning.truth import possible, ways_of
from rules.checks.witness.plain_values import plain_value
from rules.typed import Aggregate, Attribute, Call, Condition, Expression, FieldOf, SinceLast

#: Values by term; None is missing. Terms are without the names of facts.
Model = Mapping[Expression, Value]

#: So many alternatives of the conditions, and so many values of their terms, are tried.
_ALTERNATIVES = 8
_TRIES = 200
_MINUTE = 60_000
_ORDER: tuple[type, ...] = (Attribute, FieldOf, Call, SinceLast, Aggregate)


def models(conditions: Sequence[Condition]) -> Iterator[Model]:
    """Values under which all conditions hold, as far as they are understood; a few, one for each way to hold."""
    try:
        found = together([ways_of(condition) for condition in conditions])
    except TooMany:
        return
    fitting = [alternative for alternative in found if possible(alternative)]
    for alternative in fitting[:_ALTERNATIVES]:
        model = _model(alternative)
        if model is not None:
            yield model


def _model(alternative: Alternative) -> dict[Expression, Value] | None:
    texts: dict[Expression, list[TextTest]] = {}
    bounds = [literal for literal in alternative if isinstance(literal, Bound)]
    aparts = [literal for literal in alternative if isinstance(literal, Apart)]
    model: dict[Expression, Value] = {}
    for literal in alternative:
        match literal:
            case TextTest():
                texts.setdefault(literal.of, []).append(literal)
            case Answer(of=of, wanted=wanted):
                model[of] = wanted
            case Presence(of=of, wanted=False):
                model[of] = None
            case _:
                pass
    for of, tests in texts.items():
        found = _text(of, tests)
        if found is None:
            return None
        model[of] = found
    numbers = _numbers(bounds, aparts)
    if numbers is None:
        return None
    model |= numbers
    for literal in alternative:
        for term in (
            literal.of if isinstance(literal, Opaque) else (literal.of,) if isinstance(literal, Presence) else ()
        ):
            model.setdefault(term, plain_value(term.type))
    return model


# -------------------------------------------------------------------- texts


def _text(of: Expression, tests: list[TextTest]) -> str | None:
    wanted = [test for test in tests if test.wanted]
    beginning = max((test.text for test in wanted if test.test is Test.STARTS), key=len, default="")
    held = " ".join(test.text for test in wanted if test.test is Test.CONTAINS)
    choices = choices_of(of) or of.type.choices
    exact = [test.text for test in wanted if test.test is Test.IS]
    made = [beginning + held, f"{beginning} {held}".strip(), f"{beginning}{held}b", "a", "b", "other"]
    for candidate in choices or (*exact, *made):
        if candidate and all(test.passed_by(fold(candidate)) for test in tests):
            return candidate
    return None


# ------------------------------------------------------------------ numbers


def _numbers(bounds: list[Bound], aparts: list[Apart]) -> dict[Expression, Value] | None:
    """Values on the grid that satisfy all of them; attributes are chosen first, facts follow."""
    sums = [bound.sum for bound in bounds] + [apart.sum for apart in aparts]
    terms = dict.fromkeys(term for one in sums for term in one.factors)
    ordered = sorted(terms, key=_place)
    chosen = _choose(ordered, {}, bounds, aparts, [_TRIES])
    return None if chosen is None else {term: _on_grid(value * grid_of(term.type)) for term, value in chosen.items()}


def _place(term: Expression) -> int:
    return next((place for place, kind in enumerate(_ORDER) if isinstance(term, kind)), len(_ORDER))


def _choose(
    terms: list[Expression],
    chosen: dict[Expression, Fraction],
    bounds: list[Bound],
    aparts: list[Apart],
    left: list[int],
) -> dict[Expression, Fraction] | None:
    if not terms:
        return chosen if all(_apart(one, chosen) for one in aparts) else None
    term, *others = terms
    known = [_with(bound, chosen) for bound in bounds]
    if any(not bound.sum.factors and not holds(bound) for bound in known):
        return None
    alone = [bound for bound in known if set(bound.sum.factors) == {term}]
    for value in _candidates(term, narrowed(range_of(term), alone, set())):
        left[0] -= 1
        if left[0] < 0:
            return None
        found = _choose(others, {**chosen, term: value}, bounds, aparts, left)
        if found is not None and all(holds(_with(bound, found)) for bound in bounds):
            return found
    return None


def _with(bound: Bound, chosen: Mapping[Expression, Fraction]) -> Bound:
    """The bound with the chosen values put in."""
    constant, factors = bound.sum.constant, {}
    for term, factor in bound.sum.factors.items():
        if term in chosen:
            constant += factor * chosen[term]
        else:
            factors[term] = factor
    return Bound(Sum(constant, factors), bound.strict)


def _apart(one: Apart, chosen: Mapping[Expression, Fraction]) -> bool:
    return one.sum.constant + sum(factor * chosen[term] for term, factor in one.sum.factors.items()) != 0


def _on_grid(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _candidates(term: Expression, interval: Interval) -> Iterable[Fraction]:
    """A natural value first, then the ends of what is allowed and what lies beside and between them."""
    if interval.empty:
        return []
    step = Fraction(1, grid_of(term.type))
    low, high = interval.low, interval.high
    value = plain_value(term.type)
    natural = Fraction(value) * step if isinstance(value, int) else Fraction(0)
    facts = isinstance(term, Aggregate | SinceLast | Call)
    found = [] if facts else [natural]
    found += [_round_number(low, term)] if low else []
    found += [end for end in (low, high) if end is not None]
    found += [end + away for end, away in ((low, step), (high, -step)) if end is not None]
    found += [(low + high) / 2] if low is not None and high is not None else []
    found += [Fraction(0), Fraction(1), natural]
    return [value for value in dict.fromkeys(found) if _inside(value, interval) and value % step == 0]


def _round_number(value: Fraction, term: Expression) -> Fraction:
    """The next number that people would write: two digits and zeros, whole minutes."""
    if term.type.kind is Kind.DURATION:
        return Fraction(-(-value // _MINUTE) * _MINUTE)
    size = Fraction(10) ** (len(str(abs(int(value)))) - 2)
    return -(-value // size) * size


def _inside(value: Fraction, interval: Interval) -> bool:
    above = interval.low is None or value > interval.low or (value == interval.low and not interval.low_open)
    below = interval.high is None or value < interval.high or (value == interval.high and not interval.high_open)
    return above and below
