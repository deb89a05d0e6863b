"""From moments of the syntax tree to typed ones: what they turn on, and how far from it."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from models.speech import say
from models.types import Kind
from rules import typed
from rules.language import tree
from rules.language.language_of import form
from rules.language.resolve_literals import resolve_duration
from rules.language.resolve_names import no_field, resolve_dotted, resolve_name, type_named
from rules.language.resolve_steps import bound
from rules.language.scope import CUSTOMER, Scope
from rules.problems import Problem
from rules.typed import Attribute, FieldOf, Moment, Pattern, Shift

_DAYS: Final = {"day": 1, "week": 7}
_LONGEST_CYCLE: Final = 31


def resolve_moment(node: tree.Moment, scope: Scope, problems: list[Problem]) -> tuple[Moment | None, Scope]:
    """The moment, and the scope of its conditions (for `EVENT.FIELD` the event is bound)."""
    if scope.each is not None and not _of_event(node, scope):
        hint = say("Leave out each, or use a moment of an event's field, EVENT.FIELD.")
        said = say('A moment of the calendar cannot be kept apart by "{each}".', each=scope.each)
        problems.append(node.at.problem("E411", said, hint))
        return None, scope
    match node:
        case tree.EveryDay(time):
            return Moment(typed.EveryDay(time)), scope
        case tree.EveryWeek(weekday, time):
            return Moment(typed.EveryWeek(weekday, time)), scope
        case tree.EveryCycle(day, time):
            return _every_cycle(node, day, time, problems), scope
        case tree.EveryYear(of, time):
            return _every_year(of, time, scope, problems)
        case tree.Around():
            return _around(node, scope, problems)


def _of_event(node: tree.Moment, scope: Scope) -> bool:
    of = node.of if isinstance(node, tree.EveryYear | tree.Around) else None
    return isinstance(of, tree.Dotted) and scope.event(of.owner.text) is not None


def _every_cycle(node: tree.EveryCycle, day: int, time: int, problems: list[Problem]) -> Moment | None:
    if not 1 <= day <= _LONGEST_CYCLE:
        said = say("A billing cycle has no day {day}.", day=day)
        problems.append(node.at.problem("E414", said, say("Write a day from 1 to 31.")))
        return None
    return Moment(typed.EveryCycle(day, time))


def _every_year(
    of: tree.Name | tree.Dotted, time: int, scope: Scope, problems: list[Problem]
) -> tuple[Moment | None, Scope]:
    point, patterns, within = _point(of, scope, problems)
    return (None if point is None else Moment(typed.EveryYear(point, time, patterns))), within


def _around(node: tree.Around, scope: Scope, problems: list[Problem]) -> tuple[Moment | None, Scope]:
    point, patterns, within = _point(node.of, scope, problems)
    shift = _shift(node, scope, problems)
    if point is None or shift is None:
        return None, within
    of = node.of.at.text
    if point.type.kind is Kind.DATE and shift.millis:
        said = say("{of} is a date, and has no time of day to count {length} from.", of=of, length=node.length.at.text)
        hint = form(
            node.at, say("Count in days, with at TIME."), say("Count in days, with a time behind, as in 3天09:00.")
        )
        problems.append(node.at.problem("E407", said, hint))
        return None, within
    if point.type.kind is Kind.DATE and node.time is None:
        said = say("{of} is a date: at what time?", of=of)
        written = form(node.at, f"{node.at.text} at 09:00", f"{node.at.text}09:00")
        problems.append(node.at.problem("E407", said, say("Write {written}", written=written)))
        return None, within
    if shift.millis and node.time is not None:
        said = say("{length} is exact, so there is no time of day to choose.", length=node.length.at.text)
        hint = form(node.at, say("Leave out at, or count in days."), say("Leave out the time, or count in days."))
        problems.append(node.at.problem("E407", said, hint))
        return None, within
    return Moment(typed.Around(point, shift, node.time, patterns)), within


def _shift(node: tree.Around, scope: Scope, problems: list[Problem]) -> Shift | None:
    """Days and weeks are those of the calendar, all else is exact."""
    length = node.length
    millis = resolve_duration(length, scope.vocabulary, problems, least=0)
    if millis is None:
        return None
    sign = -1 if node.before else 1
    if length.unit not in _DAYS:
        return Shift(millis=sign * millis)
    if length.value != length.value.to_integral_value():
        said = say("{length}: days of the calendar are whole.", length=length.at.text)
        problems.append(length.at.problem("E209", said, say("Write whole days, or hours.")))
        return None
    return Shift(days=sign * int(length.value) * _DAYS[length.unit])


def _point(
    node: tree.Name | tree.Dotted, scope: Scope, problems: list[Problem]
) -> tuple[Attribute | FieldOf | None, tuple[Pattern, ...], Scope]:
    """The date or moment something turns on: an attribute, or a field of an event, which is then bound."""
    patterns: tuple[Pattern, ...] = ()
    point: object
    if isinstance(node, tree.Dotted) and node.owner.text != CUSTOMER:
        point, patterns, scope = _field_of_event(node, scope, problems)
    elif isinstance(node, tree.Dotted):
        point = resolve_dotted(node, scope, problems)
    else:
        point = _attribute(node, scope, problems)
    if not isinstance(point, Attribute | FieldOf):
        return None, patterns, scope
    if point.type.kind not in (Kind.DATE, Kind.MOMENT):
        said = say(
            "{text} is {type}; a moment turns on a date or a moment.", text=node.at.text, type=type_named(point.type)
        )
        problems.append(node.at.problem("E203", said))
        return None, patterns, scope
    return point, patterns, scope


def _attribute(node: tree.Name, scope: Scope, problems: list[Problem]) -> Attribute | None:
    type_ = scope.attribute(node.text)
    if type_ is not None:
        return Attribute(node.text, type_)
    if node.text in scope.facts:
        hint = say("Use an attribute, or a field of an event, EVENT.FIELD.")
        problems.append(
            node.at.problem("E215", say('"{text}" is a fact; a moment turns on an attribute.', text=node.at.text), hint)
        )
    elif scope.event(node.text) is not None:
        hint = say("Write {text}.FIELD with one of its fields.", text=node.at.text)
        problems.append(
            node.at.problem("E215", say('"{text}" is an event, not a date or moment.', text=node.at.text), hint)
        )
    else:
        resolve_name(node, structs.replace(scope, facts={}), problems)
    return None


def _field_of_event(
    node: tree.Dotted, scope: Scope, problems: list[Problem]
) -> tuple[FieldOf | None, tuple[Pattern, ...], Scope]:
    event = scope.event(node.owner.text)
    if event is None:
        said = say('There is no event "{owner}".', owner=node.owner.at.text)
        problems.append(node.owner.at.problem("E201", said, scope.near(node.owner.text, scope.vocabulary.events)))
        return None, (), scope
    type_ = event.fields.get(node.name.text)
    if type_ is None:
        problems.append(no_field(node.name.at, node.name.text, event.name, tuple(event.fields), scope))
        return None, (), scope
    patterns = (Pattern(event.name),)
    return FieldOf(node.name.text, type_, 0), patterns, bound(scope, 0, None, patterns)
