"""Repeats: an event taken less than an hour ago, among her last 1,000, is not taken again.

Told again later it counts again, but what has been decided of it is not decided again while it may still be fresh.
"""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from models.events import Event
from rules.record import REMEMBERED, REMEMBERED_FOR, Match, Record

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


def is_decided(record: Record, match: Match, now: int, span: int) -> bool:
    """Whether a match of this rule, `each` value and event was decided less than `span` (ms) ago; remembered if not.

    Its decisions would have the same ids. What a timer brings never comes twice.
    """
    if match.trigger[0] != "event":
        return False
    decided = record.decided
    while decided and now - decided[oldest := next(iter(decided))] >= span:
        del decided[oldest]
    each = "" if match.each is None else str(match.each)
    key = xxh3_64_intdigest("\x1f".join((match.rule, each, *match.trigger)).encode("utf-8", "surrogatepass"))
    if key in decided:
        return True
    decided[key] = now
    if len(decided) > REMEMBERED:
        del decided[next(iter(decided))]
    return False
