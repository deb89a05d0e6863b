"""When counting can be put off: for how many events of a type, and up to which sum, no line of a profile is crossed.

A part rests (`rules.compile.resting`) until so many entries or so much in all have been put into its series. What a
part gains is at most what its event type gains, so for a whole type the least of what its parts still need will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.compile.resting import Needs, Rest, Together
from rules.facts.backlog import Backlog, Counting
from rules.facts.series import NEVER
from rules.facts.table import SeriesOf
from rules.program import PartProgram
from rules.record import Record

#: Events of one type that are put off at most: beyond that more would only cost memory.
MOST = 32


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the lines of a profile on one event type wait for: their series, and what all need where these are empty."""

    series: tuple[tuple[SeriesOf, Rest], ...]
    needs: Needs
    #: The most entries and the limit of a backlog where nothing is kept yet; None where that follows from attributes,
    #: or where there can be none.
    at_first: tuple[int, int] | None


def watched_field(parts: Iterable[PartProgram]) -> str | None:
    """The field whose sum is watched while events of a type are put off: that which most of its series sum up."""
    fields = Counter(part.series.fields[part.watched][0] for part in parts if part.series and part.watched >= 0)
    return fields.most_common(1)[0][0] if fields else None


def awaited_of(parts: Sequence[tuple[PartProgram, Together]], field: str | None) -> Awaited | None:
    """What these lines wait for; None if one of them doesn't rest, or waits for the sum of another field than this."""
    found = []
    for part, lines in parts:
        if lines.rest is None or part.series is None or part.each is not None:
            return None
        if lines.rest.column >= 0 and part.series.fields[lines.rest.column][0] != field:
            return None
        found.append((part.series, lines.rest))
    needs = [rest.needs for _, rest in found]
    together = Needs(
        min((one.entries for one in needs), default=NEVER),
        min((NEVER, *(one.total for one in needs))),
        tuple(varying for one in needs for varying in one.varying),
        tuple({name: None for one in needs for name in one.attributes}),
    )
    can_begin = not together.varying and together.entries > 1 and together.total > 0
    return Awaited(tuple(found), together, (_most(together.entries), together.total) if can_begin else None)


def put_off(record: Record, awaited: Awaited, event: str, counting: Counting, now: int) -> Backlog | None:
    """Begin a backlog of events of this type; None if the next of them may cross a line."""
    entries, limit, since, until = NEVER, NEVER, -NEVER, NEVER
    kept = record.kept_series
    if not kept:
        entries, limit = awaited.needs.of(record, now)
    for of, rest in awaited.series if kept else ():
        series = kept.get(of.key)
        if series is None:
            more, rise = rest.needs.of(record, now)
        elif now >= series.rests_until and not rest.is_too_little(record, series, now):
            return None
        else:
            more, rise = series.rests_entries - len(series.times), NEVER
            until = min(until, series.rests_until)
            if rest.averages and series.times:
                since = max(since, series.times[-1])
            if rest.column >= 0:
                rise = series.rests_total - series.columns[rest.column][-1]
        entries, limit = min(entries, more), min(limit, rise)
    if entries <= 1 or limit <= 0:
        return None
    backlog = record.backlogs[event] = Backlog(counting, _most(entries), limit, since, until)
    return backlog


def _most(entries: int) -> int:
    """How many may wait where so many cross a line."""
    return min(MOST, entries - 1)
