"""The events of one customer that fit one event part, kept once for all windows over them.

A series is columns side by side, ordered by the events' own time: their times, and for every field some fact
reads its values and (where it is summed) running sums. A count is one bisection, a sum one bisection and one
subtraction; nothing is evicted on the way in but when a list has doubled.

The newest 1,000 entries are exact. Beyond that the oldest are merged into buckets a thousandth of the
longest window wide, so a record stays bounded; a bucket counts as long as its last entry's time is in the window.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from models.types import Value

#: Entries of a series that are kept one by one.
EXACT = 1_000
#: Values that `distinct` keeps.
DISTINCT = 1_000
#: How far a list may outgrow what is needed before it is cut: cutting costs, so it is done rarely.
SLACK = 256


class Column:
    """The values of one field: `values[i]` belongs to `times[i]`; `sums[i]` and `known[i]` are totals before entry i.

    `sums` and `known` are None where no fact sums the field.
    """

    __slots__ = ("known", "negative", "sums", "values")

    def __init__(self, length: int, summed: bool) -> None:
        #: Whether a negative value was ever put in: then a sum may grow when an entry leaves.
        self.negative = False
        self.values: list[Any] = [None] * length
        self.sums: list[int] | None = [0] * (length + 1) if summed else None
        self.known: list[int] | None = [0] * (length + 1) if summed else None

    def append(self, value: Value) -> None:
        self.values.append(value)
        if self.sums is not None and self.known is not None:
            amount: Any = value or 0
            self.sums.append(self.sums[-1] + amount)
            self.known.append(self.known[-1] + (value is not None))
            if amount < 0:
                self.negative = True

    def insert(self, index: int, value: Value) -> None:
        self.values.insert(index, value)
        self.resum()

    def resum(self) -> None:
        """Bring the running totals in line with the values again."""
        if self.sums is None or self.known is None:
            return
        total = seen = 0
        self.sums, self.known = [0], [0]
        for value in self.values:
            if value is not None:
                total += value
                seen += 1
                self.negative = self.negative or value < 0
            self.sums.append(total)
            self.known.append(seen)

    def cut(self, count: int) -> None:
        """Forget the first `count` values. Totals keep their base: only differences are ever read."""
        del self.values[:count]
        if self.sums is not None and self.known is not None:
            del self.sums[:count]
            del self.known[:count]


class Bucket:
    """Entries merged into one: their number, last time, and per field (known, sum, lowest, highest, first, last)."""

    __slots__ = ("count", "fields", "first_time", "last_time")

    def __init__(self, first_time: int, last_time: int, count: int, fields: list[list[Any]]) -> None:
        self.first_time = first_time
        self.last_time = last_time
        self.count = count
        self.fields = fields


class Series:
    """Times (ms, ascending; equal times in the order taken) and columns of one event part of one customer."""

    __slots__ = ("buckets", "columns", "names", "times")

    def __init__(self, names: tuple[str, ...], summed: tuple[bool, ...]) -> None:
        #: The fields of the columns.
        self.names = names
        self.times: list[int] = []
        self.columns: tuple[Column, ...] = tuple(Column(0, flag) for flag in summed)
        self.buckets: list[Bucket] | None = None

    def add(self, time: int, values: tuple[Value, ...], forget_before: int, width: int) -> None:
        """Put in an entry; entries at or before `forget_before` may be dropped, `width` is that of a bucket (ms)."""
        times = self.times
        if not times or time >= times[-1]:
            times.append(time)
            for column, value in zip(self.columns, values, strict=True):
                column.append(value)
        else:
            index = bisect_right(times, time)
            times.insert(index, time)
            for column, value in zip(self.columns, values, strict=True):
                column.insert(index, value)
        if len(times) >= SLACK:
            self._shrink(forget_before, width)

    def _shrink(self, forget_before: int, width: int) -> None:
        expired = bisect_right(self.times, forget_before)
        if expired >= SLACK // 2:
            self.cut(expired)
        if len(self.times) >= EXACT + SLACK:
            self._merge(len(self.times) - EXACT, width)
        if self.buckets:
            self.buckets = [bucket for bucket in self.buckets if bucket.last_time > forget_before] or None

    def cut(self, count: int) -> None:
        """Forget the oldest `count` entries."""
        del self.times[:count]
        for column in self.columns:
            column.cut(count)

    def _merge(self, count: int, width: int) -> None:
        buckets = self.buckets = self.buckets or []
        for index in range(count):
            time = self.times[index]
            values = [column.values[index] for column in self.columns]
            if buckets and buckets[-1].first_time // width == time // width:
                _grow(buckets[-1], time, values)
            else:
                fields = [[0, 0, None, None, None, None] for _ in values]
                buckets.append(Bucket(time, time, 0, fields))
                _grow(buckets[-1], time, values)
        self.cut(count)


def _grow(bucket: Bucket, time: int, values: list[Any]) -> None:
    bucket.count += 1
    bucket.last_time = max(bucket.last_time, time)
    for field, value in zip(bucket.fields, values, strict=True):
        if value is None:
            continue
        field[0] += 1
        if isinstance(value, int):
            field[1] += value
            field[2] = value if field[2] is None else min(field[2], value)
            field[3] = value if field[3] is None else max(field[3], value)
        if field[4] is None:
            field[4] = value
        field[5] = value
