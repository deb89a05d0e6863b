"""Whether a rule that has fired once can fire again on the same day.

Arguments, each enough. A rule looks back only so far: if that is less than half a day, all that made it fire in
the morning may happen again in the afternoon. Or it looks back further, but asks only for more of what has happened:
then the same event once more is enough. Or it waits for a count to be reached again, of which one has left the window;
or for a balance, which goes back and forth. (A plan or a tier that people set does not.)
"""

from __future__ import annotations

from enum import Enum

from models.types import Kind
from models.vocabulary import HOUR, RESERVED_EVENTS, Vocabulary
from rules.checks.reasoning.alternatives import Answer, Literal, Presence, TooMany, alternatives
from rules.checks.reasoning.linear import Bound
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.texts import TextTest
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Crosses,
    EachValue,
    Expression,
    FieldOf,
    Function,
    Happens,
    Moment,
    Not,
    Pattern,
    PlacePattern,
    Rule,
    Sequence,
    SinceLast,
    Situation,
    Sliding,
    StepKind,
    Visits,
)
from rules.walk import nodes_of

#: What looks back no further than this can come twice in a day, with an hour to spare for days of 23 hours.
_HALF_A_DAY = 11 * HOUR
#: Functions of the clock that are the same all day.
_OF_THE_DAY = frozenset(
    {
        Function.WEEKDAY,
        Function.DAY_OF_BILLING_CYCLE,
        Function.DAYS_IN_BILLING_CYCLE,
        Function.DAYS_UNTIL,
        Function.DAYS_SINCE,
        Function.AGE,
        Function.NPS_GROUP,
        Function.LOWER,
        Function.HIGHER,
        Function.ROUND,
        Function.DISTANCE,
    }
)
_IS, _IS_NOT = Comparator.IS, Comparator.IS_NOT
_NEVER_NEGATIVE = frozenset({Kind.DATA, Kind.DURATION, Kind.LENGTH})
#: Attributes of these kinds go up and down by themselves.
_UP_AND_DOWN = frozenset({Kind.MONEY, Kind.DATA})


class Argument(Enum):
    """Why a rule can fire again that day."""

    #: All that made it fire happens once more, later that day.
    ALL_AGAIN = "all again"
    #: The event comes once more, a moment later.
    ONCE_MORE = "once more"
    #: One that was counted leaves the window, another comes.
    ONE_LEAVES = "one leaves"
    #: A balance goes back, and comes again.
    MOVES_BACK = "moves back"


def again(rule: Rule, vocabulary: Vocabulary) -> Argument | None:
    """Why it is certain that a rule that has fired can fire again that day, for the same `each`; None if it is not."""
    if isinstance(rule.situation, Moment):
        return None
    short = looks_back(rule, vocabulary) <= _HALF_A_DAY
    if isinstance(rule.situation, Crosses):
        return _crossed_again(rule, rule.situation, short)
    if short:
        return Argument.ALL_AGAIN
    return Argument.ONCE_MORE if isinstance(rule.situation, Happens) and _asks_for_more(rule) else None


def _crossed_again(rule: Rule, crossing: Crosses, short: bool) -> Argument | None:
    moving = {type(node) for node in nodes_of(crossing, (Aggregate, SinceLast, Attribute, Call))}
    if moving == {Aggregate} and short:
        return Argument.ALL_AGAIN
    if moving == {Aggregate} and _counts(crossing) and _asks_for_more(rule):
        return Argument.ONE_LEAVES
    return Argument.MOVES_BACK if moving == {Attribute} and short and _goes_up_and_down(crossing) else None


def looks_back(rule: Rule, vocabulary: Vocabulary) -> int:
    """How far a rule looks back, in milliseconds: the time its situation takes included."""
    asked = (rule.situation, rule.only_if, rule.unless)
    facts = max((_looks_back(node, vocabulary) for node in nodes_of(asked, _LOOKING_BACK)), default=0)
    return facts + _takes(rule.situation, facts > 0, vocabulary)


_LOOKING_BACK = (Aggregate, SinceLast, Call, PlacePattern)


def _looks_back(node: object, vocabulary: Vocabulary) -> int:
    """How far a node looks back, in milliseconds."""
    match node:
        case Aggregate(window=Sliding(length=length, ending=ending)):
            return length + ending
        case Aggregate() | SinceLast():
            return 2 * _HALF_A_DAY
        case Call(function=function) if function not in _OF_THE_DAY:
            return 2 * _HALF_A_DAY
        case Call(function=Function.DISTANCE) | PlacePattern():
            return vocabulary.position_fades
        case _:
            return 0


def _takes(situation: Situation, facts: bool, vocabulary: Vocabulary) -> int:
    """How long the situation takes, in milliseconds: at most, where facts look at it, else at least."""
    match situation:
        case Visits(pattern=pattern):
            return pattern.duration
        case Sequence(steps=steps):
            late = (
                (vocabulary.events.get(pattern.event) or RESERVED_EVENTS[pattern.event]).arrives_within
                for step in steps
                for pattern in step.patterns
                if step.kind is StepKind.WITHOUT and isinstance(pattern, Pattern)
            )
            counted = (step.duration for step in steps if facts or step.kind is StepKind.WITHOUT)
            return sum(counted) + sum(late)
        case _:
            return 0


def _goes_up_and_down(crossing: Crosses) -> bool:
    sizes = isinstance(crossing.condition, Compare) and crossing.condition.operator not in (_IS, _IS_NOT)
    return sizes and all(node.type.kind in _UP_AND_DOWN for node in nodes_of(crossing, (Attribute,)))


def _counts(crossing: Crosses) -> bool:
    """Whether it waits for a count of two or more, over a window that slides."""
    match crossing.condition:
        case Compare(Comparator.AT_LEAST, left, Constant(value=int(number))):
            fact = plain(left)
            sliding = isinstance(fact, Aggregate) and isinstance(fact.window, Sliding) and not fact.window.ending
            counting = isinstance(fact, Aggregate) and fact.function is AggregateFunction.COUNT
            return sliding and counting and number > 1
        case _:
            return False


# ----------------------------------------------------------- more of the same


def _asks_for_more(rule: Rule) -> bool:
    """Whether every line that lets the rule pass still does after the same event has come once more."""
    lines = [*(line.condition for line in rule.only_if), *(Not(line.condition) for line in rule.unless)]
    return all(_stays(line) for line in lines)


def _stays(condition: Condition) -> bool:
    try:
        found = alternatives(condition)
    except TooMany:
        return False
    return all(_kept(literal) for alternative in found for literal in alternative)


def _kept(literal: Literal) -> bool:
    """Whether a test that is passed is passed a moment later, with the event at hand counted once more."""
    match literal:
        case Bound(sum=of):
            return all(_same(term) or (factor < 0 and _grows(term)) for term, factor in of.factors.items())
        case TextTest(of=of) | Answer(of=of) | Presence(of=of):
            return _same(of)
        case _:
            return False


def _same(term: Expression) -> bool:
    """Whether a value is the same a moment later."""
    if isinstance(term, Call):
        return term.function is not Function.DISTANCE and all(_same(argument) for argument in term.arguments)
    return isinstance(term, Attribute | FieldOf | EachValue | Constant)


def _grows(term: Expression) -> bool:
    """Whether more events never make a fact less."""
    if not isinstance(term, Aggregate) or (isinstance(term.window, Sliding) and term.window.ending):
        return False
    if term.function in (AggregateFunction.COUNT, AggregateFunction.DISTINCT, AggregateFunction.HIGHEST):
        return True
    return term.function is AggregateFunction.SUM and term.type.kind in _NEVER_NEGATIVE
