"""What has changed for producers.

A schema that lets as much pass as before is not enough for them: a field that is no longer read is passed over in
silence, and seconds that are read as bytes fit. So events are compared by the names and types of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from models.types import Kind
from models.visible import visible
from models.vocabulary import CUSTOMER_CHANGED
from rules.problems import did_you_mean, quoted
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

_PRODUCERS = "producers of "
#: Type -> the setting of the vocabulary that says what its amounts mean.
_SETTINGS = {Kind.MONEY: "currency", Kind.DATA: "data unit"}


def changes_for_producers(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
    """Event by event, as they were published; then those that are new. What has one cause is told once."""
    alike: dict[object, list[Change]] = {}
    for change in _changes(old, new):
        alike.setdefault((change.code, change.what, change.fix, change.keys), []).append(change)
    for first, *others in alike.values():
        whom = ", ".join([first.whom, *(other.whom.removeprefix(_PRODUCERS) for other in others)])
        yield replace(first, whom=whom)


def _changes(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
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
        yield Change(COMPATIBLE, "producers", f"{_shown(event.name)} can be sent now.", None, VOCABULARY, _keys(event))


# ------------------------------------------------------------------ events


def _gone(event: PublishedEvent, fresh: Sequence[PublishedEvent]) -> Change:
    fix = "Put it back; take it away when nobody sends it any more."
    successor = _successor(event, fresh)
    if successor is not None:
        fix = f"If it is {_shown(successor)} now, write `as: {event.wires[0]}` there."
    what = f"the event {_shown(event.name)} is no longer read."
    return Change("E701", _producers(event), what, fix, VOCABULARY, ("events", successor or ""))


def _successor(event: PublishedEvent, fresh: Sequence[PublishedEvent]) -> str | None:
    """The new event that it may have become: with the same fields, or nearly the same name."""
    fields = {(field.name, field.type) for field in event.fields}
    for one in fresh:
        if fields and fields == {(field.name, field.type) for field in one.fields}:
            return one.name
    return next(iter(did_you_mean(event.name, [one.name for one in fresh])), None)


def _renamed(event: PublishedEvent, now: PublishedEvent, lost: Sequence[str]) -> Change:
    names = " and ".join(map(_shown, lost))
    fix = f"Add {names} to {_shown(now.name)} under `names`."
    if lost[0] == event.wires[0]:
        fix = f"Write `as: {lost[0]}` there."
    what = f"the event is no longer read under {names}."
    return Change("E701", _producers(event), what, fix, VOCABULARY, _keys(now))


def _topics(event: PublishedEvent, now: PublishedEvent) -> Iterator[Change]:
    if now.topics != event.topics:
        what = f"the event belongs on {', '.join(now.topics)} now; it is still read from {', '.join(event.topics)}."
        yield Change(COMPATIBLE, _producers(event), what, None, VOCABULARY, _keys(now))


def _units(old: Sequence[PublishedEvent], new: Sequence[PublishedEvent]) -> Iterator[Change]:
    """What amounts mean is said once for the whole vocabulary, so it is told once."""
    for type_, setting in _SETTINGS.items():
        before, now = _units_of(old, type_), _units_of(new, type_)
        if before and now and before != now:
            what = f"amounts were in {before}, and are taken to be in {now} now."
            if type_ is Kind.DATA:
                what = f'texts such as "1 GB" have another meaning: {before} before, {now} now.'
            fix = f"Write the `{setting}` as it was."
            yield Change("E704", f"{_PRODUCERS}{type_.value}", what, fix, VOCABULARY, (setting,))


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
        change = partial(Change, whom=_producers(event), file=VOCABULARY, keys=_keys(now, field))
        if field.name in told:
            continue
        if field.needed:
            fix = f"Write `{field.name}: {_type(field)}, optional`."
            yield change("E703", what=f"the field {_shown(field.name)} is needed now.", fix=fix)
        else:
            yield change(COMPATIBLE, what=f"the {_noun(event)} {_shown(field.name)} can be sent now.")


def _successor_of(field: PublishedField, fresh: Sequence[PublishedField]) -> PublishedField | None:
    """The new field that it may have become: the only one of its type."""
    alike = [one for one in fresh if (one.type, one.choices) == (field.type, field.choices)]
    return alike[0] if len(alike) == 1 else None


def _lost(event: PublishedEvent, now: PublishedEvent, field: PublishedField, new: PublishedField | None) -> Change:
    what = f"the {_noun(event)} {_shown(field.name)} is no longer read"
    fix = "Put it back; take it away when nobody sends it any more."
    if new is not None:
        what += f", and {_shown(new.name)} is needed now" if new.needed else ""
        fix = f"If it is {_shown(new.name)} now, add the old name under `names`: `{new.name}: {field.name}`."
    return Change("E702", _producers(event), f"{what}.", fix, VOCABULARY, _keys(now))


def _respelled(event: PublishedEvent, field: PublishedField, lost: Sequence[str]) -> Change:
    names = " and ".join(map(_shown, lost))
    what = f"the {_noun(event)} {_shown(field.name)} is no longer read under {names}."
    fix = f"Add {names} to {_shown(field.name)} under `names`."
    return Change("E702", _producers(event), what, fix, VOCABULARY, ("names",))


def _field(event: PublishedEvent, at: PublishedEvent, old: PublishedField, new: PublishedField) -> Iterator[Change]:
    """What has changed in a field that is still read."""
    change = partial(Change, whom=_producers(event), file=VOCABULARY, keys=_keys(at, new))
    name = f"the {_noun(event)} {_shown(new.name)}"
    if old.type != new.type:
        # A choice that has names in other languages would no longer be brought to one.
        if (old.type, new.type) in _WIDER or (new.type == Kind.TEXT.value and 0 < len(old.values) == len(old.choices)):
            yield change(COMPATIBLE, what=f"{name} was a {old.type} and is a {new.type}; all of them are read.")
        else:
            fix = f"Write `{old.name}: {_type(old)}` again, and give what is new a name of its own."
            yield change("E704", what=f"{name} was {_type(old)} and is {_type(new)} now.", fix=fix)
    elif narrower := [value for value in old.values if value not in new.values]:
        what = f"{name} may no longer be {' or '.join(map(_shown, narrower))}."
        yield change("E704", what=what, fix="Let it be one of the choices until nobody sends it any more.")
    elif wider := [value for value in new.values if value not in old.values]:
        yield change(COMPATIBLE, what=f"{name} may be {' or '.join(map(_shown, wider))}, too.")
    if new.needed and not old.needed:
        fix = f"Write `{new.name}: {_type(new)}, optional`."
        yield change("E703", what=f"{name} could be left out, and is needed now.", fix=fix)
    elif old.needed and not new.needed:
        yield change(COMPATIBLE, what=f"{name} may be left out now.")


# ------------------------------------------------------------------- words


def _type(field: PublishedField) -> str:
    return " | ".join(field.choices) if field.choices else field.type


def _noun(event: PublishedEvent) -> str:
    return "attribute" if event.name == CUSTOMER_CHANGED else "field"


def _producers(event: PublishedEvent) -> str:
    return f"{_PRODUCERS}{_shown(event.name)}"


def _shown(name: str) -> str:
    return quoted(visible(name, 60))


def _keys(event: PublishedEvent, field: PublishedField | None = None) -> tuple[str, ...]:
    """Where an event, or a field of it, stands in vocabulary.yaml."""
    own = () if field is None else (field.name,)
    return ("customer", *own) if event.name == CUSTOMER_CHANGED else ("events", event.name, *own)
