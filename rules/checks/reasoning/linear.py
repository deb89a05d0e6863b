"""Numeric expressions as sums of multiples of terms, in main units, and whether bounds on such sums fit together.

Bounds on one term are narrowed to its grid (`count > 3 and count < 4` has no solution); bounds on sums of several are
eliminated term by term (Fourier and Motzkin), which is exact for fractions. Where that would grow too large, the
answer is that they may fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType

from models.types import NUMERIC, ORDERED, grid_of
from rules.checks.reasoning.terms import Range, plain, range_of
from rules.typed import Arithmetic, Constant, Expression, Named, Operator, Rounded

#: More inequalities than this are not eliminated.
_MOST = 200
_NOTHING: Mapping[Expression, Fraction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sum:
    """`constant` + the sum of factor * term; factors are not 0."""

    constant: Fraction
    factors: Mapping[Expression, Fraction] = field(default_factory=lambda: _NOTHING)

    def plus(self, other: Sum, times: Fraction = Fraction(1)) -> Sum:
        """This sum and `times` the other."""
        factors = dict(self.factors)
        for term, factor in other.factors.items():
            factors[term] = factors.get(term, Fraction(0)) + factor * times
        left = {term: factor for term, factor in factors.items() if factor}
        return Sum(self.constant + other.constant * times, left)

    def times(self, factor: Fraction) -> Sum:
        """This sum, multiplied."""
        return Sum(Fraction(0)).plus(self, factor)


@dataclass(frozen=True, slots=True)
class Bound:
    """`sum` <= 0, or < 0 if `strict`."""

    sum: Sum
    strict: bool


@dataclass(frozen=True, slots=True)
class Apart:
    """`sum` is not 0."""

    sum: Sum


def sum_of(of: Expression) -> Sum:
    """An ordered expression in main units; what is no sum is a term of its own."""
    match of:
        case Named(of=inner):
            return sum_of(inner)
        case Constant(value=value, type=type_):
            return Sum(Fraction(value) / grid_of(type_))  # type: ignore[arg-type]  # an ordered constant is a number
        case Arithmetic() if of.left.type.kind in NUMERIC and of.right.type.kind in NUMERIC:
            return _arithmetic(of)
        case Rounded(of=inner):
            whole = sum_of(inner)
            if not whole.factors:
                return Sum(Fraction(round(whole.constant * grid_of(of.type)), grid_of(of.type)))
        case _:
            pass
    return _term(of)


def _term(of: Expression) -> Sum:
    return Sum(Fraction(0), {plain(of): Fraction(1)})


def _arithmetic(node: Arithmetic) -> Sum:
    left, right = sum_of(node.left), sum_of(node.right)
    match node.operator:
        case Operator.ADD:
            return left.plus(right)
        case Operator.SUBTRACT:
            return left.plus(right, Fraction(-1))
        case Operator.MULTIPLY if not right.factors:
            return left.times(right.constant)
        case Operator.MULTIPLY if not left.factors:
            return right.times(left.constant)
        case Operator.DIVIDE if not right.factors and right.constant:
            return left.times(1 / right.constant)
        case _:
            return _term(node)


def ordered(of: Expression) -> bool:
    """Whether an expression has a size."""
    return of.type.kind in ORDERED


# ------------------------------------------------------------------ fitting


def fit(bounds: Iterable[Bound], aparts: Iterable[Apart]) -> bool:
    """Whether some values may satisfy all of them; False only if none can."""
    single: dict[Expression, list[Bound]] = {}
    several: list[Bound] = []
    for bound in bounds:
        if len(bound.sum.factors) > 1:
            several.append(bound)
        elif bound.sum.factors:
            single.setdefault(next(iter(bound.sum.factors)), []).append(bound)
        elif not holds(bound):
            return False
    excluded: dict[Expression, set[Fraction]] = {}
    for apart in aparts:
        if not apart.sum.factors and not apart.sum.constant:
            return False
        if len(apart.sum.factors) == 1:
            (term, factor), *_ = apart.sum.factors.items()
            excluded.setdefault(term, set()).add(-apart.sum.constant / factor)
    terms = {*single, *excluded, *(term for bound in several for term in bound.sum.factors)}
    known = {term: narrowed(range_of(term), single.get(term, []), excluded.get(term, set())) for term in terms}
    if any(interval.empty for interval in known.values()):
        return False
    return not several or _eliminated(several, known)


def holds(bound: Bound) -> bool:
    """Whether a bound without terms is kept."""
    return bound.sum.constant < 0 or (bound.sum.constant == 0 and not bound.strict)


@dataclass(slots=True)
class Interval:
    """The values a term may have, in main units; None is no end."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def above(self, value: Fraction, strict: bool) -> None:
        """Leave only what is at least (more than, if `strict`) a value."""
        if self.low is None or value > self.low or (value == self.low and strict):
            self.low, self.low_open = value, strict

    def below(self, value: Fraction, strict: bool) -> None:
        """Leave only what is at most (less than, if `strict`) a value."""
        if self.high is None or value < self.high or (value == self.high and strict):
            self.high, self.high_open = value, strict


def narrowed(own: Range, bounds: list[Bound], excluded: set[Fraction]) -> Interval:
    """What bounds on one term, and values it must not have, leave of its own range."""
    found = Interval(own.low, own.high)
    for bound in bounds:
        ((_, factor),) = bound.sum.factors.items()
        limit = -bound.sum.constant / factor
        (found.below if factor > 0 else found.above)(limit, bound.strict)
    if own.step is not None:
        _to_grid(found, own.step)
    while not found.empty and found.low is not None and not found.low_open and found.low in excluded:
        _leave_low(found, own.step)
    while not found.empty and found.high is not None and not found.high_open and found.high in excluded:
        _leave_high(found, own.step)
    return found


def _to_grid(found: Interval, step: Fraction) -> None:
    if found.low is not None:
        low = ceil(found.low / step) * step
        found.low = low + step if found.low_open and low == found.low else low
        found.low_open = False
    if found.high is not None:
        high = floor(found.high / step) * step
        found.high = high - step if found.high_open and high == found.high else high
        found.high_open = False


def _leave_low(found: Interval, step: Fraction | None) -> None:
    assert found.low is not None
    if step is None:
        found.low_open = True
    else:
        found.low += step


def _leave_high(found: Interval, step: Fraction | None) -> None:
    assert found.high is not None
    if step is None:
        found.high_open = True
    else:
        found.high -= step


def _eliminated(bounds: list[Bound], known: Mapping[Expression, Interval]) -> bool:
    """Fourier-Motzkin: eliminate term after term; what is left compares constants."""
    rows = list(bounds)
    for term, interval in known.items():
        if interval.low is not None:
            rows.append(Bound(Sum(interval.low, {term: Fraction(-1)}), interval.low_open))
        if interval.high is not None:
            rows.append(Bound(Sum(-interval.high, {term: Fraction(1)}), interval.high_open))
    for term in known:
        above = [row for row in rows if row.sum.factors.get(term, 0) > 0]
        below = [row for row in rows if row.sum.factors.get(term, 0) < 0]
        rows = [row for row in rows if term not in row.sum.factors]
        rows += [_without(term, upper, lower) for upper in above for lower in below]
        if any(not row.sum.factors and not holds(row) for row in rows):
            return False
        if len(rows) > _MOST:
            return True
    return True


def _without(term: Expression, upper: Bound, lower: Bound) -> Bound:
    """What follows from two bounds once the term between them is gone."""
    one = upper.sum.times(1 / upper.sum.factors[term])
    other = lower.sum.times(-1 / lower.sum.factors[term])
    return Bound(one.plus(other), upper.strict or lower.strict)
