"""Crossings: a line fires when it goes from false to true.

Nothing is kept of a line but when time may next move it. Whether it was true just before is asked of the record
before the event is counted, and again after; so a new rule, a new customer and a used-up line need no special care.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from models.types import Value
from rules.compile.crossings import Thresholds
from rules.compile.view import View
from rules.program import Program, RuleProgram
from rules.record import Record
from rules.situations.timers import set_line_timer

#: Truth before, by rule number and `each` value.
Before = dict[tuple[int, Value], bool | None]


def each_values(one: RuleProgram, record: Record) -> list[Value]:
    """The `each` values a rule knows for this customer; [None] for a rule without `each`."""
    if one.rule.each is None:
        return [None]
    found: dict[Value, None] = {}
    for key in one.each_keys:
        found.update(dict.fromkeys(record.each_series_of(key)))
        found.update(dict.fromkeys(record.each_running_of(key)))
    return list(found)


def has_line(one: RuleProgram, record: Record, each: Value) -> bool:
    """Whether a value of `each` has a line of its own: once an event of a split fact has had it."""
    if one.rule.each is None:
        return True
    for key in one.each_keys:  # noqa: SIM110  # (asked at nearly every event: a generator costs more than the rest)
        if each in record.each_series_of(key) or each in record.each_running_of(key):
            return True
    return False


def truth(one: RuleProgram, view: View, each: Value) -> bool | None:
    """Whether the line of a rule is true at the view's moment."""
    assert one.check is not None
    view.each = each
    return one.check(view)


def still_true(program: Program, view: View) -> list[tuple[int, Value]]:
    """Lines made true by old news that are still true; the others are taken off the short list."""
    record = view.record
    kept = [
        (rule, each)
        for rule, each in record.short_list
        if rule in program.number_of and truth(program.rules[program.number_of[rule]], view, each) is True
    ]
    record.short_list = kept
    return [(program.number_of[rule], each) for rule, each in kept]


def unlist(program: Program, view: View, crossed: Collection[tuple[int, Value]]) -> None:
    """Time has moved lines: those that are no longer true, or fire by themselves now, leave the short list."""
    if view.record.short_list:
        still = still_true(program, view)
        ids = program.plan.rules
        view.record.short_list = [(ids[number].id, each) for number, each in still if (number, each) not in crossed]


def reschedule(one: RuleProgram, view: View, each: Value) -> None:
    """Set the timer for the next moment at which time alone may move the line."""
    if one.next_change is None:
        return
    record = view.record
    view.each = each
    due = one.next_change(view)
    key = (one.rule.id, each)
    if due is None:
        record.line_due.pop(key, None)
    elif record.line_due.get(key) != due:
        record.line_due[key] = due
        set_line_timer(record, due, one.rule.id)


def begin(program: Program, record: Record, same: Collection[str], begins: int) -> None:
    """Another rule set begins: what time does at that very moment, rules not the `same` as before have missed."""
    view = View(record, begins)
    for (name, each), due in list(record.line_due.items()):
        if due != begins:
            continue
        if name in program.groups:
            _begin_group(program, program.groups[name], view, same)
        elif name not in same:
            reschedule(program.rules[program.number_of[name]], view, each)


def _begin_group(program: Program, group: Thresholds, view: View, same: Collection[str]) -> None:
    """Where some of a group's rules have missed it, each of the others is looked at by itself."""
    rules = {program.plan.rules[number].id for number in (*group.rising[1], *group.falling[1])}
    if rules.issubset(same):
        return
    group.reschedule(view)
    for rule in rules.intersection(same):
        view.record.line_due[rule, None] = view.now
        set_line_timer(view.record, view.now, rule)


def due_group(group: Thresholds | None, name: str, record: Record, now: int) -> Sequence[int]:
    """Rules whose lines on one value cross at its timer; the next timer is set. None: there are none for her."""
    if record.line_due.get((name, None), now + 1) > now:
        return ()
    if group is None:
        del record.line_due[name, None]
        return ()
    view = View(record, now)
    found = group.crossed(group.value(View(record, now - 1)), group.value(view))
    group.reschedule(view)
    return found


def due(program: Program, record: Record, rule: str, now: int) -> list[tuple[int, Value]]:
    """Lines of a rule that have a timer now, and cross at it; their next timers are set."""
    one = program.rules[program.number_of[rule]]
    values = sorted([each for (name, each), due in record.line_due.items() if due <= now and name == rule], key=str)
    found = []
    for each in values:
        del record.line_due[rule, each]
        view = View(record, now)
        if truth(one, view, each) is True and truth(one, View(record, now - 1), each) is False:
            found.append((one.number, each))
        reschedule(one, view, each)
    return found
