"""What a customer's timers bring: absences, stays, moments, lines that time moves, and blocks that come up."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop

from models.decisions import Decision
from models.types import Value
from rules.compile.view import View
from rules.program import Program
from rules.record import Record
from rules.situations import lines, moments, pairs, places, sequences
from rules.situations.forgetting import forget
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.timers import TimerKind, line_timer_ends, set_line_timer_anew
from streams.judge import Judge

#: (To look a member up in its class takes as long as a call.)
_AFTER, _FORGET, _MOMENT = TimerKind.AFTER, TimerKind.FORGET, TimerKind.MOMENT


def run_timers(judge: Judge, record: Record, until: int) -> list[Decision]:
    """Run what is due up to and including `until`, in order of (due, kind, rule)."""
    decisions: list[Decision] = []
    heap, program = record.heap, judge.program
    while heap and heap[0][0] <= until:
        now, kind, rule = heappop(heap)
        record.taken = max(record.taken, now)
        if kind is _MOMENT and not record.moment_events:
            decisions += _moment(judge, record, rule, now)
        elif kind is _FORGET:
            forget(program, record, now)
        elif rule not in program.number_of and rule not in program.groups:
            continue
        elif kind is _AFTER:
            decisions += _blocks(judge, record, View(record, now), rule)
        elif found := _LOOKS[kind](program, record, rule, now):
            decisions += _judged(judge, View(record, now), found)
    return decisions


def _moment(judge: Judge, record: Record, rule: str, now: int) -> list[Decision]:
    """A moment that is of no event: it comes to each customer, and most are refused."""
    due, number = record.moment_due.get(rule), judge.program.number_of.get(rule)
    if due is None or due > now or number is None:
        return []
    moments.set_next(judge.program, record, number, now)
    view = View(record, now)
    if judge.refuses(number, view):
        return []
    return _judged(judge, view, [Found(number, None, TimerTrigger(_MOMENT.word, due))])


def _judged(judge: Judge, view: View, found: list[Found]) -> list[Decision]:
    """The decisions of what a timer has completed, and of the lines that wait for a match."""
    decisions, match = judge.matches(view, found)
    if match is not None:
        decisions += _short_list(judge, view, match.trigger)
    return decisions


def _blocks(judge: Judge, record: Record, view: View, rule: str) -> list[Decision]:
    blocks = judge.due_blocks(record, rule, view.now)
    if not blocks:
        return []
    one = judge.program.rules[judge.program.number_of[rule]]
    decisions = _short_list(judge, view, TimerTrigger(TimerKind.AFTER.word, view.now))
    for match, entry in blocks:
        decisions.extend(judge.run_block(one, match, entry, view))
    for match, _ in blocks:
        judge.settle(record, match)
    return decisions


def _absences(program: Program, record: Record, rule: str, now: int) -> list[Found]:
    one = program.rules[program.number_of[rule]]
    return pairs.due(one, record, now) if one.pair else list(sequences.due(program, record, rule, now))


def _lines(program: Program, record: Record, name: str, now: int) -> list[Found]:
    """The lines of a rule, or of a group, that time makes cross."""
    if not line_timer_ends(record, name, now):
        return []
    if name in program.groups:
        # Rules her attributes rule out are looked at again when these change.
        groups = program.groups if record.tables is None else record.tables.groups
        crossed: list[tuple[int, Value]] = [(n, None) for n in lines.due_group(groups.get(name), name, record, now)]
    else:
        crossed = lines.due(program, record, name, now)
    set_line_timer_anew(record, name)
    lines.unlist(program, View(record, now), crossed)
    trigger = TimerTrigger(TimerKind.LINE.word, now)
    return [Found(number, each, trigger) for number, each in crossed]


def _short_list(judge: Judge, view: View, trigger: EventTrigger | TimerTrigger) -> list[Decision]:
    """Lines made true by old news fire at this timer, if they are still true."""
    if not view.record.short_list:
        return []
    still = lines.still_true(judge.program, view)
    view.record.short_list = []
    return judge.judge_all(view, [Found(number, each, trigger) for number, each in still])


#: What completes at a timer of a rule, by the number of its kind.
_LOOKS: tuple[Callable[[Program, Record, str, int], list[Found]], ...] = (
    _lines,
    _absences,
    places.stayed,
    moments.due,
)
