"""When time alone may change a condition: candidate moments, found by brute force.

Between two neighbouring candidates the condition does not change, so looking at each of them finds every change, to the
millisecond. Too many candidates do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from models.calendars import boundaries
from models.moments import local_parts
from models.types import ORDERED
from rules.interpreter import conditions, facts
from rules.interpreter.evaluate import Evaluate, World
from rules.typed import (
    Aggregate,
    Arithmetic,
    Between,
    CalendarUnit,
    CalendarWindow,
    Call,
    Compare,
    Condition,
    Expression,
    Function,
    Named,
    Node,
    OneOf,
    Operator,
    Pattern,
    Rounded,
    SinceLast,
    Sliding,
)

#: Since 1972 every zone is whole quarters of an hour from UTC, and changes its clocks at one.
_QUARTER = 900_000
_OF_DATES = (Function.WEEKDAY, Function.DAYS_UNTIL, Function.DAYS_SINCE, Function.AGE)
_OF_CYCLES = (Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)


def changes(condition: Condition, evaluate: Evaluate, until: int) -> list[tuple[int, bool | None]]:
    """The changes of a condition after now and up to `until`: (the first millisecond, what it is from then on)."""
    found: list[tuple[int, bool | None]] = []
    truth = evaluate.condition(condition)
    for moment in candidates(condition, evaluate, until):
        then = evaluate.at(moment).condition(condition)
        if then is not truth:
            found.append((moment, then))
            truth = then
    return found


def nodes(root: object) -> Iterator[object]:
    """All parts of a condition; the patterns of its facts are judged when events are taken, so they are left out."""
    if isinstance(root, tuple):
        for part in root:
            yield from nodes(part)
    elif isinstance(root, Node) and not isinstance(root, Pattern):
        yield root
        for name in root.__struct_fields__:
            yield from nodes(getattr(root, name))


def candidates(condition: Condition, evaluate: Evaluate, until: int) -> list[int]:
    """Every moment after now and up to `until` at which the condition may differ from the millisecond before."""
    world = evaluate.world
    if until <= world.now:
        return []
    found: set[int] = set()
    for node in nodes(condition):
        if isinstance(node, Aggregate):
            found.update(_of_window(node, evaluate, until))
        elif isinstance(node, Call):
            found.update(_of_function(node.function, world, until))
    kept = {moment for moment in found if world.now < moment <= until}
    return sorted(_with_roots(condition, evaluate, until, kept))


def _of_window(fact: Aggregate, evaluate: Evaluate, until: int) -> Iterator[int]:
    world = evaluate.world
    if isinstance(fact.window, Sliding):
        for event in facts.entries(fact, world, evaluate.each):
            yield event.time + fact.window.ending
            yield event.time + fact.window.ending + fact.window.length
    elif isinstance(fact.window, CalendarWindow):
        yield from calendar_boundaries(fact.window.unit, world, until)


def _of_function(function: Function, world: World, until: int) -> Iterator[int]:
    if function is Function.HOUR:
        yield from _local_changes(world, until, lambda days, minutes: (days, minutes // 60))
    elif function in _OF_DATES or function in _OF_CYCLES:
        yield from _local_changes(world, until, lambda days, minutes: days)
    if function in _OF_CYCLES:
        yield from calendar_boundaries(CalendarUnit.BILLING_CYCLE, world, until)
    if function is Function.DISTANCE and world.position is not None:
        yield world.position.taken + world.history.vocabulary.position_fades


def calendar_boundaries(unit: CalendarUnit, world: World, until: int) -> Iterator[int]:
    """The ends of the calendar windows that end after now and up to `until`, as things stand."""
    changes_ = world.history.calendars(world.count, world.now)
    now = world.now
    while (marks := boundaries(unit.value, changes_, 0, now)) is not None and marks[-1] <= until:
        now = marks[-1]
        yield now


def _local_changes(world: World, until: int, part: Callable[[int, int], object]) -> Iterator[int]:
    zone = world.zone
    before = part(*local_parts(zone, world.now)[:2])
    for moment in range((world.now // _QUARTER + 1) * _QUARTER, until + 1, _QUARTER):
        now = part(*local_parts(zone, moment)[:2])
        if now != before:
            yield moment
        before = now


# ------------------------------------------------------ what moves with time itself


def _with_roots(condition: Condition, evaluate: Evaluate, until: int, moments: set[int]) -> set[int]:
    """With the moments at which values that grow with time (`time since last`) pass what they are compared with."""
    pairs = [pair for node in nodes(condition) for pair in _pairs(node) if moves(pair[0]) or moves(pair[1])]
    for left, right in pairs:
        if moves(left) and moves(right) and (_leaps(left) or _leaps(right)):
            raise NotImplementedError(
                "a line compares a rounded `time since last` with another: it would cross back and forth at every "
                "rounding; compare them without rounding"
            )
    if not pairs:
        return moments
    while True:
        gaps = list(pairwise(sorted({evaluate.world.now, *moments, until + 1})))
        roots = {root for start, end in gaps for pair in pairs for root in _roots(pair, evaluate, start, end - 1)}
        if roots <= moments:
            return moments
        moments = moments | roots


def _pairs(node: object) -> Iterator[tuple[Expression, Expression]]:
    """Which values are compared with which, in this part of a condition."""
    match node:
        case Compare(_, left, right) if left.type.kind in ORDERED:
            yield left, right
        case Between(of, low, high):
            yield low, of
            yield of, high
        case OneOf(of, values) if of.type.kind in ORDERED:
            yield from ((of, value) for value in values)
        case Call(Function.LOWER | Function.HIGHER, arguments):
            yield arguments[0], arguments[1]


def moves(expression: Expression) -> bool:
    """Whether a number grows or shrinks steadily with time itself. What does neither evenly is not built."""
    match expression:
        case SinceLast():
            return True
        case Named(of=of) | Rounded(of=of):
            return moves(of)
        case Arithmetic(operator, left, right):
            both = moves(left) and moves(right) and operator in (Operator.MULTIPLY, Operator.DIVIDE)
            if both or (operator is Operator.DIVIDE and moves(right)):
                raise NotImplementedError(
                    "a line divides by `time since last`, or multiplies it with itself; only sums and multiples of it "
                    "can be watched as time goes by: compare them the other way round"
                )
            return moves(left) or moves(right)
        case Call(function, arguments):
            if not any(moves(argument) for argument in arguments):
                return False
            if function in (Function.LOWER, Function.HIGHER, Function.ROUND):
                return True
            raise NotImplementedError(f"a line asks for `{function}` of a value that moves with `time since last`")
        case _:
            return False


def _leaps(expression: Expression) -> bool:
    """Whether a rounding in it makes what moves steadily leap."""
    for node in nodes(expression):
        rounds = isinstance(node, Rounded) or (isinstance(node, Call) and node.function is Function.ROUND)
        if rounds and isinstance(node, Rounded | Call) and moves(node):
            return True
    return False


def _roots(pair: tuple[Expression, Expression], evaluate: Evaluate, start: int, end: int) -> Iterator[int]:
    """The first milliseconds in (start, end] at which the order of two values is another; it moves one way only."""

    def order(moment: int) -> int | None:
        return conditions.order(*pair, evaluate.at(moment))

    last = order(end)
    while order(start) != last:
        start = _first_other(order, start, end)
        yield start


def _first_other(order: Callable[[int], int | None], start: int, end: int) -> int:
    """The first moment at which the order is not what it is at `start`; at `end` it is not."""
    was = order(start)
    while end - start > 1:
        middle = (start + end) // 2
        if order(middle) == was:
            start = middle
        else:
            end = middle
    return end
