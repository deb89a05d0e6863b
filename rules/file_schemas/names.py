"""The names of a workspace that an editor can suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.decisions import ActionKind
from models.types import Kind, Type
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS
from rules.language.keywords import Language
from rules.workspace.workspace import Workspace

_NOBODY = ("clock",)


@dataclass(frozen=True, slots=True)
class Names:
    """What is suggested; nothing, where no workspace is at hand."""

    languages: tuple[str, ...] = ()
    #: Event type -> field -> type.
    events: Mapping[str, Mapping[str, Type]] = field(default_factory=lambda: MappingProxyType({}))
    attributes: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    places: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    #: Roles, and attributes that may name a person.
    people: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of all events, each once."""
        return tuple(dict.fromkeys(name for fields in self.events.values() for name in fields))


def names_of(workspace: Workspace, language: Language) -> Names:
    """The names of a workspace, as a language spells them where it does."""
    vocabulary = workspace.vocabulary
    spelled = vocabulary.names.get(language.value, {})

    def named(types: Mapping[str, Type]) -> dict[str, Type]:
        return {spelled.get(name, name): type_ for name, type_ in types.items()}

    attributes = {**vocabulary.customer, **RESERVED_ATTRIBUTES}
    events = {**vocabulary.events, **RESERVED_EVENTS}
    persons = [name for name, type_ in vocabulary.customer.items() if type_.kind is Kind.TEXT]
    return Names(
        vocabulary.languages,
        {spelled.get(name, name): named(event.fields) for name, event in events.items() if name not in _NOBODY},
        named(attributes),
        tuple(spelled.get(name, name) for name in vocabulary.places),
        tuple(fact.name for fact in workspace.facts),
        tuple(name for name, terms in workspace.offers.items() if terms.kind is ActionKind.OFFER),
        tuple(name for name, terms in workspace.offers.items() if terms.kind is ActionKind.GRANT),
        workspace.policy.channels,
        (*workspace.policy.role_names(), *(spelled.get(name, name) for name in persons)),
    )
