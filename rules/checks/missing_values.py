"""Where a missing value decides against what the reader of a line expects.

A comparison with a missing value does not hold, `is not` included, and in `unless` it counts as holding. Values that
may be missing: what the vocabulary calls optional, aggregates over no events (but for counts and sums), distances
without a position, quotients of what may be nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from rules.checks.reasoning.subjects import said_of
from rules.checks.reasoning.terms import plain
from rules.checks.written import Place, WrittenLine, own_nodes, phrases, quoted, rules
from rules.problems import Problem
from rules.typed import (
    Aggregate,
    AggregateFunction,
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Contains,
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
    StartsWith,
    Truth,
)
from rules.workspace.workspace import Workspace

_CODE = "W509"
_ZERO = frozenset({AggregateFunction.COUNT, AggregateFunction.SUM, AggregateFunction.DISTINCT})


class Nameless(str):
    """How to speak of a value that no name stands for."""

    __slots__ = ()


#: Possible outcomes of a condition; None is unknown.
Outcomes = frozenset[bool | None]
_KLEENE: tuple[bool | None, ...] = (False, None, True)


def check_missing_values(workspace: Workspace) -> Iterator[Problem]:
    """Lines of `unless` that count as holding for want of a value; `is not` that leaves out who has none."""
    for rule in rules(workspace):
        for line in (*rule.lines, *(line for block in rule.blocks for line in block.lines)):
            problem = _in_unless(line) if line.unless else _in_only_if(line.place, line.line.condition)
            if problem:
                yield problem
    for place, meaning in phrases(workspace):
        wheres = (node.where for node in own_nodes(meaning) if isinstance(node, Pattern))
        problem = next((found for where in wheres if where and (found := _in_only_if(place, where))), None)
        if problem:
            yield problem


def _in_unless(line: WrittenLine) -> Problem | None:
    for value, name in maybe_missing(line.line.condition):
        if None in outcomes(line.line.condition, value):
            what = say(
                "where {name} is missing, {phrase} counts as holding, and the rule is silent: unless "
                "takes the strict reading.",
                name=name,
                phrase=quoted(line.place.text),
            )
            hint = say('If that is not meant, begin the line with "{name} is known and".', name=name)
            if isinstance(name, Nameless):
                hint = say('If that is not meant, make it a fact, and begin the line with "NAME is known and".')
            return line.place.problem(_CODE, what, hint)
    return None


def _in_only_if(place: Place, condition: Condition) -> Problem | None:
    for value, name in maybe_missing(condition):
        if _refuses(condition, value) and None in outcomes(condition, value):
            what = say('where {name} is missing, "is not" does not hold either.', name=name)
            return place.problem(_CODE, what, say("To let that pass, add: or {name} is not known.", name=name))
    return None


# ---------------------------------------------------------- what may be missing


def maybe_missing(condition: Condition) -> list[tuple[Expression, str]]:
    """The values of a condition that may be missing, and the name to speak of each by; each once."""
    found: dict[Expression, str] = {}
    for part in _atoms(condition):
        for side in _sides(part):
            called = _missing_name(side)
            if called is not None:
                found.setdefault(plain(side), called)
    return list(found.items())


def _missing_name(of: Expression) -> str | None:
    """How to speak of a value that may be missing; None if it never is."""
    match of:
        case Named(name=name, of=inner):
            return None if _missing_name(inner) is None else name
        case Attribute(name=name, type=type_) | FieldOf(name=name, type=type_):
            return name if type_.optional else None
        case Aggregate(function=function):
            return None if function in _ZERO else Nameless(said_of(function))
        case SinceLast(patterns=patterns):
            return say("time since last {event}", event=patterns[0].event)
        case Arithmetic(operator=operator, left=left, right=right):
            if operator is Operator.DIVIDE and not isinstance(right, Constant):
                return Nameless(say("the quotient"))
            return _missing_name(left) or _missing_name(right)
        case Rounded(of=inner):
            return _missing_name(inner)
        case Call(function=Function.DISTANCE, place=place):
            return Nameless(say("the distance to {place}", place=place))
        case Call(arguments=arguments):
            return next(filter(None, map(_missing_name, arguments)), None)
        case _:
            return None


def _atoms(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from _atoms(part)
        case Not(of=inner):
            yield from _atoms(inner)
        case Holds(of=of) if (truth := _truth(of)) is not None:
            yield from _atoms(truth)
        case _:
            yield condition


def _truth(of: Expression) -> Condition | None:
    while isinstance(of, Named):
        of = of.of
    return of.of if isinstance(of, Truth) else None


def _sides(atom: Condition) -> tuple[Expression, ...]:
    match atom:
        case Compare(left=left, right=right):
            return (left, right)
        case OneOf(of=of, values=values) | Contains(of=of, values=values):
            return (of, *values)
        case StartsWith(of=of, value=value):
            return (of, value)
        case Known():
            return ()
        case Holds(of=of):
            return (of,)
        case AllOf() | AnyOf() | Not():
            return ()
        case between:
            return (between.of, between.low, between.high)


# ------------------------------------------------------------- what comes of it


def outcomes(condition: Condition, missing: Expression) -> Outcomes:
    """What a condition may come to where this value is missing and all others are known."""
    match condition:
        case AllOf(of=parts):
            return _combined([outcomes(part, missing) for part in parts], _both)
        case AnyOf(of=parts):
            return _combined([outcomes(part, missing) for part in parts], _either)
        case Not(of=inner):
            return frozenset(None if found is None else not found for found in outcomes(inner, missing))
        case Known(of=of):
            return frozenset({False}) if _has(of, missing) else frozenset({True, False})
        case Holds(of=of) if (truth := _truth(of)) is not None:
            return outcomes(truth, missing)
        case _:
            unknown = any(_has(side, missing) for side in _sides(condition))
            return frozenset({None}) if unknown else frozenset({True, False})


def _has(of: Expression, missing: Expression) -> bool:
    """Whether a value is missing where another is: it is that value, or made of it."""
    whole = plain(of)
    if whole == missing:
        return True
    match whole:
        case Arithmetic(left=left, right=right):
            return _has(left, missing) or _has(right, missing)
        case Rounded(of=inner):
            return _has(inner, missing)
        case Call(arguments=arguments):
            return any(_has(argument, missing) for argument in arguments)
        case _:
            return False


def _both(a: bool | None, b: bool | None) -> bool | None:
    return min(a, b, key=_KLEENE.index)


def _either(a: bool | None, b: bool | None) -> bool | None:
    return max(a, b, key=_KLEENE.index)


def _combined(parts: list[Outcomes], work: object) -> Outcomes:
    assert callable(work)
    found = parts[0]
    for part in parts[1:]:
        found = frozenset(work(a, b) for a in found for b in part)
    return found


def _refuses(condition: Condition, missing: Expression) -> bool:
    """Whether a condition asks that something is not so of this value."""
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            return any(_refuses(part, missing) for part in parts)
        case Not(of=inner):
            return any(_has(side, missing) for atom in _atoms(inner) for side in _sides(atom))
        case Compare(operator=Comparator.IS_NOT, left=left, right=right):
            return _has(left, missing) or _has(right, missing)
        case _:
            return False
