"""Forgetting: what can't become a sequence any more is let go, though nothing comes that would look at it.

One timer of a record sees to it, not one of each opening: it is set when something is first kept, and again while
anything is. It decides nothing, so it may come late.
"""

from __future__ import annotations

from rules.program import Program
from rules.record import Record
from rules.situations import sequences
from rules.situations.timers import set_forgetting


def forget(program: Program, record: Record, now: int) -> None:
    """Let go of what is over; while something is not, come back for it."""
    if record.forget_due is None or record.forget_due > now:
        return
    record.forget_due = None
    ends = [*_openings(program, record, now), *_partials(program, record, now)]
    if ends:
        set_forgetting(record, now, min(ends))


def _openings(program: Program, record: Record, now: int) -> list[int]:
    """When all openings of a kind that are left will be over, for each kind."""
    ends = []
    for key, kept in list(record.openings.items()):
        keep = program.openings[key].keep
        left = [opening for opening in kept if opening.taken + keep > now]
        if left:
            record.openings[key] = left
            ends.append(left[-1].taken + keep)
        else:
            del record.openings[key]
    record.through = {key: through for key, through in record.through.items() if key in record.openings}
    if not record.openings:
        record.ends = None
    return ends


def _partials(program: Program, record: Record, now: int) -> list[int]:
    """When each partial match that is left will be over; those that wait for an absence have a timer of their own."""
    ends = []
    for rule, kept in list(record.partials.items()):
        one = program.rules[program.number_of[rule]]
        ends += sequences.let_go(one, record, kept, now)
    return ends
