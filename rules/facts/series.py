"""The events of one customer that fit one event part, kept once for all windows over them.

A series is columns side by side, ordered by the events' own time: their times, and for every field some fact reads
its values, or (where it is summed) running totals. A count is one bisection, a sum one bisection and one
subtraction; nothing is evicted on the way in but when a list has doubled.

The newest 1,000 entries are exact. Beyond that the oldest are merged into buckets a thousandth of the
longest window wide, so a record stays bounded; a bucket counts as long as its last entry's time is in the window.

A series also says for how long the lines on it rest: none of them can be crossed before a moment, as long as there are
fewer entries and less in all than it says. What that is, `rules.compile.resting` works out for one profile, so whoever
changes that wakes them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import Any

from models.types import Value

#: Entries of a series that are kept one by one.
EXACT = 1_000
#: Values that `distinct` keeps.
DISTINCT = 1_000
#: How far a list may outgrow what is needed before it is cut: cutting costs, so it is done rarely.
SLACK = 256
#: Whether to cut is asked whenever the number of entries is a multiple of this, a power of two.
ASKED = 128

_NO_COLUMN: frozenset[int] = frozenset()

#: More than there ever is, and later than every moment.
NEVER = 1 << 62

#: (field, whether it is summed): a field that is both summed and read otherwise has two columns.
Fields = tuple[tuple[str, bool], ...]


class Bucket:
    """Entries merged into one: their number, first and last time, and per column (known, sum, lowest, highest, first,
    last)."""

    __slots__ = ("count", "fields", "first_time", "last_time")

    def __init__(self, first_time: int, last_time: int, count: int, fields: list[list[Any]]) -> None:
        self.first_time = first_time
        self.last_time = last_time
        self.count = count
        self.fields = fields


class Series:
    """Times (ms, ascending; equal times in the order taken) and columns of one event part of one customer.

    Entry i of a column that is read is its value (or None). A column that is summed has one entry more: the total
    before entry i; of such a column `known[i]` is how many values before entry i are known, or the list is None as long
    as all are. Totals begin anywhere: only their differences mean something.
    """

    __slots__ = (
        "buckets",
        "columns",
        "fields",
        "known",
        "merged_until",
        "negative",
        "rests_entries",
        "rests_total",
        "rests_until",
        "times",
        "whole",
    )

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.times: list[int] = []
        columns: list[list[Any]] = []
        for (
            _,
            summed,
        ) in fields:  # (most series belong to customers who are seldom heard of: making one is what they cost)
            columns.append([0] if summed else [])
        self.columns = columns
        self.known: tuple[list[int] | None, ...] = (None,) * len(columns)
        #: Whether no summed column ever missed a value.
        self.whole = True
        #: Summed columns that ever had a negative value: then a sum may grow when an entry leaves.
        self.negative: frozenset[int] = _NO_COLUMN
        self.buckets: list[Bucket] | None = None
        #: No bucket has an entry of a later time (ms): windows that begin then or later hold none.
        self.merged_until = -NEVER
        #: Lines on it rest until this moment (ms; 0: they do not), this many entries and this total of its first summed
        #: column (as that has it). Not kept with the record.
        self.rests_until = self.rests_entries = self.rests_total = 0

    def rest(self) -> None:
        """There are no lines on it, or none that can be crossed, until somebody lowers what they wait for."""
        self.rests_until = self.rests_entries = self.rests_total = NEVER

    def add(self, time: int, data: dict[str, Value], forget_before: int, width: int) -> None:
        """Put in an entry; entries at or before `forget_before` may be dropped, `width` is that of a bucket (ms)."""
        times = self.times
        if not times or time >= times[-1]:
            times.append(time)
            for number, (name, summed) in enumerate(self.fields):
                value: Any = data.get(name)
                if not summed:
                    self.columns[number].append(value)
                else:
                    self._append(number, value)
        else:
            self._insert(bisect_right(times, time), time, data)
        if not len(times) % ASKED:
            self.shrink(forget_before, width)

    def _append(self, number: int, value: int | None) -> None:
        column = self.columns[number]
        if value is None:
            known = self._miss(number)
            known.append(known[-1])
            column.append(column[-1])
            return
        column.append(column[-1] + value)
        if value < 0:
            self.negative |= {number}
        counts = self.known[number]
        if counts is not None:
            counts.append(counts[-1] + 1)

    def _miss(self, number: int) -> list[int]:
        """From now on it is counted which values are known."""
        self.whole = False
        known = self.known[number]
        if known is None:
            known = list(range(len(self.columns[number])))
            self._set_known(number, known)
        return known

    def _set_known(self, number: int, counts: list[int] | None) -> None:
        self.known = (*self.known[:number], counts, *self.known[number + 1 :])

    def _insert(self, index: int, time: int, data: dict[str, Value]) -> None:
        self.times.insert(index, time)
        for number, (name, summed) in enumerate(self.fields):
            if not summed:
                self.columns[number].insert(index, data.get(name))
                continue
            value: Any = data.get(name)
            if value is None:
                self._miss(number)
            elif value < 0:
                self.negative |= {number}
            _put_in(self.columns[number], index, value or 0)
            known = self.known[number]
            if known is not None:
                _put_in(known, index, int(value is not None))

    def values(self, number: int, count: int | None = None) -> list[Any]:
        """The first `count` (or all) values of a column, None where there is none."""
        column, known = self.columns[number], self.known[number]
        if not self.fields[number][1]:
            return column[:count]
        if count is not None:
            column = column[: count + 1]
        values = [after - before for before, after in pairwise(column)]
        if known is None:
            return values
        return [value if known[index] < known[index + 1] else None for index, value in enumerate(values)]

    def set_values(self, number: int, values: list[Any]) -> None:
        """Give a column these values, one for each time."""
        if not self.fields[number][1]:
            self.columns[number] = values
            return
        self.columns[number] = list(accumulate((value or 0 for value in values), initial=0))
        if None in values:
            self.whole = False
        known = (value is not None for value in values)
        self._set_known(number, None if self.whole else list(accumulate(known, initial=0)))
        if any(value is not None and value < 0 for value in values):
            self.negative |= {number}

    def set_buckets(self, buckets: list[Bucket]) -> None:
        """Give it these buckets."""
        self.buckets = buckets or None
        self.merged_until = max((bucket.last_time for bucket in buckets), default=-NEVER)

    def shrink(self, forget_before: int, width: int) -> None:
        """Drop what has expired, and merge what is beyond the newest 1,000 into buckets."""
        if len(self.times) < SLACK:
            return
        expired = bisect_right(self.times, forget_before)
        if expired >= SLACK // 2:
            self.cut(expired)
        if len(self.times) >= EXACT + SLACK:
            self._merge(len(self.times) - EXACT, width)
        if self.buckets:
            self.buckets = [bucket for bucket in self.buckets if bucket.last_time > forget_before] or None

    def cut(self, count: int) -> None:
        """Forget the oldest `count` entries."""
        self.rests_until = 0  # what is merged may count for longer than it would have
        del self.times[:count]
        for column in self.columns:
            del column[:count]
        for known in self.known:
            if known is not None:
                del known[:count]

    def _merge(self, count: int, width: int) -> None:
        times, buckets = self.times, self.buckets or []
        columns = [self.values(number, count) for number in range(len(self.fields))]
        start = 0
        while start < count:
            time = times[start]
            of_width = time // width
            end = bisect_left(times, (of_width + 1) * width, start, count)
            if not buckets or buckets[-1].first_time // width != of_width:
                buckets.append(Bucket(time, time, 0, [[0, 0, None, None, None, None] for _ in columns]))
            bucket = buckets[-1]
            bucket.count += end - start
            bucket.last_time = max(bucket.last_time, times[end - 1])
            for field, column in zip(bucket.fields, columns, strict=True):
                _grow(field, [value for value in column[start:end] if value is not None])
            start = end
        self.set_buckets(buckets)
        self.cut(count)


def _put_in(totals: list[int], index: int, value: int) -> None:
    """Put a value in before entry `index` of running totals."""
    totals.insert(index, totals[index])
    for later in range(index + 1, len(totals)):
        totals[later] += value


def _grow(field: list[Any], known: list[Any]) -> None:
    """Take the known values of some entries, in their order, into what a bucket says of a column."""
    if not known:
        return
    if not field[0]:
        field[4] = known[0]
    field[5] = known[-1]
    field[0] += len(known)
    numbers = [value for value in known if isinstance(value, int)]
    if numbers:
        field[1] += sum(numbers)
        least, most = min(numbers), max(numbers)
        field[2] = least if field[2] is None else min(field[2], least)
        field[3] = most if field[3] is None else max(field[3], most)
