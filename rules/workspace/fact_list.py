"""`facts:` of a rule and of facts.yaml: named values, in any order, without circles."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from types import MappingProxyType

from msgspec import structs

from models.speech import quoted, say
from models.vocabulary import Vocabulary
from rules.language.yaml_nodes import Mapping, Scalar
from rules.typed import Named
from rules.workspace import reading
from rules.workspace.fact_table import Facts
from rules.workspace.findings import Findings
from rules.workspace.phrases import Phrases


@dataclass(frozen=True, slots=True)
class _Entry:
    """A fact as it was parsed: its key, its phrase, and the other facts of the list it names."""

    key: Scalar
    value: Scalar
    needs: tuple[str, ...]


def names_of(node: Mapping, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names of a list of facts, before they are read: phrases must know them as names."""
    return tuple(fact_name(key.text, vocabulary) for key, _ in node.pairs)


def fact_name(written: str, vocabulary: Vocabulary) -> str:
    """The name of a fact, in whatever language of `names` it is written."""
    name = reading.plain(written)
    return vocabulary.fact_names.get(name, name)


def read_facts(node: Mapping, findings: Findings, phrases: Phrases, taken: Table[str, str]) -> Facts:
    """The facts of the list. `taken` are names that mean something else already: name -> what it is.

    A fact with a mistake is reported once, where it is; what uses it says nothing.
    """
    entries, broken = _parsed(node, findings, phrases, taken)
    order = _ordered(entries, findings, broken)
    named: dict[str, Named] = {}
    said: dict[str, str] = {}
    for name in order:
        scope = phrases.scope
        inner = structs.replace(scope, facts={**scope.facts, **named}, broken=scope.broken | broken)
        fact = phrases.within(inner).fact(findings.located(entries[name].value), name)
        if fact is None:
            broken.add(name)
        else:
            named[name], said[name] = fact.meaning, fact.text
    return Facts(MappingProxyType(named), MappingProxyType(said), frozenset(broken))


def _parsed(
    node: Mapping, findings: Findings, phrases: Phrases, taken: Table[str, str]
) -> tuple[dict[str, _Entry], set[str]]:
    entries: dict[str, _Entry] = {}
    broken: set[str] = set()
    vocabulary = phrases.scope.vocabulary
    known = set(names_of(node, vocabulary))
    for key, value in node.pairs:
        name = fact_name(key.text, vocabulary)
        scalar = reading.text(value, findings, say('the fact "{name}"', name=name))
        if name in taken:
            message = say('"{name}" is already {taken}.', name=name, taken=taken[name])
            findings.error(key, "E108", message, say("Give the fact another name."))
        if name in entries or name in broken:
            findings.error(
                key, "E006", say('the fact "{name}" stands here twice.', name=name), say("Keep one of them.")
            )
            continue
        names = phrases.names_in_fact(findings.located(scalar)) if scalar else None
        if scalar is None or names is None:
            broken.add(name)
        else:
            entries[name] = _Entry(key, scalar, tuple(other for other in names if other in known))
    return entries, broken


def _ordered(entries: dict[str, _Entry], findings: Findings, broken: set[str]) -> list[str]:
    """The names such that each stands behind those it needs; facts in a circle are reported once and left out."""
    order: list[str] = []
    state: dict[str, int] = {}
    for first, entry in entries.items():
        stack = [(first, iter(entry.needs))] if first not in state else []
        state.setdefault(first, 1)
        while stack:
            name, needs = stack[-1]
            needed = next((other for other in needs if other in entries and state.get(other) != 2), None)
            if needed is None:
                stack.pop()
                state[name] = 2
                order.append(name)
            elif needed in state:
                circle = [before for before, _ in stack]
                _report_circle(circle[circle.index(needed) :], entries, findings, broken)
            else:
                state[needed] = 1
                stack.append((needed, iter(entries[needed].needs)))
    return [name for name in order if name not in broken]


def _report_circle(circle: list[str], entries: dict[str, _Entry], findings: Findings, broken: set[str]) -> None:
    first = circle[0]
    if not broken.issuperset(circle):
        path = say(" needs ").join(quoted(name) for name in (*circle, first))
        hint = say("Write one of them without the others.")
        findings.error(entries[first].key, "E112", say("these facts go in a circle: {path}.", path=path), hint)
    broken.update(circle)
