"""Putting an event into the series and totals of the parts it belongs to; what was put off must have been counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.types import Value
from rules.facts.running import Running
from rules.facts.series import Series
from rules.program import PartProgram
from rules.record import EACH_VALUES, Record

_Kept = TypeVar("_Kept", Series, Running)


def count(part: PartProgram, record: Record, time: int, data: dict[str, Value], taken: int) -> Series | Running | None:
    """Count an event that fits `part`, and return in what; totals only where there is no series.

    Where the part keeps the values of `each` apart it is counted under its own, and not at all (None) without one.
    """
    each = None if part.each is None else data.get(part.each)
    if part.each is not None and each is None:
        return None
    counted: Series | Running | None = None
    if part.running is not None:
        counted = running = _running(part, each, record)
        values = tuple([data.get(field) for field in part.running_fields])
        running.add(time, values, part.running_flags)
    if part.series is not None:
        of = part.series
        counted = series = _series(part, each, record)
        series.add(time, data, taken - of.keep, of.width)
    return counted


def _series(part: PartProgram, each: Value, record: Record) -> Series:
    assert part.series is not None
    key, fields = part.series.key, part.series.fields
    if each is not None:
        return _used(record.kept_each_series, key, each, lambda: Series(fields), record)
    series = record.kept_series.get(key)
    if series is None:
        series = record.kept_series[key] = Series(fields)
    return series


def _running(part: PartProgram, each: Value, record: Record) -> Running:
    assert part.running is not None
    key = part.running.key
    if each is not None:
        return _used(record.kept_each_running, key, each, lambda: Running(part.running_fields), record)
    running = record.kept_running.get(key)
    if running is None:
        running = record.kept_running[key] = Running(part.running_fields)
    return running


def _used(of: dict[int, dict[Value, _Kept]], key: int, each: Value, new: Callable[[], _Kept], record: Record) -> _Kept:
    """The entry of this value, put last: the longest unused is first, and goes when there are too many."""
    kept = of.get(key)
    if kept is None:
        kept = of[key] = {}
    entry = kept.pop(each, None)
    if entry is None:
        entry = new()
    kept[each] = entry
    if len(kept) > EACH_VALUES:
        del kept[next(iter(kept))]
        record.count("each values dropped")
    return entry
