"""Repeats: an event taken less than an hour ago, among her last 1,000, is not taken again."""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from models.events import Event
from rules.record import REMEMBERED, REMEMBERED_FOR, Record

#: What is too old is forgotten whenever their number is a multiple of this.
_FORGET_EVERY = 64


def is_repeated(record: Record, event: Event, taken: int) -> bool:
    """Whether she had this event (source and id, by an 8-byte hash) within the hour; it is remembered if not.

    Asked before `record.taken` is moved on.
    """
    seen = record.seen
    if seen and taken - record.taken >= REMEMBERED_FOR:
        seen.clear()
    key = xxh3_64_intdigest(f"{event.source}\x1f{event.id}".encode("utf-8", "surrogatepass"))
    before = seen.get(key)
    if before is not None:
        if taken - before < REMEMBERED_FOR:
            return True
        del seen[key]
    seen[key] = taken
    if len(seen) > REMEMBERED:
        del seen[next(iter(seen))]
    elif len(seen) % _FORGET_EVERY == 0:
        forget(record, taken)
    return False


def forget(record: Record, now: int) -> None:
    """Forget events that no longer make a repeat."""
    old = []
    for key, taken in record.seen.items():
        if now - taken < REMEMBERED_FOR:
            break
        old.append(key)
    for key in old:
        del record.seen[key]
