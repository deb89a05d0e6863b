"""Repeats that are taken: what has been decided of an event is not decided again.

An event told again within the hour is not taken (`rules.facts.seen`). Told again later it counts again, while it may
still be fresh.
"""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from rules.facts.takings import REMEMBERED
from rules.record import Match, Record


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
