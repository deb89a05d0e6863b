"""The functions of the language as closures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from models.calendars import anniversary, local_dates
from models.currencies import currency_decimals
from models.moments import civil, date_of, local_parts
from models.shapes import nearest_distance
from models.types import Kind, Value, grid_of
from rules.compile.aggregates import Compiled
from rules.compile.view import View
from rules.facts.chains import advance
from rules.typed import CalendarUnit, Call, Function

if TYPE_CHECKING:
    from rules.compile.expressions import Compiler

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def call(node: Call, arguments: list[Compiled], compiler: Compiler) -> Compiled:
    """The closure of a call; `arguments` are compiled already."""
    if node.function is Function.DISTANCE:
        return _distance(node, compiler)
    if node.function in _OF_CYCLE:
        return _of_cycle(_OF_CYCLE.index(node.function), compiler.backs[CalendarUnit.BILLING_CYCLE])
    if node.function in _OF_NOW:
        return _OF_NOW[node.function]
    if node.function in _OF_DAYS:
        return _of_day(arguments[0], node.arguments[0].type.kind, _OF_DAYS[node.function])
    if node.function in (Function.LOWER, Function.HIGHER):
        return _picked(arguments, min if node.function is Function.LOWER else max)
    if node.function is Function.ROUND:
        return _round(arguments[0], _main_unit(node, compiler))
    return _nps(arguments[0], grid_of(node.arguments[0].type))


def _hour(view: View) -> Value:
    return local_parts(view.record.zone, view.now)[1] // 60


def _weekday(view: View) -> Value:
    return WEEKDAYS[local_parts(view.record.zone, view.now)[2]]


def _of_cycle(which: int, back: int) -> Compiled:
    """0: the number of today's date in the running billing cycle, 1: the number of dates in it."""

    def value(view: View) -> Value:
        chain = advance(view.record, CalendarUnit.BILLING_CYCLE, back, view.now)
        return None if chain is None else local_dates(view.record.zone, chain[-2], chain[-1], view.now)[which]

    return value


_OF_CYCLE = (Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)

_OF_NOW: dict[Function, Compiled] = {
    Function.HOUR: _hour,
    Function.WEEKDAY: _weekday,
}


def _age(today: int, day: int) -> int:
    """Whole years from `day` to `today`."""
    year = civil(today)[0]
    return year - civil(day)[0] - (today < anniversary(day, year))


_OF_DAYS: dict[Function, Callable[[int, int], int]] = {
    Function.DAYS_UNTIL: lambda today, day: day - today,
    Function.DAYS_SINCE: lambda today, day: today - day,
    Function.AGE: _age,
}


def _of_day(argument: Compiled, kind: Kind, work: Callable[[int, int], int]) -> Compiled:
    def value(view: View) -> Value:
        found: Any = argument(view)
        if found is None:
            return None
        zone = view.record.zone
        return work(date_of(zone, view.now), date_of(zone, found) if kind is Kind.MOMENT else found)

    return value


def _picked(arguments: list[Compiled], pick: Callable[[Any, Any], Any]) -> Compiled:
    first, second = arguments

    def value(view: View) -> Value:
        a, b = first(view), second(view)
        return None if a is None or b is None else pick(a, b)

    return value


def _main_unit(node: Call, compiler: Compiler) -> int:
    if node.type.kind is Kind.MONEY:
        return int(10 ** currency_decimals(compiler.vocabulary.currency))
    return {Kind.NUMBER: grid_of(node.type), Kind.DURATION: 1000, Kind.LENGTH: 1000}.get(node.type.kind, 1)


def _round(argument: Compiled, unit: int) -> Compiled:
    def value(view: View) -> Value:
        found: Any = argument(view)
        return None if found is None else round(Fraction(found) / unit) * unit

    return value


def _nps(argument: Compiled, grid: int) -> Compiled:
    def value(view: View) -> Value:
        found: Any = argument(view)
        if found is None or not 0 <= found <= 10 * grid:
            return None
        return "promoter" if found >= 9 * grid else "passive" if found >= 7 * grid else "detractor"

    return value


def _distance(node: Call, compiler: Compiler) -> Compiled:
    assert node.place is not None
    place, fades = compiler.vocabulary.places[node.place], compiler.vocabulary.position_fades

    def value(view: View) -> Value:
        position = view.record.position
        if position is None or view.now >= position.taken + fades:
            return None
        if any(member[0] == place.name for member in position.members):
            return 0
        if position.latitude is None or position.longitude is None:
            return None
        return nearest_distance(place, position.latitude, position.longitude)

    return value
