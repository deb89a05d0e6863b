"""Whether an absence has ended for an opening, in plain Python."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter

from rules.record import Opening, Record

_number = itemgetter(0)


def has_ended(record: Record, opening: Opening, absence: int, until: int) -> bool:
    """Whether what was not to happen has happened at a time that is not before the opening's, but before `until`."""
    at = None if opening.ends is None else opening.ends.get(absence)
    if at is not None and at < until:
        return True
    ends = record.ends
    if ends is None:
        return False
    begin, noted, in_order = opening.time, ends.noted, ends.in_order
    for place in range(bisect_left(noted, opening.number, key=_number), len(noted)):
        _, time, absences = noted[place]
        if time >= until:
            if in_order:
                return False
        elif time >= begin and absence in absences:
            return True
    return False
