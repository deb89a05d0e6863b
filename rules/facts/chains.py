"""The running calendar windows of a record: boundaries that a change of zone or bill day does not move back.

The running day, week, month or cycle ends where it would have ended; the next one ends at the first boundary
of the calendar in force when it began. So the boundaries are a chain, kept in the record, and moved forward
before the calendar changes.
"""

from __future__ import annotations

from models.calendars import boundary_at_or_before, next_boundary
from rules.record import Record
from rules.typed import CalendarUnit


def begin(record: Record, unit: CalendarUnit, back: int, now: int) -> None:
    """Lay out the chain of `unit` around `now`, with `back` windows before the running one."""
    start = boundary_at_or_before(unit, record.zone, record.bill_day, now)
    if start is None:
        return
    record.chains[unit] = [start, _next(record, unit, start)]
    _lengthen(record, unit, back)


def _lengthen(record: Record, unit: CalendarUnit, back: int) -> None:
    """Windows before those that were laid out are those of the present calendar."""
    chain = record.chains[unit]
    while len(chain) < back + 3:  # one more than is asked for: a line is also judged a millisecond before a boundary
        earlier = boundary_at_or_before(unit, record.zone, record.bill_day, chain[0] - 1)
        assert earlier is not None
        chain.insert(0, earlier)


def advance(record: Record, unit: CalendarUnit, back: int, now: int) -> list[int] | None:
    """The chain of `unit` with `now` in its last window, or None where there is no such calendar (no bill day).

    `now` may lie in the window before the running one, not earlier.
    """
    chain = record.chains.get(unit)
    if chain is None:
        begin(record, unit, back, now)
        return record.chains.get(unit)
    if len(chain) < back + 3:
        _lengthen(record, unit, back)
    if now < chain[-2]:
        return chain[:-1]
    while now >= chain[-1]:
        chain.append(_next(record, unit, chain[-1]))
    if len(chain) > back + 64:
        del chain[: len(chain) - back - 3]
    return chain


def _next(record: Record, unit: CalendarUnit, moment: int) -> int:
    boundary = next_boundary(unit, record.zone, record.bill_day, moment)
    assert boundary is not None
    return boundary
