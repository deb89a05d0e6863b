"""What a phrase may speak of: the vocabulary, facts, the events bound to steps, the event of a `where`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct, structs

from models.speech import say
from models.types import Kind, Type, said_kind
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from rules.language.language_of import language_of
from rules.language.located import Located, Span
from rules.language.words import names_in
from rules.problems import Problem, suggestion
from rules.typed import Named

WEEKDAYS = Type(Kind.CHOICE, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
NPS_GROUPS = Type(Kind.CHOICE, ("promoter", "passive", "detractor"))

#: The owner that means the customer's attributes: `customer.plan`.
CUSTOMER = "customer"
#: The owner that means the event at hand: `step.plan`.
STEP = "step"


class BoundStep(Struct, frozen=True):
    """An event that conditions and messages may look at: the step number of the situation, what it may be."""

    number: int
    name: str | None = None
    events: tuple[EventType, ...] = ()
    #: The places it may have entered, left or stayed in.
    places: tuple[str, ...] = ()


class Scope(Struct, frozen=True):
    """Names and their meanings at one place of a workspace.

    `facts` are those that may be used here, by name; `broken` are names of facts whose own definition has a problem
    already: phrases that use them cannot be resolved, and say nothing. `each` is the field a rule is kept apart by;
    for `facts.yaml` it is None.
    """

    vocabulary: Vocabulary
    facts: Mapping[str, Named] = MappingProxyType({})
    broken: frozenset[str] = frozenset()
    each: str | None = None
    steps: tuple[BoundStep, ...] = ()
    #: The event whose `where` is read.
    candidate: EventType | None = None
    #: The `where` of an aggregate is read: fields of the event and attributes only.
    counted: bool = False

    @property
    def events(self) -> Mapping[str, EventType]:
        """All event types, the reserved ones too."""
        return {**RESERVED_EVENTS, **self.vocabulary.events}

    def event(self, name: str) -> EventType | None:
        return self.vocabulary.events.get(name) or RESERVED_EVENTS.get(name)

    def attribute(self, name: str) -> Type | None:
        return self.vocabulary.customer.get(name) or RESERVED_ATTRIBUTES.get(name)

    @property
    def attributes(self) -> tuple[str, ...]:
        return (*self.vocabulary.customer, *RESERVED_ATTRIBUTES)

    def each_type(self) -> Type | None:
        """The type of the field a rule is kept apart by: that of the first event type that has it."""
        if self.each is None:
            return None
        found = (event.fields[self.each] for event in self.events.values() if self.each in event.fields)
        return next(found, None)

    def steps_with(self, name: str) -> tuple[BoundStep, ...]:
        """The bound steps whose events have a field of this name."""
        return tuple(step for step in self.steps if any(name in event.fields for event in step.events))

    def of_event(self, event: EventType, counted: bool = False) -> Scope:
        """The scope of the `where` of an event: of a situation, or of an aggregate (`counted`)."""
        return structs.replace(self, candidate=event, counted=counted or self.counted)

    def names(self) -> Iterator[str]:
        """All names a value may have here, for "did you mean"."""
        if self.candidate is not None:
            yield from self.candidate.fields
        else:
            yield from (name for step in self.steps for event in step.events for name in event.fields)
        if not self.counted:
            yield from self.facts
        yield from self.attributes

    def near(self, word: str, names: Iterable[str]) -> str | None:
        """The sentence that asks whether one of these names was meant, in any spelling; None if none is near."""
        own = tuple(names)
        translated = (table[name] for table in self.vocabulary.names.values() for name in own if name in table)
        return suggestion(word, (*own, *translated))

    def called(self, name: str, at: Span) -> str:
        """A name as the language of a phrase spells it."""
        return names_in(self.vocabulary, language_of(at.source.text)).get(name, name)


def resolve_each(name: Located, scope: Scope) -> tuple[Type | None, list[Problem]]:
    """The type of the field that `each` names, or the problem that no event has it, or two have it differently."""
    text = name.text.strip()
    having = {event.name: event.fields[text] for event in scope.events.values() if text in event.fields}
    if not having:
        fields = {field for event in scope.events.values() for field in event.fields}
        return None, [
            name.problem("E212", say('No event has a field "{text}".', text=text), scope.near(text, sorted(fields)))
        ]
    (first, type_), *others = having.items()
    for other, other_type in others:
        if other_type.kind is not type_.kind:
            said = say(
                '"{text}" is {kind} in "{first}" and {other_kind} in "{other}".',
                text=text,
                kind=said_kind(type_.kind),
                first=first,
                other_kind=said_kind(other_type.kind),
                other=other,
            )
            return None, [name.problem("E203", said, say("Give the fields different names, or one type."))]
    return type_, []
