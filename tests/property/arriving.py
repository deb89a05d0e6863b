"""The list of what is taken, as the interpreter is given it: made from what arrived, by the words of the semantics."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from models.consent import withdraws
from models.events import Event
from models.vocabulary import Vocabulary
from rules.interpreter import Taken


def taken_in_order(arrived: Iterable[Event], vocabulary: Vocabulary) -> list[Taken]:
    """One customer's events in the order of taking; a withdrawal that is ahead of its time has that of its taking."""
    found: list[tuple[tuple[object, ...], Taken]] = []
    for event in arrived:
        settled, ahead = event.arrived - vocabulary.settle, withdraws(event)
        at = settled if ahead else max(event.time, settled)
        known = vocabulary.events.get(event.type)
        fresh = event.arrived - event.time <= (vocabulary if known is None else known).stale_after
        place = (at, 0 if ahead else 1, event.time, event.type, event.source, event.id)
        found.append((place, Taken(replace(event, time=min(event.time, at)), at, fresh)))
    return [taken for _, taken in sorted(found, key=lambda row: row[0])]
