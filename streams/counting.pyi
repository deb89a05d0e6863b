"""The counting of events in rows, compiled."""

from collections.abc import Mapping
from typing import Any

from rules.facts.backlog import Entry
from rules.facts.series import Fields
from rules.record import Record

class Row:
    """A part whose events are counted in one series."""

    def __init__(self, number: int, key: int, only: str | None, fields: Fields, keep: int, width: int) -> None:
        """`number` of the part, `key` of its series; `only`: the one field that is summed; empty where events are only
        counted, None where there is more. `keep` and `width` of the series are in ms."""

class CountRows:
    """Counts the entries of a backlog, in their order, as `streams.generated_backlog` has it written in Python; and
    (asked by `streams.ordinary`) one event, with what it crosses, as `streams.generated_counting` has that."""

    def __init__(self, always: tuple[Row, ...], tables: tuple[tuple[str, Mapping[Any, tuple[Row, ...]]], ...]) -> None:
        """The rows in which all events count; and fields with those in which events with a value of theirs count."""

    def __call__(self, record: Record, entries: list[Entry]) -> None: ...
