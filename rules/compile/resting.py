"""The lines that one part moves, asked together; and for how long they rest: most events cross none of them.

A window sheds entries by itself, but gains only what is put in. So a count or a sum that is below a limit stays below
it until at least the difference has been put in, and one that has reached a limit stays there until so many of its
entries have left that it is below. An average over a sliding window reaches a limit at an event only if that event is
of the limit or more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from models.types import Value
from rules.facts.chains import advance
from rules.facts.series import NEVER, Series
from rules.record import Record
from rules.typed import CalendarUnit

#: The rules whose line an event crosses that has just been counted: of her record, in what it was counted, now, its
#: time and data.
Cross = Callable[[Record, Any, int, int, dict[str, Value]], Sequence[int]]

#: Of so many customers' attributes it is remembered what lines need.
_MOST_KNOWN = 4_096


@dataclass(frozen=True, slots=True)
class Crossing:
    """The way to find the lines on one value that an event crosses.

    Nothing can cross while all that is kept one by one comes to less than `least`: the sum of `column`, or (-1) the
    number of entries; refunds and what was merged into buckets apart. None: to be asked in any case.

    `rests`: it says by itself when it is to be asked again (`rest_below`, `rest_above`). `limit` is what more than
    `least` is needed of a record at a moment, where that follows from `attributes` (None: nothing is enough).
    `of_average` is the field of an average whose lines are crossed by events of `least` and more alone; nor may time
    move them earlier for what is less, unless that is late.
    """

    cross: Cross
    column: int | None = None
    least: int = 0
    rests: bool = False
    limit: Callable[[Record, int], int | None] | None = None
    attributes: tuple[str, ...] = ()
    of_average: str | None = None


#: Whether what a series holds comes to too little for every line, of her record, it and now (ms); if so the lines rest
#: until it does not.
IsTooLittle = Callable[[Record, Series, int], bool]


@dataclass(frozen=True, slots=True)
class Needs:
    """What lines need before one of them can be crossed: so many entries, or so much in all."""

    entries: int
    total: int
    #: The same where it follows from attributes (None: nothing is enough), and whether it is a number of entries.
    varying: tuple[tuple[bool, Callable[[Record, int], int | None]], ...] = ()
    #: From which attributes it follows, and what it comes to for the values that were met.
    attributes: tuple[str, ...] = ()
    _known: dict[tuple[Value, ...], tuple[int, int]] = field(default_factory=dict, compare=False)

    def of(self, record: Record, now: int) -> tuple[int, int]:
        """Entries and total, for one customer."""
        if not self.varying:
            return self.entries, self.total
        attributes = record.attributes
        values = tuple([attributes.get(name) for name in self.attributes])
        needed = self._known.get(values)
        if needed is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            needed = self._known[values] = self._worked_out(record, now)
        return needed

    def _worked_out(self, record: Record, now: int) -> tuple[int, int]:
        entries, total = self.entries, self.total
        for counts, limit_of in self.varying:
            limit = limit_of(record, now)
            if limit is None:
                continue
            if not counts:
                total = min(total, limit)
            elif limit < entries:
                entries = limit
        return entries, total


@dataclass(frozen=True, slots=True)
class Rest:
    """How all lines that one part moves rest: what they need, and the column whose total they wait for (-1: they wait
    for entries alone)."""

    needs: Needs
    is_too_little: IsTooLittle
    column: int
    #: Whether they must be asked when an event comes late, of an earlier time than one that was counted.
    averages: bool


@dataclass(frozen=True, slots=True)
class Together:
    """The crossings of all lines that one part moves. `rest`: None where they don't."""

    cross: Cross
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A window that ends now."""

    #: When it began (exclusive, ms), of a record and now; None where there is none until her attributes change.
    start: Callable[[Record, int], int | None]
    #: When an entry of this time leaves it, of a record, now and that time.
    leaves: Callable[[Record, int, int], int]
    #: Of one that slides (ms).
    length: int | None = None


def sliding_window(length: int) -> Window:
    """The last `length` milliseconds."""
    return Window(lambda record, now: now - length, lambda record, now, time: time + length, length)


def running_window(unit: CalendarUnit, back: int) -> Window:
    """The running day, week, month or billing cycle. `back`: how many before it are kept."""

    def start(record: Record, now: int) -> int | None:
        chain = record.chains.get(unit)
        if chain is None or len(chain) < back + 3 or not chain[-2] <= now < chain[-1]:
            chain = advance(record, unit, back, now)
            if chain is None:
                return None
        return chain[-2] - 1

    def leaves(record: Record, now: int, time: int) -> int:
        chain = record.chains[unit]
        return chain[-2] if now < chain[-2] else chain[-1]

    return Window(start, leaves)


def total_of(series: Series, column: int, low: int, begin: int) -> int:
    """The sum of a column (-1: the number) of the entries from `low` on and of buckets that reach beyond `begin`."""
    if column < 0:
        total = len(series.times) - low
    else:
        sums = series.columns[column]
        total = sums[-1] - sums[low]
    for bucket in series.buckets or () if series.merged_until > begin else ():
        if bucket.last_time > begin:
            total += bucket.count if column < 0 else bucket.fields[column][1]
    return total


def rest_below(series: Series, column: int, more: int) -> None:
    """Lines rest at most until so much more of a column (-1: so many) has been put in."""
    if column < 0:
        entries = len(series.times) + more
        series.rests_entries = min(series.rests_entries, entries)
    else:
        total = series.columns[column][-1] + more
        series.rests_total = min(series.rests_total, total)


def rest_above(series: Series, column: int, low: int, begin: int, limit: int) -> int:
    """The time of an entry such that a total that has reached this limit is not below it before it has left."""
    if limit <= 0:
        return NEVER
    if column < 0:
        place = len(series.times) - limit
    else:
        sums = series.columns[column]
        place = bisect_right(sums, sums[-1] - limit, low) - 1
    if place >= low:
        return series.times[place]
    if series.merged_until <= begin:
        return begin
    return min((bucket.last_time for bucket in series.buckets or () if bucket.last_time > begin), default=begin)


def together(crossings: Sequence[Crossing], watched: int, *, rests: bool) -> Together:
    """The crossings of all lines that one part moves, in one; most of the time none of them can be reached.

    `watched` is the column whose total says for how long they rest (-1: there is none). Not `rests`: they never do, as
    others than these may be asked, too.
    """
    always = [one.cross for one in crossings if one.column is None]
    limited = sorted([one for one in crossings if one.column is not None], key=attrgetter("least"))
    if rests and not always and all(one.rests and one.column in (-1, watched) for one in limited):
        needs = _needs(limited)
        is_too_little = _is_too_little(needs, watched)
        column = watched if any(one.column != -1 for one in limited) else -1
        averages = any(one.of_average is not None for one in limited)
        return Together(_resting(limited, watched, is_too_little), Rest(needs, is_too_little, column, averages))
    return Together(_never_resting(always, limited))


def _by_column(crossings: Sequence[Crossing]) -> list[tuple[int, list[tuple[int, Cross]]]]:
    """Those of each column, the one that is reached first at the front."""
    found: dict[int, list[tuple[int, Cross]]] = {}
    for one in crossings:
        assert one.column is not None
        found.setdefault(one.column, []).append((one.least, one.cross))
    return list(found.items())


def _every(series: Series, column: int) -> int:
    """What all entries come to together: of a column, or (-1) their number."""
    if series.buckets or series.negative:
        return NEVER
    if column < 0:
        return len(series.times)
    sums = series.columns[column]
    every: int = sums[-1] - sums[0]
    return every


def _never_resting(always: Sequence[Cross], crossings: Sequence[Crossing]) -> Cross:
    limited = _by_column(crossings)

    def cross(record: Record, counted: Any, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        found: list[int] = []
        for one in always:
            found += one(record, counted, now, time, data)
        for column, lines in limited:
            every = _every(counted, column)
            for least, one in lines:
                if every < least:
                    break
                found += one(record, counted, now, time, data)
        return found

    return cross


def _resting(crossings: Sequence[Crossing], watched: int, is_too_little: IsTooLittle) -> Cross:
    limited = _by_column([one for one in crossings if one.of_average is None])
    averages = [(one.least, one.cross) for one in crossings if one.of_average is not None]
    field = next((one.of_average for one in crossings if one.of_average is not None), "")

    def cross(record: Record, counted: Any, now: int, time: int, data: dict[str, Value]) -> Sequence[int]:
        series: Series = counted
        if is_too_little(record, series, now):
            return ()
        # What is late may leave sooner than all that is there, and the average rise when it does.
        awake = not series.rests_until or (bool(series.times) and time < series.times[-1])
        series.rest()
        found: list[int] = []
        for column, lines in limited:
            every = _every(series, column)
            for least, one in lines:
                if every < least:
                    rest_below(series, column, least - every)
                    break
                found += one(record, series, now, time, data)
        if averages:
            every, amount = _every(series, watched), data.get(field)
            for least, one in averages:
                if every < least or not (awake or (amount is not None and amount >= least)):  # type: ignore[operator]
                    break
                found += one(record, series, now, time, data)
            rest_below(series, watched, averages[0][0])
        if series.negative:
            series.rests_until = 0  # what leaves may move them, too
        return found

    return cross


def _needs(crossings: Sequence[Crossing]) -> Needs:
    plain = [one for one in crossings if one.limit is None]  # (of any size: nothing has more than NEVER entries)
    return Needs(
        min((NEVER, *(one.least for one in plain if one.column == -1))),
        min((NEVER, *(one.least for one in plain if one.column != -1))),
        tuple((one.column == -1, one.limit) for one in crossings if one.limit is not None),
        tuple({name: None for one in crossings for name in one.attributes}),
    )


def _is_too_little(needs: Needs, watched: int) -> IsTooLittle:
    def is_too_little(record: Record, series: Series, now: int) -> bool:
        if series.buckets or series.negative:
            return False
        entries, total = needs.of(record, now)
        if len(series.times) >= entries:
            return False
        if watched >= 0:
            sums = series.columns[watched]
            total += sums[0]
            if sums[-1] >= total:
                return False
        series.rests_until, series.rests_entries, series.rests_total = NEVER, entries, total
        return True

    return is_too_little
