"""Ends of absences: when what was not to happen has happened, and which openings that concerns.

It is noted once, in the order taken, and looked up by the few waits that come to their end. An opening is told of it,
by `mark`, when somebody needs all of them, or when much has been noted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate, repeat
from operator import getitem

from rules.program import Program
from rules.record import Ends, Noted, Opening, Record

try:
    from rules.situations.compiled_ended import has_ended
except ImportError:  # it has not been compiled
    from rules.situations.plain_ended import has_ended

__all__ = ["MOST", "end", "has_ended", "mark"]

#: So much is noted before the openings are told. To tell them takes the less time the rarer it is: of many that open
#: few are still there.
MOST = 4_096

#: Later than every moment.
_NEVER = 1 << 62
_NOTHING: frozenset[int] = frozenset()


class _Times:
    """When one absence has ended, in the order taken: after which opening, its time, and the earliest from there on."""

    __slots__ = ("earliest", "numbers", "times")

    def __init__(self, noted: Iterable[Noted]) -> None:
        self.numbers, self.times, _ = zip(*noted, strict=True)
        self.earliest = list(accumulate(reversed(self.times), min, initial=_NEVER))[::-1]

    def first(self, number: int, begin: int) -> int:
        """The earliest of those after an opening whose time is not before that of the opening."""
        later = self.times[bisect_left(self.numbers, number) :]
        return min((time for time in later if time >= begin), default=_NEVER)


def end(program: Program, record: Record, absences: list[int], time: int) -> None:
    """What was not to happen (`absences`) has happened at `time` (ms): it concerns what has opened till now."""
    ends = record.ends
    if ends is None:
        ends = record.ends = Ends(program.absences_of)
    noted = ends.noted
    if noted and time < noted[-1][1]:
        ends.in_order = False
    noted.append((record.opened, time, absences))
    if len(noted) >= MOST:
        mark(record)


def mark(record: Record) -> None:
    """Tell all openings what has been noted."""
    ends = record.ends
    if ends is None or not ends.noted:
        return
    times = _by_absence(ends.noted)
    for key, openings in record.openings.items():
        concerning = times.keys() & ends.absences_of.get(key, _NOTHING)
        if concerning:
            _tell(openings, {absence: times[absence] for absence in sorted(concerning)})
    ends.noted = []
    ends.in_order = True


def _by_absence(noted: Iterable[Noted]) -> dict[int, _Times]:
    found = defaultdict[int, list[Noted]](list)
    for one in noted:
        for absence in one[2]:
            found[absence].append(one)
    return {absence: _Times(ended) for absence, ended in found.items()}


def _tell(openings: list[Opening], told: dict[int, _Times]) -> None:
    """Tell the openings of a kind what concerns them, the latest first: mostly many are told the same, and share it."""
    numbers_of, earliest_of = zip(*((times.numbers, times.earliest) for times in told.values()), strict=True)
    was, last, now = None, None, None
    for opening in reversed(openings):
        ends, number = opening.ends, opening.number
        if ends is not None and _knows_all(ends, told, opening.latest):
            return  # and so do all older ones: they were told when it was
        found = list(map(getitem, earliest_of, map(bisect_left, numbers_of, repeat(number))))
        if min(found) < opening.time:  # it was told late, of what was before
            found = [times.first(number, opening.time) for times in told.values()]
        if found != last or ends is not was:
            was, last, now = ends, found, _joined(ends, told, found)
        opening.ends = now


def _knows_all(ends: dict[int, int], told: dict[int, _Times], latest: int) -> bool:
    for absence, times in told.items():
        at = ends.get(absence)
        if at is None or not latest <= at <= times.earliest[0]:
            return False
    return True


def _joined(ends: dict[int, int] | None, told: Iterable[int], found: list[int]) -> dict[int, int] | None:
    """What it was told before and what it is told now, in the order of absences: so it is written the same, always."""
    if ends is None and _NEVER not in found:
        return dict(zip(told, found, strict=True))
    known = ends or {}
    news = {absence: time for absence, time in zip(told, found, strict=True) if time < known.get(absence, _NEVER)}
    return dict(sorted({**known, **news}.items())) if news else ends
