"""Repeats: an event taken less than an hour ago, among her last 1,000, is not taken again.

Told again later it counts again, but what has been decided of it is not decided again while it may still be fresh.
"""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from models.events import Event
from rules.record import REMEMBERED, REMEMBERED_FOR, Match, Record

#: What makes no repeat any more is forgotten whenever their number is a multiple of this: to find the first key of a
#: dictionary takes the longer, the more of them were taken out.
_FORGET_EVERY = 100


def is_repeated(record: Record, event: Event, taken: int) -> bool:
    """Whether she had this event (source and id, by an 8-byte hash) within the hour; it is remembered if not.

    Asked before `record.taken` is moved on.
    """
    seen = record.seen
    if seen and taken - record.taken >= REMEMBERED_FOR:
        seen.clear()
    name = f"{event.source}\x1f{event.id}"
    try:
        key = xxh3_64_intdigest(name.encode())
    except UnicodeEncodeError:
        key = xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))
    if key in seen:
        forget(record, taken)
        if key in seen:
            return True
    seen[key] = taken
    if not len(seen) % _FORGET_EVERY:
        forget(record, taken)
    return False


def forget(record: Record, now: int) -> None:
    """Forget events that no longer make a repeat: those of more than an hour ago, and all but the last 1,000."""
    seen = record.seen
    beyond = len(seen) - REMEMBERED
    old: list[int] = []
    for key, taken in seen.items():
        if now - taken < REMEMBERED_FOR and len(old) >= beyond:
            break
        old.append(key)
    for key in old:
        del seen[key]


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
