"""vocabulary.yaml: what events, fields, attributes and places a company has, and the settings of a workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from models.currencies import currency_decimals
from models.moments import zone, zone_names
from models.speech import quoted, say
from models.types import Type, said_type
from models.vocabulary import (
    DEFAULT_HISTORY,
    DEFAULT_POSITION_FADES,
    DEFAULT_SETTLE,
    DEFAULT_STALE_AFTER,
    RESERVED_ATTRIBUTES,
    Vocabulary,
)
from rules.language.keywords import Language
from rules.language.yaml_nodes import Mapping, Node, Scalar
from rules.problems import Problem
from rules.workspace import quantities, reading
from rules.workspace.event_types import Defaults, event_types
from rules.workspace.files import ReadFile
from rules.workspace.findings import Findings, nearest
from rules.workspace.places_section import places
from rules.workspace.reading import Keys
from rules.workspace.things_section import things
from rules.workspace.type_text import type_of

KEYS = (
    "time zone",
    "currency",
    "languages",
    "data unit",
    "settle",
    "stale after",
    "history",
    "position fades",
    "customer",
    "events",
    "places",
    "things",
    "names",
)

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """What was read. `vocabulary` holds what could be read of it; `broken` are the names whose definition could not,
    and `places` where each name stands: name -> node."""

    vocabulary: Vocabulary
    findings: Findings
    broken: frozenset[str] = frozenset()
    places: Table[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    #: Names under `names` that are none of the vocabulary: names of facts, or else mistakes.
    strangers: Table[str, Problem] = field(default_factory=lambda: MappingProxyType({}))
    #: A currency is written, but none that is known: amounts of money elsewhere are not to blame.
    currency_unknown: bool = False
    #: A section could not be read, or has a misspelled key: nobody knows which names it would have had.
    names_missing: bool = False

    @property
    def problems(self) -> list[Problem]:
        return self.findings.problems


def read_vocabulary(findings: Findings, read_file: ReadFile) -> VocabularyFile:
    """The vocabulary of a file; what is wrong goes to `findings` and is left out."""
    root = findings.source.root
    node = reading.mapping(root, findings, say("a vocabulary")) if root is not None else None
    if node is None:
        return VocabularyFile(Vocabulary({}, {}), findings)
    keys = Keys(node, findings, KEYS, say("the vocabulary"))
    settings = _settings(keys)
    stands: dict[str, Scalar] = {}
    broken: set[str] = set()
    defaults = Defaults(settings.get("stale_after", DEFAULT_STALE_AFTER), frozenset(_names_of(keys, "things")))
    customer = _customer(keys, findings, stands, broken)
    events = event_types(keys.get("events"), findings, defaults, stands, broken) if keys.need("events") else {}
    where = places(keys.get("places"), findings, read_file, stands, broken)
    vocabulary = Vocabulary(events=events, customer=customer, places=where, **settings)
    about = things(keys.get("things"), findings, vocabulary, stands)
    strangers: dict[str, Problem] = {}
    known = {*known_names(vocabulary, about), *broken, *stands}
    names = _names(keys.get("names"), findings, vocabulary, known, strangers)
    of_facts = {table[name]: name for table in names.values() for name in strangers if name in table}
    finished = Vocabulary(
        events=events, customer=customer, places=where, things=about, names=names, fact_names=of_facts, **settings
    )
    names_missing = _names_missing(keys)
    if names_missing:
        findings.problems[:] = [problem for problem in findings.problems if problem.code not in OF_NAMES]
    spelled = {table[name] for table in names.values() for name in broken if name in table}
    return VocabularyFile(
        finished,
        findings,
        frozenset(broken | spelled),
        MappingProxyType(stands),
        currency_unknown=keys.get("currency") is not None and "currency" not in settings,
        names_missing=names_missing,
        strangers={} if names_missing else strangers,
    )


#: Problems that a name may have only because its definition could not be read.
OF_NAMES = frozenset({"E201", "E202", "E212", "E301"})


def _names_missing(keys: Keys) -> bool:
    for name in ("customer", "events", "places"):
        section = keys.get(name)
        if keys.misspelled(name) if section is None else not isinstance(section, Mapping):
            return True
    return keys.get("events") is None


def _names_of(keys: Keys, name: str) -> list[str]:
    node = keys.get(name)
    return [reading.plain(key.text) for key, _ in node.pairs] if isinstance(node, Mapping) else []


def _settings(keys: Keys) -> dict[str, Any]:
    """The settings that are written, by their names in `Vocabulary`."""
    found = {
        "time_zone": keys.read("time zone", _time_zone),
        "currency": keys.read("currency", _currency),
        "languages": keys.read("languages", _languages),
        "data_unit": keys.read("data unit", _data_unit),
        "settle": keys.read("settle", quantities.duration),
        "stale_after": keys.read("stale after", quantities.duration),
        "history": keys.read("history", quantities.duration),
        "position_fades": keys.read("position fades", quantities.duration),
    }
    return {name: value for name, value in found.items() if value is not None}


#: What a setting is where the file does not say; for the reference.
DEFAULTS = MappingProxyType(
    {
        "settle": DEFAULT_SETTLE,
        "stale after": DEFAULT_STALE_AFTER,
        "history": DEFAULT_HISTORY,
        "position fades": DEFAULT_POSITION_FADES,
    }
)


def _time_zone(node: Node, findings: Findings, what: str) -> str | None:
    found = reading.text(node, findings, what)
    if found is None:
        return None
    try:
        zone(found.text)
    except ValueError as error:
        findings.error(found, "E111", say("{error}.", error=error), nearest(found.text, zone_names()))
        return None
    return found.text


def _currency(node: Node, findings: Findings, what: str) -> str | None:
    found = reading.text(node, findings, what)
    if found is None:
        return None
    try:
        currency_decimals(found.text)
    except ValueError as error:
        findings.error(found, "E111", say("{error}.", error=error))
        return None
    return found.text


def _languages(node: Node, findings: Findings, what: str) -> tuple[str, ...] | None:
    languages = []
    for item in reading.texts(node, findings, what):
        if not _LANGUAGE.fullmatch(item.text):
            findings.error(
                item,
                "E111",
                say('"{item}" is not the code of a language.', item=item.text),
                say("Write en, zh, or zh-TW."),
            )
        elif item.text in languages:
            findings.error(
                item, "E108", say('the language "{item}" stands here twice.', item=item.text), say("Keep one of them.")
            )
        else:
            languages.append(item.text)
    return tuple(languages) or None


def _data_unit(node: Node, findings: Findings, what: str) -> int | None:
    found = reading.text(node, findings, what)
    if found is None:
        return None
    if found.text not in {"1000", "1024"}:
        findings.error(
            found,
            "E111",
            say('{what} is 1000 or 1024; here stands "{found}".', what=what, found=found.text),
            say("Write 1000 or 1024."),
        )
        return None
    return int(found.text)


def _customer(keys: Keys, findings: Findings, stands: dict[str, Scalar], broken: set[str]) -> Table[str, Type]:
    node = keys.read("customer", reading.mapping)
    attributes: dict[str, Type] = {}
    for key, value in node.pairs if node else ():
        name = reading.plain(key.text)
        type_ = type_of(value, findings, say('the attribute "{name}"', name=name))
        stands[name] = key
        if type_ is None:
            broken.add(name)
            continue
        reserved = RESERVED_ATTRIBUTES.get(name)
        if reserved is not None and reserved.kind is not type_.kind:
            message = say(
                '"{name}" is an attribute of every workspace and is {reserved}, not {type}.',
                name=name,
                reserved=said_type(reserved),
                type=said_type(type_),
            )
            findings.error(
                value, "E107", message, say("Write {name}: {reserved}, or leave it out.", name=name, reserved=reserved)
            )
            continue
        attributes[name] = type_
    return MappingProxyType(attributes)


def _names(
    node: Node | None, findings: Findings, vocabulary: Vocabulary, known: set[str], strangers: dict[str, Problem]
) -> Table[str, Table[str, str]]:
    """`names: {zh: {data used: 使用流量}}`, in languages of messages or of phrases."""
    languages = tuple(dict.fromkeys((*vocabulary.languages, *Language)))
    section = reading.mapping(node, findings, quoted("names")) if node is not None else None
    tables: dict[str, Table[str, str]] = {}
    for key, value in section.pairs if section else ():
        if key.text not in languages:
            message = say('"{key}" is not one of the languages of this vocabulary, nor of phrases.', key=key.text)
            findings.unknown(key, "E110", message, key.text, languages)
        elif table := reading.mapping(value, findings, say('the names in "{key}"', key=key.text)):
            tables[key.text] = _table(table, findings, known, strangers)
    return MappingProxyType(tables)


def _table(node: Mapping, findings: Findings, known: set[str], strangers: dict[str, Problem]) -> Table[str, str]:
    table: dict[str, str] = {}
    taken: dict[str, str] = {}
    for key, value in node.pairs:
        name = reading.plain(key.text)
        found = reading.text(value, findings, say('the name of "{name}"', name=name))
        if name not in known:
            of_this = Findings(findings.source)
            of_this.unknown(
                key,
                "E201",
                say('"{name}" is no name of this vocabulary, nor of a fact.', name=name),
                name,
                sorted(known),
            )
            strangers[name] = of_this.problems[0]
        if found is not None:
            spelling = reading.plain(found.text)
            if spelling in taken:
                message = say(
                    '"{spelling}" is already the name of "{taken}".', spelling=spelling, taken=taken[spelling]
                )
                findings.error(found, "E108", message, say("Give each its own name."))
                continue
            taken[spelling] = name
            table[name] = spelling
    return MappingProxyType(table)


def known_names(vocabulary: Vocabulary, about: Table[str, Table[str, str]]) -> set[str]:
    """Everything that may have a name in another language."""
    known = {*vocabulary.events, *vocabulary.customer, *vocabulary.places, *about, *RESERVED_ATTRIBUTES}
    types = list(vocabulary.customer.values())
    for event in vocabulary.events.values():
        known.update(event.fields)
        types.extend(event.fields.values())
    known.update(choice for type_ in types for choice in type_.choices)
    return known
