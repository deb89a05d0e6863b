"""What has changed for those who receive: channels, people with tasks, readers of decisions and of dead letters.

They must be able to go on as if nothing had happened, so whatever goes out now must have been allowed before, and what
was promised must still be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from streams.contract.asyncapi import DEAD_LETTER, DECISION, HAND_OFF, TASK
from streams.contract.change import COMPATIBLE, POLICY, Change
from streams.contract.shapes import Schema

_READERS = {
    DECISION: "readers of decisions",
    HAND_OFF: "channels",
    TASK: "people with tasks",
    DEAD_LETTER: "readers of dead letters",
}
_FIX = "Go back to the version of Beforehand that the contract is from, or change the readers first."


def changes_of_topics(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Topics that messages go out on."""
    for topic in old:
        if topic not in new:
            fix = "Put the channel back into policy.yaml; or end what reads the topic first."
            yield Change("E705", f"readers of {topic}", "nothing comes on it any more.", fix, POLICY, ("channels",))
    for topic in new:
        if topic not in old:
            what = f"messages come on {topic} now."
            yield Change(COMPATIBLE, "channels", what, None, POLICY, ("channels",))


def changes_for_receivers(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Change]:
    """What goes out, by what it is."""
    for name, schema in old.items():
        for what in _broken(schema, new[name], ""):
            yield Change("E706", _READERS[name], what, _FIX)
        for path in _added(schema, new[name], ""):
            yield Change(COMPATIBLE, _READERS[name], f"`{path}` is new.")


def _broken(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """What of the new schema the old one did not let expect."""
    forms, now = old.get("anyOf", [old]), new.get("anyOf", [new])
    if len(forms) > 1 or len(now) > 1:
        for form in now:
            if all(any(_broken(one, form, path)) for one in forms):
                yield f"`{path}` has a form that it did not have."
        return
    old, new = forms[0], now[0]
    types = _types(new) - _types(old)
    if _types(old) and (types or not _types(new)):
        yield f"`{path}` may be {' or '.join(sorted(types)) or 'anything'} now."
    values = [value for value in _values(new) if value not in _values(old)]
    if _values(old) and (values or not _values(new)):
        yield f"`{path}` may be {' or '.join(map(str, values)) or 'anything'} now."
    for name, one in old.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        if name not in new.get("properties", {}):
            yield f"`{at}` no longer comes."
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield f"`{at}` may be missing now."
        yield from _broken(one, new["properties"][name], at)
    for inner in ("items", "additionalProperties"):
        if isinstance(old.get(inner), dict):
            yield from _broken(old[inner], new.get(inner, {}), f"{path}[]")


def _added(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """Properties that readers may pass over."""
    for name, one in new.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        before = old.get("properties", {}).get(name)
        if before is None:
            yield at
        else:
            yield from _added(before, one, at)


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", []))
