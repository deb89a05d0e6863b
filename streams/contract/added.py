"""What a vocabulary adds to the one before, and what of it is more than an addition.

Workers take over what is added while they run. All else is refused: records hold values of the old meaning, and rules
that come back look for the old names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.formatting import format_said
from models.places import Place
from models.speech import listed, quoted, say, sentence
from models.types import Kind, Type, said_type
from models.visible import visible
from models.vocabulary import CUSTOMER_CHANGED, RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from streams.contract.asyncapi import asyncapi
from streams.contract.change import NO_ADDITION, VOCABULARY, Change
from streams.contract.incoming import changes_for_producers
from streams.contract.published import PublishedEvent, published
from streams.wire.names import spellings

_DURATION = Type(Kind.DURATION)
#: Setting of vocabulary.yaml -> its name in `Vocabulary`. `history` is of topics, and no worker looks at it.
_SETTINGS = {
    "time zone": "time_zone",
    "currency": "currency",
    "data unit": "data_unit",
    "settle": "settle",
    "stale after": "stale_after",
    "position fades": "position_fades",
}
#: The same of an event.
_OF_EVENTS = {"family": "family", "stale after": "stale_after", "arrives within": "arrives_within", "about": "about"}


def not_added(before: Vocabulary, now: Vocabulary) -> list[Change]:
    """All that is no addition: what breaks producers, in the words of `check --against`; then the rest."""
    broken = [one for one in changes_for_producers(_sent(before), _sent(now)) if one.breaks]
    told = {one.keys for one in broken}
    others = (*_settings(before, now), *_events(before, now), *_attributes(before, now), *_places(before, now))
    return broken + [one for one in others if one.keys not in told]


def added(before: Vocabulary, now: Vocabulary) -> list[str]:
    """What is new, named: event types, fields, attributes, choices, places, languages."""
    return list(_added(before, now))


def _sent(vocabulary: Vocabulary) -> tuple[PublishedEvent, ...]:
    return published(asyncapi(vocabulary, ())).events


# ------------------------------------------------------------------ no addition


def _settings(before: Vocabulary, now: Vocabulary) -> Iterator[Change]:
    for setting, name in _SETTINGS.items():
        yield from _setting("", getattr(before, name), getattr(now, name), (setting,))
    if before.languages[0] != now.languages[0] or not set(before.languages) <= set(now.languages):
        yield from _setting("", listed(before.languages), listed(now.languages), ("languages",))


def _setting(whom: str, before: object, now: object, keys: tuple[str, ...]) -> Iterator[Change]:
    if before != now:
        setting = keys[-1]
        words = sentence("`{setting}` was {before} and is {now} now.")
        what = say(words, setting=setting, before=_said(before, setting), now=_said(now, setting))
        yield _change(
            whom or say("the vocabulary"), what, keys, say("Write the `{setting}` as it was.", setting=setting)
        )


def _said(value: object, setting: str) -> str:
    if isinstance(value, int) and setting != "data unit":
        return format_said(value, _DURATION, "", 1000)
    return say("nothing") if value is None else str(value)


def _events(before: Vocabulary, now: Vocabulary) -> Iterator[Change]:
    yield from _read_as_others(_names_of_events(before), _names_of_events(now), ("events",))
    for name, event in before.events.items():
        other = now.events.get(name)
        if other is not None:
            yield from _event(before, now, event, other)


def _names_of_events(vocabulary: Vocabulary) -> dict[str, str]:
    events = {**RESERVED_EVENTS, **vocabulary.events}
    return spellings(events, vocabulary, snake_case=False) | {event.wire: name for name, event in events.items()}


def _event(before: Vocabulary, now: Vocabulary, event: EventType, other: EventType) -> Iterator[Change]:
    for setting, name in _OF_EVENTS.items():
        if setting != "stale after" or before.stale_after == now.stale_after:
            keys = "events", event.name, setting
            yield from _setting(_shown(event.name), getattr(event, name), getattr(other, name), keys)
    old, new = spellings(event.fields, before, snake_case=True), spellings(other.fields, now, snake_case=True)
    yield from _read_as_others(old, new, ("events", event.name))
    yield from _types(_shown(event.name), event.fields, other.fields, ("events", event.name))


def _attributes(before: Vocabulary, now: Vocabulary) -> Iterator[Change]:
    old, new = (spellings({**RESERVED_ATTRIBUTES, **of.customer}, of, snake_case=True) for of in (before, now))
    yield from _read_as_others(old, new, ("customer",))
    yield from _types(_shown(CUSTOMER_CHANGED), before.customer, now.customer, ("customer",))


def _read_as_others(before: Mapping[str, str], now: Mapping[str, str], keys: tuple[str, ...]) -> Iterator[Change]:
    """What producers send is read, but as something else: spelling -> name."""
    told: set[tuple[str, str]] = set()
    for text, name in before.items():
        other = now.get(text, name)
        if other != name and (name, other) not in told:
            told.add((name, other))
            what = say("what comes as {text} would be {now} from now on.", text=_shown(text), now=_shown(other))
            fix = say("What is remembered goes by the old name: keep it, and give what is new names of its own.")
            yield _change(_shown(name), what, (*keys, other), fix)


def _types(whom: str, before: Mapping[str, Type], now: Mapping[str, Type], keys: tuple[str, ...]) -> Iterator[Change]:
    """Types that are wider, so that producers see nothing of it."""
    for name, type_ in before.items():
        other = now.get(name)
        if other is not None and other.kind is not type_.kind:
            words = sentence("{name} was {before} and is {now} now.")
            what = say(words, name=_shown(name), before=said_type(type_), now=said_type(other))
            fix = say("Write `{name}: {type}` again, and give what is new a name of its own.", name=name, type=type_)
            yield _change(whom, what, (*keys, name), fix)


def _places(before: Vocabulary, now: Vocabulary) -> Iterator[Change]:
    for name, place in before.places.items():
        other = now.places.get(name)
        if other is None:
            fix = say("Put it back; a rule need not use it.")
            yield _change(_shown(name), say("the place is gone."), ("places",), fix)
        elif moved := _moved(place, other):
            named = listed(map(_shown, moved))
            what = say("{names}: gone, or no longer where it was.", names=named)
            fix = say("Put it back as it was, and give what is new a name of its own.")
            yield _change(_shown(name), what, ("places", name), fix)


def _moved(place: Place, now: Place) -> list[str]:
    """The members that are not what they were; the place itself where it is of another kind."""
    if place.kind != now.kind:
        return [place.name]
    shapes = dict(now.members)
    return [name for name, shape in place.members if shapes.get(name) != shape]


def _change(whom: str, what: str, keys: tuple[str, ...], fix: str) -> Change:
    return Change(NO_ADDITION, whom, what, fix, VOCABULARY, keys)


# ------------------------------------------------------------------ additions


def _added(before: Vocabulary, now: Vocabulary) -> Iterator[str]:
    for name, event in now.events.items():
        old = before.events.get(name)
        if old is None:
            yield say("the event {name}", name=_shown(name))
            continue
        for field in event.fields:
            if field not in old.fields:
                yield say("the field {field} of {event}", field=_shown(field), event=_shown(name))
        yield from _choices(old.fields, event.fields)
    for name in now.customer:
        if name not in before.customer:
            yield say("the attribute {name}", name=_shown(name))
    yield from _choices(before.customer, now.customer)
    for name, place in now.places.items():
        known = before.places.get(name)
        if known is None:
            yield say("the place {name}", name=_shown(name))
        else:
            members = dict(known.members)
            yield from (
                say("the place {name}", name=_shown(member)) for member, _ in place.members if member not in members
            )
    for language in now.languages:
        if language not in before.languages:
            yield say("the language {name}", name=language)


def _choices(before: Mapping[str, Type], now: Mapping[str, Type]) -> Iterator[str]:
    for name, type_ in now.items():
        known = before.get(name)
        if known is not None:
            for choice in type_.choices:
                if choice not in known.choices:
                    yield say("{choice} of {name}", choice=_shown(choice), name=_shown(name))


def _shown(name: str) -> str:
    return quoted(visible(name, 60))
