"""From values of the syntax tree to typed expressions: names get meanings, units become types.

Arithmetic: values of one kind add and subtract; a number multiplies and divides anything that counts; two values of
one kind divide to a number. Moments and dates differ by durations. Whole numbers mix with numbers.
"""

from __future__ import annotations

from decimal import Decimal

from models.speech import say, sentence
from models.types import (
    DURATION,
    LENGTH,
    NUMBER,
    NUMBER_GRID,
    NUMERIC,
    ORDERED,
    WHOLE,
    Kind,
    Type,
)
from rules.language import tree
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.mismatch import mismatch, with_unit_of
from rules.language.resolve_literals import resolve_literal
from rules.language.resolve_names import resolve_dotted, resolve_name, resolve_place, type_named
from rules.language.scope import NPS_GROUPS, WEEKDAYS, Scope
from rules.language.tree import Value
from rules.problems import Problem
from rules.typed import Arithmetic, Call, Constant, Expression, Function, Operator, Rounded

NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE})
_POINTS_IN_TIME = frozenset({Kind.DATE, Kind.MOMENT})


def resolve_value(node: Value, scope: Scope, problems: list[Problem]) -> Expression | None:
    """The typed expression of a value, not rounded yet; None if there is a problem, which is then in `problems`."""
    from rules.language.resolve_aggregates import (  # noqa: PLC0415  # aggregates hold conditions, which hold values
        resolve_aggregate,
        resolve_since_last,
    )

    match node:
        case tree.Name():
            return resolve_name(node, scope, problems)
        case tree.Dotted():
            return resolve_dotted(node, scope, problems)
        case tree.Binary():
            return _binary(node, scope, problems)
        case tree.PercentOf(percent, of):
            return _percent_of(node, percent, resolve_value(of, scope, problems), problems)
        case tree.Call():
            return _call(node, scope, problems)
        case tree.Aggregate():
            return resolve_aggregate(node, scope, problems)
        case tree.SinceLast():
            return resolve_since_last(node, scope, problems)
        case _:
            return resolve_literal(node, scope.vocabulary, problems)


def finished(expression: Expression) -> Expression:
    """An expression at its end: a quotient is rounded here, and only here."""
    return Rounded(expression, expression.type) if _divides(expression) else expression


def _divides(expression: Expression) -> bool:
    match expression:
        case Arithmetic(operator, left, right):
            return operator is Operator.DIVIDE or _divides(left) or _divides(right)
        case Call(Function.LOWER | Function.HIGHER, arguments):
            return any(_divides(argument) for argument in arguments)
        case _:
            return False


def as_number(expression: Expression) -> Expression:
    """A whole number on the grid of numbers."""
    if expression.type.kind is not Kind.WHOLE:
        return expression
    if isinstance(expression, Constant) and isinstance(expression.value, int):
        return Constant(expression.value * NUMBER_GRID, NUMBER)
    return Arithmetic(Operator.MULTIPLY, expression, Constant(NUMBER_GRID, NUMBER), NUMBER)


def same_numbers(expressions: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Numbers and whole numbers on one grid; anything else as it is."""
    if {expression.type.kind for expression in expressions} == NUMBERS:
        return tuple(as_number(expression) for expression in expressions)
    return expressions


def of_expression(expression: Expression) -> str:
    """What an expression is, for messages: `data`, `a number`."""
    return type_named(expression.type)


# --------------------------------------------------------------- arithmetic


def _binary(node: tree.Binary, scope: Scope, problems: list[Problem]) -> Expression | None:
    left, right = resolve_value(node.left, scope, problems), resolve_value(node.right, scope, problems)
    if left is None or right is None:
        return None
    type_ = _result(node.operator, left.type, right.type)
    if type_ is None:
        problems.append(_no_arithmetic(node, left, right, scope))
        return None
    if node.operator is Operator.ADD and left.type.kind is Kind.DURATION and right.type.kind in _POINTS_IN_TIME:
        left, right = right, left
    return Arithmetic(node.operator, left, right, type_)


def _result(operator: Operator, left: Type, right: Type) -> Type | None:
    """The type of a sum, difference, product or quotient; None if there is none."""
    a, b = left.kind, right.kind
    if operator in (Operator.ADD, Operator.SUBTRACT):
        return _sum(operator, a, b)
    if not {a, b} <= NUMERIC:
        return None
    if operator is Operator.MULTIPLY:
        if {a, b} <= NUMBERS:
            return WHOLE if a is b is Kind.WHOLE else NUMBER
        return Type(b) if a in NUMBERS else Type(a) if b in NUMBERS else None
    if a is b or {a, b} <= NUMBERS:
        return NUMBER
    return Type(a) if b in NUMBERS else None


def _sum(operator: Operator, a: Kind, b: Kind) -> Type | None:
    if {a, b} <= NUMBERS:
        return WHOLE if a is b is Kind.WHOLE else NUMBER
    if a is b and a in NUMERIC:
        return Type(a)
    if a in _POINTS_IN_TIME and b is Kind.DURATION:
        return Type(a)
    if operator is Operator.ADD and a is Kind.DURATION and b in _POINTS_IN_TIME:
        return Type(b)
    if operator is Operator.SUBTRACT and a is b and a in _POINTS_IN_TIME:
        return DURATION
    return None


_SAID = {
    Operator.ADD: sentence("{left} is {kind} and {right} is {other}; they cannot be added."),
    Operator.SUBTRACT: sentence("{left} is {kind} and {right} is {other}; they cannot be subtracted."),
    Operator.MULTIPLY: sentence("{left} is {kind} and {right} is {other}; they cannot be multiplied."),
    Operator.DIVIDE: sentence("{left} is {kind} and {right} is {other}; they cannot be divided."),
}


def _no_arithmetic(node: tree.Binary, left: Expression, right: Expression, scope: Scope) -> Problem:
    said = say(
        _SAID[node.operator],
        left=node.left.at.text,
        kind=of_expression(left),
        right=node.right.at.text,
        other=of_expression(right),
    )
    return node.at.problem("E203", said, _arithmetic_hint(node, left, right, scope))


def _arithmetic_hint(node: tree.Binary, left: Expression, right: Expression, scope: Scope) -> str | None:
    adds = node.operator in (Operator.ADD, Operator.SUBTRACT)
    if adds and isinstance(right, Constant):
        return with_unit_of(left.type, node.right, scope.vocabulary)
    if adds and isinstance(left, Constant):
        return with_unit_of(right.type, node.left, scope.vocabulary)
    if adds:
        return say("Only values of one kind are added and subtracted; durations also with dates and moments.")
    if not {left.type.kind, right.type.kind} <= NUMERIC:
        return say("Only numbers, money, data, durations and lengths are calculated with.")
    return say("Divide two values of one kind to get a number, or multiply by a number.")


def _percent_of(
    node: tree.PercentOf, percent: Decimal, of: Expression | None, problems: list[Problem]
) -> Expression | None:
    if of is None:
        return None
    if of.type.kind not in NUMERIC:
        said = say(
            "{text} is {of}; a percentage is taken of something that counts.",
            text=node.of.at.text,
            of=of_expression(of),
        )
        problems.append(node.of.at.problem("E206", said))
        return None
    share = percent / 100 * NUMBER_GRID
    if share != share.to_integral_value():
        problems.append(node.at.problem("E209", say("{percent:f}% is finer than four decimals.", percent=percent)))
        return None
    type_ = NUMBER if of.type.kind in NUMBERS else Type(of.type.kind)
    return Arithmetic(Operator.MULTIPLY, Constant(int(share), NUMBER), of, type_)


# ---------------------------------------------------------------- functions


def _call(node: tree.Call, scope: Scope, problems: list[Problem]) -> Expression | None:
    function = node.function
    if function is Function.DISTANCE:
        return _distance(node, scope, problems)
    arguments = tuple(resolve_value(argument, scope, problems) for argument in node.arguments)
    sound = tuple(argument for argument in arguments if argument is not None)
    if len(sound) < len(arguments):
        return None
    match function:
        case Function.HOUR | Function.DAY_OF_BILLING_CYCLE | Function.DAYS_IN_BILLING_CYCLE:
            return Call(function, (), WHOLE)
        case Function.WEEKDAY:
            return Call(function, (), WEEKDAYS)
        case Function.DAYS_UNTIL | Function.DAYS_SINCE | Function.AGE:
            return _of_day(node, finished(sound[0]), problems)
        case Function.NPS_GROUP:
            return _nps_group(node, finished(sound[0]), problems)
        case Function.ROUND:
            return _round(node, sound[0], problems)
        case _:
            return _lower_or_higher(node, sound, scope, problems)


def _distance(node: tree.Call, scope: Scope, problems: list[Problem]) -> Expression | None:
    assert node.place is not None
    if scope.counted:
        problems.append(
            node.at.problem("E408", say('"{text}" cannot stand in the where of an aggregate.', text=node.at.text))
        )
        return None
    if resolve_place(node.place, scope, problems) is None:
        return None
    return Call(Function.DISTANCE, (), LENGTH, node.place.text)


def _of_day(node: tree.Call, argument: Expression, problems: list[Problem]) -> Expression | None:
    if argument.type.kind not in _POINTS_IN_TIME:
        said = say(
            "{text} is {argument}; {function} takes a date or a moment.",
            text=node.arguments[0].at.text,
            argument=of_expression(argument),
            function=node.function,
        )
        problems.append(node.arguments[0].at.problem("E203", said))
        return None
    return Call(node.function, (argument,), WHOLE)


def _nps_group(node: tree.Call, argument: Expression, problems: list[Problem]) -> Expression | None:
    if argument.type.kind not in NUMBERS:
        said = say(
            "{text} is {argument}; nps group of takes a number from 0 to 10.",
            text=node.arguments[0].at.text,
            argument=of_expression(argument),
        )
        problems.append(node.arguments[0].at.problem("E206", said))
        return None
    return Call(node.function, (argument,), NPS_GROUPS)


def _round(node: tree.Call, argument: Expression, problems: list[Problem]) -> Expression | None:
    if argument.type.kind not in NUMERIC:
        said = say(
            "{text} is {argument}; only numbers and amounts can be rounded.",
            text=node.arguments[0].at.text,
            argument=of_expression(argument),
        )
        problems.append(node.arguments[0].at.problem("E206", said))
        return None
    return Call(node.function, (argument,), Type(argument.type.kind))


def _lower_or_higher(
    node: tree.Call, arguments: tuple[Expression, ...], scope: Scope, problems: list[Problem]
) -> Expression | None:
    left, right = same_numbers(arguments)
    if left.type.kind is not right.type.kind:
        nodes = (node.arguments[0], node.arguments[1])
        problems.append(mismatch(nodes, (left, right), scope.vocabulary))
        return None
    if left.type.kind not in ORDERED:
        problems.append(no_order(node.arguments[0].at, left))
        return None
    return Call(node.function, (left, right), Type(left.type.kind))


def no_order(at: Span, expression: Expression) -> Problem:
    """The problem that values of a kind are neither lower nor higher than others."""
    hint = say(
        "Compare them with {written}.", written=form(at, say("is, is not or is one of"), say("是, 不是 or 属于"))
    )
    said = say(
        "{text} is {expression}; such values are not lower or higher than others.",
        text=at.text,
        expression=of_expression(expression),
    )
    return at.problem("E210", said, hint)
