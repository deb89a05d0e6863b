"""Ends of absences: when what was not to happen has happened, and which openings that concerns.

It is noted once, in the order taken, and looked up by the few waits that come to their end. An opening is told of it,
by `mark`, when somebody needs all of them, or when much has been noted.
"""

from __future__ import annotations

from rules.program import Program
from rules.record import Ends, Noted, Opening, Record

#: So much is noted before the openings are told. To tell them takes the less time the rarer it is: of many that open
#: few are still there.
_MOST = 1_024

_NOTHING: frozenset[int] = frozenset()


def end(program: Program, record: Record, absences: list[int], time: int) -> None:
    """What was not to happen (`absences`) has happened at `time` (ms): it concerns what has opened till now."""
    ends = record.ends
    if ends is None:
        ends = record.ends = Ends(program.absences_of)
    noted = ends.noted
    if noted and time < noted[-1][0]:
        ends.in_order = False
    noted.append((time, absences))
    if len(noted) >= _MOST:
        mark(record)


def number_of_ends(record: Record) -> int:
    """How many ends came before what opens now: they do not concern it."""
    return 0 if record.ends is None else record.ends.marked + len(record.ends.noted)


def has_ended(record: Record, opening: Opening, absence: int, until: int) -> bool:
    """Whether what was not to happen has happened at a time that is not before the opening's, but before `until`."""
    at = None if opening.ends is None else opening.ends.get(absence)
    if at is not None and at < until:
        return True
    ends = record.ends
    if ends is None:
        return False
    begin, noted, in_order = opening.bound.time, ends.noted, ends.in_order
    for place in range(max(0, opening.number - ends.marked), len(noted)):
        time, absences = noted[place]
        if time >= until:
            if in_order:
                return False
        elif time >= begin and absence in absences:
            return True
    return False


def mark(record: Record) -> None:
    """Tell all openings what has been noted."""
    ends = record.ends
    if ends is None or not ends.noted:
        return
    told = {absence for _, absences in ends.noted for absence in absences}
    for key, openings in record.openings.items():
        concerning = told & ends.absences_of.get(key, _NOTHING)
        if concerning:
            noted = [(time, [one for one in absences if one in concerning]) for time, absences in ends.noted]
            _mark_all(openings, noted, ends.marked, concerning)
    ends.marked += len(ends.noted)
    ends.noted = []
    ends.in_order = True


def _mark_all(openings: list[Opening], noted: list[Noted], marked: int, told: set[int]) -> None:
    """Mark what was open when these were noted, the latest first: mostly it is the same for many, who share it."""
    lowest = min(time for time, absences in noted if absences)
    place = len(noted)
    # What holds for an opening that is older than all that is noted from `place` on.
    found: dict[int, int] = {}
    least, in_order = noted[-1][0], True
    was, tells, now = None, found, None
    for opening in reversed(openings):
        since = max(0, opening.number - marked)
        while place > since:
            place -= 1
            time, absences = noted[place]
            if absences:
                in_order = in_order and time <= least
                least = time
                found = {**dict.fromkeys(absences, time), **{a: at for a, at in found.items() if a not in absences}}
        ends = opening.ends
        if not found:
            continue
        if ends is not None and _knows_all(ends, told, opening.latest, lowest):
            return  # and so do all older ones: they were told when it was
        if in_order and least >= opening.bound.time:
            if now is None or ends is not was or tells is not found:
                was, tells, now = ends, found, _joined(ends, found)
            opening.ends = now
        else:
            opening.ends = _joined(ends, _one_by_one(opening.bound.time, noted[since:])) or None


def _knows_all(ends: dict[int, int], told: set[int], latest: int, lowest: int) -> bool:
    return all((at := ends.get(absence)) is not None and latest <= at <= lowest for absence in told)


def _one_by_one(opened: int, noted: list[Noted]) -> dict[int, int]:
    """The earliest time of each that is not before `opened`, in the order in which they were first noted."""
    found: dict[int, int] = {}
    for time, absences in noted:
        for absence in absences if time >= opened else ():
            if absence not in found or time < found[absence]:
                found[absence] = time
    return found


def _joined(ends: dict[int, int] | None, found: dict[int, int]) -> dict[int, int]:
    """The earlier of both; a new dictionary only where that says something new."""
    if not ends:
        return found
    news = {absence: time for absence, time in found.items() if absence not in ends or time < ends[absence]}
    return {**ends, **news} if news else ends
