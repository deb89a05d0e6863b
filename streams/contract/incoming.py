"""What has changed for producers.

A schema that lets as much pass as before is not enough for them: a field that is no longer read is passed over in
silence, and seconds that are read as bytes fit. So events are compared by the names and types of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from models.speech import all_of, any_of, listed, quoted, say, sentence
from models.types import Kind
from models.visible import visible
from models.vocabulary import CUSTOMER_CHANGED
from rules.problems import did_you_mean
from streams.contract.change import COMPATIBLE, VOCABULARY, Change
from streams.contract.published import PublishedEvent, PublishedField

#: (type before, type now) of which every value is read as it was.
_WIDER = frozenset(
    (before.value, now.value)
    for before, now in (
        (Kind.WHOLE, Kind.NUMBER),
        (Kind.TEXT, Kind.CELL),
        (Kind.CELL, Kind.TEXT),
    )
)

#: Type -> the setting of the vocabulary that says what its amounts mean.
_SETTINGS = {Kind.MONEY: "currency", Kind.DATA: "data unit"}
_PUT_BACK = sentence("Put it back; take it away when nobody sends it any more.")


def changes_for_producers(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
    """Event by event, as they were published; then those that are new. What has one cause is told once."""
    alike: dict[object, list[Change]] = {}
    for change in _changes(old, new):
        alike.setdefault((change.code, change.what, change.fix, change.keys), []).append(change)
    for group in alike.values():
        names = listed(change.whom for change in group)
        yield replace(group[0], whom=say("producers of {names}", names=names))


def _changes(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
    """Each change by itself; `whom` is what is produced."""
    by_wire = {wire: event for event in new for wire in event.wires}
    known = {wire for event in old for wire in event.wires}
    fresh = [event for event in new if known.isdisjoint(event.wires)]
    for event in old:
        lost = [wire for wire in event.wires if wire not in by_wire]
        now = {by_wire[wire].name: by_wire[wire] for wire in event.wires if wire in by_wire}
        if not now:
            yield _gone(event, fresh)
        elif lost:
            yield _renamed(event, next(iter(now.values())), lost)
        for one in now.values():
            yield from _fields(event, one)
            yield from _topics(event, one)
    yield from _units(old, new)
    for event in fresh:
        yield Change(COMPATIBLE, _shown(event.name), say("the event can be sent now."), None, VOCABULARY, _keys(event))


# ------------------------------------------------------------------ events


def _gone(event: PublishedEvent, fresh: Sequence[PublishedEvent]) -> Change:
    fix = say(_PUT_BACK)
    successor = _successor(event, fresh)
    if successor is not None:
        fix = say("If it is {name} now, write `as: {old}` there.", name=_shown(successor), old=event.wires[0])
    keys = ("events", successor or "")
    return Change("E701", _shown(event.name), say("the event is no longer read."), fix, VOCABULARY, keys)


def _successor(event: PublishedEvent, fresh: Sequence[PublishedEvent]) -> str | None:
    """The new event that it may have become: with the same fields, or nearly the same name."""
    fields = {(field.name, field.type) for field in event.fields}
    for one in fresh:
        if fields and fields == {(field.name, field.type) for field in one.fields}:
            return one.name
    return next(iter(did_you_mean(event.name, [one.name for one in fresh])), None)


def _renamed(event: PublishedEvent, now: PublishedEvent, lost: Sequence[str]) -> Change:
    names = all_of(map(_shown, lost))
    fix = say("Add {names} to {name} under `names`.", names=names, name=_shown(now.name))
    if lost[0] == event.wires[0]:
        fix = say("Write `as: {name}` there.", name=lost[0])
    what = say("the event is no longer read under {names}.", names=names)
    return Change("E701", _shown(event.name), what, fix, VOCABULARY, _keys(now))


def _topics(event: PublishedEvent, now: PublishedEvent) -> Iterator[Change]:
    if now.topics != event.topics:
        before, after = listed(event.topics), listed(now.topics)
        what = say("the event belongs on {now} now; it is still read from {before}.", now=after, before=before)
        yield Change(COMPATIBLE, _shown(event.name), what, None, VOCABULARY, _keys(now))


def _units(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
    """What amounts mean is said once for the whole vocabulary, so it is told once."""
    for type_, setting in _SETTINGS.items():
        before, now = _units_of(old, type_), _units_of(new, type_)
        if before and now and before != now:
            what = say("amounts were in {before}, and are taken to be in {now} now.", before=before, now=now)
            if type_ is Kind.DATA:
                words = sentence('texts such as "1 GB" have another meaning: {before} before, {now} now.')
                what = say(words, before=before, now=now)
            fix = say("Write the `{setting}` as it was.", setting=setting)
            yield Change("E704", type_.value, what, fix, VOCABULARY, (setting,))


def _units_of(events: Sequence[PublishedEvent], type_: Kind) -> str:
    """The unit of all amounts of a type; "" where there are none."""
    return next((field.unit for event in events for field in event.fields if field.type == type_.value), "")


# ------------------------------------------------------------------ fields


def _fields(event: PublishedEvent, now: PublishedEvent) -> Iterator[Change]:
    """What has changed in the fields of an event, or in the attributes of customers."""
    by_spelling = {text: field for field in now.fields for text in field.spellings}
    known = {text for field in event.fields for text in field.spellings}
    fresh = [field for field in now.fields if known.isdisjoint(field.spellings)]
    told: set[str] = set()
    for field in event.fields:
        successors = {by_spelling[text].name: by_spelling[text] for text in field.spellings if text in by_spelling}
        lost = [text for text in field.spellings if text not in by_spelling]
        if not successors:
            successor = _successor_of(field, fresh)
            told |= {successor.name} if successor else set()
            yield _lost(event, now, field, successor)
        elif lost:
            yield _respelled(event, field, lost)
        for one in successors.values():
            yield from _field(event, now, field, one)
    for field in fresh:
        change = partial(Change, whom=_shown(event.name), file=VOCABULARY, keys=_keys(now, field))
        if not field.needed:
            yield change(COMPATIBLE, what=say("{field} can be sent now.", field=_named(event, field)))
        elif field.name not in told:
            yield change("E703", what=say("{field} is needed now.", field=_named(event, field)), fix=_optional(field))


def _successor_of(field: PublishedField, fresh: Sequence[PublishedField]) -> PublishedField | None:
    """The new field that it may have become: the only one of its type."""
    alike = [one for one in fresh if (one.type, one.choices) == (field.type, field.choices)]
    return alike[0] if len(alike) == 1 else None


def _lost(event: PublishedEvent, now: PublishedEvent, field: PublishedField, new: PublishedField | None) -> Change:
    what, fix = say("{field} is no longer read.", field=_named(event, field)), say(_PUT_BACK)
    if new is not None:
        words = sentence("If it is {name} now, add the old name under `names`: `{new}: {old}`.")
        fix = say(words, name=_shown(new.name), new=new.name, old=field.name)
        if new.needed:
            words = sentence("{field} is no longer read, and {name} is needed now.")
            what = say(words, field=_named(event, field), name=_shown(new.name))
    return Change("E702", _shown(event.name), what, fix, VOCABULARY, _keys(now))


def _respelled(event: PublishedEvent, field: PublishedField, lost: Sequence[str]) -> Change:
    names = all_of(map(_shown, lost))
    what = say("{field} is no longer read under {names}.", field=_named(event, field), names=names)
    fix = say("Add {names} to {name} under `names`.", names=names, name=_shown(field.name))
    return Change("E702", _shown(event.name), what, fix, VOCABULARY, ("names",))


def _field(event: PublishedEvent, at: PublishedEvent, old: PublishedField, new: PublishedField) -> Iterator[Change]:
    """What has changed in a field that is still read."""
    change = partial(Change, whom=_shown(event.name), file=VOCABULARY, keys=_keys(at, new))
    field = _named(event, new)
    if old.type != new.type:
        # A choice that has names in other languages would no longer be brought to one.
        if (old.type, new.type) in _WIDER or (new.type == Kind.TEXT.value and 0 < len(old.values) == len(old.choices)):
            words = sentence("{field} was of the type {before} and is of {now}; all of them are read.")
            yield change(COMPATIBLE, what=say(words, field=field, before=old.type, now=new.type))
        else:
            what = say("{field} was {before} and is {now} now.", field=field, before=_type(old), now=_type(new))
            words = sentence("Write `{name}: {type}` again, and give what is new a name of its own.")
            yield change("E704", what=what, fix=say(words, name=old.name, type=_type(old)))
    elif narrower := [value for value in old.values if value not in new.values]:
        what = say("{field} may no longer be {values}.", field=field, values=any_of(map(_shown, narrower)))
        yield change("E704", what=what, fix=say("Let it be one of the choices until nobody sends it any more."))
    elif wider := [value for value in new.values if value not in old.values]:
        yield change(
            COMPATIBLE, what=say("{field} may be {values}, too.", field=field, values=any_of(map(_shown, wider)))
        )
    if new.needed and not old.needed:
        yield change("E703", what=say("{field} could be left out, and is needed now.", field=field), fix=_optional(new))
    elif old.needed and not new.needed:
        yield change(COMPATIBLE, what=say("{field} may be left out now.", field=field))


# ------------------------------------------------------------------- words


def _optional(field: PublishedField) -> str:
    return say("Write `{name}: {type}, optional`.", name=field.name, type=_type(field))


def _type(field: PublishedField) -> str:
    return " | ".join(field.choices) if field.choices else field.type


def _named(event: PublishedEvent, field: PublishedField) -> str:
    if event.name == CUSTOMER_CHANGED:
        return say("the attribute {name}", name=_shown(field.name))
    return say("the field {name}", name=_shown(field.name))


def _shown(name: str) -> str:
    return quoted(visible(name, 60))


def _keys(event: PublishedEvent, field: PublishedField | None = None) -> tuple[str, ...]:
    """Where an event, or a field of it, stands in vocabulary.yaml."""
    own = () if field is None else (field.name,)
    return ("customer", *own) if event.name == CUSTOMER_CHANGED else ("events", event.name, *own)
