"""When an example takes place: a plain Wednesday at noon, unless the rules ask for another day or hour."""

from __future__ import annotations

from models.moments import civil, days_of, local_to_moment, zone
from models.types import Kind, Value
from models.vocabulary import DAY, Vocabulary
from rules.checks.witness.events import NoExample
from rules.checks.witness.plain_values import DATE
from rules.checks.witness.solving import Model
from rules.language.keywords import ENGLISH_DAYS
from rules.typed import Around, Attribute, Call, EveryCycle, EveryDay, EveryWeek, EveryYear, Function, Moment, Rule

_NOON = 12 * 60
_HOUR = 60
#: 1 January 1970 was a Thursday.
_FIRST_WEEKDAY = 3
_AGE = 30
#: A fortnight has every weekday.
_LOOKED_AT = 14
_GROUPS = {"promoter": 10, "passive": 8, "detractor": 3}


def moment_for(rules: list[Rule], model: Model, vocabulary: Vocabulary) -> int:
    """When their situations are complete, in milliseconds; raises NoExample if no day would do."""
    minutes = _NOON
    first, last = _days_of(rules)
    wanted: set[int] = set()
    for term, value in model.items():
        if isinstance(term, Call) and term.function is Function.HOUR and isinstance(value, int):
            minutes = value * _HOUR
        if isinstance(term, Call) and term.function is Function.WEEKDAY and isinstance(value, str):
            wanted.add(ENGLISH_DAYS.index(value))
    for rule in rules:
        when = rule.situation.when if isinstance(rule.situation, Moment) else None
        if isinstance(when, EveryDay | EveryWeek | EveryCycle | EveryYear | Around) and when.at is not None:
            minutes = when.at
        if isinstance(when, EveryWeek):
            wanted.add(when.weekday)
        if isinstance(when, EveryCycle):
            first = days_of(2026, 3, when.day)
    fitting = (day for day in range(first, last + 1) if not wanted or {_weekday(day)} == wanted)
    day = next(fitting, None)
    if day is None:
        raise NoExample
    return local_to_moment(zone(vocabulary.time_zone), day, minutes)


def _days_of(rules: list[Rule]) -> tuple[int, int]:
    """Days on which all of the rules run; the first is plain, if it may be."""
    begins = [rule.runs[0] for rule in rules if rule.runs[0] is not None]
    ends = [rule.runs[1] for rule in rules if rule.runs[1] is not None]
    last = min([*ends, max([DATE, *begins]) + _LOOKED_AT])
    first = max([*begins, DATE if last >= DATE else last - _LOOKED_AT])
    return first, last


def _weekday(day: int) -> int:
    return (day + _FIRST_WEEKDAY) % len(ENGLISH_DAYS)


def attributes_for(model: Model, at: int) -> dict[str, Value]:
    """The attributes of which functions in the model shall have their values at a moment."""
    found: dict[str, Value] = {}
    for term, value in model.items():
        match term:
            case Call(function=function, arguments=(Attribute(name=name, type=type_),)) if value is not None:
                if function is Function.NPS_GROUP:
                    scale = 1_000_000 if type_.kind is Kind.NUMBER else 1
                    found[name] = _GROUPS[str(value)] * scale
                elif isinstance(value, int):
                    days = _days(function, value, at)
                    found[name] = days if type_.kind is Kind.DATE else days * DAY + at % DAY
            case _:
                pass
    return found


def _days(function: Function, value: int, at: int) -> int:
    today = at // DAY
    match function:
        case Function.DAYS_UNTIL:
            return today + value
        case Function.DAYS_SINCE:
            return today - value
        case Function.AGE:
            year, month, day = civil(today)
            return days_of(year - value, month, min(day, 28)) - 1
        case _:
            raise NoExample


def moved_to(moment: Moment, at: int) -> dict[str, Value]:
    """The attribute a moment goes by, with the value by which it comes at `at`; empty where it goes by none."""
    when = moment.when
    if not isinstance(when, EveryYear | Around) or not isinstance(when.of, Attribute):
        return {}
    return {when.of.name: value_of(moment, at)}


def value_of(moment: Moment, at: int) -> Value:
    """The date or moment by which it comes at `at`."""
    when = moment.when
    assert isinstance(when, EveryYear | Around)
    dated = when.of.type.kind is Kind.DATE
    today = at // DAY
    if isinstance(when, EveryYear):
        year, month, day = civil(today)
        born = days_of(year - _AGE, month, day)
        return born if dated else born * DAY
    if dated:
        return today - when.shift.days - when.shift.millis // DAY
    return at - when.shift.days * DAY - when.shift.millis
