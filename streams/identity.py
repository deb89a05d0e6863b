"""The identity of a decision: the same on every machine, in every replay, and under every version of its rule."""

from __future__ import annotations

from hashlib import blake2b

from models.decisions import ActionKind, EventCause, TimerCause
from models.moments import format_moment
from rules.record import Match
from rules.typed import Action, Grant, Guide, Offer, Rule, Task

#: The kind of a decision about each kind of action.
KINDS: dict[type[Action], ActionKind] = {
    Guide: ActionKind.GUIDANCE,
    Offer: ActionKind.OFFER,
    Grant: ActionKind.GRANT,
    Task: ActionKind.TASK,
}


def actions_of(rule: Rule, place: int) -> tuple[tuple[str, int], ...]:
    """(kind, number) of the actions of block `place`: the number counts its kind over all blocks, from 1."""
    seen: dict[str, int] = {}
    actions: list[tuple[str, int]] = []
    for number, block in enumerate(rule.blocks[: place + 1]):
        for action in block.actions:
            kind = KINDS[type(action)].value
            seen[kind] = seen.get(kind, 0) + 1
            if number == place:
                actions.append((kind, seen[kind]))
    return tuple(actions)


def decision_id(rule: str, kind: str, number: int, customer: str, match: Match) -> str:
    """BLAKE2-128, in hex, of what the decision is about; the rule's version is not in it."""
    each = "" if match.each is None else str(match.each)
    parts = (rule, kind, str(number), customer, each, *match.trigger)
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def cause_of(trigger: tuple[str, ...]) -> EventCause | TimerCause:
    """What a match's trigger is on the wire."""
    if trigger[0] == "event":
        return EventCause(trigger[1], trigger[2])
    return TimerCause(trigger[1], format_moment(int(trigger[2])))
