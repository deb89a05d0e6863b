"""What is read and checked, and does not act yet: said once for the whole workspace."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import listed, say
from rules.checks.written import Place, root, rules
from rules.language.keys import key_of
from rules.problems import Problem
from rules.workspace.workspace import OFFERS, POLICY, Workspace

_OF_OFFERS = ("stock", "limit", "recover")
_OF_MEASURE = ("success", "harm")


def check_not_acting(workspace: Workspace) -> Iterator[Problem]:
    """One notice that names all parts that change no decision yet, at the first of them."""
    found = [*_offers(workspace), *_policy(workspace), *_measures(workspace)]
    if found:
        files: dict[str, dict[str, None]] = {}
        for name, place in found:
            where = place.file if place.file in (OFFERS, POLICY) else say('"measure" of rules')
            files.setdefault(where, {})[name] = None
        said = say("; ").join(
            say("{names} ({where})", names=listed(names), where=where) for where, names in files.items()
        )
        yield found[0][1].problem("N601", say("read and checked, but not acting yet: {said}.", said=said))


def _offers(workspace: Workspace) -> Iterator[tuple[str, Place]]:
    offers = root(workspace, OFFERS)
    for _, terms in offers.pairs() if offers else ():
        yield from _keys(terms, _OF_OFFERS)


def _policy(workspace: Workspace) -> Iterator[tuple[str, Place]]:
    policy = root(workspace, POLICY)
    for name in workspace.policy.acts_not_yet if policy else ():
        key = _key(policy, name) if policy else None
        if key is not None:
            yield name, key


def _key(place: Place, name: str) -> Place | None:
    """The first key of this name at or below a place."""
    for key, value in place.pairs():
        found = key if key_of(key.text, (name,)) else _key(value, name)
        if found is not None:
            return found
    return None


def _measures(workspace: Workspace) -> Iterator[tuple[str, Place]]:
    for rule in rules(workspace):
        measured = rule.file.success or rule.file.harm or not rule.file.sound
        measure = rule.place.get("measure") if measured else None
        yield from _keys(measure, _OF_MEASURE) if measure else ()


def _keys(place: Place, names: tuple[str, ...]) -> Iterator[tuple[str, Place]]:
    """The keys of a mapping that have one of these names, in order."""
    for key, _ in place.pairs():
        name = key_of(key.text, names)
        if name is not None:
            yield name, key
