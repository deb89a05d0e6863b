"""What has changed for those who receive: channels, people with tasks, readers of decisions and of dead letters.

They must be able to go on as if nothing had happened, so whatever goes out now must have been allowed before, and what
was promised must still be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.speech import any_of, say, sentence
from streams.contract.asyncapi import DEAD_LETTER, DECISION, HAND_OFF, TASK
from streams.contract.change import COMPATIBLE, POLICY, Change
from streams.contract.shapes import Schema

_READERS = {
    DECISION: sentence("readers of decisions"),
    HAND_OFF: sentence("channels"),
    TASK: sentence("people with tasks"),
    DEAD_LETTER: sentence("readers of dead letters"),
}
_FIX = sentence("Go back to the version of Beforehand that the contract is from, or change the readers first.")


def changes_of_topics(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Topics that messages go out on."""
    for topic in old:
        if topic not in new:
            whom, what = say("readers of {topic}", topic=topic), say("nothing comes on it any more.")
            fix = say("Put the channel back into policy.yaml; or end what reads the topic first.")
            yield Change("E705", whom, what, fix, POLICY, ("channels",))
    for topic in new:
        if topic not in old:
            what = say("messages come on {topic} now.", topic=topic)
            yield Change(COMPATIBLE, say(_READERS[HAND_OFF]), what, None, POLICY, ("channels",))


def changes_for_receivers(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Change]:
    """What goes out, by what it is."""
    for name, schema in old.items():
        whom = say(_READERS[name])
        for what in _broken(schema, new[name], ""):
            yield Change("E706", whom, what, say(_FIX))
        for path in _added(schema, new[name], ""):
            yield Change(COMPATIBLE, whom, say("`{path}` is new.", path=path))


def _broken(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """What of the new schema the old one did not let expect."""
    forms, now = old.get("anyOf", [old]), new.get("anyOf", [new])
    if len(forms) > 1 or len(now) > 1:
        for form in now:
            if all(any(_broken(one, form, path)) for one in forms):
                yield say("`{path}` has a form that it did not have.", path=path)
        return
    old, new = forms[0], now[0]
    for before, after in ((_types(old), _types(new)), (_values(old), _values(new))):
        more = [value for value in after if value not in before]
        if before and (more or not after):
            values = any_of(map(str, more)) if more else say("anything")
            yield say("`{path}` may be {values} now.", path=path, values=values)
    for name, one in old.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        if name not in new.get("properties", {}):
            yield say("`{path}` no longer comes.", path=at)
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield say("`{path}` may be missing now.", path=at)
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


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else sorted(types)


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", []))
