"""The functions of the language: of the moment, of the customer, of values."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from models.calendars import BILLING_CYCLES, boundaries, local_dates
from models.currencies import currency_decimals
from models.geometry import nearest_distance
from models.moments import civil, date_of, days_of, local_parts
from models.types import Kind, Type, Value, grid_of
from models.vocabulary import Vocabulary
from rules.interpreter.history import inside
from rules.typed import Call, Function

if TYPE_CHECKING:
    from rules.interpreter.evaluate import Evaluate, World

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def call(node: Call, evaluate: Evaluate) -> Value:
    """The value of a function now; missing if an argument is."""
    world = evaluate.world
    if node.function in _OF_WORLD:
        return _OF_WORLD[node.function](world)
    if node.function is Function.DISTANCE:
        return _distance(node, world)
    arguments: list[Any] = [evaluate.value(argument) for argument in node.arguments]
    if None in arguments:
        return None
    if node.function in _OF_DATES:
        today = date_of(world.zone, world.now)
        of_moment = node.arguments[0].type.kind is Kind.MOMENT
        return _OF_DATES[node.function](today, date_of(world.zone, arguments[0]) if of_moment else arguments[0])
    if node.function is Function.ROUND:
        unit = main_unit(node.arguments[0].type, world.history.vocabulary)
        return _regridded(round(Fraction(arguments[0]) / unit) * unit, node.arguments[0].type, node.type)
    if node.function is Function.NPS_GROUP:
        return _nps_group(Fraction(arguments[0]) / grid_of(node.arguments[0].type))
    both = [_regridded(found, of.type, node.type) for found, of in zip(arguments, node.arguments, strict=True)]
    return min(both) if node.function is Function.LOWER else max(both)


def _hour(world: World) -> Value:
    return local_parts(world.zone, world.now)[1] // 60


def _weekday(world: World) -> Value:
    return WEEKDAYS[local_parts(world.zone, world.now)[2]]


def _cycle_dates(world: World) -> tuple[int, int] | None:
    marks = boundaries(BILLING_CYCLES, world.history.calendars(world.count, world.now), 0, world.now)
    return None if marks is None else local_dates(world.zone, marks[0], marks[1], world.now)


def _day_of_cycle(world: World) -> Value:
    dates = _cycle_dates(world)
    return None if dates is None else dates[0]


def _days_in_cycle(world: World) -> Value:
    dates = _cycle_dates(world)
    return None if dates is None else dates[1]


_OF_WORLD: dict[Function, Callable[[World], Value]] = {
    Function.HOUR: _hour,
    Function.WEEKDAY: _weekday,
    Function.DAY_OF_BILLING_CYCLE: _day_of_cycle,
    Function.DAYS_IN_BILLING_CYCLE: _days_in_cycle,
}


def birthday(year: int, born: int) -> int:
    """The date in `year` on which the date `born` comes round; 29 February is the 28th in other years."""
    _, month, day = civil(born)
    try:
        return days_of(year, month, day)
    except ValueError:
        return days_of(year, 2, 28)


def _age(today: int, born: int) -> int:
    year = civil(today)[0]
    return year - civil(born)[0] - (0 if birthday(year, born) <= today else 1)


_OF_DATES: dict[Function, Callable[[int, int], int]] = {
    Function.DAYS_UNTIL: lambda today, date: date - today,
    Function.DAYS_SINCE: lambda today, date: today - date,
    Function.AGE: _age,
}


def _distance(node: Call, world: World) -> Value:
    """From her position to the nearest member, 0 inside. A cell says only that she is inside, or not where she is."""
    assert node.place is not None
    place, position = world.history.vocabulary.places[node.place], world.position
    if position is None:
        return None
    if inside(place, position):
        return 0
    return None if isinstance(position.where, str) else nearest_distance(place, *position.where)


def _nps_group(score: Fraction) -> Value:
    if not 0 <= score <= 10:
        return None
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def main_unit(type_: Type, vocabulary: Vocabulary) -> int:
    """Grid points of what people call one: a second, a metre, a unit of the currency, a byte."""
    if type_.kind is Kind.MONEY:
        return int(10 ** currency_decimals(vocabulary.currency))
    return {Kind.DURATION: 1000, Kind.LENGTH: 1000}.get(type_.kind, grid_of(type_))


def _regridded(found: int | Fraction, of: Type, to: Type) -> int | Fraction:
    return found if grid_of(of) == grid_of(to) else found * Fraction(grid_of(to), grid_of(of))
