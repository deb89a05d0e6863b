"""A customer's timers: one heap per record, derived from what she waits for.

An entry is (due, kind, rule id). It only says "look at this rule's waits of this kind now": an entry that is out of
date finds nothing due and does nothing, so nothing need ever be taken out.
"""

from __future__ import annotations

from enum import IntEnum
from heapq import heapify, heappush

from rules.record import Record

#: What is over is not looked for more often than this (ms), so that nobody comes back for each event's sake.
FORGET_EVERY = 86_400_000


class TimerKind(IntEnum):
    """In the order in which timers of one moment run."""

    LINE = 0
    ABSENCE = 1
    STAY = 2
    MOMENT = 3
    AFTER = 4
    FORGET = 5

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = tuple(kind.name.lower() for kind in TimerKind)


def set_timer(record: Record, due: int, kind: TimerKind, rule: str) -> None:
    """Look at this rule's waits of this kind at `due`."""
    heappush(record.heap, (due, kind, rule))


def set_line_timer(record: Record, due: int, name: str) -> None:
    """Look at the lines of a rule, or of a group, at `due`.

    Nearly every event puts a line off, so there is one timer for each name: it is set anew when its moment comes.
    """
    known = record.line_timers.get(name)
    if known is None or due < known:
        record.line_timers[name] = due
        heappush(record.heap, (due, TimerKind.LINE, name))


def line_timer_ends(record: Record, name: str, now: int) -> bool:
    """Whether the timer of these lines is that of now, and not one that an earlier one took the place of."""
    if record.line_timers.get(name) != now:
        return False
    del record.line_timers[name]
    return True


def set_line_timer_anew(record: Record, name: str) -> None:
    """What was due has been looked at: come back for what is due next."""
    due = record.line_due.get((name, None))
    if due is None:
        due = min((due for (of, _), due in record.line_due.items() if of == name), default=None)
    if due is not None:
        set_line_timer(record, due, name)


def set_stay_timer(record: Record, due: int, rule: str, fades: int) -> None:
    """Look at the stays of a rule at `due`, or where they end before: when her position fades, if none follows it."""
    set_timer(record, stay_ends(record, due, fades), TimerKind.STAY, rule)


def set_stay_timer_anew(record: Record, rule: str, fades: int) -> None:
    """A later position has kept stays of a rule going: come back for them, unless another timer does."""
    due = min(due for (of, _, _), due in record.stays.items() if of == rule)
    moment = stay_ends(record, due, fades)
    if not any(of == rule and kind is TimerKind.STAY and at <= moment for at, kind, of in record.heap):
        set_timer(record, moment, TimerKind.STAY, rule)


def stay_ends(record: Record, due: int, fades: int) -> int:
    """When a stay that is complete at `due` ends if she is seen nowhere else."""
    return due if record.position is None else min(due, record.position.taken + fades)


def set_forgetting(record: Record, now: int, end: int) -> None:
    """Something will be over at `end`: look then, or a little later, what can be forgotten."""
    if record.forget_due is None:
        record.forget_due = max(end, now + FORGET_EVERY)
        set_timer(record, record.forget_due, TimerKind.FORGET, "")


def restore(record: Record, fades: int) -> None:
    """Lay the heap out again from the waits themselves (after the record was read from a store)."""
    heap: list[tuple[int, int, str]] = []
    record.line_timers = {}
    for (name, _), due in record.line_due.items():
        record.line_timers[name] = min(due, record.line_timers.get(name, due))
    heap.extend((due, TimerKind.LINE, name) for name, due in record.line_timers.items())
    heap.extend(
        (partial.due, TimerKind.ABSENCE, rule)
        for rule, partials in record.partials.items()
        for partial in partials
        if partial.due is not None
    )
    heap.extend((stay_ends(record, due, fades), TimerKind.STAY, rule) for (rule, _, _), due in record.stays.items())
    heap.extend((due, TimerKind.MOMENT, rule) for rule, due in record.moment_due.items())
    heap.extend((due, TimerKind.MOMENT, rule) for rule, waits in record.moment_events.items() for due, _ in waits)
    heap.extend(
        (entry.due, TimerKind.AFTER, rule)
        for rule, matches in record.matches.items()
        for match in matches
        for entry in match.pending
    )
    if record.forget_due is not None:
        heap.append((record.forget_due, TimerKind.FORGET, ""))
    heapify(heap)
    record.heap = list(heap)
