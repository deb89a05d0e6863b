"""Which rule set decided from which moment on: kept with the state, each with the files it was made from.

A set is kept as what differs from the one before it: files that changed, and the names of those that are gone. So the
text of every rule that ever decided can be told, and a state can go on by its last set, whatever has become of the
folder meanwhile.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from models.speech import say
from rules.facts.table import begun_from, begun_of
from rules.plan import hash_of
from rules.typed import Rule
from streams.engine import Engine
from streams.kept_vocabulary import types_of
from streams.stores.base import Store, StoreError

#: How far ahead of all that has arrived a rule set begins that follows while a run goes on, in milliseconds.
AHEAD = 10_000
#: What the names of the settings begin with; numbers follow.
_PREFIX = "rule set "


class RulesOfRun(Struct):
    """What decided until now, kept when it changes."""

    rule_set: str
    #: Rule -> version.
    versions: dict[str, str]
    #: Since when its facts have been kept (`rules.facts.table.begun_of`).
    begun: dict[int, int]
    #: See `streams.kept_vocabulary`.
    types: dict[str, dict[str, str]]
    #: The layout of the set that some of the records have gone over to already, while others have not.
    following: str | None = None
    #: What its records are laid out for (`rules.plan.layout_of`).
    layout: str = ""


def rules_of(engine: Engine) -> RulesOfRun:
    """What is kept of the rules of an engine."""
    plan = engine.program.plan
    versions = {rule.id: rule.version for rule in plan.rules}
    return RulesOfRun(plan.hash, versions, begun_of(plan.facts), types_of(engine.vocabulary), layout=plan.layout)


def begun_after(before: RulesOfRun, rules: Sequence[Rule], begins: int) -> Mapping[int, int]:
    """Since when the facts of these rules are kept, if they decide from `begins` (ms) on: for `streams.assembly`."""
    if before.rule_set == hash_of(sorted(rules, key=lambda rule: rule.id)):
        return before.begun
    return begun_from(tuple(rules), before.begun, begins)


@dataclass(frozen=True, slots=True)
class Coming:
    """A rule set that decides from `begins` (ms) on, and the files of its workspace."""

    engine: Engine
    begins: int
    files: Mapping[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A rule set that decided from `begins` (ms; None: from the first event) on, and the files of its workspace."""

    rule_set: str
    begins: int | None
    files: Mapping[str, bytes]


class _Kept(Struct, array_like=True):
    rule_set: str
    begins: int | None
    changed: dict[str, bytes]
    removed: list[str]


def rule_sets(store: Store) -> list[Decided]:
    """All rule sets that decided in this state, the oldest first; StoreError if they can't be read."""
    found: list[Decided] = []
    files: dict[str, bytes] = {}
    settings = store.settings()
    try:
        for name in sorted(name for name in settings if name.startswith(_PREFIX)):
            kept = msgspec.msgpack.decode(settings[name], type=_Kept)
            changed = {name: zlib.decompress(content) for name, content in kept.changed.items()}
            files = {name: content for name, content in files.items() if name not in kept.removed} | changed
            found.append(Decided(kept.rule_set, kept.begins, files))
    except (msgspec.MsgspecError, zlib.error):
        raise StoreError(say("the state is damaged: its rule sets can't be read. Start afresh with --again")) from None
    return found


def entries(store: Store, present: Decided) -> dict[str, bytes]:
    """The settings to be set so that the store keeps the present rule set; none if it is the one kept last."""
    kept = rule_sets(store)
    before = kept[-1].files if kept else {}
    if kept and (kept[-1].rule_set, before) == (present.rule_set, present.files):
        return {}
    changed = {name: zlib.compress(content) for name, content in present.files.items() if before.get(name) != content}
    removed = [name for name in before if name not in present.files]
    made = _Kept(present.rule_set, present.begins if kept else None, changed, removed)
    return {f"{_PREFIX}{len(kept) + 1:09}": msgspec.msgpack.encode(made)}
