"""When counting can be put off: for how many events of a type, and up to which sum, no line of a profile is crossed.

A part rests (`rules.compile.resting`) until so many entries or so much in all have been put into its series. What a
part gains is at most what its event type gains, so for a whole type the least of what its parts still need will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.compile.resting import IsTooLittle, Together
from rules.facts.backlog import Backlog, CountAll
from rules.facts.series import NEVER, Fields, Series
from rules.program import PartProgram
from rules.record import Record

#: Events of one type that are put off at most: beyond that more would only cost memory.
MOST = 32


@dataclass(frozen=True, slots=True)
class Awaited:
    """A series with lines that rest."""

    key: int
    fields: Fields
    #: The column whose total they wait for (-1: they wait for entries alone).
    column: int
    is_too_little: IsTooLittle


def watched_field(parts: Iterable[PartProgram]) -> str | None:
    """The field whose sum is watched while events of a type are put off: that which most of its series sum up."""
    fields = Counter(part.series.fields[part.watched][0] for part in parts if part.series and part.watched >= 0)
    return fields.most_common(1)[0][0] if fields else None


def awaited_of(part: PartProgram, lines: Together, field: str | None) -> Awaited | None:
    """What the lines of a part wait for; None if they don't, or wait for the sum of another field than is watched."""
    if lines.is_too_little is None or part.series is None or part.each is not None:
        return None
    if lines.column >= 0 and part.series.fields[lines.column][0] != field:
        return None
    return Awaited(part.series.key, part.series.fields, lines.column, lines.is_too_little)


def put_off(record: Record, awaited: Sequence[Awaited], event: str, count: CountAll, now: int) -> Backlog | None:
    """Begin a backlog of events of this type; None if the next of them may cross a line."""
    most, limit, until = MOST, NEVER, NEVER
    for one in awaited:
        series = record.kept_series.get(one.key)
        if series is None:
            series = Series(one.fields)
        if now >= series.rests_until and not one.is_too_little(record, series, now):
            return None
        most = min(most, series.rests_entries - len(series.times) - 1)
        until = min(until, series.rests_until)
        if one.column >= 0:
            limit = min(limit, series.rests_total - series.columns[one.column][-1])
    if most <= 0 or limit <= 0:
        return None
    backlog = record.backlogs[event] = Backlog(count, most, limit, until)
    return backlog
