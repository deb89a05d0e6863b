"""From alternatives of events to typed patterns: each event with the condition it must meet."""

from __future__ import annotations

from dataclasses import replace

from models.speech import say
from models.vocabulary import EventType
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.resolve_names import resolve_place
from rules.language.scope import Scope
from rules.language.tree import Group, Name, Patterns, Visit
from rules.problems import Problem
from rules.typed import Pattern, PlacePattern, PlaceVerb

#: Events that belong to no customer.
_OF_NOBODY = frozenset({"clock"})


def resolve_patterns(
    node: Patterns, scope: Scope, problems: list[Problem], counted: bool = False
) -> tuple[Pattern, ...] | None:
    """Alternatives of events only; visits of places are refused. `counted`: they are those of an aggregate."""
    found = resolve_alternatives(node, scope, problems, counted, what="events")
    if found is None:
        return None
    return tuple(pattern for pattern in found if isinstance(pattern, Pattern))


def resolve_alternatives(
    node: Patterns, scope: Scope, problems: list[Problem], counted: bool = False, what: str = "steps"
) -> tuple[Pattern | PlacePattern, ...] | None:
    """Alternatives of events and, where `what` is steps, of places entered or left."""
    found: list[Pattern | PlacePattern | None] = []
    for group in node.groups:
        found += _group(group, scope, problems, counted, what)
    sound = tuple(pattern for pattern in found if pattern is not None)
    return sound if len(sound) == len(found) else None


def _group(
    group: Group, scope: Scope, problems: list[Problem], counted: bool, what: str
) -> list[Pattern | PlacePattern | None]:
    """The patterns of a group; a mistake in the condition they share is told once."""
    found: list[Pattern | PlacePattern | None] = []
    told: set[tuple[int, str]] = set()
    for event in group.events:
        mine: list[Problem] = []
        if isinstance(event, Visit):
            found.append(_visit(event, scope, mine, what))
        else:
            found.append(_event(event, group, scope, mine, counted))
        if len(group.events) > 1:
            mine = [_of_group(problem, event.at) for problem in mine]
        problems += [problem for problem in mine if (problem.column, problem.code) not in told]
        told |= {(problem.column, problem.code) for problem in mine}
    return found


def _of_group(problem: Problem, at: Span) -> Problem:
    """A where belongs to all events before it: says so where one of them has no such field."""
    if problem.code != "E212":
        return problem
    written = form(at, f"(A where ..) or {at.text}", f"（A，其中..）或{at.text}")
    hint = say(
        "The {where} belongs to all events before it; otherwise write {written}.",
        where=form(at, "where", "其中"),
        written=written,
    )
    return replace(problem, hint=hint)


def _event(name: Name, group: Group, scope: Scope, problems: list[Problem], counted: bool) -> Pattern | None:
    from rules.language.resolve_conditions import condition_of  # noqa: PLC0415  # conditions hold aggregates, those patterns

    event = resolve_event(name, scope, problems)
    if event is None:
        return None
    if group.where is None:
        return Pattern(event.name)
    where = condition_of(group.where, scope.of_event(event, counted), problems)
    return None if where is None else Pattern(event.name, where)


def resolve_event(name: Name, scope: Scope, problems: list[Problem]) -> EventType | None:
    """The event type a name means; a problem if there is none, or it belongs to no customer."""
    event = scope.event(name.text)
    if event is None:
        problems.append(_no_event(name, scope))
        return None
    if event.name in _OF_NOBODY:
        problems.append(name.at.problem("E401", say('"{event}" is no customer\'s event.', event=event.name)))
        return None
    return event


def _no_event(name: Name, scope: Scope) -> Problem:
    text = name.text
    written = name.at.text
    if text in scope.facts or text in scope.broken:
        hint = form(
            name.at,
            say("Write {fact} reaches .., or becomes {fact} if it is an audience.", fact=written),
            say("Write {fact}达到.., or 成为{fact} if it is an audience.", fact=written),
        )
        return name.at.problem("E401", say('"{name}" is a fact, not an event.', name=written), hint)
    if scope.attribute(text) is not None:
        ways = form(
            name.at,
            say("{name} reaches .., {name} becomes .., or customer changed", name=written),
            say("{name}达到.., {name}变为.., or 客户变更", name=written),
        )
        hint = say("Write {ways}.", ways=ways)
        return name.at.problem("E401", say('"{name}" is an attribute, not an event.', name=written), hint)
    if text in scope.vocabulary.places:
        hint = say("Write {written}.", written=form(name.at, f"enters {written}", f"进入{written}"))
        return name.at.problem("E401", say('"{name}" is a place, not an event.', name=written), hint)
    said = say('There is no event "{name}".', name=written)
    return name.at.problem("E201", said, scope.near(text, scope.events))


def _visit(visit: Visit, scope: Scope, problems: list[Problem], what: str) -> PlacePattern | None:
    if what == "events":
        where = form(visit.at, say("distance to PLACE in its where"), say("距PLACE的距离 behind 其中"))
        hint = say("Name a location event, with {where}.", where=where)
        problems.append(
            visit.at.problem("E401", say('"{visit}" cannot be counted or waited for here.', visit=visit.at.text), hint)
        )
        return None
    if visit.verb is PlaceVerb.STAYS:
        problems.append(_stays(visit))
        return None
    place = resolve_place(visit.place, scope, problems)
    return None if place is None else PlacePattern(visit.verb, place)


def _stays(visit: Visit) -> Problem:
    place = visit.place.at.text
    enters, when = form(visit.at, f"enters {place}", f"进入{place}"), form(visit.at, "when", "当")
    hint = say(
        "Write {enters}, or a rule of its own with {when}: {visit}.", enters=enters, when=when, visit=visit.at.text
    )
    return visit.at.problem("E405", say("A stay is a situation of its own, not a step or an alternative."), hint)
