"""Totals over ever: for facts whose window never ends, nothing but the totals is kept."""

from __future__ import annotations

from typing import Any

from models.text import told_apart
from models.types import Value
from rules.facts.series import DISTINCT


class Total:
    """What is known of one field's values over ever."""

    __slots__ = ("distinct", "first", "first_time", "highest", "known", "last", "last_time", "lowest", "sum")

    def __init__(self) -> None:
        self.known = 0
        self.sum = 0
        self.lowest: Any = None
        self.highest: Any = None
        self.first: Value = None
        self.first_time = 0
        self.last: Value = None
        self.last_time = 0
        self.distinct: set[Value] | None = None

    def add(self, time: int, value: Any, distinct: bool) -> None:
        if value is None:
            return
        if type(value) is int:
            self.sum += value
            if self.lowest is None or value < self.lowest:
                self.lowest = value
            if self.highest is None or value > self.highest:
                self.highest = value
        if not self.known or time < self.first_time:
            self.first, self.first_time = value, time
        if not self.known or time >= self.last_time:
            self.last, self.last_time = value, time
        if distinct:
            seen = self.distinct = set() if self.distinct is None else self.distinct
            if len(seen) < DISTINCT:
                seen.add(told_apart(value))
        self.known += 1


class Running:
    """How many events of one event part there were, the least and greatest of their times, and totals per field."""

    __slots__ = ("count", "first_time", "last_time", "names", "totals")

    def __init__(self, names: tuple[str, ...]) -> None:
        #: The fields of the totals.
        self.names = names
        self.count = 0
        self.first_time = 0
        self.last_time = 0
        self.totals = tuple(Total() for _ in names)

    def add(self, time: int, values: tuple[Value, ...], distinct: tuple[bool, ...]) -> None:
        if not self.count or time < self.first_time:
            self.first_time = time
        if not self.count or time > self.last_time:
            self.last_time = time
        self.count += 1
        for total, value, keep in zip(self.totals, values, distinct, strict=True):
            total.add(time, value, keep)
