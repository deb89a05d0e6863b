"""Places: her position, what she enters and leaves with it, and stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from models.events import Event
from models.types import Kind, Value
from models.vocabulary import EventType
from rules.compile.view import Bound
from rules.program import Program
from rules.record import Position, Record
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.timers import TimerKind, set_stay_timer, set_stay_timer_anew
from rules.typed import PlacePattern, PlaceVerb, Visits

Member = tuple[str, str]

#: (To look a member up in its class takes as long as a call.)
_ENTERS, _LEAVES, _STAYS = PlaceVerb.ENTERS, PlaceVerb.LEAVES, PlaceVerb.STAYS


class Moved(NamedTuple):
    """What a position changed: (place, member) pairs entered and left, in the order of the vocabulary."""

    entered: tuple[Member, ...] = ()
    left: tuple[Member, ...] = ()

    def crossings(self) -> Iterator[tuple[PlaceVerb, Member]]:
        """What was entered, then what was left."""
        for member in self.entered:
            yield _ENTERS, member
        for member in self.left:
            yield _LEAVES, member

    def fits(self, pattern: PlacePattern) -> Member | None:
        """The first member of the pattern's place that was entered or left."""
        members = self.entered if pattern.verb is PlaceVerb.ENTERS else self.left
        return next((member for member in members if member[0] == pattern.place), None)


NOWHERE = Moved()


def position_field(event_type: EventType) -> tuple[str, ...]:
    """The fields of a location event that can be a position, in the vocabulary's order."""
    if event_type.family != "location":
        return ()
    return tuple(name for name, type_ in event_type.fields.items() if type_.kind in (Kind.POINT, Kind.CELL))


def position_in(event: Event, fields: tuple[str, ...]) -> Value:
    """The position that an event gives: the first of the fields that has a value."""
    return next((where for name in fields if (where := event.data.get(name)) is not None), None)


def move(program: Program, record: Record, event: Event, taken: int, where: Value) -> Moved:
    """Move her to the position of an event, a point or a radio cell, if it is not older than hers."""
    time, last = event.time, record.position
    if last is not None and time < last.time:
        return NOWHERE
    latitude = longitude = cell = None
    if isinstance(where, tuple):
        latitude, longitude = where
        now = program.places.members_at(latitude, longitude)
    else:
        cell = str(where)
        now = program.places.members_in_cell(cell)
    was: tuple[Member, ...] = ()
    if last is None:
        record.position = Position(time, taken, latitude, longitude, cell, now)
    else:  # (nobody else holds it, and to change it costs half as much as a new one)
        if not last.faded(taken, program.plan.vocabulary.position_fades):
            was = last.members
        elif record.inside:
            record.inside.clear()
        last.time, last.taken = time, taken
        last.latitude, last.longitude, last.cell, last.members = latitude, longitude, cell, now
    return NOWHERE if was is now else changed(program, record, event, taken, was, now)


def changed(
    program: Program, record: Record, event: Event, taken: int, was: tuple[Member, ...], now: tuple[Member, ...]
) -> Moved:
    """An event has taken her from where she was to where she is now: what she has entered and left."""
    moved = Moved(
        tuple([member for member in now if member not in was]), tuple([member for member in was if member not in now])
    )
    if record.inside:
        for member in moved.left:
            record.inside.pop(member, None)
            _end_stays(record, member)
    for member in moved.entered:
        rules = program.plan.visits.get((_STAYS, member[0]))
        if rules is not None:
            record.inside[member] = Bound(event.data, event.time, taken, event.source, event.id, member)
            _begin_stays(program, record, rules, member, taken)
    return moved


def know(program: Program, record: Record) -> None:
    """Another rule set begins, which may know other places: she is where she is, and enters and leaves none of them."""
    if record.position is None:
        return
    members = record.position.members = _members(program, record.position)
    record.inside = {member: entered for member, entered in record.inside.items() if member in members}
    record.stays = {key: due for key, due in record.stays.items() if key[1:] in members}


def _members(program: Program, position: Position) -> tuple[Member, ...]:
    if position.latitude is None or position.longitude is None:
        return program.places.members_in_cell(position.cell or "")
    return program.places.members_at(position.latitude, position.longitude)


def _end_stays(record: Record, member: Member) -> None:
    for key in [key for key in record.stays if key[1:] == member]:
        del record.stays[key]


def _begin_stays(program: Program, record: Record, rules: Iterable[int], member: Member, taken: int) -> None:
    for number in rules:
        rule = program.plan.rules[number]
        assert isinstance(rule.situation, Visits)
        due = taken + rule.situation.pattern.duration
        record.stays[rule.id, *member] = due
        set_stay_timer(record, due, rule.id, program.plan.vocabulary.position_fades)


def visits(
    program: Program,
    wanted: Mapping[tuple[PlaceVerb, str], tuple[int, ...]],
    event: Event,
    taken: int,
    moved: Moved,
) -> Iterator[Found]:
    """The rules whose `enters` or `leaves` a position completes; of a kind of place by the member written first.

    `wanted`: the rules in question, by what they wait for.
    """
    seen: set[tuple[PlaceVerb, str]] = set()
    for verb, member in moved.crossings():
        visited = (verb, member[0])
        rules = wanted.get(visited)
        if rules is None or visited in seen:
            continue
        seen.add(visited)
        trigger = EventTrigger(event.source, event.id, event.time)
        bound = Bound(event.data, event.time, taken, event.source, event.id, member)
        for number in rules:
            name = program.plan.rules[number].each
            yield Found(number, event.data.get(name) if name else None, trigger, (bound,))


def steps(program: Program, moved: Moved) -> Iterator[tuple[int, int]]:
    """(rule, step) of the steps of sequences that a position may fit."""
    for verb, member in moved.crossings():
        yield from program.plan.visit_steps.get((verb, member[0]), ())


def stayed(program: Program, record: Record, rule: str, now: int) -> list[Found]:
    """The stay of a rule that is complete now. Of members entered at once it is one match, of the one written first.

    All stays end, and none is complete, where her position has just faded: a fade has no timer of its own.
    """
    position, fades = record.position, program.plan.vocabulary.position_fades
    keys = [key for key in record.stays if key[0] == rule]
    if not keys or position is None:
        return []
    if position.faded(now, fades):
        record.stays.clear()
        record.inside.clear()
        return []
    complete = [key for key in keys if record.stays[key] <= now]
    found = []
    if complete:
        entering = record.inside[complete[0][1:]]
        found.append(_stay_of(program, rule, entering, record.stays[complete[0]]))
        for key in complete:
            if _same_event(record.inside[key[1:]], entering):
                del record.stays[key]
                keys.remove(key)
    if keys:
        set_stay_timer_anew(record, rule, fades)
    return found


def _same_event(one: Bound, other: Bound) -> bool:
    return (one.source, one.id, one.taken) == (other.source, other.id, other.taken)


def _stay_of(program: Program, rule: str, entering: Bound, due: int) -> Found:
    number = program.number_of[rule]
    each = program.plan.rules[number].each
    trigger = TimerTrigger(TimerKind.STAY.word, due, entering.source, entering.id)
    return Found(number, entering.data.get(each) if each else None, trigger, (entering,))
